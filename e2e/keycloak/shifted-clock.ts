/**
 * Loaded before Pult: its clock stands beside that of Keycloak, on the same machine, by the milliseconds that CLOCK_FILE
 * names. Read anew each 100 ms, so that one Pult can be early and late.
 */
import { readFileSync } from 'node:fs';

const Real = Date;
const file = process.env.CLOCK_FILE ?? '';
let shiftMs = 0;
setInterval(() => {
  shiftMs = Number(readFileSync(file, 'utf8')) || 0;
}, 100).unref();

class ShiftedDate extends Real {
  constructor(...given: ConstructorParameters<DateConstructor> | []) {
    super(...((given.length === 0 ? [ShiftedDate.now()] : given) as [number]));
  }
  static override now(): number {
    return Real.now() + shiftMs;
  }
}
globalThis.Date = ShiftedDate as DateConstructor;
