/** `$filter`: tokens, grammar and evaluation of what the platform supports; anything else is its documented error. */
import { checkedDate, checkedGuid } from './address.ts';
import { compare, functionOf, OPERATORS } from './filter-functions.ts';
import { errors } from './odata-error.ts';
import type { Row, Schema } from './schema.ts';

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'guid' | 'datetime' | 'symbol';
  readonly value: string;
}
const TOKEN =
  /\s*(?:(guid|datetime)'([^']*)'|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\p{L}\d])|([\p{L}_][\p{L}\p{N}_]*)|([(),/:]))/iuy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(text);
    if (!match) throw errors.badOption('$filter');
    const [, literal, literalText = '', quoted, number, name, symbol = ''] = match;
    if (literal) tokens.push({ kind: literal.toLowerCase() === 'guid' ? 'guid' : 'datetime', value: literalText });
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else tokens.push(name === undefined ? { kind: 'symbol', value: symbol } : { kind: 'name', value: name });
  }
  return tokens;
}

/** Rows in sight: the one that is tested and the lines that lambdas named. */
type Rows = ReadonlyMap<string, Row>;
type Expression = (rows: Rows) => unknown;
/** Names in sight; the tested row has the empty name. */
type Scope = ReadonlyMap<string, Schema>;
const SELF = '';

/** @throws OdataError when the text is no filter or names something that is not there */
export function compileFilter(text: string, schema: Schema): (row: Row) => boolean {
  const parser = new Parser(tokenize(text));
  const test = parser.whole(new Map([[SELF, schema]]));
  return (row) => Boolean(test(new Map([[SELF, row]])));
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(scope: Scope): Expression {
    const found = this.#or(scope);
    if (this.#at < this.#tokens.length) throw errors.badOption('$filter');
    return found;
  }

  #take(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw errors.badOption('$filter');
    this.#at += 1;
    return token;
  }
  #accept(value: string): boolean {
    const token = this.#tokens[this.#at];
    if (!token || (token.kind !== 'name' && token.kind !== 'symbol') || token.value.toLowerCase() !== value)
      return false;
    this.#at += 1;
    return true;
  }
  #expect(value: string): void {
    if (!this.#accept(value)) throw errors.badOption('$filter');
  }
  #opensBracket(): boolean {
    const next = this.#tokens[this.#at];
    return next?.kind === 'symbol' && next.value === '(';
  }

  #or(scope: Scope): Expression {
    let left = this.#and(scope);
    while (this.#accept('or')) {
      const [a, b] = [left, this.#and(scope)];
      left = (rows) => Boolean(a(rows)) || Boolean(b(rows));
    }
    return left;
  }
  #and(scope: Scope): Expression {
    let left = this.#not(scope);
    while (this.#accept('and')) {
      const [a, b] = [left, this.#not(scope)];
      left = (rows) => Boolean(a(rows)) && Boolean(b(rows));
    }
    return left;
  }
  #not(scope: Scope): Expression {
    if (!this.#accept('not')) return this.#comparison(scope);
    const inner = this.#not(scope);
    return (rows) => !inner(rows);
  }
  #comparison(scope: Scope): Expression {
    const left = this.#sum(scope);
    const operator = OPERATORS.find((one) => this.#accept(one));
    if (!operator) return left;
    const right = this.#sum(scope);
    return (rows) => compare(operator, left(rows), right(rows));
  }
  #sum(scope: Scope): Expression {
    let left = this.#product(scope);
    for (;;) {
      const sign = this.#accept('add') ? 1 : this.#accept('sub') ? -1 : 0;
      if (sign === 0) return left;
      const [a, b] = [left, this.#product(scope)];
      left = (rows) => Number(a(rows)) + sign * Number(b(rows));
    }
  }
  #product(scope: Scope): Expression {
    let left = this.#primary(scope);
    for (;;) {
      const times = this.#accept('mul');
      if (!times && !this.#accept('div')) return left;
      const [a, b] = [left, this.#primary(scope)];
      left = times ? (rows) => Number(a(rows)) * Number(b(rows)) : (rows) => Number(a(rows)) / Number(b(rows));
    }
  }
  #primary(scope: Scope): Expression {
    if (this.#accept('(')) {
      const inner = this.#or(scope);
      this.#expect(')');
      return inner;
    }
    const { kind, value } = this.#take();
    switch (kind) {
      case 'text':
        return () => value;
      case 'datetime': {
        const date = checkedDate(value);
        return () => date;
      }
      case 'guid': {
        const guid = { guid: checkedGuid(value) };
        return () => guid;
      }
      case 'number': {
        const number = Number(value);
        return () => number;
      }
      case 'symbol':
        throw errors.badOption('$filter');
      case 'name':
        if (value === 'true' || value === 'false') return () => value === 'true';
        return this.#opensBracket() ? this.#call(value, scope) : this.#path(value, scope);
    }
  }

  /** `Поле`, `Ссылка/Поле`, `Секция/any(…)`, and the same from a variable of a lambda. */
  #path(first: string, scope: Scope): Expression {
    const variable = scope.has(first);
    let schema = scope.get(variable ? first : SELF) as Schema;
    const start = variable ? first : SELF;
    let walk: (rows: Rows) => Row | null = (rows) => rows.get(start) ?? null;
    let name = variable ? this.#step() : first;
    for (;;) {
      const section = schema.section(name);
      if (section) return this.#lambda(walk, section, scope);
      const property = schema.property(name);
      if (property) {
        const [from, field] = [walk, name];
        if (property !== 'composite') return (rows) => from(rows)?.[field] ?? null;
        return (rows) => {
          const row = from(rows);
          return row && { composite: String(row[field] ?? ''), type: String(row[`${field}_Type`] ?? '') };
        };
      }
      const reference = schema.reference(name);
      if (!reference) throw errors.noProperty(name);
      const before = walk;
      walk = (rows) => {
        const row = before(rows);
        return row && reference.follow(row);
      };
      schema = reference.schema;
      name = this.#step();
    }
  }
  #step(): string {
    this.#expect('/');
    const { kind, value } = this.#take();
    if (kind !== 'name') throw errors.badOption('$filter');
    return value;
  }

  #lambda(
    walk: (rows: Rows) => Row | null,
    section: NonNullable<ReturnType<Schema['section']>>,
    scope: Scope,
  ): Expression {
    const kind = this.#step();
    if (kind !== 'any' && kind !== 'all') throw errors.badOption('$filter');
    const lines = (rows: Rows): readonly Row[] => {
      const row = walk(rows);
      return row ? section.lines(row) : [];
    };
    this.#expect('(');
    if (kind === 'any' && this.#accept(')')) return (rows) => lines(rows).length > 0;
    const variable = this.#take();
    if (variable.kind !== 'name') throw errors.badOption('$filter');
    this.#expect(':');
    const inner = this.#or(new Map([...scope, [variable.value, section.schema]]));
    this.#expect(')');
    return (rows) => {
      const test = (line: Row): boolean => Boolean(inner(new Map([...rows, [variable.value, line]])));
      return kind === 'any' ? lines(rows).some(test) : lines(rows).every(test);
    };
  }

  #call(name: string, scope: Scope): Expression {
    this.#expect('(');
    const args: Expression[] = [];
    if (!this.#accept(')')) {
      do args.push(this.#or(scope));
      while (this.#accept(','));
      this.#expect(')');
    }
    const apply = functionOf(name, args.length);
    return (rows) => apply(...args.map((argument) => argument(rows)));
  }
}
