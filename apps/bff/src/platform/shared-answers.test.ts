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
    const share = createSharing<number>(1, { hungMs: 5, lostMs: 60_000 });
    const hanging = Promise.withResolvers<number>();
    const first = share('list', () => hanging.promise);
    expect((await share('list', async () => 2)).value).toBe(2);
    hanging.resolve(1);
    expect((await first).value).toBe(1);
    expect((await share('list', async () => 3)).value).toBe(3);
  });

  it('asks a slow database the same at most twice at once, however long it takes and however many wait', async () => {
    const share = createSharing<number>(1, { hungMs: 5, lostMs: 60_000 });
    const gates: ((value: number) => void)[] = [];
    const ask = (key: string) =>
      share(key, () => {
        const gate = Promise.withResolvers<number>();
        if (key === 'slow') gates.push(gate.resolve);
        return gate.promise;
      });
    /** A question that was asked later may begin beside another one: so may those that were asked before. */
    const whenHung = async (key: string): Promise<void> => {
      let begun = false;
      void ask(key);
      void share(key, async () => {
        begun = true;
        return 0;
      });
      await vi.waitFor(() => expect(begun).toBe(true));
    };
    const first = ask('slow');
    const second = ask('slow');
    await vi.waitFor(() => expect(gates).toHaveLength(2));
    const waiting = [ask('slow'), ask('slow')];
    await whenHung('a');
    expect(gates).toHaveLength(2);
    gates[0]?.(1);
    expect((await first).value).toBe(1);
    await vi.waitFor(() => expect(gates).toHaveLength(3));
    gates[2]?.(3);
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual([3, 3]);
    const fourth = ask('slow');
    await vi.waitFor(() => expect(gates).toHaveLength(4));
    // The second one hangs still: it counts, though a newer one has ended.
    const fifth = ask('slow');
    await whenHung('b');
    expect(gates).toHaveLength(4);
    gates[1]?.(2);
    expect((await second).value).toBe(2);
    await vi.waitFor(() => expect(gates).toHaveLength(5));
    gates[3]?.(4);
    gates[4]?.(5);
    expect([(await fourth).value, (await fifth).value]).toEqual([4, 5]);
  });

  it('goes on when both are lost with their connections', async () => {
    const share = createSharing<number>(1, { hungMs: 2, lostMs: 20 });
    let asked = 0;
    const hang = () => {
      asked += 1;
      return new Promise<number>(() => undefined);
    };
    void share('list', hang);
    void share('list', hang);
    await vi.waitFor(() => expect(asked).toBe(2));
    expect((await share('list', async () => 3)).value).toBe(3);
  });

  it('in any order of questions, writes and ends of computations each answer is at least as new as its question, and few are made at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ask', 'write', 'end'), { maxLength: 40 }),
        fc.boolean(),
        async (steps, hanging) => {
          const share = createSharing<number>(0, { hungMs: hanging ? 0 : 60_000, lostMs: 60_000 });
          let atOnce = 0;
          let most = 0;
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
                atOnce += 1;
                most = Math.max(most, atOnce);
                const gate = Promise.withResolvers<void>();
                running.push(gate.resolve);
                await gate.promise;
                atOnce -= 1;
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
          expect(most).toBeLessThanOrEqual(hanging ? 2 : 1);
        },
      ),
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
