import { compareVersions, decisionStands } from '@pult/shared/domain/approval/versions';
import type { StoredLine } from './lines.ts';

/** Words that 1С gets and gives for an outcome (РезультатыСогласования, landscape of УТ 11). */
const APPROVED_TEXT = 'Согласовано';
const REJECTED_TEXT = 'Не согласовано';

export type Verdict = 'approve' | 'reject';

/** A verdict in the words of 1С. */
export const wordsOf = (verdict: Verdict): string => (verdict === 'approve' ? APPROVED_TEXT : REJECTED_TEXT);

const markOf = (decisionId: string): string => `[pult:${decisionId}]`;
const MARK = /\[pult:([0-9a-f-]{36})\]/i;

/** Text for РезультатВыполнения of a task. The mark at the end is how a delivery recognises its own work. */
export function taskResult(decision: {
  readonly id: string;
  readonly verdict: Verdict;
  readonly by: string | null;
  readonly comment: string | null;
}): string {
  const head = wordsOf(decision.verdict);
  const said = [decision.by, decision.comment].filter((part) => part !== null && part !== '').join('. ');
  return `${head}: ${said} ${markOf(decision.id)}`.replaceAll(/\s+/g, ' ');
}

/** Decision that a text of a task carries; null when Pult did not write it. */
export const decisionIn = (text: string): string | null => MARK.exec(text)?.[1]?.toLowerCase() ?? null;

/** Outcome of a process or a task of 1С: enum value or text. Null when it says neither. */
export function verdictOf(text: string): Verdict | null {
  const plain = text.replaceAll(/\s+/g, '').toLocaleLowerCase('ru');
  if (plain.startsWith('несогласован') || plain.startsWith('отклонен')) return 'reject';
  return plain.startsWith('согласован') ? 'approve' : null;
}

/** By such a mark an exchange recognises the decision that it brought from ELMA (docs/protocols/elma365.md). */
const ELMA_MARK = /\[elma:[\w-]{1,64}\]/i;

/** Text as people wrote it, without the marks of Pult and of the exchange. */
export const withoutMark = (text: string): string => text.replace(MARK, '').replace(ELMA_MARK, '').trim();

const BASE_MS = 2_000;
const LONGEST_MS = 60_000;

/** Wait before the next try: doubles up to a minute, half of it by chance so that tries do not march in step. */
export function backOffMs(attempts: number, random: number): number {
  const full = Math.min(LONGEST_MS, BASE_MS * 2 ** Math.min(Math.max(0, attempts - 1), 10));
  return Math.round(full / 2 + (full / 2) * random);
}

export interface KnownVersion {
  readonly source: 'ut' | 'elma';
  readonly deviationMax: number;
  readonly lines: readonly StoredLine[];
}

/** Whether a decision on `was` still holds for `now`; without lines on both sides the largest deviation decides. */
export function standsBetween(verdict: Verdict, was: KnownVersion, now: KnownVersion): boolean {
  if (was.source === 'ut' && now.source === 'ut') return decisionStands(verdict, was.lines, now.lines);
  if (was.deviationMax === now.deviationMax) return true;
  return verdict === 'approve' ? now.deviationMax < was.deviationMax : now.deviationMax > was.deviationMax;
}

/** Worse for us, for the note on the card. */
export const isWorse = (was: KnownVersion, now: KnownVersion): boolean =>
  was.source === 'ut' && now.source === 'ut'
    ? compareVersions(was.lines, now.lines).worse
    : now.deviationMax > was.deviationMax;

export type ElmaStage = 'open' | 'clarification' | 'approved' | 'rejected';

/** Status of an item → where it stands; unknown codes count as open. */
export function elmaStage(code: string | null): ElmaStage {
  if (code === 'clarification' || code === 'approved' || code === 'rejected') return code;
  return 'open';
}
