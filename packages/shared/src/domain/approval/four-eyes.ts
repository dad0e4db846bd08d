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

/**
 * «Кравцова Анна», «Кравцова А. С.» and «Анна Сергеевна Кравцова» may be one person: 1С puts the surname first, providers of
 * identity often last. Each word of the shorter name stands for a word of its own in the longer one, initials for any that they
 * start, and at least one word is the same in full.
 */
function mayBeSameName(a: string, b: string): boolean {
  const [left, right] = [words(a), words(b)];
  if (left.length < 2 || right.length < 2) return false;
  const [shorter, longer] = left.length <= right.length ? [left, right] : [right, left];
  const free = [...longer];
  const taken = (fits: (other: string) => boolean): boolean => {
    const index = free.findIndex(fits);
    if (index >= 0) free.splice(index, 1);
    return index >= 0;
  };
  const rest = shorter.filter((word) => word.length === 1 || !taken((other) => other === word));
  if (rest.length === shorter.length) return false;
  return rest.every((word) => taken((other) => (word.length === 1 || other.length === 1) && word[0] === other[0]));
}

const sorted = (name: string): string => words(name).toSorted().join(' ');

/**
 * Four eyes: whether two identities are one person. Any match counts, because a decision on one's own request cannot
 * be repaired; only two different e-mails tell namesakes with initials apart.
 */
export function isSamePerson(a: Identity, b: Identity): boolean {
  const email = (one: Identity): string => (one.email ?? '').trim().toLocaleLowerCase('ru');
  if (email(a) !== '' && email(a) === email(b)) return true;
  if (a.ids.some((id) => id !== null && id !== '' && b.ids.includes(id))) return true;
  if (a.name === null || b.name === null) return false;
  const [left, right] = [sorted(a.name), sorted(b.name)];
  if (left !== '' && left === right) return true;
  const bothMailed = email(a) !== '' && email(b) !== '';
  return !bothMailed && mayBeSameName(a.name, b.name);
}
