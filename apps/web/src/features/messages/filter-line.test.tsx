import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { readUrl } from '../../lib/url-state.ts';
import { FilterLine } from './filter-line.tsx';
import { URL_SPEC } from './url.ts';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
});
afterEach(cleanup);

const system = (id: string, title: string, group: string | null) => ({ id, group, kind: 'onec', title: { ru: title } });
const OVERVIEW = {
  systems: [
    system('ut', '1С:УТ', null),
    system('erp-1', '1С:ERP, база 1', 'erp'),
    system('erp-2', '1С:ERP, база 2', 'erp'),
  ],
  flows: [{ id: 'goods', title: { ru: 'Товары' }, watched: true, from: ['erp-1', 'erp-2', 'ut'] }],
};

/** The line as it stands at an address; what it asks to be changed. */
function lineAt(search: string) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(['landscape', 'overview'], OVERVIEW);
  const onChange = vi.fn();
  const url = readUrl(URL_SPEC, new URLSearchParams(search));
  render(<FilterLine url={url} onChange={onChange} />, {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  return onChange;
}
const removals = () =>
  screen.getAllByRole('button', { name: /^Убрать условие/ }).map((button) => button.getAttribute('aria-label'));

it('shows the members of a group as one condition and takes them away together', () => {
  const onChange = lineAt('?source=erp-1,erp-2&source=ut');
  expect(removals()).toEqual(['Убрать условие от системы: 1С:ERP ×2', 'Убрать условие от системы: 1С:УТ']);
  fireEvent.click(screen.getByRole('button', { name: /ERP ×2$/ }));
  expect(onChange).toHaveBeenCalledWith(expect.objectContaining({ source: ['ut'] }));
});

it('names a member that was asked for alone', () => {
  lineAt('?source=erp-2');
  expect(removals()).toEqual(['Убрать условие от системы: 1С:ERP, база 2']);
});

it('takes a whole group from what it offers', () => {
  const onChange = lineAt('?source=ut');
  const field = screen.getByRole('combobox');
  fireEvent.change(field, { target: { value: 'от системы: erp' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(onChange).toHaveBeenCalledWith(expect.objectContaining({ source: ['ut', 'erp-1', 'erp-2'] }));
});
