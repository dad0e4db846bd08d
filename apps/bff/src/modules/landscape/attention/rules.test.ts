import type { AttentionItem } from '@pult/shared/contracts/landscape';
import { describe, expect, it } from 'vitest';
import { sortAttention } from './rules.ts';

describe('order of attention', () => {
  const item = (id: string, kind: AttentionItem['kind'], status: 'bad' | 'warn', since: string): AttentionItem => ({
    id,
    kind,
    status,
    since,
    data: {},
    link: '/',
  });
  const order = (...items: AttentionItem[]) => sortAttention(items).map(({ id }) => id);
  it('puts a system that is down before causes, silence, doubt, terms and the rest, however old those are', () =>
    expect(
      order(
        item('stale', 'stale', 'warn', '2026-01-01'),
        item('sla', 'sla', 'bad', '2026-01-01'),
        item('doubt', 'in_doubt', 'warn', '2026-01-01'),
        item('silence', 'silence', 'warn', '2026-01-01'),
        item('cause', 'cause_new', 'bad', '2026-01-01'),
        item('down', 'system_down', 'bad', '2026-01-09'),
      ),
    ).toEqual(['down', 'cause', 'silence', 'doubt', 'sla', 'stale']));
  it('puts a lag of an exchange plan behind a system that is down', () =>
    expect(
      order(item('lag', 'exchange_lag', 'warn', '2026-01-01'), item('down', 'system_down', 'bad', '2026-01-09')),
    ).toEqual(['down', 'lag']));
  it('puts older things first among equals; a new cause and a returned one are equals', () =>
    expect(
      order(
        item('a', 'cause_new', 'bad', '2026-01-03'),
        item('b', 'cause_growing', 'bad', '2026-01-02'),
        item('c', 'cause_new', 'bad', '2026-01-01'),
      ),
    ).toEqual(['c', 'b', 'a']));
});
