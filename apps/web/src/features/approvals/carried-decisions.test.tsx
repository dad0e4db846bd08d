import type { CarriedDecision } from '@pult/shared/contracts/approvals';
import type { Permission } from '@pult/shared/domain/identity/permissions';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { CarriedDecisions } from './carried-decisions.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['approvals']);
});
afterEach(cleanup);

const ID = '019ad1c2-0000-7000-8000-000000000001';
const show = (change: Partial<CarriedDecision>, permissions: Permission[] = ['messages.read']): string => {
  const client = new QueryClient();
  client.setQueryData(['session'], { permissions });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <CarriedDecisions
          carried={[
            { system: 'ut', state: 'on_way', at: '2026-11-24T09:00:00Z', error: null, deliveryId: ID, ...change },
          ]}
        />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return screen.getByRole('listitem').textContent ?? '';
};

it('says why a decision did not arrive and leads to its message', () => {
  expect(show({ state: 'failed', error: 'конфликт блокировок' })).toContain(
    '1С:УТ: решение не дошло, конфликт блокировок',
  );
  expect(screen.getByRole('link').getAttribute('href')).toContain(ID);
});

it('says that it is on its way; without the right to read messages there is no link', () => {
  expect(show({}, [])).toContain('1С:УТ: решение в пути');
  expect(screen.queryByRole('link')).toBeNull();
});
