/** What the landscape needs of a 1С base: pollers and the check of the connection ask for exactly this. */
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { ConfigOf } from '../port/connector.ts';
import { flowNeeds, NOBODYS } from '../port/flow-needs.ts';
import type { OnecQuery } from './client.ts';
import { APPROVAL_SETS, INTEGRATION_SET, REGISTER_SETS, RETURN_PROCESS } from './sets.ts';
import { onecQuestion } from './verify.ts';

export interface OnecNeeds {
  readonly sets: readonly string[];
  /** Sets that are read where a base has them: without one Pult works and shows less. */
  readonly optionalSets: readonly string[];
  /** Questions by which the base is asked for the document of a message, one for each flow. */
  readonly questions: readonly { readonly set: string; readonly query: OnecQuery }[];
  /** Paths of HTTP services by which it is asked to send again. */
  readonly services: readonly string[];
  readonly flows: readonly string[];
}

export function onecNeeds(landscape: LandscapeFile, systemId: string, config: ConfigOf<'onec-odata'>): OnecNeeds {
  const sets = new Set<string>();
  const optionalSets = new Set<string>();
  const flows = new Set<string>();
  if (config.polls.includes('approvals')) {
    for (const set of Object.values(APPROVAL_SETS)) sets.add(set);
    optionalSets.add(RETURN_PROCESS);
  }
  if (config.polls.includes('exchange-registers')) {
    for (const set of Object.values(REGISTER_SETS)) sets.add(set);
    (config.exchangeTargets.length > 0 ? sets : optionalSets).add(INTEGRATION_SET);
  }
  // Without the plan a node has no code, and its problems find no flow.
  for (const { plan } of config.exchangeNodes) sets.add(plan);
  for (const { flow } of [...config.exchangeNodes, ...config.exchangeTargets]) flows.add(flow);
  if (config.polls.includes('exchange-plans'))
    for (const { set, flow } of config.exchangePlans) {
      sets.add(set);
      flows.add(flow);
    }
  const asked = flowNeeds(landscape, systemId);
  for (const flow of asked.flows) flows.add(flow);
  const questions: OnecNeeds['questions'][number][] = [];
  for (const question of asked.questions) {
    if (question.protocol !== 'onec-odata') continue;
    sets.add(question.set);
    questions.push({ set: question.set, query: onecQuestion(question, NOBODYS) });
  }
  return {
    sets: [...sets],
    optionalSets: [...optionalSets].filter((set) => !sets.has(set)),
    questions,
    services: asked.commands,
    flows: [...flows],
  };
}
