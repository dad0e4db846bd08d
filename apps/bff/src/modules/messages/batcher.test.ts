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
