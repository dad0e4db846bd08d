import type { MessageAutomaticRetry } from '@pult/shared/contracts/automatic-retries';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { messageAutomaticRetryQuery } from '../../lib/automatic-retry.ts';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { AutomaticLine } from './automatic-line.tsx';

/** 14:00 in Moscow. */
const NOW = '2026-11-29T11:00:00.000Z';
const answer = (change: Partial<MessageAutomaticRetry> = {}): MessageAutomaticRetry => ({
  now: NOW,
  verdict: 'due',
  at: '2026-11-29T11:05:00.000Z',
  nth: 2,
  of: 3,
  tries: 1,
  reason: null,
  hold: null,
  operation: null,
  ...change,
});
const DUE = '2026-11-29T11:00:00.000Z';
const operation = (state: NonNullable<MessageAutomaticRetry['operation']>['state']) => ({
  id: '01a225bc-0000-4000-8000-000000000001',
  number: 57,
  state,
});
const hold = (kind: NonNullable<MessageAutomaticRetry['hold']>['kind'], until: string | null = null) => ({
  kind,
  system: kind === 'circuit' ? 'ut' : null,
  until,
});
const left = (reason: MessageAutomaticRetry['reason'], tries = 0) =>
  answer({ verdict: 'left', at: null, nth: null, of: null, tries, reason });

let asked: string[];
beforeAll(async () => {
  await startI18n();
  await loadTexts(['automatic']);
});
beforeEach(() => {
  asked = [];
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOW) });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Says that the answer has come to the screen; asks nothing by itself. */
function Answered() {
  const { isFetched } = useQuery({ ...messageAutomaticRetryQuery('d1'), enabled: false });
  return isFetched ? <output>answered</output> : null;
}

function show(response: () => Response, permissions = ['operations.read']) {
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return response();
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['session'], { permissions });
  client.setQueryData(['landscape', 'overview'], {
    systems: [{ id: 'ut', title: { ru: '1С:УТ', en: '1С:UT' }, kind: 'onec', group: null }],
    flows: [],
  });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <AutomaticLine deliveryId="d1" />
        <Answered />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

it.each([
  ['Пульт повторит сам в 14:05 — попытка 2 из 3.', answer()],
  ['Пульт повторит сам через 40 с — попытка 2 из 3.', answer({ at: '2026-11-29T11:00:40.000Z' })],
  ['Пульт вот-вот повторит сам — попытка 2 из 3.', answer({ at: '2026-11-29T10:59:00.000Z' })],
  ['Автоповтор ждёт: нет связи с 1С:УТ.', answer({ hold: hold('circuit') })],
  [
    'Автоповтор ждёт: попытки за последний час исчерпаны, до 14:20.',
    answer({ hold: hold('budget', '2026-11-29T11:20:00.000Z') }),
  ],
  ['Автоповтор потока приостановлен, сам Пульт это сообщение не отправит.', answer({ hold: hold('paused') })],
  [
    'Автоповтор ждёт, пока решится более раннее сообщение документа.',
    answer({ verdict: 'behind', at: null, nth: null, of: null }),
  ],
  ['Автоповтор не помог, сделаны 3 попытки: дальше решает человек.', left('tries_spent', 3)],
  ['Сам Пульт не повторит: получателя нельзя спросить, дошёл ли документ.', left('not_provable')],
  ['Сам Пульт не повторит: отправить снова нечего.', left('obstacle')],
  ['Сам Пульт не повторит: есть более новое сообщение документа.', left('overtaken')],
  ['Такие ошибки Пульт сам не повторяет.', left('class')],
])('says «%s»', async (sentence, data) => {
  show(() => Response.json(data));
  expect(await screen.findByText((text) => text.replaceAll('\u00a0', ' ') === sentence)).toBeDefined();
  expect(asked).toEqual(['/api/messages/d1/automatic-retry']);
});

const ENDS = 'Автоповтор ждёт окончания повтора № 57.';
const HALTED = 'Автоповтор ждёт: повтор № 57 приостановлен.';
it.each([
  ['running', ENDS, answer({ at: DUE, operation: operation('running') })],
  ['holding', ENDS, answer({ at: DUE, operation: operation('holding') })],
  ['cancelling', ENDS, answer({ at: DUE, operation: operation('cancelling') })],
  ['paused', HALTED, answer({ at: DUE, operation: operation('paused') })],
  ['stopped', HALTED, answer({ at: DUE, operation: operation('stopped') })],
  [
    'paused, the budget spent until then',
    HALTED,
    answer({ at: DUE, operation: operation('paused'), hold: hold('budget', '2026-11-29T11:20:00.000Z') }),
  ],
])('leads to the operation in the way of what is due, %s', async (_, sentence, data) => {
  show(() => Response.json(data));
  const link = await screen.findByRole('link', { name: /^повтора? №\s57$/ });
  expect(link.getAttribute('href')).toBe('/operations/01a225bc-0000-4000-8000-000000000001');
  expect(link.closest('p')?.textContent?.replaceAll('\u00a0', ' ').trim()).toBe(sentence);
});

it.each([
  ['is not due yet', 'Пульт повторит сам в 14:05 — попытка 2 из 3.', answer({ operation: operation('running') })],
  ['goes after a pause', 'Пульт повторит сам в 14:05 — попытка 2 из 3.', answer({ operation: operation('paused') })],
  [
    'a system is away for',
    'Автоповтор ждёт: нет связи с 1С:УТ.',
    answer({ at: DUE, operation: operation('running'), hold: hold('circuit') }),
  ],
  [
    'a person holds back',
    'Автоповтор потока приостановлен, сам Пульт это сообщение не отправит.',
    answer({ at: DUE, operation: operation('paused'), hold: hold('paused') }),
  ],
])('says nothing of an operation when the message %s', async (_, sentence, data) => {
  show(() => Response.json(data));
  expect(await screen.findByText(sentence)).toBeDefined();
  expect(screen.queryByRole('link')).toBeNull();
});

it.each([
  [
    'an operation has it',
    () => Response.json(answer({ verdict: 'claimed', at: null, nth: null, of: null, operation: operation('running') })),
  ],
  ['the flow has no policy', () => Response.json(answer({ verdict: 'none', at: null, nth: null, of: null }))],
  ['the message failed no more', () => Response.json(answer({ verdict: 'not_failed', at: null, nth: null, of: null }))],
  ['nobody could answer', () => Response.json({}, { status: 503 })],
])('says nothing when %s', async (_, response) => {
  const { container } = show(response);
  await screen.findByText('answered');
  expect(container.innerHTML).toBe('<output>answered</output>');
});

it('asks nothing for who may not see operations', () => {
  const { container } = show(() => Response.json(answer()), []);
  expect(container.innerHTML).toBe('');
  expect(asked).toEqual([]);
});
