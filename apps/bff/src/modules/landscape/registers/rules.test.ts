import { describe, expect, it } from 'vitest';
import { nodeFails, problemKindOf, registersStale, runResultOf } from './rules.ts';

const run = (result: ReturnType<typeof runResultOf>) => ({ result, startedAt: null, endedAt: null, succeededAt: null });

describe('exchange registers', () => {
  it('keeps a kind of problem that it does not know', () => {
    expect(problemKindOf('НепроведенныйДокумент')).toBe('not_posted');
    expect(problemKindOf('НечтоНовое')).toBe('other');
  });
  it('takes an unknown result for a failure', () => {
    expect(runResultOf('Выполнено')).toBe('done');
    expect(runResultOf('НечтоНовое')).toBe('failed');
  });
  it('says a node fails when either direction does', () => {
    expect(nodeFails({ export: run('done'), import: run('transport_failed') })).toBe(true);
    expect(nodeFails({ export: run('done_with_warnings'), import: run('already_received') })).toBe(false);
    expect(nodeFails({ export: null, import: null })).toBe(false);
  });
  it('calls a reading stale after three intervals, never before two minutes', () => {
    expect(registersStale(null, 0, 1_000)).toBe(true);
    expect(registersStale(0, 120_000, 1_000)).toBe(false);
    expect(registersStale(0, 120_001, 1_000)).toBe(true);
    expect(registersStale(0, 180_000, 60_000)).toBe(false);
    expect(registersStale(0, 180_001, 60_000)).toBe(true);
  });
});
