/** The picture with what keeps its parts quiet, and the attention list apart from that. */
import type { AttentionItem, FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import type { QuietMark } from '@pult/shared/contracts/quiet';
import type { Clock } from '../../../platform/clock.ts';
import { createDerivation, type SharedAnswer } from '../../../platform/shared-answers.ts';
import { type AllNumbers, createPicture, type PictureDeps } from '../picture/picture.ts';
import type { ExchangeActivity } from '../ports.ts';
import type { Quiet } from '../quiet/quiet.ts';
import { apart, marked } from './alarms.ts';
import { type AttentionFacts, attentionOf } from './attention.ts';

export interface MarkedPictureDeps extends PictureDeps {
  readonly clock: Clock;
  readonly activity: PictureDeps['activity'] & Pick<ExchangeActivity, 'flowNumbers'>;
  readonly quiet: Pick<Quiet, 'look'>;
}

export interface MarkedPicture {
  readonly flows: FlowHealth[];
  readonly systems: SystemHealth[];
  readonly attention: AttentionItem[];
  readonly muted: (AttentionItem & { quiet: QuietMark })[];
}

/** What the attention list tells beside the health of systems and flows. */
export type BesideHealth = Pick<AttentionFacts, 'causes' | 'quarantined' | 'bases' | 'approvals'>;

export interface MarkedPictures {
  /** Numbers of all flows now: every screen of the landscape is made of them, and whoever got the same numbers gets the same screen. */
  numbers(): Promise<SharedAnswer<AllNumbers>>;
  /** With everything that the attention list tells. `now` in ms. */
  whole(now: number, numbers: AllNumbers, beside: BesideHealth): Promise<MarkedPicture>;
  /** By health alone, so that it is the same for everybody. */
  common(numbers: SharedAnswer<AllNumbers>): Promise<MarkedPicture>;
  /** Flows before anything is muted. */
  unmuted(numbers: AllNumbers): Promise<FlowHealth[]>;
}

const NOTHING_BESIDE: BesideHealth = { causes: [], quarantined: 0, bases: [], approvals: null };

/** Every method is a pure read. */
export function createMarkedPictures(deps: MarkedPictureDeps): MarkedPictures {
  const { clock, activity, quiet } = deps;
  const picture = createPicture(deps);
  const commonFrom = createDerivation<AllNumbers, MarkedPicture>();

  const whole: MarkedPictures['whole'] = async (now, numbers, beside) => {
    const [{ services, ...bare }, look] = await Promise.all([picture(now, numbers), quiet.look()]);
    const items = attentionOf({ now, ...bare, services, ...beside });
    return { ...marked(bare, items, look), ...apart(items, bare.flows, look) };
  };

  return {
    numbers: () => activity.flowNumbers(clock.now()),
    whole,
    common: async (numbers) => (await commonFrom(numbers, '', (all) => whole(clock.now(), all, NOTHING_BESIDE))).value,
    unmuted: async (numbers) => (await picture(clock.now(), numbers)).flows,
  };
}
