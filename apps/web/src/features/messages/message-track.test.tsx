import type { MessageDetail } from '@pult/shared/contracts/messages';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { MessageTrack } from './message-track.tsx';

let resize: (width: number) => void;

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const step = (state: string, at: string, untilNextMs: number | null) => ({
  state,
  at,
  untilNextMs,
  who: null,
  attempt: 1,
});

it('words on the path stand on whole pixels, so that their ground leaves no stroke beside them', () => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: (entries: { contentRect: { width: number } }[]) => void) {
        resize = (width) => callback([{ contentRect: { width } }]);
      }
      observe(): void {}
      disconnect(): void {}
    },
  );
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  const detail = {
    track: [
      step('accepted', '2026-11-26T05:53:50.000Z', 250),
      step('sent', '2026-11-26T05:53:50.250Z', 650),
      step('failed', '2026-11-26T05:53:50.900Z', null),
    ],
    row: { appliedAt: null },
    now: '2026-11-26T07:05:00.000Z',
    attempts: [],
  } as unknown as MessageDetail;
  render(
    <QueryClientProvider client={client}>
      <MessageTrack detail={detail} />
    </QueryClientProvider>,
  );
  // Five columns in this width are 238.86 px each.
  act(() => resize(1194.3));
  const places = ['0,3', '0,7'].map((text) => screen.getByText(new RegExp(`^${text}`)).parentElement?.style.left ?? '');
  expect(places.map((left) => Number.parseFloat(left))).toEqual([239, 478]);
});
