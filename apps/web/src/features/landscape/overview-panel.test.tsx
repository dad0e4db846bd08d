import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { OverviewPanel } from './overview-panel.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape']);
});
afterEach(cleanup);

const system = (id: string, group: string | null, more: Partial<SystemHealth> = {}): SystemHealth =>
  ({
    id,
    title: { ru: `1С:ERP, ${id}`, en: id },
    group,
    kind: 'onec',
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    connected: false,
    connection: null,
    bus: null,
    service: null,
    quiet: null,
    owner: null,
    ...more,
  }) as unknown as SystemHealth;
const flow = (id: string, from: string[], to: string[], status: FlowHealth['status'], watched = true): FlowHealth =>
  ({
    id,
    title: { ru: `Поток ${id}`, en: id },
    from,
    to,
    status,
    watched,
    perMinute: 0,
    traffic: { fiveMinutes: 0, hour: 0, seenMs: null, usualHour: null },
  }) as unknown as FlowHealth;

const SYSTEMS = [
  system('erp-1', 'erp'),
  system('erp-2', 'erp', { status: 'bad', rule: { code: 'stale', data: { since: '2026-11-29T00:00:00.000Z' } } }),
  system('erp-3', 'erp'),
  system('ut', null),
];
const FLOWS = [
  flow('calm', ['erp-1'], ['ut'], 'ok'),
  flow('plan', ['erp-3'], ['ut'], 'idle', false),
  flow('broken', ['erp-2'], ['ut'], 'bad'),
  flow('late', ['ut'], ['erp-3'], 'warn'),
  flow('elsewhere', ['ut'], ['site'], 'bad'),
];

function panelOf(selected: string) {
  const onSelect = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <OverviewPanel selected={selected} systems={SYSTEMS} flows={FLOWS} attention={[]} onSelect={onSelect} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return onSelect;
}

it('of a group opens what all of its members sent', () => {
  panelOf('system:erp');
  const { href } = screen.getByRole<HTMLAnchorElement>('link', { name: 'Что отправила система' });
  // The third sends nothing that is watched.
  expect(new URL(href).searchParams.get('source')).toBe('erp-1,erp-2');
});

it('names a group as the map does, and says which of its members is not well', () => {
  panelOf('system:erp');
  expect(screen.getByRole('heading', { name: /1С:ERP ×3/ })).toBeDefined();
  expect(screen.getByText(/^1С:ERP, erp-2: Данных нет/)).toBeDefined();
  const members = within(screen.getAllByRole('list')[0] as HTMLElement).getAllByRole('listitem');
  expect(members.map(({ textContent }) => textContent)).toEqual([
    '1С:ERP, erp-1норма',
    '1С:ERP, erp-2сбой',
    '1С:ERP, erp-3норма',
  ]);
});

it('lists every flow of a system, the worst first, and a press on one chooses it', () => {
  const onSelect = panelOf('system:erp');
  const buttons = within(screen.getAllByRole('list').at(-1) as HTMLElement).getAllByRole('button');
  expect(buttons.map(({ textContent }) => textContent)).toEqual([
    'Поток broken',
    'Поток late',
    'Поток calm',
    'Поток plan',
  ]);
  for (const button of buttons) fireEvent.click(button);
  expect(onSelect.mock.calls).toEqual([['flow:broken'], ['flow:late'], ['flow:calm'], ['flow:plan']]);
});
