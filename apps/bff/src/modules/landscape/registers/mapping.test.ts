import { exchangeProblemKind } from '@pult/shared/contracts/exchange-registers';
import { ERROR_CLASSES } from '@pult/shared/domain/delivery/error-cause';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeMappings, ProblemFacts } from './facts.ts';
import { classOfKind, objectNamedIn, placeOfProblem, waitToAskAgain } from './mapping.ts';

const REF = '8d1d7287-6240-11f1-9296-08002761f3c5';
const mappings: NodeMappings = {
  exchangeNodes: [
    { plan: 'ExchangePlan_Обмен', node: 'П1', types: ['ПриобретениеТоваровУслуг'], flow: 'receipts', consumer: 'ut' },
    { plan: 'ExchangePlan_Обмен', node: 'П1', flow: 'prices', consumer: 'ut' },
  ],
  exchangeTargets: [{ name: 'Сайт', flow: 'stock', consumer: 'site', types: [] }],
};
const problem = (change: Partial<ProblemFacts> = {}): ProblemFacts => ({
  id: 'p',
  nodeRef: 'n',
  node: { plan: 'ExchangePlan_Обмен', code: 'П1' },
  kind: 'not_posted',
  type: 'НепроведенныйДокумент',
  metadata: 'Документ.ПриобретениеТоваровУслуг',
  objectType: null,
  objectRef: REF,
  presentation: 'Приобретение 1',
  number: '1',
  documentAt: null,
  reason: '',
  comment: null,
  skipped: false,
  raisedAt: 0,
  ...change,
});
const integration = (change: Partial<ProblemFacts> = {}): ProblemFacts =>
  problem({ kind: 'not_integrated', node: null, nodeRef: null, type: null, metadata: 'Сайт', ...change });

describe('the flow of a problem', () => {
  it.each([
    ['the entry with its type', problem(), 'receipts'],
    ['the next entry for any other type', problem({ metadata: 'Документ.УстановкаЦен' }), 'prices'],
    ['none of another plan', problem({ node: { plan: 'ExchangePlan_Другой', code: 'П1' } }), undefined],
    ['none of another node', problem({ node: { plan: 'ExchangePlan_Обмен', code: 'П2' } }), undefined],
    ['none of a node without a name', problem({ node: null }), undefined],
    ['none without an object', problem({ objectRef: null }), undefined],
    ['none for an empty reference', problem({ objectRef: '00000000-0000-0000-0000-000000000000' }), undefined],
    ['the system that an object was to reach', integration(), 'stock'],
    ['none for a system that nobody named', integration({ metadata: 'УХ' }), undefined],
  ])('is %s', (_what, facts, flow) => {
    expect(placeOfProblem(facts, mappings)?.flowId).toBe(flow);
  });

  it('takes the reference of the object for the message, else the name that the integration register keeps', () => {
    expect(placeOfProblem(problem(), mappings)?.messageId).toBe(REF);
    expect(placeOfProblem(integration({ objectRef: null, presentation: 'pack-17' }), mappings)?.messageId).toBe(
      'pack-17',
    );
    expect(placeOfProblem(integration({ objectRef: null, presentation: '' }), mappings)).toBeNull();
  });
});

it('every kind of problem has a class of errors', () => {
  for (const kind of exchangeProblemKind.options) expect(ERROR_CLASSES).toContain(classOfKind(kind));
});

it('pauses before a target is asked again never shorten and never exceed an hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (asked) => {
      expect(waitToAskAgain(asked)).toBeGreaterThanOrEqual(60_000);
      expect(waitToAskAgain(asked + 1)).toBeGreaterThanOrEqual(waitToAskAgain(asked));
      expect(waitToAskAgain(asked)).toBeLessThanOrEqual(3_600_000);
    }),
  );
});

describe('the object that a description begins with', () => {
  const kinds = { types: ['Отпуск', 'ПриемНаРаботу'], anyKind: false };
  it.each([
    ['Отпуск 0000-000041: сотрудник не подписал документ', { type: 'Отпуск', number: '0000-000041' }],
    ['ПриемНаРаботу ЗУП0-000012 от 01.11.2026: не принят', { type: 'ПриемНаРаботу', number: 'ЗУП0-000012' }],
    ['Отпуск № 000000012: отказ', { type: 'Отпуск', number: '000000012' }],
    ['Ошибка 403: отказ', null],
    ['Удалённый узел не подтвердил приём сообщения № 7', null],
    ['HTTP 503: сервер недоступен', null],
    ['Лаптева 0000-00041: не найден СНИЛС', null],
    ['Паспорт 4510123456: не действителен', null],
    ['Телефон 79001234567: не отвечает', null],
    ['Снилс 99887766500: не найден', null],
    ['Сотрудник 0000-00008: не заполнен СНИЛС', null],
    ['Отпуск 79001234567: не отвечает', null],
    ['', null],
  ])('of «%s»', (description, named) => {
    expect(objectNamedIn(description, kinds)).toEqual(named);
  });

  it('is of any kind where no people are carried and the landscape names no kinds', () => {
    const text = 'РеализацияТоваровУслуг ЭТ00-014921: отказ';
    const named = { type: 'РеализацияТоваровУслуг', number: 'ЭТ00-014921' };
    expect(objectNamedIn(text, { types: [], anyKind: true })).toEqual(named);
    expect(objectNamedIn(text, { types: [], anyKind: false })).toBeNull();
    expect(objectNamedIn(text, { types: ['Отпуск'], anyKind: true })).toBeNull();
  });
});
