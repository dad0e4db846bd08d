import { z } from 'zod';
import { address, durationMs, envName, systemId } from './basics.ts';
import { exchangeNodes, exchangeTargets } from './registers.ts';

/** Limits that shield a system from Pult (domain.md §2: 1С is shielded). */
const limits = z
  .strictObject({
    concurrency: z.number().int().min(1).max(16).default(2).describe('Requests at once'),
    timeoutMs: durationMs.default(60_000).describe('Longest wait for an answer'),
    pollMs: durationMs.default(15_000).describe('Interval of polling'),
  })
  .default({ concurrency: 2, timeoutMs: 60_000, pollMs: 15_000 });

/** A folder of the exchange: relative ones are taken from the folder in which Pult was started. */
const folder = z.string().trim().min(1);

/**
 * Files in watched folders. Pult reads copies: the exchange goes on without it. `deliver` and `respond` belong to the
 * exchange and are written to only by a resend and by an answer that a person sends.
 */
const files = z.strictObject({
  protocol: z.literal('files'),
  folders: z.strictObject({
    inbox: folder.describe('Copies of everything that passes, for Pult alone'),
    archive: folder.describe('What was taken in, by day'),
    rejected: folder.describe('What could not be read, each with its reason beside it'),
    deliver: folder.optional().describe('Where the target takes its files from; a resend is dropped here'),
    respond: folder.optional().describe('Where the provider takes answers from'),
  }),
  partners: z
    .array(
      z.strictObject({
        gln: z.string().regex(/^\d{13}$/, '13 digits'),
        name: z.string().min(1),
        inn: z
          .string()
          .regex(/^(\d{10}|\d{12})$/)
          .optional(),
      }),
    )
    .default([])
    .describe('Names of partners: files carry their GLN only'),
  limits: z
    .strictObject({
      concurrency: z.number().int().min(1).max(16).default(2).describe('Operations with files at once'),
      timeoutMs: durationMs.default(30_000).describe('Longest wait for a folder: a share that is gone hangs'),
      pollMs: durationMs.default(5_000).describe('Interval of looks; a file is taken when two of them saw the same'),
      unfinishedMs: durationMs.default(120_000).describe('How long a file whose end is missing may be waited for'),
      maxKilobytes: z.number().int().min(1).max(65_536).default(2_048).describe('Larger files are not read'),
    })
    .default({ concurrency: 2, timeoutMs: 30_000, pollMs: 5_000, unfinishedMs: 120_000, maxKilobytes: 2_048 }),
});
/** Name of a Kafka topic, as the broker allows it. */
export const topicName = z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, 'topic name: letters, digits, dots, hyphens');

/** `host:port, host:port`; an empty text is «no bus here». */
const brokerList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .refine((all) => all.every((one) => /^[^\s:/@]+:\d{1,5}$/.test(one)), {
    error: 'addresses like host:9092, host:9092',
  });

/** How Pult reaches a system. */
export const connector = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('onec-odata'),
    url: address.describe('Address up to and including odata/standard.odata'),
    servicesUrl: address.optional().describe('Address of HTTP services, …/hs'),
    userEnv: envName,
    passwordEnv: envName,
    limits,
    polls: z.array(z.enum(['approvals', 'exchange-registers', 'exchange-plans'])).default([]),
    exchangePlans: z
      .array(
        z.strictObject({
          set: z
            .string()
            .regex(/^ExchangePlan_[\p{L}\p{N}_]+$/u, 'entity set of an exchange plan: ExchangePlan_…')
            .describe('Exchange plan whose nodes are watched'),
          flow: z.string().describe('Flow that the plan carries'),
          lagWarn: z
            .number()
            .int()
            .min(1)
            .default(3)
            .describe('Messages sent and not confirmed from which a node counts as not confirming'),
        }),
      )
      .default([])
      .describe('Special exchanges that Pult watches when polls names exchange-plans'),
    exchangeNodes,
    exchangeTargets,
    navigationUrl: address
      .optional()
      .describe('Address of the base for people (web client): a problem object gets a link that opens it'),
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
  z.strictObject({
    protocol: z.literal('elma3'),
    url: address.describe('Address of the server, without /API/REST'),
    userEnv: envName,
    passwordEnv: envName,
    applicationTokenEnv: envName,
    requestsType: z
      .guid()
      .optional()
      .describe('Uid of the entity with approval requests; its fields are those of docs/protocols/elma3.md'),
    limits,
  }),
  z.strictObject({ protocol: z.literal('rest'), url: address, tokenEnv: envName, limits }),
  files,
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
  z
    .strictObject({
      protocol: z.literal('kafka'),
      brokers: brokerList.describe('host:port, host:port; empty: the bus is not connected'),
      groupId: z.string().min(1).max(200).default('pult').describe('Consumer group of all instances of Pult'),
      tls: z.boolean().default(false),
      caFile: z
        .string()
        .min(1)
        .optional()
        .describe('PEM with the authorities of the broker, trusted beside the usual ones; needs tls'),
      certFile: z
        .string()
        .min(1)
        .optional()
        .describe('PEM with the certificate by which Pult shows who it is, and those between; needs tls and keyFile'),
      keyFile: z.string().min(1).optional().describe('PEM with the private key of certFile'),
      keyPasswordEnv: envName.optional().describe('Password of keyFile, where it has one'),
      sasl: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).default('SCRAM-SHA-512'),
      userEnv: envName.optional().describe('With passwordEnv: SASL; without both the broker asks for no name'),
      passwordEnv: envName.optional(),
      eventTopics: z
        .array(z.strictObject({ topic: topicName, sources: z.array(systemId).min(1) }))
        .default([])
        .describe('Topics with facts (exchange.*), and the systems that may speak on each'),
      limits,
    })
    .refine(({ userEnv, passwordEnv }) => (userEnv === undefined) === (passwordEnv === undefined), {
      error: 'userEnv and passwordEnv belong together',
      path: ['passwordEnv'],
    })
    .superRefine(({ tls, caFile, certFile, keyFile, keyPasswordEnv }, context) => {
      const issue = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      for (const [name, file] of Object.entries({ caFile, certFile, keyFile }))
        if (file !== undefined && !tls) issue(name, `${name} needs «tls: true»`);
      if ((certFile === undefined) !== (keyFile === undefined))
        issue(certFile === undefined ? 'certFile' : 'keyFile', 'certFile and keyFile belong together');
      if (keyPasswordEnv !== undefined && keyFile === undefined)
        issue('keyPasswordEnv', 'keyPasswordEnv needs keyFile');
    }),
]);
