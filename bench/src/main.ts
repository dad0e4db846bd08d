/** `pnpm bench [name]`: measures the running system, prints a table with a raw baseline of the same run, writes JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { intake } from './intake.ts';
import type { Measurement } from './measurement.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<Measurement[]>>> = { p1: intake };
const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

const [name] = process.argv.slice(2);
const chosen = name ? { [name]: BENCHMARKS[name] } : BENCHMARKS;
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
console.log(machine);
for (const [id, run] of Object.entries(chosen)) {
  if (!run) {
    console.error(`no benchmark «${id}»; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
    process.exit(2);
  }
  const rows = await run();
  console.table(rows);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}${id}.json`, JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2));
}
process.exit(0);
