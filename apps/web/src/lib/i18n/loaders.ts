import type { Language } from '../format/locale.ts';
import type { TextArea } from './texts.ts';

type Load = () => Promise<object>;

/** Texts that come with the first script; everything else is fetched when its screen is opened. */
type RussianCore = 'common' | 'errors';

const ru: Readonly<Record<Exclude<TextArea, RussianCore>, Load>> = {
  analytics: async () => (await import('./ru/analytics.ts')).analytics,
  approvals: async () => (await import('./ru/approvals.ts')).approvals,
  audit: async () => (await import('./ru/audit.ts')).audit,
  automatic: async () => (await import('./ru/automatic.ts')).automatic,
  bus: async () => (await import('./ru/bus.ts')).bus,
  channels: async () => (await import('./ru/channels.ts')).channels,
  checks: async () => (await import('./ru/checks.ts')).checks,
  landscape: async () => (await import('./ru/landscape.ts')).landscape,
  messages: async () => (await import('./ru/messages.ts')).messages,
  migration: async () => (await import('./ru/migration.ts')).migration,
  operations: async () => (await import('./ru/operations.ts')).operations,
  quiet: async () => (await import('./ru/quiet.ts')).quiet,
  settings: async () => (await import('./ru/settings.ts')).settings,
};

const en: Readonly<Record<TextArea, Load>> = {
  analytics: async () => (await import('./en/analytics.ts')).analytics,
  approvals: async () => (await import('./en/approvals.ts')).approvals,
  audit: async () => (await import('./en/audit.ts')).audit,
  automatic: async () => (await import('./en/automatic.ts')).automatic,
  bus: async () => (await import('./en/bus.ts')).bus,
  channels: async () => (await import('./en/channels.ts')).channels,
  checks: async () => (await import('./en/checks.ts')).checks,
  common: async () => (await import('./en/common.ts')).common,
  errors: async () => (await import('./en/errors.ts')).errors,
  landscape: async () => (await import('./en/landscape.ts')).landscape,
  messages: async () => (await import('./en/messages.ts')).messages,
  migration: async () => (await import('./en/migration.ts')).migration,
  operations: async () => (await import('./en/operations.ts')).operations,
  quiet: async () => (await import('./en/quiet.ts')).quiet,
  settings: async () => (await import('./en/settings.ts')).settings,
};

/** How to fetch the texts of an area in a language; undefined where they are in the first script. */
export const TEXT_LOADERS: Readonly<Record<Language, Partial<Readonly<Record<TextArea, Load>>>>> = { ru, en };
