import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { landscapeFile } from '../landscape-file.ts';
import { questionFor, questionsOf } from './verify.ts';

const title = { ru: 'а', en: 'a' };
const connector = { protocol: 'onec-odata', url: 'http://bp/odata', userEnv: 'U', passwordEnv: 'P' };
const ask = (more: Record<string, unknown>) => ({
  protocol: 'onec-odata',
  system: 'bp',
  set: 'Document_X',
  filter: 'Комментарий eq {messageId}',
  ...more,
});
const parse = (verify: unknown) =>
  landscapeFile.safeParse({
    version: 1,
    systems: [
      { id: 'ut', title, kind: 'onec' },
      { id: 'bp', title, kind: 'onec', connector },
    ],
    flows: [{ id: 'sales', title, what: title, from: ['ut'], to: ['bp'], channel: 'http', retry: { verify } }],
  });
const flowWith = (verify: unknown) => {
  const flow = parse(verify).data?.flows[0];
  if (flow === undefined) throw new Error('no flow');
  return flow;
};
const problemsOf = (verify: unknown): string[] =>
  parse(verify).error?.issues.map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`) ?? [];

const TYPES = ['Реализация', 'Оплата', 'Отчет', 'Возврат'];

describe('the question about a document', () => {
  it('is one for every type where the landscape names one without types', () => {
    const flow = flowWith(ask({}));
    for (const type of TYPES) expect(questionFor(flow, type)).toMatchObject({ set: 'Document_X' });
  });

  it('may set a mark around the id, in a literal that ends', () => {
    expect(problemsOf(ask({ filter: "substringof('[elma:{messageId}]',Итог)" }))).toEqual([]);
    expect(problemsOf(ask({ filter: "substringof('[elma:{messageId}],Итог)" }))).toEqual([
      'verify.filter: a literal is not closed',
    ]);
  });

  it('is its own for each type, and none for a type that no question covers', () => {
    const flow = flowWith([
      ask({ types: ['Реализация'], set: 'Document_Реализация' }),
      ask({ types: ['Оплата'], set: 'Document_Оплата' }),
    ]);
    expect(questionFor(flow, 'Реализация')).toMatchObject({ set: 'Document_Реализация' });
    expect(questionFor(flow, 'Оплата')).toMatchObject({ set: 'Document_Оплата' });
    expect(questionFor(flow, 'Возврат')).toBeNull();
    expect(questionFor(flowWith(undefined), 'Оплата')).toBeNull();
  });

  it('never is one about other types, in whatever order they stand', () => {
    const split = fc.array(fc.subarray(TYPES, { minLength: 1 }), { minLength: 1, maxLength: 3 }).map((groups) => {
      const taken = new Set<string>();
      return groups
        .map((group) => group.filter((type) => !taken.has(type) && taken.add(type)))
        .filter((group) => group.length > 0);
    });
    fc.assert(
      fc.property(split, fc.option(fc.nat({ max: 3 })), fc.constantFrom(...TYPES), (groups, restAt, type) => {
        const asked: unknown[] = groups.map((types) => ask({ types, set: types.join() }));
        if (restAt !== null) asked.splice(restAt, 0, ask({ set: 'rest' }));
        const found = questionFor(flowWith(asked), type);
        const own = groups.find((types) => types.includes(type));
        if (own !== undefined) expect(found).toMatchObject({ set: own.join() });
        else if (restAt !== null) expect(found).toMatchObject({ set: 'rest' });
        else expect(found).toBeNull();
      }),
    );
  });
});

describe('questions of a landscape', () => {
  it('name a type once, and one of them at most covers the others', () => {
    expect(problemsOf([ask({ types: ['Оплата'] }), ask({})])).toEqual([]);
    expect(problemsOf([ask({ types: ['Оплата'] }), ask({ types: ['Возврат', 'Оплата'] })])).toEqual([
      'verify.1.types.1: «Оплата» has a question already',
    ]);
    expect(problemsOf([ask({}), ask({})])).toEqual([
      'verify.1: one question may be without types: another one has none already',
    ]);
    expect(problemsOf([])).toHaveLength(1);
  });

  it('are told their mistakes where they stand, alone or in a list', () => {
    const { filter: _filter, ...half } = ask({});
    expect(problemsOf(half)[0]).toMatch(/^verify\.filter: /);
    expect(problemsOf([ask({ types: ['Оплата'] }), half])[0]).toMatch(/^verify\.1\.filter: /);
    expect(problemsOf(ask({ types: [] }))[0]).toMatch(/^verify\.types: /);
    expect(problemsOf([ask({ types: ['Оплата'] }), ask({ system: 'ut' })])).toEqual([
      'verify.1.system: «ut» has no connector',
    ]);
    expect(parse(ask({ sett: 'x' })).error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['sett'] });
  });

  it('of ELMA3 name a field as ELMA365 does: by the name of its property nothing would ever be found', () => {
    const elma3 = (field: string) => ({
      protocol: 'elma3',
      system: 'bp',
      app: '6c1f6a1e-6f0d-4a4e-9a55-0d6b7f7c3a01',
      field,
    });
    expect(problemsOf(elma3('UtProcessRef'))[0]).toMatch(/^verify\.field: /);
    expect(problemsOf(elma3('ut_process_ref'))).toEqual(['verify.protocol: «bp» has a connector of onec-odata']);
  });

  it('are listed for whoever grants the rights', () => {
    expect(questionsOf(flowWith([ask({ types: ['Оплата'] }), ask({})]))).toHaveLength(2);
    expect(questionsOf(flowWith(ask({})))).toHaveLength(1);
    expect(questionsOf(flowWith(undefined))).toEqual([]);
  });
});
