import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../testing/world.ts';
import { connectSystems } from '../workers/systems.ts';
import { Catalogues } from './catalogues.ts';
import { Documents } from './documents.ts';
import { chanceOf, planApproval, planOrder } from './rhythm.ts';
import { Traffic } from './traffic.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function trafficAt(path: string | null, seed = 7): Traffic {
  const systems = connectSystems(world.settings);
  return new Traffic({ seed, systems, documents: new Documents(systems, new Catalogues(systems)), path, pace: 1 });
}

describe('traffic', () => {
  it('makes the same document for the same seed and number', async () => {
    const systems = connectSystems(world.settings);
    const documents = new Documents(systems, new Catalogues(systems));
    const made = async (seed: number, number: number) => {
      const { id } = await documents.siteOrder(chanceOf(seed, 'orders', number));
      const { customer, lines, amount } = world.site.shop.order(id) ?? {};
      return { customer, lines, amount };
    };
    expect(await made(1, 5)).toEqual(await made(1, 5));
    expect(await made(1, 5)).not.toEqual(await made(1, 6));
    expect(await made(1, 5)).not.toEqual(await made(2, 5));
  });

  it('asks for orders that go wrong now and then, and for requests of every kind', () => {
    const wishes = Array.from({ length: 2_000 }, (_, number) => planOrder(chanceOf(1, 'orders', number)).wish);
    const share = (name: 'sku' | 'inn'): number =>
      wishes.filter((wish) => wish[name] !== undefined).length / wishes.length;
    expect(share('sku')).toBeGreaterThan(0.005);
    expect(share('sku')).toBeLessThan(0.05);
    expect(share('inn')).toBeGreaterThan(0);
    const kinds = new Set(
      Array.from({ length: 60 }, (_, number) => planApproval(chanceOf(1, 'approvals', number)).kind),
    );
    expect(kinds).toEqual(new Set(['discount', 'order', 'return']));
  });

  it('goes on where it stood after a restart', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'pult-traffic-')), 'traffic.jsonl');
    const first = trafficAt(path);
    first.change({ running: false, pace: 4 });
    const third = [first.chance('orders'), first.chance('orders'), first.chance('orders')].map((random) =>
      random.next(),
    )[2];
    const second = trafficAt(path);
    expect(second.state).toMatchObject({ running: false, pace: 4, made: { orders: 3, sales: 0 } });
    expect(second.chance('orders').next()).not.toBe(third);
    expect(chanceOf(7, 'orders', 3).next()).toBe(third);
  });

  it('makes documents while it runs, at its pace, and none while it stands', async () => {
    const traffic = trafficAt(null);
    const at = Date.parse('2026-11-27T09:00:00Z');
    const before = world.site.shop.orderCount;
    traffic.tick(at);
    traffic.tick(at + 60_000);
    await vi.waitFor(() => expect(world.site.shop.orderCount).toBe(before + 1));
    traffic.change({ running: false });
    traffic.tick(at + 120_000);
    expect(traffic.state.made.orders).toBe(1);
    expect(traffic.change({ pace: 1_000 }).pace).toBe(20);
    expect(traffic.change({ pace: Number.NaN }).pace).toBe(20);
  });
});
