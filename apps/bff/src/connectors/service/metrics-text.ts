/** Prometheus text format 0.0.4 and its OpenMetrics kin: only what stands in a line of a sample, everything else is skipped. */

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
/** Name of the series → its samples, in the order of the text. */
export type Metrics = ReadonlyMap<string, readonly MetricSample[]>;

/** A service with more series than this has labels without bounds; what is beyond is not read. */
const SAMPLES_AT_MOST = 20_000;
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,?)/;

/** Reads every sample whose name `wanted` takes. A line that is none is skipped: one bad line must not hide the service. */
export function parseMetrics(text: string, wanted: (name: string) => boolean = () => true): Metrics {
  const found = new Map<string, MetricSample[]>();
  let count = 0;
  for (const line of text.split('\n')) {
    const name = NAME.exec(line)?.[0];
    if (name === undefined || !wanted(name)) continue;
    const sample = sampleOf(line.slice(name.length));
    if (sample === null) continue;
    if (count >= SAMPLES_AT_MOST) break;
    count += 1;
    const samples = found.get(name);
    if (samples) samples.push(sample);
    else found.set(name, [sample]);
  }
  return found;
}

/** `{labels} value [timestamp]`; null when it is no sample. */
function sampleOf(text: string): MetricSample | null {
  const labels: Record<string, string> = {};
  let rest = text;
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (!/^\s*\}/.test(rest)) {
      const label = LABEL.exec(rest);
      if (label === null) return null;
      const [whole, key = '', value = '', comma] = label;
      labels[key] = unescaped(value);
      rest = rest.slice(whole.length);
      if (comma === '' && !/^\s*\}/.test(rest)) return null;
    }
    rest = rest.replace(/^\s*\}/, '');
  } else if (!/^\s/.test(rest)) return null;
  const value = numberOf(rest.trim().split(/\s+/)[0] ?? '');
  return value === null ? null : { labels, value };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };
const unescaped = (text: string): string => text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);

function numberOf(text: string): number | null {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(text)) return Number.NEGATIVE_INFINITY;
  // «NaN» is a value of the format, but no figure that anything could be told from.
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? null : value;
}

/** Sum over all samples of a series; null when the service does not have it. */
export function totalOf(metrics: Metrics, name: string): number | null {
  const samples = metrics.get(name);
  return samples === undefined ? null : samples.reduce((sum, { value }) => sum + value, 0);
}
