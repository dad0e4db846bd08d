/** `pnpm bench [name…]`: measures the running system, prints a table with a raw baseline of the same run, writes JSON. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { busIntake } from './bus-intake.ts';
import { intake } from './intake.ts';
import { lists } from './lists.ts';
import { live } from './live.ts';
import { map } from './map.ts';
import type { Measurement } from './measurement.ts';
import { partitions } from './partitions.ts';
import { screen } from './screen.ts';
import { start } from './start.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<Measurement[]>>> = {
  p1: intake,
  'p1-kafka': busIntake,
  p2: lists,
  p3: live,
  p6: map,
  p7: screen,
  p8: start,
  // No bar of its own: the figures behind ADR 0003, on demand.
  partitions,
};
const USUAL = ['p1', 'p2', 'p7', 'p8'];
const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

const names = process.argv.slice(2);
const unknown = names.filter((name) => BENCHMARKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`no benchmark «${unknown.join(', ')}»; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: RESULTS.replace(/results\/$/, '') })
  .toString()
  .trim();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
mkdirSync(RESULTS, { recursive: true });
let missed = 0;
for (const id of names.length > 0 ? names : USUAL) {
  const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  console.log(`\n${id} · ${machine} · load before ${load} · commit ${commit}`);
  const rows = (await BENCHMARKS[id]?.()) ?? [];
  console.log(table(rows));
  missed += rows.filter(({ held }) => held === false).length;
  writeFileSync(
    `${RESULTS}${id}.json`,
    JSON.stringify({ at: new Date().toISOString(), machine, commit, loadBefore: load, rows }, null, 2),
  );
}
if (missed > 0) console.log(`\n${missed} bars missed (✗)`);
process.exit(0);

/** A Markdown table, so that docs/performance.md takes it as it is. */
function table(rows: readonly Measurement[]): string {
  const columns = (
    ['what', 'value', 'unit', 'p50', 'p95', 'p99', 'baseline', 'ratio', 'growth', 'bar'] as const
  ).filter((column) => rows.some((row) => row[column] !== undefined));
  const cells = rows.map((row) => [
    ...columns.map((column) => String(row[column] ?? '')),
    row.held === undefined ? '' : row.held ? '✓' : '✗',
  ]);
  const head = [...columns, ''];
  const widths = head.map((name, place) => Math.max(name.length, 3, ...cells.map((line) => line[place]?.length ?? 0)));
  const line = (values: readonly string[]): string =>
    `| ${values.map((value, place) => value.padEnd(widths[place] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}
