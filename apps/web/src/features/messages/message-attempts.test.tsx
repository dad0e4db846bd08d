import type { MessageDetail } from '@pult/shared/contracts/messages';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { MessageAttempts } from './message-attempts.tsx';

type Attempt = MessageDetail['attempts'][number];
const AT = '2026-11-29T10:00:00.000Z';
const attempt = (number: number, change: Partial<Attempt> = {}): Attempt => ({
  number,
  startedAt: AT,
  finishedAt: AT,
  fromRegister: false,
  outcome: 'failed',
  error: null,
  revision: 1,
  askedBy: null,
  operationId: null,
  operationNumber: null,
  ...change,
});

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
});
afterEach(cleanup);

it('says of each attempt who asked for it: a person, Pult by itself, or the source', () => {
  const inOperation = { operationId: '00000000-0000-4000-8000-000000000001', operationNumber: 57 };
  const attempts = [
    attempt(3, { ...inOperation, askedBy: 'Ольга Нечаева' }),
    attempt(2, { ...inOperation }),
    attempt(1),
  ];
  render(
    <MemoryRouter>
      <MessageAttempts detail={{ now: AT, attempts } as unknown as MessageDetail} />
    </MemoryRouter>,
  );
  const [, third, second, first] = screen.getAllByRole('row').map((row) => row.textContent);
  expect(third).toContain('Ольга Нечаева');
  expect(second).toContain('Пульт, автоматически');
  expect(second).toContain('операция №\u00a057');
  expect(first).toContain('источник');
  expect(first).toContain('обычная отправка');
});
