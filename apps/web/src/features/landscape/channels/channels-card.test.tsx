import type { BusState } from '@pult/shared/contracts/bus';
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../../lib/i18n/i18n.ts';
import { busQuery, overviewQuery } from '../queries.ts';
import { channelsOf, isShared, lagOf } from './channel-model.ts';
import { ChannelsCard } from './channels-card.tsx';

const named = (id: string) => ({ ru: id, en: id });
const passed = (fiveMinutes: number, hour: number, more: Partial<FlowHealth['traffic']> = {}) => ({
  fiveMinutes,
  hour,
  seenMs: 86_400_000,
  usualHour: null,
  ...more,
});
const system = (id: string, more: Partial<SystemHealth> = {}): SystemHealth =>
  ({
    id,
    title: named(id),
    kind: 'onec',
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    connection: null,
    service: null,
    reports: true,
    incoming: passed(0, 0),
    outgoing: passed(60, 720),
    ...more,
  }) as unknown as SystemHealth;
const flow = (id: string, more: Partial<FlowHealth> = {}): FlowHealth =>
  ({
    id,
    title: named(id),
    what: named('цены'),
    from: ['ut'],
    to: ['site'],
    era: 'as-is',
    channel: 'rest',
    migration: null,
    watched: true,
    status: 'ok',
    perMinute: 2,
    traffic: passed(10, 120),
    failed: 0,
    lastAppliedAt: null,
    latencyP95Ms: 400,
    ...more,
  }) as unknown as FlowHealth;
const bus = (lag: number): BusState =>
  ({
    connected: true,
    groups: [{ group: 'site-feed', flows: ['new'], lag, members: [{}, {}], status: 'ok', reason: 'ok' }],
    topics: [
      { topic: 'ut.prices.v1', role: 'business', flows: ['new'], partitions: [{}, {}, {}], records: 40, perMinute: 2 },
      { topic: 'ut.stock.v1', role: 'business', flows: ['new'], partitions: [{}], records: 2, perMinute: null },
      {
        topic: 'ut.go.dlq',
        role: 'dead_letters',
        flows: ['new'],
        partitions: [{}],
        records: 25,
        open: 5,
        perMinute: 0,
      },
      { topic: 'erp.dlq', role: 'dead_letters', flows: ['new'], partitions: [{}], records: 25, open: 0, perMinute: 0 },
      { topic: 'erp.v1', role: 'business', flows: ['other'], partitions: [{}], records: 9, perMinute: 1 },
    ],
  }) as unknown as BusState;
const move = { stage: 'shadow', since: null, share: 1, pairs: 9, next: null } as const;
const OLD = flow('old', { migration: { ...move, role: 'old', partner: 'new' }, failed: 10, status: 'warn' });
const NEW = flow('new', {
  migration: { ...move, role: 'bus', partner: 'old' },
  from: ['ut', 'kafka'],
  to: ['kafka', 'go'],
  era: 'to-be',
  channel: 'kafka',
});
const SYSTEMS = [system('ut'), system('site'), system('kafka', { kind: 'bus' }), system('go', { kind: 'service' })];

let flows: FlowHealth[] = [];
beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape', 'channels']);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(one: FlowHealth, read: BusState[] | Error | 'pending' = [bus(214)]): void {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  });
  client.setQueryData<unknown>(overviewQuery().queryKey, { systems: SYSTEMS, flows });
  if (Array.isArray(read)) client.setQueryData<unknown>(busQuery().queryKey, { buses: read });
  else vi.stubGlobal('fetch', () => (read === 'pending' ? new Promise(() => undefined) : Promise.reject(read)));
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <ChannelsCard flow={one} className={undefined} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

it('shows the old channel and the bus side by side, each with what stands on its way', async () => {
  flows = [OLD, NEW];
  show(OLD);
  const old = within(await screen.findByRole('group', { name: 'old' }));
  expect(old.getByText('Старый канал, основной')).toBeDefined();
  expect(old.getByRole('link', { name: '10 с ошибкой' }).getAttribute('href')).toBe('/messages?tab=causes&flow=old');
  expect(old.getByRole('link', { name: 'site' })).toBeDefined();
  const onBus = within(screen.getByRole('group', { name: 'new' }));
  expect(onBus.getByRole('link', { name: 'Шина, тень' }).getAttribute('href')).toBe('/flows/new');
  expect(await onBus.findByText('лаг 214')).toBeDefined();
  for (const text of ['ut.prices.v1', 'ut.stock.v1', '4 раздела, записей 42', 'ut.go.dlq: не доставлено 5'])
    expect(onBus.getByText(text)).toBeDefined();
  // Records stay in their topic after they were settled: they accuse nobody any more.
  const shapeOf = (text: string) =>
    onBus.getByText(text).parentElement?.querySelector('svg')?.getAttribute('style') ?? '';
  expect(shapeOf('ut.go.dlq: не доставлено 5')).toContain('--warn');
  expect(shapeOf('erp.dlq: записей 25, все разобраны')).toContain('--ok');
  expect(onBus.queryByText('erp.v1')).toBeNull();
  // Both come from the same system, which stands once; the bus is a way and no end of one.
  expect(screen.getAllByRole('link', { name: 'ut' })).toHaveLength(1);
  expect(screen.queryByRole('link', { name: 'kafka' })).toBeNull();
});

