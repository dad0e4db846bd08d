/** How an app with requests is asked for the item of a message, in either dialect of ELMA. */
import type { VerifyAnswer, VerifySubject } from './ask.ts';
import type { QuestionOf } from './connector.ts';
import type { RequestApp, RequestItem } from './request-app.ts';
import { sourceError } from './source-errors.ts';
import { absent } from './verify-answer.ts';

type AppQuestion = QuestionOf<'elma365' | 'elma3'>;

/** @throws SourceError `source.bad_answer` also when too many items look alike to say anything */
export async function verifyInApp(
  elma: RequestApp,
  question: AppQuestion,
  { messageId }: VerifySubject,
): Promise<VerifyAnswer> {
  const { system, field } = question;
  const items = await elmaItems(elma, question, messageId);
  const exact = items.filter((item) => item.context[field] === messageId && item.deletedAt === null);
  const [first] = exact;
  if (first === undefined) return absent(system);
  return { outcome: 'applied', system, ref: first.id, number: first.name || null, duplicates: exact.length - 1 };
}

const ELMA_PAGE = 100;
/** Looking further costs more than it finds; then nothing is concluded. */
const ELMA_PAGES = 10;

/** Items whose field holds the text: the filter of ELMA finds it as a part of others, too, so all pages are read. */
async function elmaItems(elma: RequestApp, { app, field }: AppQuestion, text: string): Promise<RequestItem[]> {
  const found: RequestItem[] = [];
  for (let page = 0; page < ELMA_PAGES; page += 1) {
    const { items } = await elma.list(app, {
      filter: { tf: { [field]: text } },
      from: page * ELMA_PAGE,
      size: ELMA_PAGE,
    });
    found.push(...items);
    if (items.length < ELMA_PAGE || items.some((item) => item.context[field] === text)) return found;
  }
  throw sourceError(
    elma.system,
    { code: 'source.bad_answer', text: `more than ${ELMA_PAGE * ELMA_PAGES} items look alike`, maybeSent: false },
    { intent: 'read' },
  );
}
