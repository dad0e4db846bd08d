import { z } from 'zod';
import { OUTCOMES } from '../domain/migration/pairing.ts';
import { CONDITIONS } from '../domain/migration/readiness.ts';
import { STAGES } from '../domain/migration/stages.ts';
import { endpoint, instant, pageQuery } from './endpoint.ts';

export const stageName = z.enum(STAGES).describe('How far a flow has moved to the bus');
export const outcomeName = z
  .enum(OUTCOMES)
  .describe('What became of a message in the two channels; neither: processed by none of them in time');
export type OutcomeName = z.output<typeof outcomeName>;

const bilingual = z.object({ ru: z.string(), en: z.string() });
const houseDate = z.iso.date().describe('Date of the house, YYYY-MM-DD');
const reason = z.string().trim().min(3).max(500).describe('Kept in the audit');
const params = z.object({ flowId: z.string().describe('The flow of today that moves') });
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What the overview says of a flow that moves, on both sides. */
export const flowMigration = z.object({
  role: z.enum(['old', 'bus']).describe('old: the flow of today, bus: the one that takes it over'),
  partner: z.string().describe('The other flow'),
  stage: stageName,
  since: instant.nullable().describe('Null: since the file says so'),
  share: z
    .number()
    .nullable()
    .describe('Share of pairs of the last 7 days that are the same or explained; null without pairs'),
  pairs: z.number().int().describe('Pairs of the last 7 days that have an outcome'),
  next: z
    .object({
      stage: stageName,
      met: z.number().int().describe('Conditions of it that hold'),
      of: z.number().int(),
      unmet: z.array(z.enum(CONDITIONS)).describe('Those that do not'),
    })
    .nullable()
    .describe('What the flow needs for its next stage, half a minute old at most; null when it has none'),
});
export type FlowMigration = z.output<typeof flowMigration>;

export const condition = z.object({
  code: z.enum(CONDITIONS).describe('Which condition; its words are the console’s'),
  met: z.boolean().describe('Whether it holds now'),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).describe('The fact behind it'),
});
export type MigrationCondition = z.output<typeof condition>;

const stageChange = z.object({
  version: z.number().int().describe('Number of the change, from 1'),
  stage: stageName,
  from: stageName.describe('Stage before'),
  at: instant.describe('When it was decided'),
  by: z.string().describe('Name of the person'),
  reason: z.string().describe('As the person gave it'),
});

const migrationView = z.object({
  now: instant,
  flow: z.object({ id: z.string(), title: bilingual }),
  bus: z.object({ id: z.string(), title: bilingual }),
  types: z.array(z.string()).describe('Document types that move; none: all of them'),
  stage: stageName,
  version: z.number().int().describe('Grows with every change; a change names the one it was decided on'),
  since: instant
    .nullable()
    .describe('Begin of the stage; of a stage from the file the first message that was compared'),
  truth: z.enum(['old', 'bus']).describe('Whose outcome the consumer works with'),
  history: z.array(stageChange).describe('Newest first; the first stage is the one of the file'),
  conditions: z.array(condition).describe('Of the next stage; empty when the flow has arrived'),
  ready: z.boolean().describe('Every condition holds and the comparison runs'),
  notBefore: houseDate.nullable().describe('As far as days alone decide'),
  next: stageName.nullable().describe('Null for a flow that has arrived'),
  back: z.array(stageName).describe('Stages to go back to, the nearest first'),
  rules: z.object({
    days: z.number().describe('Working days that must show the share'),
    share: z.number().describe('Least share of good pairs, 0…1'),
    lossDays: z.number().describe('Working days without a loss'),
    waitMs: z.number().describe('How long the second channel is waited for'),
  }),
  comparedAt: instant.nullable().describe('Last round of the comparison'),
  stale: z.boolean().describe('The comparison should run and has not for minutes'),
});
export type MigrationView = z.output<typeof migrationView>;

export const migrationGet = endpoint({
  id: 'landscape.migration',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/flows/:flowId/migration',
  permission: 'landscape.read',
  summary: 'How far a flow has moved to the bus, and what stands in the way of its next stage',
  params,
  responses: { 200: migrationView },
  errors: ['flow.not_found', 'migration.not_found'],
});

