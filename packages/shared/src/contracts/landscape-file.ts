import { z } from 'zod';
import { automaticProblems } from './landscape-file/automatic.ts';
import { busProblems, eventTopicProblems, withoutAbsentBus } from './landscape-file/bus.ts';
import type { connector } from './landscape-file/connector.ts';
import { type askSource, flow, WHOEVER_ACCEPTED } from './landscape-file/flow.ts';
import { migrationProblems } from './landscape-file/moves.ts';
import { registerProblems } from './landscape-file/registers.ts';
import { system } from './landscape-file/system.ts';
import { questionProblems, questionsOf, type VerifyQuestion } from './landscape-file/verify.ts';

type Target = z.output<typeof askSource> | VerifyQuestion;

/** Why Pult could not ask this system in this way; found at the start, not by the first retry that a person decides. */
function problemOf(
  target: Target,
  system: string,
  known: z.output<typeof connector> | undefined,
): { readonly key: 'system' | 'protocol'; readonly message: string } | null {
  if (known === undefined) return { key: 'system', message: `«${system}» has no connector` };
  if ('protocol' in target)
    return target.protocol === known.protocol
      ? null
      : { key: 'protocol', message: `«${system}» has a connector of ${known.protocol}` };
  if (known.protocol === 'files')
    return known.folders.deliver === undefined
      ? { key: 'system', message: `«${system}» cannot send again: its connector names no folder «deliver»` }
      : null;
  if (known.protocol !== 'onec-odata' && known.protocol !== 'rest')
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
    file.systems.forEach(({ id, connector }, index) => {
      if (connector?.protocol !== 'files') return;
      const path = ['systems', index, 'connector', 'folders'];
      const own = file.flows.filter(({ from, channel }) => channel === 'files' && from.includes(id));
      if (own.length !== 1)
        context.addIssue({
          code: 'custom',
          path,
          message: `files of «${id}» belong to one flow with the channel «files» from it, the landscape has ${own.length}`,
        });
      const named = Object.values(connector.folders).filter((folder) => folder !== undefined);
      if (new Set(named).size < named.length)
        context.addIssue({ code: 'custom', path, message: 'each folder has one purpose: two of them are the same' });
    });
    for (const { path, message } of [...eventTopicProblems(file.systems), ...registerProblems(file)])
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
      for (const { path, message } of [...busProblems(one, file.flows), ...automaticProblems(one)])
        context.addIssue({ code: 'custom', path: ['flows', index, ...path], message });
      questionsOf(one).forEach((question, at) => {
        const problem = problemOf(question, question.system, connectorOf.get(question.system));
        if (problem === null) return;
        const path = ['flows', index, 'retry', 'verify', ...(Array.isArray(one.retry.verify) ? [at] : []), problem.key];
        context.addIssue({ code: 'custom', path, message: problem.message });
      });
      for (const { path, message } of questionProblems(one))
        context.addIssue({ code: 'custom', path: ['flows', index, 'retry', 'verify', ...path], message });
      for (const verb of ['resend', 'reExport'] as const) {
        const target = one.retry[verb];
        if (target === undefined) continue;
        const asked = target.system === WHOEVER_ACCEPTED ? one.from : [target.system];
        for (const system of asked) {
          const known = connectorOf.get(system);
          const problem =
            verb === 'reExport' && known?.protocol === 'files'
              ? { key: 'system', message: `«${system}» cannot export anew: it has the files as they were` }
              : problemOf(target, system, known);
          if (problem === null) continue;
          context.addIssue({
            code: 'custom',
            path: ['flows', index, 'retry', verb, problem.key],
            message: problem.message,
          });
        }
      }
    });
    for (const { path, message } of migrationProblems(file.flows))
      context.addIssue({ code: 'custom', path: ['flows', ...path], message });
    file.systems.forEach(({ connector: known }, index) => {
      if (known?.protocol !== 'onec-odata') return;
      known.exchangePlans.forEach(({ flow: id }, at) => {
        if (!flowIds.has(id))
          context.addIssue({
            code: 'custom',
            path: ['systems', index, 'connector', 'exchangePlans', at, 'flow'],
            message: `unknown flow «${id}»`,
          });
      });
    });
  })
  .transform(withoutAbsentBus);

export type LandscapeFile = z.output<typeof landscapeFile>;
export type SystemConfig = LandscapeFile['systems'][number];
export type FlowConfig = LandscapeFile['flows'][number];
export type ConnectorConfig = NonNullable<SystemConfig['connector']>;
