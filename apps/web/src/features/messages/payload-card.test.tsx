import type { MessageDetail } from '@pult/shared/contracts/messages';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { PayloadCard } from './payload-card.tsx';

const ID = '0190c0de-0000-7000-8000-000000000001';

/** A message whose content was too large to be kept. */
function showTruncated(personal: boolean): void {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  client.setQueryData(['session'], { permissions: ['messages.payload', 'messages.personal'] });
  const view = {
    revision: 1,
    at: '2026-11-24T08:30:00.000Z',
    sizeBytes: 300_000,
    truncated: true,
    body: null,
    masked: [],
  };
  client.setQueryData(['messages', 'payload', ID, 1], view);
  const detail = {
    row: { id: ID, personal },
    revisions: [{ revision: 1 }],
    attempts: [],
    events: [],
  } as unknown as MessageDetail;
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <PayloadCard detail={detail} tab="content" onTab={() => undefined} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
});
afterEach(cleanup);

it('says of content that was too large where it can be seen', () => {
  showTruncated(false);
  expect(screen.getByText(/больше 256 КБ и не хранится: его видно только в самой системе/)).not.toBeNull();
  expect(screen.queryByRole('button', { name: 'Показать персональные данные…' })).toBeNull();
});

it('shows the employee and the errors of such a message all the same, to who may see them', () => {
  showTruncated(true);
  expect(screen.getByText(/Данные сотрудника и тексты ошибок хранятся отдельно/)).not.toBeNull();
  expect(screen.getByRole('button', { name: 'Показать персональные данные…' })).not.toBeNull();
});
