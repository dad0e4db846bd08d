import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changeLanguage, startI18n } from '../lib/i18n/i18n.ts';
import { DateField } from './date-field.tsx';

let shown: string | null = '';
function Harness({ initial = '', problem = false }: { initial?: string; problem?: string | false }) {
  const [value, setValue] = useState<string | null>(initial);
  shown = value;
  return (
    <>
      <DateField label="Конец" kind="minute" value={value} onChange={setValue} problem={problem} />
      <button type="button" onClick={() => setValue('2026-12-01T09:00')}>
        завтра
      </button>
    </>
  );
}
const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Конец' });
const type = (signs: string) => {
  for (const sign of signs) fireEvent.change(field(), { target: { value: field().value + sign } });
};

beforeAll(startI18n);
afterEach(cleanup);

describe('DateField', () => {
  it('takes digits alone and says which day of the week they are, in the language of the console', () => {
    render(<Harness />);
    expect(field().placeholder).toBe('дд.мм.гггг, чч:мм');
    type('261120261430');
    expect(field().value).toBe('26.11.2026, 14:30');
    expect(shown).toBe('2026-11-26T14:30');
    expect(screen.getByText('чт 26 ноя, 14:30')).toBeDefined();
  });

  it('says in one sentence what is wrong once the field is left, and no sooner', () => {
    render(<Harness />);
    type('31112026');
    expect(shown).toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.blur(field());
    expect(screen.getByRole('alert').textContent).toBe('Такого времени нет. Напишите его так: 26.11.2026, 14:30');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(field().getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id);
    fireEvent.change(field(), { target: { value: '' } });
    fireEvent.blur(field());
    expect(screen.queryByRole('alert')).toBeNull();
    expect(shown).toBe('');
  });

  it('changes the part under the caret by arrows', () => {
    render(<Harness initial="2026-11-30T23:30" />);
    const press = (place: number, key: string) => {
      field().setSelectionRange(place, place);
      fireEvent.keyDown(field(), { key });
    };
    press(1, 'ArrowUp');
    expect(field().value).toBe('01.12.2026, 23:30');
    press(13, 'ArrowUp');
    expect(shown).toBe('2026-12-02T00:30');
    expect(field().value.slice(field().selectionStart ?? 0, field().selectionEnd ?? 0)).toBe('00');
    press(4, 'ArrowDown');
    expect(shown).toBe('2026-11-02T00:30');
  });

  it('follows a value from outside, and says what is wrong with the date itself', () => {
    const { rerender } = render(<Harness initial="2026-11-26T14:30" />);
    fireEvent.click(screen.getByRole('button'));
    expect(field().value).toBe('01.12.2026, 09:00');
    rerender(<Harness problem="Это время уже прошло" />);
    expect(screen.getByRole('alert').textContent).toBe('Это время уже прошло');
  });

  it('speaks English on an English console, with the day first all the same', async () => {
    await changeLanguage('en');
    render(<Harness initial="2026-11-26T14:30" />);
    expect(field().value).toBe('26.11.2026, 14:30');
    expect(screen.getByText('Thu 26 Nov, 14:30')).toBeDefined();
    await changeLanguage('ru');
  });
});
