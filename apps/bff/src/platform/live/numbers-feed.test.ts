import type { Role } from '@pult/shared/domain/identity/permissions';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PersonActor } from '../actor.ts';
import { createNumbersFeed } from './numbers-feed.ts';

interface Window {
  actor: PersonActor;
  readonly got: unknown[];
}
const windowOf = (userId: string, role: Role = 'ops'): Window => ({
  actor: { kind: 'person', userId, name: userId, email: null, roles: [role], permissions: [], sessionId: userId },
  got: [],
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function feedOf(windows: readonly Window[], numbersOf: (actor: PersonActor) => Promise<unknown>) {
  const warn = vi.fn();
  const feed = createNumbersFeed<Window>({
    numbersOf,
    sockets: () => windows,
    actorOf: ({ actor }) => actor,
    send: ({ got }, numbers) => got.push(numbers),
    log: { warn },
    everyMs: 1_000,
  });
  return { feed, warn };
}

describe('numbers of people', () => {
  it('are worked out once for all windows of a person, at once and then once a second, and told when they changed', async () => {
    const [first, second, other] = [windowOf('ivan'), windowOf('ivan'), windowOf('olga')];
    const numbers: Record<string, number> = { ivan: 1, olga: 7 };
    const numbersOf = vi.fn(async ({ userId }: PersonActor) => numbers[userId]);
    const { feed } = feedOf([first, second, other], numbersOf);
    for (let hint = 0; hint < 10; hint += 1) feed.stir();
    await vi.advanceTimersByTimeAsync(0);
    expect([first.got, second.got, other.got]).toEqual([[1], [1], [7]]);
    expect(numbersOf).toHaveBeenCalledTimes(2);
    numbers.ivan = 2;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([first.got, second.got, other.got]).toEqual([[1, 2], [1, 2], [7]]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(numbersOf).toHaveBeenCalledTimes(4);
    feed.stop();
  });

  it('are told again after a failure, to him alone whom it concerned', async () => {
    const [ivan, olga] = [windowOf('ivan'), windowOf('olga')];
    let away = true;
    const { feed, warn } = feedOf([ivan, olga], async ({ userId }) => {
      if (away && userId === 'ivan') throw new Error('the database is away');
      return userId;
    });
    feed.stir();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([ivan.got, olga.got]).toEqual([[], ['olga']]);
    expect(warn).toHaveBeenCalledTimes(1);
    away = false;
    feed.stir();
    await vi.advanceTimersByTimeAsync(0);
    expect([ivan.got, olga.got]).toEqual([['ivan'], ['olga']]);
    feed.stop();
  });

  it('of other roles go to nobody whose roles changed while they were read', async () => {
    const ivan = windowOf('ivan', 'admin');
    const reading = Promise.withResolvers<string>();
    const { feed } = feedOf([ivan], ({ roles }) =>
      roles[0] === 'admin' ? reading.promise : Promise.resolve('of ops'),
    );
    feed.stir();
    ivan.actor = windowOf('ivan', 'ops').actor;
    reading.resolve('of an admin');
    await vi.advanceTimersByTimeAsync(0);
    expect(ivan.got).toEqual([]);
    feed.stir();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ivan.got).toEqual(['of ops']);
    feed.stop();
  });

  it('that change by time alone are told, too; after the stop nothing is', async () => {
    const ivan = windowOf('ivan');
    let overdue = 0;
    const { feed } = feedOf([ivan], async () => overdue);
    feed.stir();
    await vi.advanceTimersByTimeAsync(0);
    overdue = 3;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(ivan.got).toEqual([0, 3]);
    feed.stop();
    overdue = 4;
    feed.stir();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ivan.got).toEqual([0, 3]);
  });

  it('reach a window that was connecting while its person was told', async () => {
    const windows = [windowOf('ivan')];
    const { feed } = feedOf(windows, async () => 2);
    feed.stir();
    await vi.advanceTimersByTimeAsync(0);
    const late = windowOf('ivan');
    windows.push(late);
    feed.stir();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(windows.map(({ got }) => got)).toEqual([[2], [2]]);
    feed.stop();
  });

  it('of a slow round are never told after those of a newer one, and a round that hangs ends none of the next', async () => {
    const ivan = windowOf('ivan');
    const hanging = Promise.withResolvers<string>();
    const answers = [hanging.promise, Promise.resolve('new'), Promise.resolve('newest')];
    const { feed } = feedOf([ivan], () => answers.shift() ?? Promise.resolve('newest'));
    feed.stir();
    for (let second = 0; second < 12; second += 1) {
      feed.stir();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    hanging.resolve('old');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ivan.got).toEqual(['new', 'newest']);
    feed.stop();
  });
});
