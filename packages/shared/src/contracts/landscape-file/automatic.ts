/** Which failures of a flow Pult sends again by itself. */
import { z } from 'zod';
import { ERROR_CLASSES } from '../../domain/delivery/error-cause.ts';
import type { AutomaticPolicy } from '../../domain/operation/automatic-retry.ts';
import { durationMs } from './basics.ts';
import type { flow } from './flow.ts';
import { questionsOf } from './verify.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const pause = durationMs.refine((ms) => ms >= 10 * SECOND_MS && ms <= DAY_MS, { error: 'between 10s and 1d' });

export const automatic = z
  .strictObject({
    classes: z
      .partialRecord(z.enum(ERROR_CLASSES), z.array(pause).min(1).max(10))
      .refine((classes) => Object.keys(classes).length > 0, { error: 'at least one class of errors' })
      .describe('By class of the error: the pause before each try after a failure; as many tries as pauses'),
    perHour: z.number().int().min(1).max(10_000).describe('Tries of the flow within any hour, at most'),
    ratePerSecond: z.number().positive().max(50).default(1).describe('How fast what has gathered is sent'),
  })
  .transform(({ classes, perHour, ratePerSecond }): AutomaticPolicy => ({ pausesMs: classes, perHour, ratePerSecond }));

/** Why the policy of a flow could not work; the path leads from the flow. */
export function automaticProblems(one: z.output<typeof flow>): { readonly path: string[]; readonly message: string }[] {
  const { automatic: policy, resend, maxRatePerSecond } = one.retry;
  if (policy === undefined) return [];
  const path = ['retry', 'automatic'];
  const overBus = resend === undefined && one.consumers.some(({ retryTopic }) => retryTopic !== undefined);
  if (resend === undefined && !overBus) return [{ path, message: `«${one.id}» has no way to send a message again` }];
  if (!overBus && questionsOf(one).length === 0)
    return [
      { path, message: `the target of «${one.id}» cannot be asked what it has: name «verify», or a person decides` },
    ];
  if (policy.ratePerSecond > maxRatePerSecond)
    return [{ path: [...path, 'ratePerSecond'], message: `above maxRatePerSecond of the flow, ${maxRatePerSecond}` }];
  return [];
}
