import { deviationOf, numbersOf, type PricedLine } from './lines.ts';
import { type Hundredths, type Kopecks, roublesOf } from './points.ts';

/** A line with what makes it the same line in another version. */
export interface VersionLine extends PricedLine {
  /** Identity inside the document: code of the line, or item and its place among equals. */
  readonly key: string;
  /** Quantity in thousandths, as 1С keeps it. */
  readonly quantity: number;
}

/**
 * The text whose hash names a version: everything a decision rests on, in the order of the keys. Cost and stock move
 * by themselves and are no part of it.
 */
export const versionText = (lines: readonly VersionLine[]): string =>
  lines
    .map((line) => [line.key, line.quantity, line.requested, line.allowed, roublesOf(line.amount)].join('|'))
    .toSorted()
    .join('\n');

export interface LineDiff<T extends VersionLine> {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly was: T | null;
  readonly now: T | null;
}

export interface VersionDiff<T extends VersionLine> {
  readonly lines: readonly LineDiff<T>[];
  /** Larger deviation, or more money given away than before. */
  readonly worse: boolean;
  readonly deviationMax: { readonly was: Hundredths; readonly now: Hundredths };
  readonly givenAway: { readonly was: Kopecks; readonly now: Kopecks };
}

const sameLine = (a: VersionLine, b: VersionLine): boolean =>
  a.quantity === b.quantity && a.requested === b.requested && a.allowed === b.allowed && a.amount === b.amount;

/** What changed between two versions, line by line in the order of the new one, removed lines last. */
export function compareVersions<T extends VersionLine>(was: readonly T[], now: readonly T[]): VersionDiff<T> {
  const before = new Map(was.map((line) => [line.key, line]));
  const lines: LineDiff<T>[] = [];
  for (const line of now) {
    const old = before.get(line.key);
    before.delete(line.key);
    if (old === undefined) lines.push({ kind: 'added', was: null, now: line });
    else if (!sameLine(old, line)) lines.push({ kind: 'changed', was: old, now: line });
  }
  for (const line of before.values()) lines.push({ kind: 'removed', was: line, now: null });
  const [from, to] = [numbersOf(was), numbersOf(now)];
  const grown = now.some((line) => {
    const old = was.find((one) => one.key === line.key);
    return deviationOf(line) > (old === undefined ? from.deviationMax : deviationOf(old));
  });
  return {
    lines,
    worse: to.deviationMax > from.deviationMax || to.givenAway > from.givenAway || (grown && lines.length > 0),
    deviationMax: { was: from.deviationMax, now: to.deviationMax },
    givenAway: { was: from.givenAway, now: to.givenAway },
  };
}

/**
 * Whether a decision made on `was` still says what the person meant now that the lines are `now`: approval of
 * something better or equal stands, refusal of something worse or equal stands (domain.md, 3).
 */
export function decisionStands(
  verdict: 'approve' | 'reject',
  was: readonly VersionLine[],
  now: readonly VersionLine[],
): boolean {
  const diff = compareVersions(was, now);
  if (diff.lines.length === 0) return true;
  return verdict === 'approve' ? !diff.worse : diff.worse;
}
