import type { OperationLogEntry } from '@pult/shared/contracts/operations';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { OperationLog } from './operation-log.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['operations']);
});
afterEach(cleanup);

const started = (actor: OperationLogEntry['actor']): OperationLogEntry => ({
  id: 1,
  at: '2026-11-29T10:00:00.000Z',
  code: 'started',
  actor,
  data: {},
});
const show = (entry: OperationLogEntry) =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <MemoryRouter>
        <OperationLog log={[entry]} />
      </MemoryRouter>
    </QueryClientProvider>,
  );

it('says that Pult began by the rule of the flow', () => {
  show(started({ kind: 'pult', id: null, name: null }));
  expect(screen.getByRole('listitem').textContent).toContain('Начата по правилу потока');
});

it('says which person began', () => {
  show(started({ kind: 'person', id: 'ops', name: 'Ольга Нечаева' }));
  expect(screen.getByRole('listitem').textContent).toContain('Запуск: Ольга Нечаева');
});

it('writes rates as people of the language do', () => {
  const actor = { kind: 'pult', id: null, name: null } as const;
  show({ ...started(actor), code: 'rate_lowered', data: { from: 1, to: 0.75 } });
  expect(screen.getByRole('listitem').textContent).toContain('Скорость снижена 1 → 0,75/с');
});
