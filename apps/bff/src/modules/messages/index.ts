import { SourceError } from '@pult/shared/errors/app-error';
import type { Logger } from 'pino';
import type { FilesClient } from '../../connectors/files/port.ts';
import type { KafkaClient } from '../../connectors/kafka/client.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import type { Live } from '../../platform/live/live.ts';
import type { Metrics } from '../../platform/telemetry/metrics.ts';
import { createActivity } from './activity.ts';
import { createArrivals } from './arrivals.ts';
import { createDeliveryBook } from './book.ts';
import { createBusIntake } from './bus-intake/bus-intake.ts';
import type { BusTopics } from './bus-intake/judge.ts';
import { addBusGauges, countMissed, countRecords } from './bus-intake/metrics.ts';
import { type DecisionOf, decisionMessages } from './decision-messages.ts';
import { dropAnswers } from './edi/outbox.ts';
import { createEdiRoutes } from './edi/routes.ts';
import { originalOf } from './file-intake/store.ts';
import { takeFiles } from './file-intake/take.ts';
import { createHistory } from './history.ts';
import { createIntake } from './intake.ts';
import { measuredIntake } from './intake-metrics.ts';
import { messagesAbout } from './mentions.ts';
import {
  finalDeliveries,
  foldRegisterFailures,
  noteVanished,
  type RegisterFailure,
  type Vanished,
} from './register-failures.ts';
import { createMessagesRoutes } from './routes.ts';
import { createSides } from './sides.ts';
import type { StoryDeps } from './story.ts';
import { markOverdue } from './sweep.ts';

export { busTopicsOf } from './bus-intake/judge.ts';

export interface MessagesDeps extends StoryDeps {
  readonly live: Pick<Live, 'announce'>;
  readonly metrics?: Metrics;
  readonly log?: Pick<Logger, 'warn'>;
  /** The bus of the landscape and what Pult reads there; absent where there is none. */
  readonly bus?: { readonly client: KafkaClient; readonly topics: BusTopics };
  /** Exchanges over files; absent where the landscape has none. */
  readonly files?: FileExchanges;
}

/** Watched folders by the systems to which they belong. */
export interface FileExchanges {
  readonly systems: readonly { readonly id: string; readonly pollMs: number }[];
  client(systemId: string): FilesClient;
}

const SWEEP_MS = 10_000;
const ANSWERS_MS = 2_000;
const FORGET_MS = 3_600_000;

/** Intake, the folded deliveries, their lists and stories; what other modules may ask is `book`, `activity`, `history`, `sides`. */
export function createMessagesModule(deps: MessagesDeps) {
  const intake = createIntake(deps);
  const arrivals = createArrivals(deps.db);
  const bus =
    deps.bus &&
    createBusIntake({
      ...deps,
      ...deps.bus,
      intake,
      ...(deps.metrics ? { onRecord: countRecords(deps.metrics), onMissed: countMissed(deps.metrics) } : {}),
    });
  if (bus && deps.metrics) addBusGauges(deps.metrics, bus);
  const { files } = deps;
  const filesOf = (systemId: string): FilesClient | null =>
    files?.systems.some(({ id }) => id === systemId) ? files.client(systemId) : null;
  const book = createDeliveryBook(deps);
  const withFiles = { ...deps, filesOf };
  const routes: Route[] = [
    ...createMessagesRoutes(withFiles, deps.metrics ? measuredIntake(intake, deps.metrics) : intake),
    ...createEdiRoutes(withFiles),
  ];
  return {
    routes,
    book,
    activity: createActivity(deps),
    arrivals,
    history: createHistory(deps),
    /** Bytes of a message that travelled as a file. */
    originals: (of: Parameters<typeof originalOf>[1]) => originalOf(deps.db, of),
    /** System of the bus that is read; null where there is none. */
    busId: deps.bus?.topics.busId ?? null,
    /** How reading from the bus goes; null where there is no bus. */
    busState: () => bus?.state() ?? null,
    sides: createSides(deps),
    /** Our messages about objects of 1С, by reference. */
    about: (refs: readonly string[]) => messagesAbout(deps.db, refs),
    /** Messages that carry a decision from one system to another. */
    decisions: (of: DecisionOf) => decisionMessages(deps.db, deps.flows, of),
    /** Failures that 1С keeps in its exchange registers. */
    registers: {
      fold: (failures: readonly RegisterFailure[]) => foldRegisterFailures({ ...deps, intake }, failures),
      final: (ids: readonly string[]) => finalDeliveries(deps.db, ids),
      vanished: (tx: Db, fact: Vanished) => noteVanished(book, tx, fact),
    },
    start(ticker: Ticker): void {
      ticker.alone(FORGET_MS, 'messages.arrivals', () => arrivals.forget(deps.clock.now()));
      bus?.start();
      ticker.alone(SWEEP_MS, 'messages.overdue', async () => {
        if ((await markOverdue(deps)) > 0) {
          deps.live.announce('messages');
          deps.live.announce('landscape');
        }
      });
      if (files === undefined || files.systems.length === 0) return;
      for (const { id, pollMs } of files.systems)
        ticker.alone(pollMs, `files.${id}`, async () => {
          await takeFiles(withFiles, id).catch(ignoreSourceError);
        });
      ticker.alone(ANSWERS_MS, 'edi.answers', async () => {
        await dropAnswers(withFiles);
      });
    },
  };
}

/** The folder keeps the failure in its health; the loop has nothing to add. */
function ignoreSourceError(error: unknown): void {
  if (!(error instanceof SourceError)) throw error;
}
