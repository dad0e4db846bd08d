import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startI18n } from '../lib/i18n/i18n.ts';
import { type SearchToken, type TokenField, TokenSearch } from './token-search.tsx';

const FIELDS: readonly TokenField[] = [
  {
    id: 'flow',
    name: 'поток',
    options: [
      { value: 'ut-bp', label: 'УТ → БП' },
      { value: 'site-ut', label: 'Сайт → УТ' },
    ],
  },
  { id: 'cause', name: 'причина', linkOnly: true },
  { id: 'amount', name: 'сумма от', parse: (typed) => (/^\d+$/.test(typed) ? typed : null) },
];

let shown: { tokens: readonly SearchToken[]; text: string } = { tokens: [], text: '' };
function Harness() {
  const [state, setState] = useState<typeof shown>({ tokens: [], text: '' });
  shown = state;
  return (
    <TokenSearch label="Отбор" placeholder="условие" maxLength={200} fields={FIELDS} {...state} onChange={setState} />
  );
}
const field = () => screen.getByRole('combobox', { name: 'Отбор' });
const type = (text: string) => {
  fireEvent.focus(field());
  fireEvent.change(field(), { target: { value: text } });
};
const press = (key: string) => fireEvent.keyDown(field(), { key });

beforeAll(startI18n);
afterEach(cleanup);

describe('TokenSearch', () => {
  it('completes the name of a field, then its value', () => {
    render(<Harness />);
    type('пот');
    press('ArrowDown');
    press('Enter');
    expect(field()).toHaveProperty('value', 'поток: ');
    type('поток: сайт');
    press('Enter');
    expect(shown.tokens).toEqual([{ field: 'flow', value: 'site-ut' }]);
    expect(screen.getByRole('button', { name: 'Убрать условие поток: Сайт → УТ' })).toBeDefined();
  });

  it('takes a document number as text, not as a field', () => {
    render(<Harness />);
    type('ЗК-000123');
    press('Enter');
    expect(shown).toEqual({ tokens: [], text: 'ЗК-000123' });
  });

  it('closes its list once the text is taken, and opens it for the next word', () => {
    render(<Harness />);
    type('ЗК-000123');
    expect(field().getAttribute('aria-expanded')).toBe('true');
    press('Enter');
    expect(field().getAttribute('aria-expanded')).toBe('false');
    type('ЗК-000124');
    expect(field().getAttribute('aria-expanded')).toBe('true');
  });

  it('refuses a value that the field cannot read', () => {
    render(<Harness />);
    type('сумма от: много');
    press('Enter');
    expect(shown.tokens).toEqual([]);
    type('сумма от: 5000');
    press('Enter');
    expect(shown.tokens).toEqual([{ field: 'amount', value: '5000' }]);
  });

  it('does not take the same condition twice, and Backspace removes the last', () => {
    render(<Harness />);
    for (const value of ['поток: сайт', 'поток: сайт', 'поток: бп']) {
      type(value);
      press('Enter');
    }
    expect(shown.tokens.map((token) => token.value)).toEqual(['site-ut', 'ut-bp']);
    press('Backspace');
    expect(shown.tokens.map((token) => token.value)).toEqual(['site-ut']);
  });
});
