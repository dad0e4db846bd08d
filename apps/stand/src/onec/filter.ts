/** `$filter`: tokenizer, parser and evaluator of what the platform supports; anything else is its documented error. */
import { errors } from './odata-error.ts';

export type Row = Readonly<Record<string, unknown>>;
/** Follows a navigation of a row: the referenced row, the lines of a tabular section, undefined for an unknown name. */
export type Navigate = (row: Row, name: string) => Row | readonly Row[] | null | undefined;

type Token = { readonly kind: 'name' | 'text' | 'number' | 'guid' | 'date' | 'symbol'; readonly value: string };

const TOKEN =
  /\s*(?:(guid|datetime)'([^']*)'|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\wа-яё])|([A-Za-zА-Яа-яЁё_][\wА-Яа-яЁё]*)|([(),/:]))/iuy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    if (text.slice(TOKEN.lastIndex).trim() === '') break;
    const match = TOKEN.exec(text);
    if (!match) throw errors.badOption('$filter');
    const [, literal, literalValue, quoted, number, name, symbol] = match;
    if (literal) tokens.push({ kind: literal.toLowerCase() === 'guid' ? 'guid' : 'date', value: literalValue ?? '' });
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else tokens.push({ kind: 'symbol', value: symbol ?? '' });
  }
  return tokens;
}

type Scope = { readonly row: Row; readonly variables: Readonly<Record<string, Row>> };
type Expression = (scope: Scope) => unknown;

const UNSUPPORTED = new Set(['length', 'indexof', 'replace', 'tolower', 'toupper', 'trim', 'floor', 'ceiling']);

/** Compiles a filter against a set: `kindOf` tells which property names exist; composite values need cast(). */
export function compileFilter(
  text: string,
  kindOf: (name: string) => 'plain' | 'composite' | null,
  navigate: Navigate,
): (row: Row) => boolean {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const take = (): Token => {
    const token = tokens[at];
    if (!token) throw errors.badOption('$filter');
    at += 1;
    return token;
  };
  const accept = (value: string): boolean => {
    if (tokens[at]?.value.toLowerCase() !== value || tokens[at]?.kind === 'text') return false;
    at += 1;
    return true;
  };
  const expect = (value: string): void => {
    if (!accept(value)) throw errors.badOption('$filter');
  };

  const or = (scope: readonly string[]): Expression => {
    let left = and(scope);
    while (accept('or')) {
      const [a, b] = [left, and(scope)];
      left = (now) => Boolean(a(now)) || Boolean(b(now));
    }
    return left;
  };
  const and = (scope: readonly string[]): Expression => {
    let left = not(scope);
    while (accept('and')) {
      const [a, b] = [left, not(scope)];
      left = (now) => Boolean(a(now)) && Boolean(b(now));
    }
    return left;
  };
  const not = (scope: readonly string[]): Expression => {
    if (!accept('not')) return comparison(scope);
    const inner = not(scope);
    return (now) => !inner(now);
  };
  const comparison = (scope: readonly string[]): Expression => {
    const left = sum(scope);
    for (const operator of ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const) {
      if (!accept(operator)) continue;
      const right = sum(scope);
      return (now) => compare(operator, left(now), right(now));
    }
    return left;
  };
  const sum = (scope: readonly string[]): Expression => {
    let left = product(scope);
    for (;;) {
      const plus = accept('add');
      if (!plus && !accept('sub')) return left;
      const [a, b] = [left, product(scope)];
      left = plus ? (now) => Number(a(now)) + Number(b(now)) : (now) => Number(a(now)) - Number(b(now));
    }
  };
  const product = (scope: readonly string[]): Expression => {
    let left = primary(scope);
    for (;;) {
      const times = accept('mul');
      if (!times && !accept('div')) return left;
      const [a, b] = [left, primary(scope)];
      left = times ? (now) => Number(a(now)) * Number(b(now)) : (now) => Number(a(now)) / Number(b(now));
    }
  };
  const primary = (scope: readonly string[]): Expression => {
    if (accept('(')) {
      const inner = or(scope);
      expect(')');
      return inner;
    }
    const token = take();
    switch (token.kind) {
      case 'text':
      case 'date':
        return () => token.value;
      case 'guid':
        if (!/^[0-9a-f-]{36}$/i.test(token.value)) throw errors.badGuid(token.value);
        return () => ({ guid: token.value.toLowerCase() });
      case 'number':
        return () => Number(token.value);
      case 'symbol':
        throw errors.badOption('$filter');
      case 'name': {
        const name = token.value;
        if (name === 'true' || name === 'false') return () => name === 'true';
        if (peek()?.value === '(' && peek()?.kind === 'symbol') return call(name, scope);
        return path(name, scope);
      }
    }
  };
  const path = (first: string, scope: readonly string[]): Expression => {
    const variable = scope.includes(first);
    const kind = variable ? 'plain' : kindOf(first);
    if (kind === null) throw errors.noProperty(first);
    const steps = [first];
    while (accept('/')) {
      const name = take().value;
      if ((name === 'any' || name === 'all') && peek()?.value === '(') return lambda(name, steps, scope);
      steps.push(name);
    }
    const composite = kind === 'composite' && steps.length === 1;
    return (now) => (composite ? { composite: textOf(walk(now, steps)) } : walk(now, steps));
  };
  const walk = ({ row, variables }: Scope, steps: readonly string[]): unknown => {
    let [first = '', ...rest] = steps;
    let value: unknown = variables[first];
    if (value === undefined) {
      value = row;
      rest = [...steps];
    }
    for (const [index, name] of rest.entries()) {
      const present = value as Row;
      const last = index === rest.length - 1;
      value = last && name in present ? present[name] : navigate(present, name);
      if (value === undefined) throw errors.noProperty(name);
      if (value === null) return null;
    }
    first = '';
    return value;
  };
  const lambda = (kind: 'any' | 'all', steps: readonly string[], scope: readonly string[]): Expression => {
    expect('(');
    if (accept(')')) return (now) => (walk(now, steps) as readonly Row[]).length > 0;
    const variable = take().value;
    expect(':');
    const inner = or([...scope, variable]);
    expect(')');
    return (now) => {
      const lines = walk(now, steps) as readonly Row[];
      const test = (line: Row) => Boolean(inner({ row: now.row, variables: { ...now.variables, [variable]: line } }));
      return kind === 'any' ? lines.some(test) : lines.every(test);
    };
  };
  const call = (name: string, scope: readonly string[]): Expression => {
    expect('(');
    const args: Expression[] = [];
    if (!accept(')')) {
      do args.push(or(scope));
      while (accept(','));
      expect(')');
    }
    return applyFunction(name.toLowerCase(), args);
  };

  const compiled = or([]);
  if (at < tokens.length) throw errors.badOption('$filter');
  return (row) => Boolean(compiled({ row, variables: {} }));
}

