import type { BusGroup, BusState, ServiceFigures } from '@pult/shared/contracts/bus';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { BusPage } from './bus-page.tsx';

vi.mock('../../lib/live/use-live-topics.ts', () => ({ useLiveTopics: () => undefined }));

const at = (secondsAgo: number): string => new Date(Date.now() - secondsAgo * 1_000).toISOString();
const title = { ru: 'Шина', en: 'Bus' };
const group = (change: Partial<BusGroup> = {}): BusGroup => ({
  group: 'ims3',
  systemId: 'ims3',
  ours: false,
  flows: ['bus-erp-ims3'],
  state: 'Stable',
  status: 'ok',
  reason: 'ok',
  since: null,
  lag: 214,
  forecast: { kind: 'falling', inMs: 240_000 },
  members: [{ clientId: 'ims3-1', host: '10.0.0.7', partitions: 2 }],
  topics: [
    {
      topic: 'erp.production.v1',
      lag: 214,
      partitions: [
        { partition: 0, newest: 1_514, committed: 1_300, lag: 214 },
        { partition: 1, newest: 0, committed: null, lag: 0 },
      ],
    },
  ],
  trend: [
    { at: at(60), lag: 300 },
    { at: at(0), lag: 214 },
  ],
  ...change,
});
const bus = (change: Partial<BusState> = {}): BusState => ({
  systemId: 'kafka',
  title,
  connected: true,
  freshAt: at(3),
  stale: false,
  error: null,
  brokers: [{ id: 1, address: 'kafka-1:9092', controller: true, leads: 2 }],
  groups: [group()],
  topics: [
    {
      topic: 'erp.production.v1',
      role: 'business',
      flows: ['bus-erp-ims3'],
      present: true,
      perMinute: 61,
      records: 1_514,
      open: null,
      partitions: [{ partition: 0, leader: 1, oldest: 0, newest: 1_514 }],
    },
    {
      topic: 'erp.ims3.dlq',
      role: 'dead_letters',
      flows: ['bus-erp-ims3'],
      present: false,
      perMinute: null,
      records: 0,
      open: 0,
      partitions: [],
    },
  ],
  missed: [],
  ...change,
});
const figures: ServiceFigures = {
  expected: 3,
  up: 2,
  versions: ['v1.4.2'],
  perMinute: 61,
  errorsPerMinute: 0,
  p95Ms: 42,
  instances: [
    {
      url: 'http://a',
      up: true,
      version: 'v1.4.2',
      startedAt: null,
      goroutines: 20,
      memoryBytes: 31_457_280,
      error: null,
    },
    {
      url: 'http://b',
      up: false,
      version: null,
      startedAt: null,
      goroutines: null,
      memoryBytes: null,
      error: 'ECONNREFUSED',
    },
  ],
  freshAt: at(4),
};

let answer: unknown;
function show(buses: BusState[], services: unknown[] = [], address = '/bus'): void {
  answer = { now: at(0), buses, services };
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter initialEntries={[address]}>
        <BusPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}
const rowOf = async (name: RegExp): Promise<HTMLElement> => {
  const row = (await screen.findByRole('button', { name })).closest('tr');
  if (row === null) throw new Error('no row');
  return row;
};
const textOf = (element: Element): string => (element.textContent ?? '').replace(/[\u00a0\u202f]/g, ' ');

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape', 'bus']);
  vi.stubGlobal('fetch', async (url: string) =>
    url.startsWith('/api/landscape/bus')
      ? new Response(JSON.stringify(answer), { status: 200 })
      : new Response('{}', { status: 503 }),
  );
});
afterEach(cleanup);

it('says of a group who reads, how far behind it is and when that is over', async () => {
  show([bus()]);
  const text = textOf(await rowOf(/ims3/));
  for (const part of ['читает', 'ims3-1', '214', 'убудет за ~4 мин']) expect(text).toContain(part);
  expect(await screen.findByText('все группы читают')).toBeTruthy();
});

it('unfolds the partitions of a group and of a topic, and keeps them unfolded from the address', async () => {
  show([bus()]);
  const button = await screen.findByRole('button', { name: 'Разделы группы ims3' });
  expect(button.getAttribute('aria-expanded')).toBe('false');
  fireEvent.click(button);
  expect(button.getAttribute('aria-expanded')).toBe('true');
  expect(await screen.findByText('ещё не читали')).toBeTruthy();
  cleanup();
  show([bus()], [], '/bus?topic=erp.production.v1');
  expect(await screen.findByText('Лаг: ims3')).toBeTruthy();
});

it('says that nobody reads, since when, in the title too', async () => {
  const empty = group({
    status: 'bad',
    reason: 'no_consumer',
    state: 'Empty',
    since: at(300),
    members: [],
    forecast: { kind: 'growing', perMinute: 30 },
  });
  show([bus({ groups: [empty] })]);
  const text = textOf(await rowOf(/ims3/));
  for (const part of ['нет потребителя', 'уже 5 мин', 'никого', 'растёт, +30/мин']) expect(text).toContain(part);
  expect(await screen.findByText('1 группа без потребителя')).toBeTruthy();
});

it('says what the bus deleted before Pult had read it, and where', async () => {
  show([bus({ missed: [{ topic: 'exchange.events.v1', partition: 3, records: 1_204, at: at(60) }] })]);
  const list = await screen.findByRole('list', { name: 'Чего Пульт не прочитал' });
  const text = textOf(within(list).getByRole('listitem'));
  expect(text).toContain('не прочитал 1204 записи из «exchange.events.v1», раздел 3');
});

it('is not connected without brokers, and says what to do', async () => {
  show([bus({ connected: false, freshAt: null, groups: [], topics: [], brokers: [] })]);
  expect(await screen.findByText('Не подключено')).toBeTruthy();
  expect(screen.getByText(/KAFKA_BROKERS/)).toBeTruthy();
  expect(screen.queryByRole('table')).toBeNull();
});

it('keeps what was read before with its age while the brokers do not answer', async () => {
  show([
    bus({
      stale: true,
      freshAt: at(600),
      error: { code: 'source.unreachable', text: 'ECONNREFUSED', since: at(590) },
    }),
  ]);
  expect(await screen.findByText('брокеры не отвечают')).toBeTruthy();
  expect(screen.getByRole('status').textContent).toContain('Порт закрыт');
  expect(textOf(await rowOf(/ims3/))).toContain('214');
});

it('shows the services behind the bus by their instances', async () => {
  show([bus()], [{ systemId: 'go-services', title: { ru: 'Go-сервисы', en: 'Go services' }, figures }]);
  const row = await rowOf(/Go-сервисы/);
  for (const part of ['2 из 3', 'v1.4.2', '61/мин', '42 мс']) expect(textOf(row)).toContain(part);
  fireEvent.click(within(row).getByRole('button'));
  expect(await screen.findByText('ECONNREFUSED')).toBeTruthy();
});

it('names a topic that the bus does not have yet', async () => {
  show([bus()]);
  expect(await screen.findByText('недоставленное, на шине его ещё нет')).toBeTruthy();
});

it('leads from a topic of dead letters to the messages that stand there', async () => {
  show([bus()]);
  const link = await screen.findByRole('link', { name: 'сообщения с ошибкой' });
  expect(link.closest('tr')?.textContent).toContain('erp.ims3.dlq');
  expect(link.getAttribute('href')).toBe('/messages?tab=all&flow=bus-erp-ims3&state=failed');
});
