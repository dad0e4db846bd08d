/** Values of the tokens «от системы»: a group that is asked for as a whole is one of them, its ids joined by commas. Pure. */

/** @param groups values of the choices offered; those of several systems hold a comma */
export function sourceTokens(asked: readonly string[], groups: readonly string[]): string[] {
  const whole = groups
    .map((value) => value.split(','))
    .filter((members) => members.length > 1 && members.every((id) => asked.includes(id)));
  const tokens = asked.map((id) => whole.find((members) => members.includes(id))?.join() ?? id);
  return [...new Set(tokens)];
}

/** The systems that the tokens ask for. */
export const sourcesAsked = (tokens: readonly string[]): string[] => [
  ...new Set(tokens.flatMap((token) => token.split(','))),
];
