type Entity = Record<string, unknown>;

const TOKEN =
  /\s*(cast\(guid'([^']*)','([^']*)'\)|guid'([^']*)'|datetime'([^']*)'|'((?:[^']|'')*)'|[()]|[\p{L}\p{N}_.]+)/uy;

interface Token {
  readonly text: string;
  readonly value: unknown;
}

function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < filter.trimEnd().length) {
    const match = TOKEN.exec(filter);
    if (match === null) throw new Error(`filter not understood: ${filter}`);
    const [, text = '', castRef, , ref, date, string] = match;
    const literal = castRef ?? ref ?? date ?? string;
    const bare = text === 'true' ? true : text === 'false' ? false : undefined;
    tokens.push({ text, value: literal ?? bare });
  }
  return tokens;
}

/** The part of the filter language that the module uses: and, or, brackets, eq, ge. */
export function matches(entity: Entity, filter: string): boolean {
  const tokens = tokensOf(filter);
  let at = 0;
  const next = (): Token => tokens[at++] ?? { text: '', value: undefined };
  const any = (): boolean => {
    let result = all();
    while (tokens[at]?.text === 'or') {
      at += 1;
      result = all() || result;
    }
    return result;
  };
  const all = (): boolean => {
    let result = one();
    while (tokens[at]?.text === 'and') {
      at += 1;
      result = one() && result;
    }
    return result;
  };
  const one = (): boolean => {
    const first = next();
    if (first.text === '(') {
      const inside = any();
      at += 1;
      return inside;
    }
    const operator = next().text;
    const { value } = next();
    const present = entity[first.text];
    if (operator === 'eq') return present === value;
    if (operator === 'ge') return String(present) >= String(value);
    throw new Error(`operator not understood: ${operator}`);
  };
  return any();
}
