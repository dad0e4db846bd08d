import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bySources } from './filter.ts';

const flow = (id: string, from: readonly string[], to: readonly string[]): [string, FlowConfig] => [
  id,
  { id, from, to } as unknown as FlowConfig,
];
const flows = new Map([
  flow('sales', ['ut'], ['bp']),
  flow('orders', ['site'], ['ut']),
  flow('receipts', ['erp-1', 'erp-2'], ['ut']),
  flow('bus', ['ut', 'kafka'], ['kafka', 'go']),
]);

describe('a filter by the system that messages come from', () => {
  it('means the flows that start there, those over the bus as well', () => {
    expect(bySources({ source: ['ut'], state: ['failed'] }, flows)).toEqual({
      state: ['failed'],
      flow: ['sales', 'bus'],
    });
    // Members of a group send into the same flows.
    expect(bySources({ source: ['erp-1'] }, flows)).toEqual(bySources({ source: ['erp-2'] }, flows));
  });

  it('narrows the flows that were asked for, and finds nothing where none is left', () => {
    expect(bySources({ source: ['ut'], flow: ['bus', 'orders'] }, flows).flow).toEqual(['bus']);
    for (const nothing of [{ source: ['bp'] }, { source: ['nowhere'] }, { source: ['ut'], flow: ['orders'] }])
      expect(bySources(nothing, flows).flow).toEqual(['']);
  });

  it('never lets through a flow that starts elsewhere, and changes nothing without a source', () => {
    const ids = fc.subarray(['sales', 'orders', 'receipts', 'bus', 'unknown']);
    const systems = fc.subarray(['ut', 'site', 'erp-1', 'bp', 'go', 'nowhere']);
    fc.assert(
      fc.property(ids, systems, (asked, source) => {
        const { flow: found = [] } = bySources({ flow: asked, source }, flows);
        if (source.length === 0) expect(found).toEqual(asked);
        for (const id of source.length === 0 ? [] : found.filter((one) => one !== '')) {
          expect(flows.get(id)?.from.some((system) => source.includes(system))).toBe(true);
          expect(asked.length === 0 || asked.includes(id)).toBe(true);
        }
      }),
    );
  });
});
