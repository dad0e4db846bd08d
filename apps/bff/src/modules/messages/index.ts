import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import type { Live } from '../../platform/live/live.ts';
import type { Metrics } from '../../platform/telemetry/metrics.ts';
import { createActivity } from './activity.ts';
import { createDeliveryBook } from './book.ts';
import { createHistory } from './history.ts';
import { createIntake } from './intake.ts';
import { measuredIntake } from './intake-metrics.ts';
import { createMessagesRoutes } from './routes.ts';
import type { StoryDeps } from './story.ts';
import { markOverdue } from './sweep.ts';

export interface MessagesDeps extends StoryDeps {
  readonly live: Pick<Live, 'announce'>;
  readonly metrics?: Metrics;
}

const SWEEP_MS = 10_000;

/** Intake, the folded deliveries, their lists and stories; what other modules may ask is `book`, `activity`, `history`. */
export function createMessagesModule(deps: MessagesDeps) {
  const intake = createIntake(deps);
  const routes: Route[] = createMessagesRoutes(deps, deps.metrics ? measuredIntake(intake, deps.metrics) : intake);
  return {
    routes,
    book: createDeliveryBook(deps),
    activity: createActivity(deps),
    history: createHistory(deps),
    start(ticker: Ticker): void {
      ticker.alone(SWEEP_MS, 'messages.overdue', async () => {
        if ((await markOverdue(deps)) > 0) {
          deps.live.announce('messages');
          deps.live.announce('landscape');
        }
      });
    },
  };
}
