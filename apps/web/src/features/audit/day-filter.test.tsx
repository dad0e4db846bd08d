import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { MemoryRouter, useLocation } from 'react-router';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../lib/i18n/i18n.ts';
import { text, useUrlState } from '../../lib/url-state.ts';
import { DayFilter } from './day-filter.tsx';

const STATE = { from: text(10) };
function Harness() {
  const [{ from }, setUrl] = useUrlState(STATE);
  return (
    <>
      <DayFilter label="С" value={from} onChange={(day) => setUrl({ from: day })} />
      <output>{useLocation().search}</output>
      <button type="button" onClick={() => setUrl({ from: '' })}>
        сбросить
      </button>
    </>
  );
}
const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'С' });
const change = (value: string) => fireEvent.change(field(), { target: { value } });
const type = (signs: string) => {
  for (const sign of signs) change(field().value + sign);
};
const address = () => screen.getByRole('status').textContent;

beforeAll(startI18n);
afterEach(cleanup);

it('is typed sign by sign, mended by a backspace, and emptied from outside', () => {
  render(
    <MemoryRouter>
      <Harness />
    </MemoryRouter>,
  );
  type('26112026');
  expect([field().value, address()]).toEqual(['26.11.2026', '?from=2026-11-26']);
  change('26.11.202');
  expect([field().value, address()]).toEqual(['26.11.202', '?from=2026-11-26']);
  type('5');
  expect([field().value, address()]).toEqual(['26.11.2025', '?from=2025-11-26']);
  fireEvent.click(screen.getByRole('button', { name: 'сбросить' }));
  expect([field().value, address()]).toEqual(['', '']);
  type('0112');
  change('');
  expect([field().value, address()]).toEqual(['', '']);
});
