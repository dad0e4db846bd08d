/** Past days of exchange as a plan: the same seed and day give the same messages. */
import type { Random } from '../onec/random.ts';
import type { Catalogue } from '../traffic/catalogues.ts';
import { chanceOf, weightOf } from '../traffic/rhythm.ts';
import {
  BP_OUTAGES,
  BROKEN_INN,
  causeOf,
  type Failure,
  ORDER_CAUSES,
  outageAt,
  PAYMENT_CAUSES,
  SALE_CAUSES,
  UNKNOWN_ARTICLE,
  UT_OUTAGES,
} from './history-causes.ts';
import { moscowDay, startOfMoscowDay } from './moscow-time.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Calendar days before and with today. */
export const HISTORY_DAYS = 30;
/** Orders of the shop in a full hour, today; a month ago there were fewer. */
const PER_HOUR = 110;
/** Of EKF Market. */
const MARKET_PER_HOUR = 8;
const GROWTH = 0.4;
const SALE_SHARE = 0.75;
/** Payments of customers in a full hour, today. */
const PAYMENTS_PER_HOUR = 18;
const LOST_SHARE = 0.003;
const UNPOSTED_SHARE = 0.002;
/** What was lost or stayed behind longer ago than this has been settled since. */
const UNSETTLED_MS = 18 * HOUR;
const RECOVERED_SHARE = 0.93;
/** A release of the shop's worker wrote amounts with a comma, for some minutes, this long before the start. */
const MALFORMED_FROM_MS = 7 * HOUR;
const MALFORMED_MS = 9 * MINUTE;

/** How a planned exchange ended. */
export type Fate =
  | { readonly end: 'applied' }
  /** The document is there, the acknowledgement was lost: Pult sees `sent`. */
  | { readonly end: 'unacknowledged' }
  /** The document is there and waits in the target's queue to be posted: Pult sees `delivered`. */
  | { readonly end: 'unposted' }
  | { readonly end: 'failed'; readonly failure: Failure }
  /** Failed, and was sent again by hand some time later. */
  | { readonly end: 'recovered'; readonly failure: Failure; readonly afterMs: number };

/** When a message went, how long it took, how it ended. */
export interface PlannedWay {
  /** Guid of the document at the target. */
  readonly targetRef: string;
  /** Acceptance at the source, ms. */
  readonly at: number;
  /** From acceptance to the end of an attempt, ms. */
  readonly tookMs: number;
  readonly fate: Fate;
  /** Its source wrote events that are none. */
  readonly malformed: boolean;
}

export interface PlannedExchange extends PlannedWay {
  readonly id: string;
  readonly customer: Catalogue['customers'][number];
  readonly item: Catalogue['items'][number];
  /** Article in the message; unknown to УТ when that is how it failed. */
  readonly article: string;
  readonly inn: string;
  readonly quantity: number;
}

export interface DayPlan {
  readonly orders: readonly PlannedExchange[];
  readonly sales: readonly PlannedExchange[];
  readonly payments: readonly PlannedExchange[];
  /** Orders of EKF Market. */
  readonly market: readonly PlannedExchange[];
}

export interface Day {
  readonly daysAgo: number;
  /** Start of the Moscow day. */
  readonly start: number;
  readonly now: number;
}

/** @param now end of the history, ms; nothing of today lies behind it */
export function planDay(seed: number, daysAgo: number, now: number, catalogue: Catalogue): DayPlan {
  const random = chanceOf(seed, 'history', daysAgo);
  const day = dayOf(daysAgo, now);
  const growth = 1 - (GROWTH * daysAgo) / HISTORY_DAYS;
  const moments = momentsOf(random, day, (at) => PER_HOUR * growth * weightOf(at));
  const orders = moments.map((at) =>
    planOne(random, day, { at, catalogue, causes: ORDER_CAUSES, outages: UT_OUTAGES }),
  );
  const sales = moments
    .filter(() => random.next() < SALE_SHARE)
    .map((at) => at + random.int(5, 40) * 1_000)
    .filter((at) => at < lastMoment(day))
    .map((at) => planOne(random, day, { at, catalogue, causes: SALE_CAUSES, outages: BP_OUTAGES }))
    .sort((a, b) => a.at - b.at);
  const market = momentsOf(random, day, (at) => MARKET_PER_HOUR * weightOf(at)).map((at) => ({
    ...planOne(random, day, { at, catalogue, causes: ORDER_CAUSES, outages: UT_OUTAGES }),
    malformed: false,
  }));
  // Drawn apart: payments change nothing of the other documents of a day.
  const paid = chanceOf(seed, 'history payments', daysAgo);
  const payments = momentsOf(paid, day, (at) => PAYMENTS_PER_HOUR * growth * weightOf(at)).map((at) =>
    planOne(paid, day, { at, catalogue, causes: PAYMENT_CAUSES, outages: BP_OUTAGES }),
  );
  return { orders, sales, payments, market };
}