const textOf = (value: unknown): string =>
  isGuid(value) ? value.guid : isComposite(value) ? value.composite : String(value ?? '');
const isComposite = (value: unknown): value is { composite: string } =>
  typeof value === 'object' && value !== null && 'composite' in value;
const isGuid = (value: unknown): value is { guid: string; type?: string } =>
  typeof value === 'object' && value !== null && 'guid' in value;

function applyFunction(name: string, args: readonly Expression[]): Expression {
  const [first = () => null, second = () => null] = args;
  const date =
    (pick: (at: Date) => number): Expression =>
    (now) =>
      pick(new Date(`${textOf(first(now))}Z`));
  switch (name) {
    case 'substringof':
      return (now) =>
        textOf(second(now))
          .toLowerCase()
          .includes(textOf(first(now)).toLowerCase());
    case 'startswith':
      return (now) =>
        textOf(first(now))
          .toLowerCase()
          .startsWith(textOf(second(now)).toLowerCase());
    case 'endswith':
      return (now) =>
        textOf(first(now))
          .toLowerCase()
          .endsWith(textOf(second(now)).toLowerCase());
    case 'concat':
      return (now) => textOf(first(now)) + textOf(second(now));
    case 'like':
      return (now) => likePattern(textOf(second(now))).test(textOf(first(now)));
    case 'year':
      return date((at) => at.getUTCFullYear());
    case 'month':
      return date((at) => at.getUTCMonth() + 1);
    case 'day':
      return date((at) => at.getUTCDate());
    case 'hour':
      return date((at) => at.getUTCHours());
    case 'minute':
      return date((at) => at.getUTCMinutes());
    case 'second':
      return date((at) => at.getUTCSeconds());
    case 'round':
      return (now) => Math.round(Number(first(now)));
    case 'cast':
      return (now) => {
        const value = first(now);
        return isGuid(value) ? { guid: value.guid, type: textOf(second(now)) } : value;
      };
    case 'isof':
      return (now) => textOf(first(now)).endsWith(textOf(second(now)));
    default:
      throw UNSUPPORTED.has(name) ? errors.notImplemented(name) : errors.badOption('$filter');
  }
}

function likePattern(text: string): RegExp {
  const source = text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'isu');
}

function compare(operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', a: unknown, b: unknown): boolean {
  if ((isGuid(a) || isGuid(b)) && operator !== 'eq' && operator !== 'ne')
    throw errors.handler(
      '{(3, 23)}: Неверные параметры в операции сравнения. Нельзя сравнивать поля неограниченной длины и поля несовместимых типов.',
    );
  // A plain guid never equals a composite value: the platform wants cast(guid'…','Document_X').
  if ((isComposite(a) && isGuid(b) && !b.type) || (isComposite(b) && isGuid(a) && !a.type)) return operator === 'ne';
  const number = typeof a === 'number' || typeof b === 'number';
  const [x, y] = number
    ? [Number(a), Number(b)]
    : typeof a === 'boolean' || typeof b === 'boolean'
      ? [String(a), String(b)]
      : [textOf(a).trimEnd(), textOf(b).trimEnd()];
  switch (operator) {
    case 'eq':
      return x === y;
    case 'ne':
      return x !== y;
    case 'gt':
      return x > y;
    case 'ge':
      return x >= y;
    case 'lt':
      return x < y;
    case 'le':
      return x <= y;
  }
}
