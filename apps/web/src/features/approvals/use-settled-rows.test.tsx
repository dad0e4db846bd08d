import type { ApprovalRow } from '@pult/shared/contracts/approvals';
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useSettledRows } from './use-settled-rows.ts';

const rows = (...ids: string[]) => ids.map((id) => ({ id })) as unknown as ApprovalRow[];
const shown = (result: { current: ReturnType<typeof useSettledRows> }): string =>
  `${result.current.rows.map(({ id }) => id).join('')}+${result.current.waiting}`;
const start = (first: ApprovalRow[]) =>
  renderHook(({ list, filter, pages }) => useSettledRows(list, filter, pages), {
    initialProps: { list: first, filter: 'mine', pages: 1 },
  });

it('keeps new rows back until they are asked for, and lets decided ones go', () => {
  const { result, rerender } = start(rows('a', 'b', 'c'));
  rerender({ list: rows('new', 'a', 'c'), filter: 'mine', pages: 1 });
  expect(shown(result)).toBe('ac+1');
  act(() => result.current.show());
  expect(shown(result)).toBe('newac+0');
});

it('takes everything at once into an empty list, with another filter and with another page', () => {
  const { result, rerender } = start([]);
  rerender({ list: rows('a'), filter: 'mine', pages: 1 });
  expect(shown(result)).toBe('a+0');
  rerender({ list: rows('x', 'a'), filter: 'all', pages: 1 });
  expect(shown(result)).toBe('xa+0');
  rerender({ list: rows('x', 'a', 'b'), filter: 'all', pages: 2 });
  expect(shown(result)).toBe('xab+0');
});
