import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { MovesList } from './moves-list.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape']);
});
afterEach(cleanup);

const flow = (id: string, more: object): FlowHealth =>
  ({
    id,
    title: { ru: id, en: id },
    era: 'as-is',
    topics: [],
    consumers: [],
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    migration: null,
    traffic: { fiveMinutes: 15, hour: 180, seenMs: 86_400_000, usualHour: null },
    ...more,
  }) as unknown as FlowHealth;
const old = (id: string, met: number, move: object) =>
  flow(id, {
    migration: {
      role: 'old',
      partner: 'bus-ut-go',
      stage: 'shadow',
      since: null,
      share: 0.9756,
      pairs: 9,
      next: { stage: 'cut-over', met, of: 9, unmet: [] },
      ...move,
    },
  });

it('says of each flow over the bus what carries it, who reads it, and how far what it takes over has moved', () => {
  const onSelect = vi.fn();
  const flows = [
    flow('bus-ut-go', { era: 'to-be', topics: ['ut.prices.v1'], consumers: [{ system: 'go', deadLetters: null }] }),
    flow('bus-erp', { era: 'to-be', topics: ['erp.v1'], rule: { code: 'not_connected', data: {} } }),
    old('prices', 5, {}),
    old('market', 9, { share: null }),
    flow('orders', {}),
  ];
  const systems = [{ id: 'go', title: { ru: 'Go-сервисы', en: 'Go' } }] as unknown as SystemHealth[];
  render(
    <MemoryRouter>
      <MovesList systems={systems} flows={flows} onSelect={onSelect} />
    </MemoryRouter>,
  );
  const [go, erp, ...more] = screen.getAllByRole('listitem');
  expect(more).toEqual([]);
  expect(go?.textContent).toContain('ut.prices.v1 → Go-сервисы');
  expect(go?.textContent).toMatch(
    /вместо «prices»тень · совпало 97,56\s%к стадии «переключение» выполнено 5 из 9 условий/,
  );
  expect(go?.textContent).toContain('вместо «market»теньможно переходить к стадии «переключение»');
  expect(screen.getByRole('link', { name: 'вместо «prices»' }).getAttribute('href')).toBe('/flows/prices');
  expect(erp?.textContent).toContain('не подключено');
  expect(erp?.textContent).toContain('сразу на шине, старого канала нет');
  fireEvent.click(within(erp as HTMLElement).getByRole('button', { name: 'bus-erp' }));
  expect(onSelect).toHaveBeenCalledWith('flow:bus-erp');
});
