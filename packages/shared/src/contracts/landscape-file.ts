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

const systemId = z.string().regex(/^[a-z][a-z0-9-]*$/, 'system id: lower-case letters, digits, hyphens');
const envName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name of an environment variable');
const bilingual = z.strictObject({ ru: z.string().min(1), en: z.string().min(1) });

/** Limits that shield a system from Pult (domain.md §2: 1С is shielded). */
const limits = z
  .strictObject({
    concurrency: z.number().int().min(1).max(16).default(2).describe('Requests at once'),
    timeoutMs: durationMs.default(60_000).describe('Longest wait for an answer'),
    pollMs: durationMs.default(15_000).describe('Interval of polling'),
  })
  .default({ concurrency: 2, timeoutMs: 60_000, pollMs: 15_000 });

/** The file is shown, diffed and kept in a repository: names and passwords have variables of their own. */
const address = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    message: 'must not carry a name or password: use the variables of the connector',
  });

const connector = z.discriminatedUnion('protocol', [
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
]);

const system = z.strictObject({
  id: systemId,
  title: bilingual,
  kind: z.enum(['onec', 'bpm', 'shop', 'edi', 'events', 'bus', 'service']),
  group: z.string().optional().describe('Systems with the same group are one node of the map (1С:ERP ×3)'),
  owner: z.string().optional(),
  connector: connector.optional().describe('Absent: Pult has no connection of its own to this system'),
  intakeTokenEnv: envName.optional().describe('Variable with the key under which the system reports events'),
  place: z
    .strictObject({ column: z.number().int().min(0).max(4), row: z.number().min(0).max(12) })
    .describe('Cell of the flow map'),
});

const askSource = z.strictObject({ system: systemId, path: z.string().startsWith('/') });

const verify = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('onec-odata'),
    system: systemId,
    set: z.string().describe('Entity set asked for the document'),
    filter: z
      .string()
      .describe(
        '$filter with {number}, {ref}, {messageId} as already quoted literals; one with {messageId} must find what this message made and nothing else',
      ),
    appliedWhen: z.enum(['posted', 'exists']).default('posted'),
  }),
  z.strictObject({ protocol: z.literal('rest'), system: systemId, path: z.string().startsWith('/') }),
  z.strictObject({
    protocol: z.literal('elma365'),
    system: systemId,
    app: z.string(),
    field: z.string().describe('Field of the app that keeps the source message id'),
  }),
]);

const flow = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: bilingual,
  what: bilingual.describe('What travels'),
  from: z.array(systemId).min(1),
  to: z.array(systemId).min(1),
  era: z.enum(['as-is', 'to-be']).default('as-is'),
  channel: z.enum(['http', 'rest', 'files', 'exchange-plan', 'kafka', 'api', 'unknown']),
  stage: z.enum(['point-to-point', 'shadow', 'cut-over', 'bus']).default('point-to-point'),
  watched: z
    .boolean()
    .default(false)
    .describe('Whether events about this flow reach Pult today; false is shown as «не подключено»'),
  topics: z.array(z.string()).default([]),
  budget: z
    .strictObject({ accepted: durationMs, sent: durationMs, delivered: durationMs })
    .default({ accepted: 120_000, sent: 300_000, delivered: 600_000 })
    .describe('Longest stay in a state before the delivery counts as stuck'),
  ackTimeoutMs: durationMs.default(900_000).describe('sent for longer than this without news: in doubt'),
  cadence: z
    .strictObject({ everyMs: durationMs, graceMs: durationMs.default(60_000) })
    .optional()
    .describe('A message is expected at least this often; silence is an alarm'),
  retry: z
    .strictObject({
      resend: askSource.optional(),
      reExport: askSource.optional(),
      verify: verify.optional(),
      ratePerSecond: z.number().positive().max(50).default(4),
      maxRatePerSecond: z.number().positive().max(50).default(8),
    })
    .default({ ratePerSecond: 4, maxRatePerSecond: 8 }),
  personalData: z.boolean().default(false),
  partialShipment: z.boolean().default(false),
  owner: z.string().optional(),
  runbook: z.array(z.string()).default([]).describe('Steps for the person on duty'),
});

type Target = z.output<typeof askSource> | z.output<typeof verify>;

/** Why Pult could not ask this system in this way; found at the start, not by the first retry that a person decides. */
function problemOf(
  target: Target,
  known: z.output<typeof connector> | undefined,
): { readonly key: 'system' | 'protocol'; readonly message: string } | null {
  const { system } = target;
  if (known === undefined) return { key: 'system', message: `«${system}» has no connector` };
  if ('protocol' in target)
    return target.protocol === known.protocol
      ? null
      : { key: 'protocol', message: `«${system}» has a connector of ${known.protocol}` };
  if (known.protocol === 'elma365')
    return { key: 'system', message: `«${system}» cannot be asked to send: its connector is of elma365` };
  if (known.protocol === 'onec-odata' && known.servicesUrl === undefined)
    return { key: 'system', message: `«${system}» cannot be asked to send: its connector has no servicesUrl` };
  return null;
}

/** `landscape.yaml`: every system and flow that Pult watches. A key that is none is a mistake: a misspelt limit must not be ignored. References are checked here, all problems at once. */
export const landscapeFile = z
  .strictObject({ version: z.number().int().min(1), systems: z.array(system).min(1), flows: z.array(flow).min(1) })
  .superRefine((file, context) => {
    const known = new Set<string>();
    file.systems.forEach((one, index) => {
      if (known.has(one.id))
        context.addIssue({
          code: 'custom',
          path: ['systems', index, 'id'],
          message: `system «${one.id}» is listed twice`,
        });
      known.add(one.id);
    });
    const flowIds = new Set<string>();
    const connectorOf = new Map(file.systems.map((one) => [one.id, one.connector]));
    file.flows.forEach((one, index) => {
      if (flowIds.has(one.id))
        context.addIssue({ code: 'custom', path: ['flows', index, 'id'], message: `flow «${one.id}» is listed twice` });
      flowIds.add(one.id);
      for (const side of ['from', 'to'] as const)
        one[side].forEach((id, at) => {
          if (!known.has(id))
            context.addIssue({ code: 'custom', path: ['flows', index, side, at], message: `unknown system «${id}»` });
        });
      for (const verb of ['resend', 'reExport', 'verify'] as const) {
        const target = one.retry[verb];
        const problem = target && problemOf(target, connectorOf.get(target.system));
        if (problem)
          context.addIssue({
            code: 'custom',
            path: ['flows', index, 'retry', verb, problem.key],
            message: problem.message,
          });
      }
    });
  });

export type LandscapeFile = z.output<typeof landscapeFile>;
export type SystemConfig = LandscapeFile['systems'][number];
export type FlowConfig = LandscapeFile['flows'][number];
export type ConnectorConfig = NonNullable<SystemConfig['connector']>;
