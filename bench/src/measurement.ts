/** One line of a benchmark's table. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Raw baseline of the same run, in the same unit. */
  readonly baseline?: number;
  /** value / baseline */
  readonly ratio?: number;
  readonly bar: string;
}

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;
