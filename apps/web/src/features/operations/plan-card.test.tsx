import type { OperationDetail } from '@pult/shared/contracts/operations';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { PlanCard } from './plan-card.tsx';

const operation = (exportable: number, change: Partial<OperationDetail> = {}) =>
  ({
    verb: 'resend',
    createdBy: { kind: 'person', id: 'ops', name: 'Ольга' },
    createdAt: '2026-11-24T08:30:00.000Z',
    reason: null,
    plan: {
      total: 5,
      eligible: 0,
      ineligible: [
        { reason: 'no_message', count: 4, operation: null },
        { reason: 'replaced', count: 1, operation: null },
      ],
      byFlow: [],
      bySystem: [],
      byCause: [],
      estimatedMs: 0,
      verifiable: 0,
      oldestAt: null,
      newestAt: null,
      amount: null,
    },
    exportable,
    ...change,
  }) as unknown as OperationDetail;
const show = (exportable: number, change?: Partial<OperationDetail>) =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <MemoryRouter>
        <PlanCard
          operation={operation(exportable, change)}
          instead={{ allowed: true, busy: false, onExport: vi.fn() }}
        />
      </MemoryRouter>
    </QueryClientProvider>,
  );

beforeAll(async () => {
  await startI18n();
  await loadTexts(['operations']);
});
afterEach(cleanup);

it('offers another export of as many as their flows can export anew', () => {
  show(3);
  expect(screen.getByRole('button', { name: /Выгрузить заново 3/ })).toBeDefined();
  expect(screen.getByText(/заменён новым заказом сети/)).toBeDefined();
});

it('offers none where no flow can', () => {
  show(0);
  expect(screen.getByText(/сообщения не было/)).toBeDefined();
  expect(screen.queryByRole('button')).toBeNull();
});

it('says of what Pult opened by itself who did it and by whose rule', () => {
  show(0, { createdBy: { kind: 'pult', id: null, name: null }, flows: ['ut-bp'] });
  expect(screen.getByText('Пульт, автоматически')).toBeDefined();
  expect(screen.getByText(/По правилу автоповтора потока/)).toBeDefined();
  expect(screen.getByRole('link', { name: 'ut-bp' }).getAttribute('href')).toBe('/flows/ut-bp');
});
