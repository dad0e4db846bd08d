import type { ClockSummary } from '@pult/shared/contracts/sla';
import { act, render } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startI18n } from '../lib/i18n/i18n.ts';
import { SlaHeadTimer, SlaLabel, SlaQueueTimer } from './sla-timer.tsx';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-26T11:32:00Z');

const clock = (change: Partial<ClockSummary>): ClockSummary => ({
  state: 'running',
  goalMs: 480 * MINUTE,
  elapsedMs: 272 * MINUTE,
  remainingMs: 208 * MINUTE,
  percent: 56.7,
  startedAt: '2026-11-26T06:00:00.000Z',
  dueAt: '2026-11-26T14:52:00.000Z',
  dueIfResumedAt: null,
  pausedSince: null,
  closedAt: null,
  ticking: true,
  asOf: '2026-11-26T11:32:00.000Z',
  ...change,
});

const plain = (element: Element): string =>
  (element.textContent ?? '')
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
const shown = (node: React.ReactNode): string => plain(render(node).container);

beforeAll(startI18n);
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const STATES = {
  running: clock({}),
  soon: clock({ state: 'soon', remainingMs: 54 * MINUTE, percent: 88.8 }),
  breached: clock({ state: 'breached', remainingMs: -80 * MINUTE, dueAt: '2026-11-26T06:04:00.000Z' }),
  paused: clock({
    state: 'paused',
    ticking: false,
    dueAt: null,
    remainingMs: 188 * MINUTE,
    pausedSince: '2026-11-26T09:40:00.000Z',
    dueIfResumedAt: '2026-11-27T06:28:00.000Z',
  }),
  met: clock({ state: 'met', ticking: false, elapsedMs: 316 * MINUTE }),
  late: clock({ state: 'late', ticking: false, elapsedMs: 545 * MINUTE }),
};

describe('SLA timer', () => {
  it.each([
    ['running', '3 ч 28 м до 17:52'],
    ['soon', '54 м до 17:52'],
    ['breached', '−1 ч 20 м был 09:04'],
    ['paused', '3 ч 08 м пауза с 12:40'],
    ['met', '5 ч 16 м решено в срок'],
    ['late', '9 ч 05 м позже на 1 ч 05 м'],
  ] as const)('row of the queue, %s', (state, text) => {
    const { container } = render(<SlaQueueTimer clock={STATES[state]} />);
    expect([...container.querySelectorAll('b, small')].map(plain).join(' ')).toBe(text);
  });

  it.each([
    ['running', '3 ч 28 м'],
    ['breached', 'нарушен'],
    ['paused', 'пауза'],
    ['met', 'в срок'],
    ['late', 'позже'],
  ] as const)('label, %s', (state, text) => expect(shown(<SlaLabel clock={STATES[state]} />)).toBe(text));

  it('says in the head what would happen if the clock went on now', () => {
    expect(shown(<SlaHeadTimer clock={STATES.paused} />)).toBe('3 ч 08 м если продолжить сейчас — до пт, 09:28');
    expect(shown(<SlaHeadTimer clock={STATES.met} />)).toBe('за 5 ч 16 м из 8 ч 00 м');
    expect(shown(<SlaHeadTimer clock={STATES.late} />)).toBe('решено за 9 ч 05 м, на 1 ч 05 м позже срока');
  });

  it('counts down while working time passes', () => {
    const { container } = render(<SlaLabel clock={STATES.running} />);
    act(() => vi.advanceTimersByTime(10 * MINUTE));
    expect(plain(container)).toBe('3 ч 18 м');
  });

  it('stands still outside working time', () => {
    const { container } = render(<SlaLabel clock={clock({ ticking: false })} />);
    act(() => vi.advanceTimersByTime(10 * MINUTE));
    expect(plain(container)).toBe('3 ч 28 м');
  });

  it('starts anew from every reading of the server', () => {
    const view = render(<SlaLabel clock={STATES.running} />);
    act(() => vi.advanceTimersByTime(10 * MINUTE));
    view.rerender(<SlaLabel clock={clock({ remainingMs: 200 * MINUTE, asOf: '2026-11-26T11:42:00.000Z' })} />);
    expect(plain(view.container)).toBe('3 ч 20 м');
  });

  it('does not chatter: no live region', () => {
    const { container } = render(<SlaQueueTimer clock={STATES.soon} />);
    expect(container.querySelector('[aria-live], [role="status"], [role="alert"]')).toBeNull();
  });
});
