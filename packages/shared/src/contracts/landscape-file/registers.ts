import { z } from 'zod';
import { systemId } from './basics.ts';
import type { connector } from './connector.ts';
import type { flow } from './flow.ts';

const target = {
  flow: z.string().describe('Flow whose messages the objects are'),
  consumer: systemId.describe('Target of the flow that did not get them'),
};

/** What problems in the exchange registers of a base are failures of: without it they are only listed. */
export const exchangeNodes = z
  .array(
    z.strictObject({
      plan: z
        .string()
        .regex(/^ExchangePlan_[\p{L}\p{N}_]+$/u, 'entity set of an exchange plan: ExchangePlan_…')
        .describe('Exchange plan of the node, as РезультатыОбменаДанными names it'),
      node: z.string().trim().min(1).describe('Code of the node'),
      types: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe('Only objects of these metadata names, without «Документ.»; any object by default'),
      ...target,
    }),
  )
  .default([])
  .describe('The first entry that fits a problem counts');

export const exchangeTargets = z
  .array(
    z.strictObject({
      name: z.string().trim().min(1).describe('УчетнаяСистема in СостоянияИнтеграцииОбъектов'),
      types: z
        .array(z.string().regex(/^[\p{L}\p{N}_]+$/u, 'name of a document without «Документ.»'))
        .max(10)
        .default([])
        .describe('Documents that go there: the register has identifiers only, number and date are asked of these'),
      ...target,
    }),
  )
  .default([])
  .describe('Systems to which the base integrates objects');

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}
type File = {
  readonly systems: readonly { readonly id: string; readonly connector?: z.output<typeof connector> | undefined }[];
  readonly flows: readonly z.output<typeof flow>[];
};

/** What is wrong with the flows that registers name; paths from `systems`. */
export function registerProblems({ systems, flows }: File): Problem[] {
  const flowOf = new Map(flows.map((one) => [one.id, one]));
  return systems.flatMap(({ id, connector: known }, index) => {
    if (known?.protocol !== 'onec-odata') return [];
    const wrong = (list: 'exchangeNodes' | 'exchangeTargets'): Problem[] =>
      known[list].flatMap(({ flow: flowId, consumer }, at) => {
        const at0 = [index, 'connector', list, at];
        if (!known.polls.includes('exchange-registers'))
          return [{ path: at0, message: `the registers of «${id}» are not read: polls names no exchange-registers` }];
        const one = flowOf.get(flowId);
        if (one === undefined) return [{ path: [...at0, 'flow'], message: `unknown flow «${flowId}»` }];
        if (!one.to.includes(consumer))
          return [{ path: [...at0, 'consumer'], message: `«${consumer}» is no target of «${flowId}»` }];
        return [...one.from, ...one.to].includes(id)
          ? []
          : [{ path: [...at0, 'flow'], message: `«${id}» takes no part in «${flowId}»` }];
      });
    return [...wrong('exchangeNodes'), ...wrong('exchangeTargets')];
  });
}