export const migrationStage = endpoint({
  id: 'landscape.migration_stage',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/flows/:flowId/migration/stage',
  permission: 'migration.change',
  summary: 'Moves a flow one stage on when every condition holds, or back to any earlier stage',
  params,
  body: z.object({ to: stageName, version: z.number().int().min(0), reason }),
  responses: { 200: migrationView },
  errors: [
    'flow.not_found',
    'migration.not_found',
    'migration.changed',
    'migration.not_ready',
    'migration.wrong_stage',
  ],
});

export const migrationRollbackCheck = endpoint({
  id: 'landscape.migration_rollback_check',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/flows/:flowId/migration/rollback-check',
  permission: 'migration.change',
  summary: 'States that going back was tried and works',
  params,
  body: z.object({ reason: reason.describe('How it was checked and how long it took') }),
  responses: { 200: migrationView },
  errors: ['flow.not_found', 'migration.not_found'],
});

const difference = z.object({
  path: z.string().describe('Place in the content: `stocks[mcb4729].quantity`'),
  field: z.string().describe('Path without the elements of lists: what a rule speaks of'),
  old: scalar.describe('Null: absent there; ••• in the place of personal data'),
  bus: scalar.describe('As `old`'),
  explained: z.boolean().describe('A reason of a person covers it'),
});
const side = z
  .object({
    deliveryId: z.uuid(),
    state: z.string().describe('State of the delivery when it was compared'),
    appliedAt: instant.nullable().describe('Null: its consumer has not processed it'),
    latencyMs: z.number().nullable().describe('First news → processed'),
  })
  .nullable();

export const shadowPair = z.object({
  id: z.uuid(),
  at: instant.describe('First news of the message in either channel'),
  type: z.string().describe('Document type'),
  number: z.string().describe('Document number'),
  outcome: outcomeName,
  old: side,
  bus: side,
  lagMs: z
    .number()
    .nullable()
    .describe('Processed over the bus − processed by the old channel; negative: the bus was earlier'),
  differing: z.number().int().describe('Fields that differ, however many are listed'),
  equal: z.number().int().describe('Fields that are the same'),
  differences: z.array(difference).describe('At most 50; values are null for who may not see the content of messages'),
  explanationId: z.uuid().nullable().describe('The explanation that covers the pair; null: none does'),
});
export type ShadowPair = z.output<typeof shadowPair>;

const explanation = z.object({
  id: z.uuid(),
  kind: z
    .enum(['field', 'pair', 'day'])
    .describe('What it covers: a field everywhere, one pair as it was, an outcome of a day'),
  field: z.string().nullable().describe('Of the kind field'),
  number: z.string().nullable().describe('Document of the pair'),
  outcome: outcomeName.nullable().describe('Of the kinds pair and day'),
  date: houseDate.nullable().describe('Of the kind day'),
  reason: z.string().describe('As the person gave it'),
  by: z.string().describe('Name of the person'),
  at: instant.describe('When it was given'),
  pairs: z.number().int().describe('Pairs that it explains'),
});
export type ShadowExplanation = z.output<typeof explanation>;

export const shadowPeriod = z.enum(['24h', '7d', 'all']);
export type ShadowPeriod = z.output<typeof shadowPeriod>;

