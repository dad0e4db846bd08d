/** A day's rhythm of business at an adjustable pace. */
import { setTimeout as pause } from 'node:timers/promises';
import { answerQuestions, makeDiscountOrder, makeSale, makeSiteOrder } from './documents.ts';

/** Weight of each Moscow hour; the demonstration never falls quite silent. */
const RHYTHM = [
  0.35, 0.3, 0.3, 0.3, 0.3, 0.35, 0.4, 0.5, 0.7, 1, 1.1, 1.1, 1, 0.8, 1.05, 1.1, 1, 0.9, 0.6, 0.5, 0.45, 0.4, 0.4, 0.35,
];

export const traffic = {
  running: true,
  pace: Number(process.env.STAND_PACE ?? 1) || 1,
  made: { orders: 0, sales: 0, approvals: 0, answers: 0 },
};

const weight = (): number => (RHYTHM[(new Date().getUTCHours() + 3) % 24] ?? 0.5) * traffic.pace;

async function loop(everyMs: number, work: () => Promise<void>): Promise<never> {
  for (;;) {
    // The pause is spread by ±50 % so that the streams do not beat together.
    await pause((everyMs / Math.max(0.05, weight())) * (0.5 + Math.random()));
    if (traffic.running) await work().catch(() => undefined);
  }
}

export function startTraffic(): void {
  void loop(5_000, async () => {
    traffic.made.orders += 1;
    const roll = Math.random();
    await makeSiteOrder(roll < 0.02 ? { sku: 'unknown' } : roll < 0.03 ? { inn: '12345' } : {});
  });
  void loop(6_500, async () => {
    traffic.made.sales += 1;
    await makeSale();
  });
  void loop(240_000, async () => {
    traffic.made.approvals += 1;
    await makeDiscountOrder(Math.round((1 + Math.random() * 7) * 4) / 4);
  });
  void loop(20_000, async () => {
    traffic.made.answers += await answerQuestions(90_000);
  });
}
