import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatcher } from './batcher.ts';

function batcherOf(commit: (items: readonly number[]) => Promise<string>) {
  const commits: (readonly number[])[] = [];
  const batcher = createBatcher<number, string>({
    batchSize: 10,
    queueLimit: 100,
    concurrency: 1,
    commit: (items) => {
      commits.push(items);
      return commit(items);
    },
  });
  const all = () => Promise.allSettled([1, 2, 3].map((item) => batcher.add([item])));
  return { commits, all };
}

describe('a commit that fails', () => {
  it('over one request does not fail its neighbours', async () => {
    const { commits, all } = batcherOf(async (items) => {
      if (items.includes(2)) throw new Error('poison');
      return 'done';
    });
    expect((await all()).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(commits).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  it('for want of a database fails all of them at once', async () => {
    const { commits, all } = batcherOf(async () => {
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    });
    expect((await all()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(commits).toEqual([[1, 2, 3]]);
  });
});

describe('commits that change the same', () => {
  /** Items are texts, each letter is something that they change; a commit ends when it is told to. */
  function scripted(batchSize = 10) {
    const running: { items: readonly string[]; end: () => void }[] = [];
    const batcher = createBatcher<string, void>({
      batchSize,
      queueLimit: 100,
      concurrency: 2,
      changes: (item) => [...item],
      commit: (items) => new Promise((end) => running.push({ items, end })),
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    return {
      running,
      add: async (...items: string[]) => {
        for (const item of items) void batcher.add([item]);
        await turn();
        await turn();
      },
      end: async (index: number) => {
        running[index]?.end();
        await turn();
      },
      begun: () => running.map(({ items }) => items),
    };
  }

  it('never run at once: the later one waits and takes with it what came meanwhile', async () => {
    const { add, end, begun } = scripted();
    await add('ab');
    await add('bc');
    await add('cd');
    expect(begun()).toEqual([['ab']]);
    await end(0);
    expect(begun()).toEqual([['ab'], ['bc', 'cd']]);
  });

  it('leave others their way', async () => {
    const { add, begun } = scripted();
    await add('ab');
    await add('bc', 'xy');
    expect(begun()).toEqual([['ab'], ['xy']]);
  });

  it('are not overtaken for ever by what touches only a part of them', async () => {
    const { add, end, begun } = scripted(1);
    await add('a');
    await add('ab');
    await add('b');
    expect(begun()).toEqual([['a']]);
    await end(0);
    expect(begun()).toEqual([['a'], ['ab']]);
    await end(1);
    expect(begun()).toEqual([['a'], ['ab'], ['b']]);
  });

  it('all of them run and none twice, whatever they share and in whatever order they end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom(...'abcde'), minLength: 1, maxLength: 3 }), { maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        async (items, choices) => {
          const { add, running, end } = scripted(3);
          await add(...items);
          const open = new Set<number>();
          let seen = 0;
          for (;;) {
            for (; seen < running.length; seen += 1) open.add(seen);
            if (open.size === 0) break;
            const changed = [...open].map((index) => new Set(running[index]?.items.join('')));
            const all = changed.flatMap((one) => [...one]);
            expect(new Set(all).size).toBe(all.length);
            const index = [...open][choices.next().value % open.size] ?? 0;
            open.delete(index);
            await end(index);
          }
          expect(running.flatMap((one) => one.items).sort()).toEqual([...items].sort());
        },
      ),
      { numRuns: 50 },
    );
  });
});