export const shadowReport = endpoint({
  id: 'landscape.shadow',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/flows/:flowId/shadow',
  permission: 'landscape.read',
  summary: 'Comparison of the two channels of a flow over a period',
  params,
  query: z.object({ period: shadowPeriod.default('7d').describe('all: since the comparison began') }),
  responses: {
    200: z.object({
      now: instant,
      from: instant,
      since: instant.nullable().describe('Begin of the comparison; null before the first message'),
      stepMs: z.number().int().describe('Width of the bars'),
      steps: z.array(instant).describe('Begin of each bar'),
      pairs: z.number().int().describe('With an outcome'),
      waiting: z.number().int().describe('Now waiting for their second side'),
      neither: z.number().int().describe('Processed by no channel in time'),
      outcomes: z
        .array(
          z.object({
            outcome: z.enum(['same', 'differs', 'only_old', 'only_bus']),
            count: z.number().int().describe('Pairs of the period'),
            unexplained: z.number().int().describe('Those that no reason covers'),
            bars: z.array(z.number().int()).describe('The count by step'),
            lastAt: instant.nullable().describe('Newest of them'),
            why: z.string().nullable().describe('Reason of the explanation that covers most of them'),
          }),
        )
        .describe('Always all four'),
      lag: z
        .object({
          pairs: z.number().int().describe('Pairs that both channels brought'),
          earlierShare: z.number().describe('Share of them in which the bus was not later, 0…1'),
          medianMs: z.number().describe('Bus − old; negative: the bus was earlier'),
          p95Ms: z.number().describe('In 95 of 100 pairs bus − old is this at most'),
          latestMs: z.number().describe('Most that the bus was later; 0: it never was'),
          columns: z
            .array(z.object({ from: z.number().nullable(), to: z.number().nullable(), count: z.number().int() }))
            .describe(
              'Of the drawing, above from up to and with to, ms; zero is a border; null: open, with what is far away',
            ),
        })
        .nullable(),
      example: shadowPair.nullable().describe('A difference to look at: the newest without a reason, else the newest'),
      more: z.number().int().describe('Others that differ in the same fields'),
      recent: z.array(shadowPair).describe('The newest six'),
      explanations: z.array(explanation).describe('In force'),
    }),
  },
  errors: ['flow.not_found', 'migration.not_found'],
});

const pairsFilter = z.object({
  outcome: outcomeName.optional(),
  reason: z.enum(['with', 'without']).optional().describe('Whether a person has explained it'),
  field: z.string().max(500).optional().describe('Pairs that differ in this field'),
  q: z.string().trim().min(1).max(100).optional().describe('Number of the document'),
  from: instant.optional().describe('First news at or after'),
  to: instant.optional().describe('First news before'),
});

export const shadowPairs = endpoint({
  id: 'landscape.shadow_pairs',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/flows/:flowId/shadow/pairs',
  permission: 'landscape.read',
  summary: 'Pairs of the comparison, newest first',
  params,
  query: pairsFilter.extend(pageQuery.shape),
  responses: {
    200: z.object({ now: instant, rows: z.array(shadowPair), nextCursor: z.string().nullable() }),
  },
  errors: ['flow.not_found', 'migration.not_found'],
});

export const shadowPairsExport = endpoint({
  id: 'landscape.shadow_pairs_export',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/flows/:flowId/shadow/pairs.csv',
  permission: 'landscape.read',
  summary: 'Pairs as CSV, UTF-8 with BOM, semicolons; at most 50 000, newest first',
  params,
  query: pairsFilter,
  responses: { 200: z.string() },
  errors: ['flow.not_found', 'migration.not_found'],
});

export const shadowExplain = endpoint({
  id: 'landscape.shadow_explain',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/flows/:flowId/shadow/explanations',
  permission: 'migration.change',
  summary: 'Gives a difference its reason: everywhere in this field, for all of a day, or for one pair',
  params,
  body: z.object({
    scope: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('field'), field: z.string().min(1).max(500) }),
      z.object({ kind: z.literal('pair'), pairId: z.uuid() }),
      z.object({ kind: z.literal('day'), date: houseDate, outcome: z.enum(['differs', 'only_old', 'only_bus']) }),
    ]),
    reason,
  }),
  responses: { 200: z.object({ id: z.uuid(), pairs: z.number().int().describe('Pairs that it explains now') }) },
  errors: ['flow.not_found', 'migration.not_found', 'pair.not_found'],
});

export const shadowUnexplain = endpoint({
  id: 'landscape.shadow_unexplain',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/flows/:flowId/shadow/explanations/:explanationId/withdraw',
  permission: 'migration.change',
  summary: 'Takes an explanation back: what it covered counts as unexplained again',
  params: params.extend({ explanationId: z.uuid() }),
  body: z.object({ reason }),
  responses: { 200: z.object({ pairs: z.number().int().describe('Pairs without a reason again') }) },
  errors: ['flow.not_found', 'migration.not_found', 'explanation.not_found'],
});

export const migrationEndpoints = [
  migrationGet,
  migrationStage,
  migrationRollbackCheck,
  shadowReport,
  shadowPairs,
  shadowPairsExport,
  shadowExplain,
  shadowUnexplain,
] as const;
