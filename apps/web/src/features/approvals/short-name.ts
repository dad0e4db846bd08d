/** «Ильин Пётр Сергеевич» → «Ильин»: in a row there is room for no more. */
export const familyName = (name: string): string => name.split(' ')[0] ?? name;

/** «Ильин Пётр Сергеевич» → «Ильин П. С.»; what is no full name stays as it is. */
export function shortName(name: string): string {
  const [family = '', ...given] = name.split(' ').filter((part) => part !== '');
  if (given.length === 0 || given.some((part) => !/^\p{Lu}/u.test(part))) return name;
  return [family, ...given.map((part) => (part.endsWith('.') ? part : `${part[0]}.`))].join('\u00a0');
}
