/** How a step of a check asks: the answer, or the outcome when none came. */
import { SourceError } from '@pult/shared/errors/app-error';
import { cutText } from '../../platform/http/clean-text.ts';
import { failedStep, type StepOutcome } from './check.ts';
import type { Connection, ProbeRequest } from './connection.ts';
import { connectFault } from './network-steps.ts';
import { htmlText, isHtml, type RawAnswer, shortText } from './raw-answer.ts';

export type Asked =
  | { readonly answer: RawAnswer; readonly ms: number; readonly said: Said }
  | { readonly failed: StepOutcome };

/** What the explanation quotes: the request without credentials, and the answer cut short. */
export interface Said {
  readonly request: string;
  readonly answer: string;
}

const QUOTED = 400;

export async function askStep(connection: Connection, request: ProbeRequest): Promise<Asked> {
  const startedAt = performance.now();
  const line = `${request.method} ${readable(request.url)}`;
  try {
    const answer = await connection.probe(request);
    return { answer, ms: performance.now() - startedAt, said: { request: line, answer: quoted(answer) } };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const text = typeof error.data.text === 'string' ? error.data.text : '';
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const said = { request: line, answer: text };
    if (error.code === 'source.timeout') return { failed: failedStep('no_answer', { ...said, data: { seconds } }) };
    if (error.code === 'source.bad_answer') return { failed: failedStep('unexpected', said) };
    return { failed: failedStep(connectFault(text), said) };
  }
}

/** Status and visible text of an answer. */
const quoted = (answer: RawAnswer): string =>
  `${answer.status} ${cutText(isHtml(answer) ? htmlText(answer.text) : shortText(answer.text), QUOTED)}`.trim();

function readable(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
