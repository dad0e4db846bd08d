/** What the flows of the landscape ask of one system: a check asks for exactly this, and says it to whoever grants it. */
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import { questionsOf, type VerifyQuestion } from '@pult/shared/contracts/landscape-file/verify';

/** A document that no system has: asking for it shows that the address answers. */
const NOBODYS_DOCUMENT = '00000000-0000-0000-0000-000000000000';

export const NOBODYS = { messageId: NOBODYS_DOCUMENT, number: NOBODYS_DOCUMENT, ref: NOBODYS_DOCUMENT };

export interface FlowNeeds {
  /** Paths by which the source is asked to send again. */
  readonly commands: readonly string[];
  /** Questions by which the target is asked for documents. */
  readonly questions: readonly VerifyQuestion[];
  /** Flows for which either is asked. */
  readonly flows: readonly string[];
}

export function flowNeeds({ flows: all }: Pick<LandscapeFile, 'flows'>, systemId: string): FlowNeeds {
  const commands = new Set<string>();
  const questions: VerifyQuestion[] = [];
  const flows = new Set<string>();
  for (const flow of all) {
    for (const target of [flow.retry.resend, flow.retry.reExport]) {
      if (target === undefined) continue;
      const asked = target.system === WHOEVER_ACCEPTED ? flow.from.includes(systemId) : target.system === systemId;
      if (!asked) continue;
      commands.add(target.path);
      flows.add(flow.id);
    }
    for (const question of questionsOf(flow)) {
      if (question.system !== systemId) continue;
      questions.push(question);
      flows.add(flow.id);
    }
  }
  return { commands: [...commands], questions, flows: [...flows] };
}
