import { z } from 'zod';
import { busProblems, eventTopicProblems, withoutAbsentBus } from './landscape-file/bus.ts';
import type { connector } from './landscape-file/connector.ts';
import { type askSource, flow, type verify } from './landscape-file/flow.ts';
import { system } from './landscape-file/system.ts';

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
  if (known.protocol === 'elma365' || known.protocol === 'kafka')
    return { key: 'system', message: `«${system}» cannot be asked to send: its connector is of ${known.protocol}` };
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
    for (const { path, message } of eventTopicProblems(file.systems))
      context.addIssue({ code: 'custom', path: ['systems', ...path], message });
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
      for (const { path, message } of busProblems(one, file.flows))
        context.addIssue({ code: 'custom', path: ['flows', index, ...path], message });
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
  })
  .transform(withoutAbsentBus);

export type LandscapeFile = z.output<typeof landscapeFile>;
export type SystemConfig = LandscapeFile['systems'][number];
export type FlowConfig = LandscapeFile['flows'][number];
export type ConnectorConfig = NonNullable<SystemConfig['connector']>;
