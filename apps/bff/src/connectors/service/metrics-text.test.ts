import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMetrics, totalOf } from './metrics-text.ts';

const GO = `# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 23
go_build_info{path="site-feed",version="v1.4.2"} 1
process_start_time_seconds 1.79e+09
consumer_handle_seconds_bucket{topic="ut.prices.v1",le="0.05"} 12
consumer_handle_seconds_bucket{topic="ut.prices.v1",le="+Inf"} 14 1790000000000
consumer_records_total{topic="a"} 5
consumer_records_total{topic="b",} 7
`;

describe('text of metrics', () => {
  it('gives the samples of a Go service with their labels', () => {
    const metrics = parseMetrics(GO);
    expect(metrics.get('go_goroutines')).toEqual([{ labels: {}, value: 23 }]);
    expect(metrics.get('go_build_info')).toEqual([{ labels: { path: 'site-feed', version: 'v1.4.2' }, value: 1 }]);
    expect(metrics.get('consumer_handle_seconds_bucket')?.at(-1)).toEqual({
      labels: { topic: 'ut.prices.v1', le: '+Inf' },
      value: 14,
    });
    expect(totalOf(metrics, 'consumer_records_total')).toBe(12);
    expect(totalOf(metrics, 'absent_total')).toBeNull();
  });

  it('reads only the names that are wanted', () => {
    expect([...parseMetrics(GO, (name) => name.startsWith('go_')).keys()]).toEqual(['go_goroutines', 'go_build_info']);
  });

  it.each(['x', 'x{', 'x{a=b} 1', 'x{a="1" b="2"} 1', 'x NaN', 'x nothing', '{a="1"} 1', 'x{a="1"}', '1x 3'])(
    'skips a line that is no sample and goes on: %s',
    (line) => {
      expect(totalOf(parseMetrics(`${line}\ny 2\n`), 'y')).toBe(2);
      expect(totalOf(parseMetrics(`${line}\ny 2\n`), 'x')).toBeNull();
    },
  );

  it('gives back every label value that was written by the rules of the format', () => {
    const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true }), (label, value) => {
        fc.pre(!label.includes('\r'));
        const text = `m{l="${escaped(label)}"} ${value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : value}`;
        expect(parseMetrics(text).get('m')).toEqual([{ labels: { l: label }, value: value + 0 }]);
      }),
    );
  });

  it('survives any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseMetrics(text)));
  });
});
