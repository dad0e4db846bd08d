/** A day of business in Moscow: shares by hour, and chance that the same seed repeats. */
import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../onec/random.ts';
import { moscowDay } from '../workers/moscow-time.ts';

/** Weight of each Moscow hour against a full one, as a day of business has it. */
const DAY = [
  0.08, 0.06, 0.05, 0.05, 0.05, 0.08, 0.15, 0.3, 0.6, 1, 1.2, 1.25, 1.1, 0.8, 1.15, 1.2, 1.1, 0.9, 0.5, 0.35, 0.3, 0.25,
  0.18, 0.12,
];
/** The demonstration lives at night too. */
const NEVER_BELOW = 0.6;

/** A weekend is a quarter of a working day. */
const WEEKEND = 0.25;

export function weightOf(at: number): number {
  const { weekday, hour } = moscowDay(at);
  return (DAY[hour] ?? 0) * (weekday === 0 || weekday === 6 ? WEEKEND : 1);
}
export const liveWeightOf = (at: number): number => Math.max(NEVER_BELOW, weightOf(at));

/** Chance of one document: the same seed, stream and number give the same document. */
export function chanceOf(seed: number, stream: string, number: number): Random {
  return createRandom(createHash('sha256').update(`${seed} ${stream} ${number}`).digest().readUInt32BE(0));
}

/** Pause before the next document, ms: `everyMs` at a full hour and pace 1, spread by ±50 %. */
export function gapMs(random: Random, stream: { everyMs: number; pace: number; at: number }): number {
  const rate = Math.max(0.01, liveWeightOf(stream.at) * stream.pace);
  return (stream.everyMs / rate) * (0.5 + random.next());
}

export interface OrderPlan {
  readonly wish: { readonly sku?: 'unknown'; readonly inn?: string };
}

/** One order of fifty names an article that УТ does not know, one of a hundred a tax number that is none. */
export function planOrder(random: Random): OrderPlan {
  const roll = random.next();
  if (roll < 0.02) return { wish: { sku: 'unknown' } };
  return roll < 0.03 ? { wish: { inn: String(random.int(10_000, 999_999)) } } : { wish: {} };
}

/** One receipt of forty is of an item that is so new that УТ has no card of it. */
export const planReceipt = (random: Random): { readonly item?: 'unknown' } =>
  random.next() < 0.025 ? { item: 'unknown' } : {};

/** Hours in which sites and the personnel department work. */
const WORK_FROM = 8;
const WORK_TO = 18;

/** 1 within working hours of a weekday, 0 at other times. */
export function workingWeightOf(at: number): number {
  const { weekday, hour } = moscowDay(at);
  return weekday !== 0 && weekday !== 6 && hour >= WORK_FROM && hour < WORK_TO ? 1 : 0;
}

export type ApprovalPlan =
  | { readonly kind: 'discount'; readonly deviation: number }
  | { readonly kind: 'order' }
  | { readonly kind: 'return' };

/**
 * One request of six returns goods; one of twelve is an order within its agreement that waits for another reason; the others
 * ask for a discount: percentage points above the agreement on a quarter's grid from 1 to 8.
 */
export function planApproval(random: Random): ApprovalPlan {
  const roll = random.next();
  if (roll < 1 / 6) return { kind: 'return' };
  return roll < 1 / 4 ? { kind: 'order' } : { kind: 'discount', deviation: random.int(4, 32) / 4 };
}
