import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { volumeQuery } from './queries.ts';
import { Volume } from './volume.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
});
afterEach(cleanup);

const FROM = '2026-11-28T09:00:00.000Z';
function show(props: { listFromEver: boolean; from?: string; to?: string }): string {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData<unknown>(volumeQuery({ from: FROM }).queryKey, {
    from: FROM,
    to: '2026-11-29T09:00:00.000Z',
    bucketMs: 12 * 3_600_000,
    buckets: [
      { at: FROM, applied: 0, failed: 3, incident: 0 },
      { at: '2026-11-28T21:00:00.000Z', applied: 0, failed: 1, incident: 0 },
    ],
  });
  render(
    <QueryClientProvider client={client}>
      <Volume
        filter={{}}
        windowFrom={FROM}
        span={{ from: props.from ?? null, to: props.to ?? null }}
        listFromEver={props.listFromEver}
        onSpan={() => undefined}
        incidents={[]}
      />
    </QueryClientProvider>,
  );
  const text = screen.getByRole('heading').textContent ?? '';
  cleanup();
  return text;
}

it('says its own period, and that the list below has none, when everything is asked for', () => {
  expect(show({ listFromEver: true })).toMatch(/^Первые ошибки по времени 4 за .+, с .+; список ниже — за всё время$/);
  expect(show({ listFromEver: false })).not.toContain('список ниже');
  // What is marked is what the list shows.
  const marked = { listFromEver: true, from: FROM, to: '2026-11-28T21:00:00.000Z' };
  expect(show(marked)).toMatch(/выделено .+: 3 из 4$/);
});
