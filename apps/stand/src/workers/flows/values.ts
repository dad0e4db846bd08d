/** Values of rows as messages carry them. */
export const text = (value: unknown): string => String(value ?? '').trim();
export const money = (value: number): number => Math.round(value * 100) / 100;
