import { divideRounded, type Hundredths, type Kopecks } from './points.ts';

/** What a line of an order says about its price. */
export interface PricedLine {
  /** Manual discount that was asked for. */
  readonly requested: Hundredths;
  /** Manual discount that the agreement allows. */
  readonly allowed: Hundredths;
  /** Amount with the requested discount. */
  readonly amount: Kopecks;
  /** Cost of the whole line; null when the base does not give it. */
  readonly cost: Kopecks | null;
}

/** Отклонение of a line, п.п.: what was asked for minus what is allowed, never below 0 (domain.md, 3). */
export const deviationOf = (line: Pick<PricedLine, 'requested' | 'allowed'>): Hundredths =>
  Math.max(0, line.requested - line.allowed);

const WHOLE = 10_000n;

/**
 * What the line would bring at the allowed discount. A discount below the allowed one is no deviation: then it is the
 * amount itself. A discount of 100 % leaves nothing to compute from and stays as it is.
 */
export function amountAtAgreement(line: PricedLine): Kopecks {
  if (deviationOf(line) === 0 || line.requested >= 10_000) return line.amount;
  return divideRounded(line.amount * (WHOLE - BigInt(line.allowed)), WHOLE - BigInt(line.requested));
}

export interface MarginFigure {
  readonly amount: Kopecks;
  /** Share of the amount sold. */
  readonly percent: Hundredths;
}

/** Margin over an amount; the percent of nothing is 0. */
export const marginOf = (amount: Kopecks, cost: Kopecks): MarginFigure => ({
  amount: amount - cost,
  percent: amount === 0n ? 0 : Number(divideRounded((amount - cost) * WHOLE, amount)),
});

export interface RequestNumbers {
  /** Largest over the lines. */
  readonly deviationMax: Hundredths;
  /** Weighted by amount; never above the largest. */
  readonly deviationMean: Hundredths;
  /** Position in the list of the line with the largest deviation; null without lines. */
  readonly worstLine: number | null;
  readonly amount: Kopecks;
  /** Agreement minus request over all lines: what the deviation gives away. */
  readonly givenAway: Kopecks;
  /** Null when the cost of any line is unknown: a part of the margin would mislead. */
  readonly margin: { readonly agreement: MarginFigure; readonly request: MarginFigure; readonly lost: Kopecks } | null;
}

/** The numbers of a request, from its lines. */
export function numbersOf(lines: readonly PricedLine[]): RequestNumbers {
  let deviationMax = 0;
  let worstLine: number | null = null;
  let amount = 0n;
  let weighted = 0n;
  let agreed = 0n;
  let cost: bigint | null = 0n;
  for (const [index, line] of lines.entries()) {
    const deviation = deviationOf(line);
    if (worstLine === null || deviation > deviationMax) worstLine = index;
    deviationMax = Math.max(deviationMax, deviation);
    amount += line.amount;
    weighted += BigInt(deviation) * line.amount;
    agreed += amountAtAgreement(line);
    cost = cost === null || line.cost === null ? null : cost + line.cost;
  }
  const margin =
    cost === null || lines.length === 0
      ? null
      : { agreement: marginOf(agreed, cost), request: marginOf(amount, cost), lost: agreed - amount };
  return {
    deviationMax,
    deviationMean: amount === 0n ? 0 : Number(divideRounded(weighted, amount)),
    worstLine,
    amount,
    givenAway: agreed - amount,
    margin,
  };
}
