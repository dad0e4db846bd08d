import { QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { readUrl } from '../../lib/url-state.ts';
import { FIRST_QUEUE } from './first-queue.ts';
import { INBOX_URL, inboxFilterOf } from './inbox-url.ts';
import { inboxQuery } from './queries.ts';

it('the queue that is asked for before any script is the one that the inbox shows first', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}', { status: 500 }));
  const filter = inboxFilterOf(readUrl(INBOX_URL, new URLSearchParams()));
  await new QueryClient().prefetchInfiniteQuery({ ...inboxQuery(filter), retry: false });
  expect(fetched.mock.calls.map(([address]) => address)).toEqual([FIRST_QUEUE]);
});
