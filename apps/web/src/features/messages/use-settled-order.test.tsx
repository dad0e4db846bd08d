import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useSettledOrder } from './use-settled-order.ts';

interface Props {
  readonly ids: string;
  readonly scope?: string;
  readonly pages?: number;
  readonly outdated?: boolean;
}
const start = (first: Props) =>
  renderHook(
    ({ ids, scope = 'all', pages = 1, outdated = false }: Props) =>
      useSettledOrder([...ids], { scope, pages, outdated, idOf: (id) => id }),
    { initialProps: first },
  );
const shown = (result: { current: { rows: readonly string[]; waiting: number } }): string =>
  `${result.current.rows.join('')}+${result.current.waiting}`;

it('keeps the order of what is on screen, new rows wait until they are asked for, gone ones leave', () => {
  const { result, rerender } = start({ ids: 'abc' });
  rerender({ ids: 'xcab' });
  expect(shown(result)).toBe('abc+1');
  rerender({ ids: 'xca' });
  expect(shown(result)).toBe('ac+1');
  act(() => result.current.show());
  expect(shown(result)).toBe('xca+0');
});

it('takes another filter at once, but not the rows of the one before', () => {
  const { result, rerender } = start({ ids: 'ab' });
  rerender({ ids: 'ab', scope: 'failed', outdated: true });
  expect(shown(result)).toBe('ab+0');
  rerender({ ids: 'xy', scope: 'failed' });
  expect(shown(result)).toBe('xy+0');
});

it('puts another page after the known rows', () => {
  const { result, rerender } = start({ ids: 'ab' });
  rerender({ ids: 'abcd', pages: 2 });
  expect(shown(result)).toBe('abcd+0');
});
