/** A person as some system knows them. */
export interface Identity {
  readonly ids: readonly (string | null)[];
  readonly name: string | null;
  readonly email: string | null;
}

const words = (name: string): string[] =>
  name
    .toLocaleLowerCase('ru')
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\d-]+/u)
    .filter((word) => word !== '');

/** «Кравцова Анна» and «Кравцова А. С.» may be one person: same surname, and each further word starts the other. */
function mayBeSameName(a: string, b: string): boolean {
  const [left, right] = [words(a), words(b)];
  if (left.length < 2 || right.length < 2 || left[0] !== right[0]) return false;
  const [shorter, longer] = left.length <= right.length ? [left, right] : [right, left];
  return shorter.slice(1).every((word, index) => {
    const other = longer[index + 1] ?? '';
    const initial = word.length === 1 || other.length === 1;
    return initial ? word[0] === other[0] : word === other;
  });
}

/**
 * Four eyes: whether two identities are one person. Any match counts, because a decision on one's own request cannot
 * be repaired; only two different e-mails tell namesakes with initials apart.
 */
export function isSamePerson(a: Identity, b: Identity): boolean {
  const email = (one: Identity): string => (one.email ?? '').trim().toLocaleLowerCase('ru');
  if (email(a) !== '' && email(a) === email(b)) return true;
  if (a.ids.some((id) => id !== null && id !== '' && b.ids.includes(id))) return true;
  if (a.name === null || b.name === null) return false;
  const [left, right] = [words(a.name).join(' '), words(b.name).join(' ')];
  if (left !== '' && left === right) return true;
  const bothMailed = email(a) !== '' && email(b) !== '';
  return !bothMailed && mayBeSameName(a.name, b.name);
}
