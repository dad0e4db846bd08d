import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createDerivation, createSharing } from './shared-answers.ts';

describe('shared answers', () => {
  it('nobody gets what was computed before he asked: a write between two questions is seen by the second', async () => {
    const share = createSharing<number>(1);
    let stored = 1;
    const reading = Promise.withResolvers<void>();
    const first = share('list', async () => {
      const read = stored;
      await reading.promise;
      return read;
    });
    stored = 2;
    const late = share('list', async () => stored);
    reading.resolve();
    expect((await first).value).toBe(1);
    expect((await late).value).toBe(2);
  });

  it('whoever waits for the next computation gets the same one', async () => {
    const share = createSharing<number>(1);
    let computed = 0;
    const compute = async (): Promise<number> => {
      computed += 1;
      return computed;
    };
    const first = share('list', compute);
    const waiting = await Promise.all(Array.from({ length: 500 }, () => share('list', compute)));
    expect((await first).value).toBe(1);
    expect(new Set(waiting).size).toBe(1);
    expect(computed).toBe(2);
  });

  it('the text is made once for all', async () => {
    const share = createSharing<{ readonly rows: number }>(1);
    const make = vi.fn(JSON.stringify);
    await share('list', async () => ({ rows: 0 }));
    const answers = await Promise.all([1, 2, 3].map(() => share('list', async () => ({ rows: 3 }))));
    expect(answers.map((answer) => answer.text(make))).toEqual(Array(3).fill('{"rows":3}'));
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('different questions never meet', async () => {
    const share = createSharing<string>(1);
    const ask = (key: string) => share(key, async () => key);
    await Promise.all([ask('ops'), ask('manager')]);
    const [one, other] = await Promise.all([ask('ops'), ask('manager')]);
    expect([one.value, other.value]).toEqual(['ops', 'manager']);
  });

  it('a failure reaches those who waited for it and ends with them', async () => {
    const share = createSharing<number>(1);
    const failing = share('list', async () => {
      throw new Error('the database is away');
    });
    const next = share('list', async () => 2);
    await expect(failing).rejects.toThrow('the database is away');
    expect((await next).value).toBe(2);
  });

  it('is not held up for ever by a computation that hangs, and a late end of it disturbs nobody', async () => {
    const share = createSharing<number>(1, 5);
    const hanging = Promise.withResolvers<number>();
    const first = share('list', () => hanging.promise);
    expect((await share('list', async () => 2)).value).toBe(2);
    hanging.resolve(1);
    expect((await first).value).toBe(1);
    expect((await share('list', async () => 3)).value).toBe(3);
  });

  it('in any order of questions, writes and ends of computations each answer is at least as new as its question', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('ask', 'write', 'end'), { maxLength: 40 }), async (steps) => {
        const share = createSharing<number>(0);
        let version = 0;
        const running: (() => void)[] = [];
        const checks: Promise<boolean>[] = [];
        for (const step of steps) {
          if (step === 'write') version += 1;
          else if (step === 'end') running.shift()?.();
          else {
            const least = version;
            const answer = share('list', async () => {
              const read = version;
              const gate = Promise.withResolvers<void>();
              running.push(gate.resolve);
              await gate.promise;
              return read;
            });
            checks.push(answer.then(({ value }) => value >= least));
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        const all = Promise.all(checks);
        let done = false;
        void all.then(() => {
          done = true;
        });
        while (!done) {
          running.shift()?.();
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        expect((await all).every(Boolean)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('what is made of one answer is made once for all who have it, and anew of the next', async () => {
    const share = createSharing<number>(1);
    const derive = createDerivation<number, string>();
    const make = vi.fn(async (value: number) => `${value}`);
    let stored = 1;
    const ask = async () => derive(await share('', async () => stored), 'text', make);
    const first = await ask();
    stored = 2;
    const later = await Promise.all([ask(), ask()]);
    expect([first.value, ...later.map(({ value }) => value)]).toEqual(['1', '2', '2']);
    expect(make).toHaveBeenCalledTimes(2);
  });
});
