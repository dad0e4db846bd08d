import { z } from 'zod';
import { address, durationMs, envName } from './basics.ts';

/** Limits that shield a system from Pult (domain.md §2: 1С is shielded). */
const limits = z
  .strictObject({
    concurrency: z.number().int().min(1).max(16).default(2).describe('Requests at once'),
    timeoutMs: durationMs.default(60_000).describe('Longest wait for an answer'),
    pollMs: durationMs.default(15_000).describe('Interval of polling'),
  })
  .default({ concurrency: 2, timeoutMs: 60_000, pollMs: 15_000 });

/** How Pult reaches a system. */
export const connector = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('onec-odata'),
    url: address.describe('Address up to and including odata/standard.odata'),
    servicesUrl: address.optional().describe('Address of HTTP services, …/hs'),
    userEnv: envName,
    passwordEnv: envName,
    limits,
    polls: z.array(z.enum(['approvals', 'exchange-registers'])).default([]),
    costPriceKind: z
      .string()
      .min(1)
      .default('Плановая себестоимость')
      .describe('Name in Catalog_ВидыЦен of the price kind that keeps planned cost: margins are computed from it'),
  }),
  z.strictObject({
    protocol: z.literal('elma365'),
    url: address.describe('Address up to and including /pub/v1'),
    tokenEnv: envName,
    webhookTokenEnv: envName.optional(),
    approvalsApp: z
      .string()
      .regex(/^[^/]+\/[^/]+$/)
      .optional()
      .describe('namespace/code of the app with requests'),
    limits,
  }),
  z.strictObject({ protocol: z.literal('rest'), url: address, tokenEnv: envName, limits }),
  z.strictObject({
    protocol: z.literal('service'),
    url: address.describe('Address of the first instance, or of the balancer in front of all'),
    more: z.array(address).default([]).describe('Addresses of further instances, each asked for itself'),
    healthPath: z.string().startsWith('/').default('/healthz'),
    metricsPath: z.string().startsWith('/').default('/metrics'),
    tokenEnv: envName.optional(),
    metrics: z
      .strictObject({
        records: z.string().default('kafka_consumer_records_total').describe('Counter of records handled'),
        errors: z.string().default('kafka_consumer_errors_total').describe('Counter of records that failed'),
        seconds: z.string().default('kafka_consumer_handle_seconds').describe('Histogram of handling'),
      })
      .prefault({})
      .describe('Names of the metrics from which rate, errors and p95 are read'),
    instances: z.number().int().min(1).optional().describe('Instances that should be up; the addresses by default'),
    limits,
  }),
]);
