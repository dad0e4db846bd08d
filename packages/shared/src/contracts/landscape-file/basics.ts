import { z } from 'zod';

/** Milliseconds written as `30s`, `15m`, `2h` or `1d`; parsed to a number of ms. */
export const durationMs = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'duration like 500ms, 30s, 15m, 2h, 1d')
  .transform((text) => {
    const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    const unit = text.replace(/^\d+/, '') as keyof typeof unitMs;
    return Number.parseInt(text, 10) * unitMs[unit];
  });

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** Name of a time zone as the tz database has it. An offset is none: it knows no summer time. */
export const zoneName = z
  .string()
  .refine((name) => /^[A-Za-z]/.test(name) && isZone(name), { error: 'a time zone like Europe/Moscow or Asia/Omsk' });

export const systemId = z.string().regex(/^[a-z][a-z0-9-]*$/, 'system id: lower-case letters, digits, hyphens');
export const envName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name of an environment variable');
export const bilingual = z.strictObject({ ru: z.string().min(1), en: z.string().min(1) });

/** The file is shown, diffed and kept in a repository: names and passwords have variables of their own. */
export const address = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    message: 'must not carry a name or password: use the variables of the connector',
  });
