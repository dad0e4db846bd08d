import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createGathering } from './gathered-questions.ts';

describe('gathered questions', () => {
  it('asks a lonely question at once, and those that come meanwhile together', async () => {
    const rounds: string[][] = [];
    const ask = createGathering<string>(async (keys) => {
      rounds.push([...keys]);
      return new Map(keys.map((key) => [key, key.toUpperCase()]));
    }, 1);
    const first = ask('a');
    expect(rounds).toEqual([['a']]);
    const answers = await Promise.all([first, ask('b'), ask('c'), ask('b')]);
    expect(answers).toEqual(['A', 'B', 'C', 'B']);
    expect(rounds).toEqual([['a'], ['b', 'c']]);
  });

  it('says null of what has no answer', async () => {
    const ask = createGathering<string>(async () => new Map());
    expect(await ask('a')).toBeNull();
  });

  it('gives nobody an answer older than his question, whatever is written when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('write', 'ask', 'wait'), { maxLength: 30 }), async (steps) => {
        let stored = 0;
        const ask = createGathering<number>(async (keys) => {
          const read = stored;
          await Promise.resolve();
          return new Map(keys.map((key) => [key, read]));
        }, 0);
        const asked: Promise<void>[] = [];
        for (const step of steps) {
          if (step === 'write') stored += 1;
          else if (step === 'wait') await new Promise((resolve) => setTimeout(resolve, 0));
          else {
            const least = stored;
            asked.push(ask('a').then((read) => expect(read).toBeGreaterThanOrEqual(least)));
          }
        }
        await Promise.all(asked);
      }),
      { numRuns: 50 },
    );
  });

  it('fails those of a failed round alone', async () => {
    let away = true;
    const ask = createGathering<string>(async (keys) => {
      if (away) throw new Error('the database is away');
      return new Map(keys.map((key) => [key, key]));
    }, 1);
    const failing = ask('a');
    const next = ask('b');
    away = false;
    await expect(failing).rejects.toThrow('the database is away');
    expect(await next).toBe('b');
    expect(await ask('c')).toBe('c');
  });

  it('is not held up for ever by a round that hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answers = [new Promise<never>(() => undefined), Promise.resolve(new Map([['b', 'b']]))];
      const ask = createGathering<string>(() => answers.shift() ?? Promise.resolve(new Map()), 1);
      void ask('a');
      const next = ask('b');
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await next).toBe('b');
    } finally {
      vi.useRealTimers();
    }
  });
});