export const dayOf = (daysAgo: number, now: number): Day => ({
  daysAgo,
  start: startOfMoscowDay(now) - daysAgo * DAY,
  now,
});

/** Nothing crosses midnight: a day's documents are the day's successes and failures. */
const lastMoment = ({ start, now }: Day): number => Math.min(now - MINUTE, start + DAY - 2 * MINUTE);

interface Lane {
  readonly at: number;
  readonly catalogue: Catalogue;
  readonly causes: typeof ORDER_CAUSES;
  readonly outages: typeof UT_OUTAGES;
}

function planOne(random: Random, day: Day, { at, catalogue, causes, outages }: Lane): PlannedExchange {
  const customer = random.pick(catalogue.customers);
  const item = random.pick(catalogue.items);
  const cause = causeOf(random.next(), causes, day.daysAgo);
  const article = cause === UNKNOWN_ARTICLE ? `нет-${random.int(1000, 9999)}` : item.article;
  const inn = cause === BROKEN_INN ? String(random.int(100_000, 999_999)) : customer.inn;
  const { weekday, minuteOfDay } = moscowDay(at);
  const failure: Failure | null = cause
    ? { text: cause.text(random, { article, inn }), code: cause.code, atTarget: cause.atTarget }
    : outageAt(outages, { daysAgo: day.daysAgo, weekday, minuteOfDay });
  const sinceRelease = at - (day.now - MALFORMED_FROM_MS);
  return {
    id: random.guid(),
    targetRef: random.guid(),
    at,
    tookMs: Math.round(350 + random.next() ** 3 * 5_000),
    customer,
    item,
    article,
    inn,
    quantity: random.int(1, 40) * 5,
    fate: fateOf(random, day, { at, failure }),
    malformed: causes === ORDER_CAUSES && sinceRelease >= 0 && sinceRelease < MALFORMED_MS,
  };
}

export function fateOf(random: Random, day: Day, { at, failure }: { at: number; failure: Failure | null }): Fate {
  const [roll, delay] = [random.next(), random.int(4, 90) * MINUTE];
  if (!failure) {
    if (at < day.now - UNSETTLED_MS) return { end: 'applied' };
    if (roll < LOST_SHARE) return { end: 'unacknowledged' };
    return { end: roll < LOST_SHARE + UNPOSTED_SHARE ? 'unposted' : 'applied' };
  }
  // Yesterday's and older failures have mostly been sent again on the same day.
  const recovered = day.daysAgo > 0 && roll < RECOVERED_SHARE && at + delay < lastMoment(day);
  return recovered ? { end: 'recovered', failure, afterMs: delay } : { end: 'failed', failure };
}

/** @param perHour messages in the hour that begins at a moment */
export function momentsOf(random: Random, day: Day, perHour: (at: number) => number): number[] {
  const moments: number[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    const start = day.start + hour * HOUR;
    const count = Math.round(perHour(start) * (0.85 + random.next() * 0.3));
    for (let index = 0; index < count; index += 1) moments.push(Math.floor(start + random.next() * HOUR));
  }
  return moments.filter((at) => at < lastMoment(day)).sort((a, b) => a - b);
}

/** Quarters of an hour of a day in which packages of prices went, oldest first. */
export function packageSlots(daysAgo: number, now: number, everyMs: number): number[] {
  const start = startOfMoscowDay(now) - daysAgo * DAY;
  const end = Math.min(start + DAY, now - 5_000);
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / everyMs)) }, (_, index) => start + index * everyMs);
}
