import type { analytics } from './ru/analytics.ts';
import type { approvals } from './ru/approvals.ts';
import type { audit } from './ru/audit.ts';
import type { automatic } from './ru/automatic.ts';
import type { bus } from './ru/bus.ts';
import type { channels } from './ru/channels.ts';
import type { checks } from './ru/checks.ts';
import type { common } from './ru/common.ts';
import type { errors } from './ru/errors.ts';
import type { landscape } from './ru/landscape.ts';
import type { messages } from './ru/messages.ts';
import type { migration } from './ru/migration.ts';
import type { operations } from './ru/operations.ts';
import type { quiet } from './ru/quiet.ts';
import type { settings } from './ru/settings.ts';

/** All texts by area. Russian is the measure: its keys are the type of every key. */
export interface Texts {
  analytics: typeof analytics;
  approvals: typeof approvals;
  audit: typeof audit;
  automatic: typeof automatic;
  bus: typeof bus;
  channels: typeof channels;
  checks: typeof checks;
  common: typeof common;
  errors: typeof errors;
  landscape: typeof landscape;
  messages: typeof messages;
  migration: typeof migration;
  operations: typeof operations;
  quiet: typeof quiet;
  settings: typeof settings;
}

/** File name under `ru/` and `en/`, name of its export and first part of its keys, all three the same. */
export type TextArea = keyof Texts;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    returnNull: false;
    resources: { translation: Texts };
  }
}
