import type { MessageDetail } from '@pult/shared/contracts/messages';
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { DeadLetterCard } from './dead-letter-card.tsx';

type Letter = MessageDetail['deadLetters'][number];
const letter = (change: Partial<Letter> = {}): Letter => ({
  topic: 'ut.go-services.dlq',
  partition: 1,
  offset: '41',
  at: '2026-11-24T08:30:00.000Z',
  attempt: 2,
  original: { topic: 'ut.prices.v1', partition: 0, offset: '7' },
  key: 'ПЦ-7',
  headers: [{ name: 'ce_subject', value: 'ПЦ-7' }],
  error: 'Цена ниже себестоимости',
  sizeBytes: 120,
  kept: true,
  ...change,
});

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
});
afterEach(cleanup);

it('says where the record lies and lay, its key, its headers and why the consumer gave up', () => {
  render(<DeadLetterCard letters={[letter()]} />);
  const [place] = screen.getAllByRole('group');
  expect(place?.textContent).toContain('ut.go-services.dlq');
  expect(place?.textContent).toContain('ut.prices.v1');
  expect(screen.getByText('Цена ниже себестоимости')).not.toBeNull();
  expect(screen.getByRole('button', { name: /ключ/i })).not.toBeNull();
  expect(screen.getByText('ce_subject')).not.toBeNull();
});

it('opens the newest and folds the earlier ones', () => {
  render(<DeadLetterCard letters={[letter({ offset: '42' }), letter()]} />);
  expect(screen.getAllByRole('group').map((one) => one.hasAttribute('open'))).toEqual([true, false]);
});

it('hides what the reader may not see, and says when a record was too large or had no key', () => {
  render(
    <DeadLetterCard
      letters={[letter({ key: null, kept: false, headers: [{ name: 'ce_subject', value: null }], original: null })]}
    />,
  );
  const place = screen.getByRole('group');
  expect(within(place).queryByText('ПЦ-7')).toBeNull();
  expect(within(place).queryByRole('button')).toBeNull();
  expect(within(place).getByText(/скрыт/i)).not.toBeNull();
  expect(within(place).getByText(/120/)).not.toBeNull();
});

it('is not there for a message without dead letters', () => {
  const { container } = render(<DeadLetterCard letters={[]} />);
  expect(container.innerHTML).toBe('');
});
