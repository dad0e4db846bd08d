import { z } from 'zod';
import { ERROR_CLASSES } from '../domain/delivery/error-cause.ts';
import { endpoint, instant } from './endpoint.ts';
import { operationState } from './operations.ts';

const flowId = z.string().min(1).max(100).describe('Flow');
const operationRef = z.object({
  id: z.uuid().describe('Its id'),
  number: z.number().int().describe('Its number'),
  state: operationState,
});
const reason = z.string().trim().min(3).max(300).describe('Why; stands on the flow and in the audit');

/** Why nothing is tried now; the first that applies. */
export const automaticHold = z
  .object({
    kind: z
      .enum(['paused', 'maintenance', 'circuit', 'stopped', 'budget'])
      .describe(
        'paused: by a person; maintenance: planned work; circuit: a system is away; stopped: the last automatic operation stopped itself or was cancelled; budget: the tries of this hour are spent',
      ),
    system: z.string().nullable().describe('For circuit: the system'),
    until: instant.nullable().describe('When it ends by itself; null: nobody knows'),
  })
  .describe('What holds automatic retries of the flow back now');
export type AutomaticHoldView = z.output<typeof automaticHold>;

const leftReason = z
  .enum(['class', 'tries_spent', 'not_provable', 'obstacle', 'overtaken'])
  .describe(
    'class: the policy leaves errors of this class to people; tries_spent: all tries failed; not_provable: the target cannot be asked whether the document is there; obstacle: there is nothing to send again; overtaken: a newer message of the document is on its way or through',
  );
export type AutomaticLeftReason = z.output<typeof leftReason>;

/** Automatic retry of one flow: its policy, what it does now, what it leaves to people. */
export const automaticRetry = z.object({
  now: instant,
  flow: z.string().describe('Flow'),
  policy: z
    .object({
      classes: z
        .array(
          z.object({
            errorClass: z.enum(ERROR_CLASSES).describe('Class of the error'),
            pausesMs: z.array(z.number().int()).describe('Pause before each try, ms; as many tries as pauses'),
          }),
        )
        .describe('Classes that are retried'),
      perHour: z.number().int().describe('Tries within any hour, at most'),
      ratePerSecond: z.number().describe('Messages per second'),
    })
    .nullable()
    .describe('Null: a person decides about each failure of this flow'),
  hold: automaticHold.nullable(),
  pause: z
    .object({
      at: instant,
      by: z.string().describe('Name of the person'),
      reason: z.string().describe('In their words'),
    })
    .nullable()
    .describe('A person has paused it'),
  operation: operationRef
    .nullable()
    .describe('The automatic operation that is not at its end; the next one is opened after it, paused or not'),
  usedInHour: z.number().int().describe('Tries begun within the last hour'),
  waiting: z.number().int().describe('Failed messages that will be tried'),
  behind: z
    .number()
    .int()
    .describe('Failed messages that wait for an older one of their document, which perhaps waits for a person'),
  nextAt: instant
    .nullable()
    .describe(
      'When the first of them is due; in the past: as soon as nothing holds it; null with `more`: nobody looked at all',
    ),
  left: z
    .array(z.object({ reason: leftReason, count: z.number().int().describe('How many') }))
    .describe('Failed messages of which the policy leaves the decision to a person, by reason'),
  more: z.boolean().describe('There are more failed messages than were looked at: the counts are lower bounds'),
});
export type AutomaticRetry = z.output<typeof automaticRetry>;

/** What the policy of its flow does about one failed message. */
export const messageAutomaticRetry = z.object({
  now: instant,
  verdict: z
    .enum(['none', 'not_failed', 'claimed', 'due', 'behind', 'left'])
    .describe(
      'none: the flow has no policy; claimed: an operation has it; due: tried at `at`; behind: an older message of the document comes first; left: a person decides',
    ),
  at: instant.nullable().describe('For due: when'),
  nth: z.number().int().nullable().describe('For due: number of the try, from 1'),
  of: z.number().int().nullable().describe('For due: how many tries there are'),
  tries: z.number().int().describe('Tries so far'),
  reason: leftReason.nullable().describe('For left: why'),
  hold: automaticHold.nullable().describe('For due: what holds the flow back now'),
  operation: operationRef.nullable().describe('For due: the automatic operation of the flow that has to end first'),
});
export type MessageAutomaticRetry = z.output<typeof messageAutomaticRetry>;

const params = z.object({ flowId });

export const automaticRetryGet = endpoint({
  id: 'operations.automatic',
  area: 'operations',
  method: 'GET',
  path: '/api/automatic-retries/:flowId',
  permission: 'operations.read',
  summary: 'Automatic retry of a flow: policy, what holds it, what waits, what it leaves to people',
  params,
  responses: { 200: automaticRetry },
  errors: ['flow.not_found'],
});

export const automaticRetryPause = endpoint({
  id: 'operations.automatic_pause',
  area: 'operations',
  method: 'POST',
  path: '/api/automatic-retries/:flowId/pause',
  permission: 'operations.run',
  summary: 'Pauses automatic retry of a flow; what it holds returns to «failed»',
  params,
  body: z.object({ reason }),
  responses: { 200: automaticRetry },
  errors: ['flow.not_found', 'automatic_retry.none', 'automatic_retry.paused'],
});

export const automaticRetryResume = endpoint({
  id: 'operations.automatic_resume',
  area: 'operations',
  method: 'POST',
  path: '/api/automatic-retries/:flowId/resume',
  permission: 'operations.run',
  summary: 'Lets automatic retry of a flow go on',
  params,
  body: z.object({ reason: reason.optional() }),
  responses: { 200: automaticRetry },
  errors: ['flow.not_found', 'automatic_retry.none', 'automatic_retry.not_paused'],
});

export const messageAutomaticRetryGet = endpoint({
  id: 'operations.automatic_of_message',
  area: 'operations',
  method: 'GET',
  path: '/api/messages/:deliveryId/automatic-retry',
  permission: 'operations.read',
  summary: 'Whether and when Pult sends a failed message again by itself, or why a person has to decide',
  params: z.object({ deliveryId: z.uuid().describe('Delivery') }),
  responses: { 200: messageAutomaticRetry },
  errors: ['delivery.not_found'],
});

export const automaticRetryEndpoints = [
  automaticRetryGet,
  automaticRetryPause,
  automaticRetryResume,
  messageAutomaticRetryGet,
] as const;