it('shows the one channel of a flow that moves nowhere', async () => {
  flows = [flow('only')];
  show(flow('only'));
  expect(within(await screen.findByRole('group', { name: 'only' })).getByText('REST')).toBeDefined();
  expect(screen.getByRole('heading', { name: 'Канал' })).toBeDefined();
});

it('says how fast it goes over what was watched: four of the last minutes are four an hour, beside what is usual', async () => {
  const words = async (traffic: FlowHealth['traffic']) => {
    flows = [flow('only', { traffic })];
    show(flow('only', { traffic }));
    await screen.findByRole('group', { name: 'only' });
    const said = document.querySelector('[data-status="ok"] > span > small')?.textContent;
    cleanup();
    return said;
  };
  expect(await words(passed(4, 4, { usualHour: 1.2 }))).toBe('4/ч, обычно 1,2/ч');
  expect(await words(passed(4, 4, { seenMs: 5 * 60_000 }))).toBe('4 за 5\u00a0мин');
  expect(await words(passed(60, 700, { usualHour: 600 }))).toBe('12/мин, обычно 10/мин');
  expect(await words(passed(0, 0, { seenMs: null }))).toBe('—');
});

it('says where the truth is by the stage, whichever of the two flows is looked at', () => {
  const landscape = { flows: [OLD, NEW], systems: SYSTEMS, buses: [] };
  const truth = (one: FlowHealth) =>
    channelsOf(one, { ...landscape, flows: [OLD, NEW] }).map(({ role, isTruth }) => [role, isTruth]);
  expect([truth(OLD), truth(NEW)]).toEqual([
    [
      ['old', true],
      ['bus', false],
    ],
    [
      ['old', true],
      ['bus', false],
    ],
  ]);
  const over = { ...NEW, migration: { ...move, role: 'bus' as const, partner: 'old', stage: 'cut-over' as const } };
  expect(truth(over).map(([, isTruth]) => isTruth)).toEqual([false, true]);
  const channels = channelsOf(OLD, landscape);
  expect([
    isShared(channels, 'sources'),
    isShared(channels, 'targets'),
    isShared(channels.slice(1), 'sources'),
  ]).toEqual([true, false, false]);
  expect(channels[1]?.bus).toMatchObject({ state: 'off', topics: [], groups: [] });
});

it('raises no alarm while the bus is being read, and says so when it could not be', async () => {
  flows = [OLD, NEW];
  show(OLD, 'pending');
  expect(await screen.findByText('Читаем данные шины…')).toBeDefined();
  cleanup();
  show(OLD, new Error('network'));
  expect(await screen.findByText(/^Данные шины не прочитаны/)).toBeDefined();
  cleanup();
  show(OLD, [{ ...bus(0), connected: false }]);
  expect(await screen.findByText(/^Шина не подключена/)).toBeDefined();
});

it('says of a group in trouble what it is, and knows no lag where nobody is known to read', async () => {
  flows = [OLD, NEW];
  const [group] = bus(9).groups;
  const withGroup = (more: object): BusState => ({ ...bus(9), groups: [{ ...group, ...more }] }) as BusState;
  show(OLD, [withGroup({ status: 'warn', reason: 'growing' })]);
  expect(await screen.findByText(/2 участника, не успевает$/)).toBeDefined();
  cleanup();
  show(OLD, [withGroup({ members: [] })]);
  expect(await screen.findByText(/участников нет$/)).toBeDefined();
  const lag = (state: BusState): number | null => {
    const part = channelsOf(OLD, { flows, systems: SYSTEMS, buses: [state] })[1]?.bus;
    return part ? lagOf(part) : null;
  };
  expect([lag(bus(9)), lag(withGroup({ reason: 'absent' })), lag({ ...bus(9), groups: [] })]).toEqual([9, null, null]);
});

it('names both channels by the stage of the flow that is looked at, whatever else the bus takes over', async () => {
  const at = (stage: FlowHealth['stage']): FlowHealth =>
    flow('old', { migration: { ...move, stage, role: 'old', partner: 'new' } });
  const names = async (stage: FlowHealth['stage']) => {
    flows = [at(stage), NEW];
    show(at(stage));
    await screen.findByRole('group', { name: 'old' });
    const found = screen.getAllByText(/^(?:Старый канал|Шина), /).map(({ textContent }) => textContent);
    cleanup();
    return found;
  };
  expect(await names('point-to-point')).toEqual(['Старый канал, основной', 'Шина, не сравнивается']);
  expect(await names('shadow')).toEqual(['Старый канал, основной', 'Шина, тень']);
  expect(await names('cut-over')).toEqual(['Старый канал, для сверки', 'Шина, основная']);
  expect(await names('bus')).toEqual(['Старый канал, отключён', 'Шина, основная']);
});
