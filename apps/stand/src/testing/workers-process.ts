import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { BASES } from '../onec/bases.ts';
import type { World } from './world.ts';

const portOf = (url: string): string => new URL(url).port;

/** The real process of the workers between the systems of a world: started, killed with -9, started again on the same folder. */
export class WorkersProcess {
  readonly #of: { readonly world: World; readonly port: number; readonly dataDir: string };
  #child: ChildProcess | null = null;

  constructor(of: { readonly world: World; readonly port: number; readonly dataDir: string }) {
    this.#of = of;
  }

  static async freePort(): Promise<number> {
    const probe = createServer();
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
    const address = probe.address();
    await new Promise((done) => probe.close(done));
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { world, port, dataDir } = this.#of;
    const { settings } = world;
    const users = BASES.map((base) => [`${base.toUpperCase().replaceAll('-', '_')}_ODATA_USER`, 'pult']);
    this.#child = spawn(process.execPath, [fileURLToPath(new URL('../workers/main.ts', import.meta.url))], {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: {
        ...process.env,
        ...Object.fromEntries(users),
        STAND_DATA_DIR: dataDir,
        STAND_HISTORY_DAYS: '0',
        STAND_WORKERS_PORT: String(port),
        STAND_ONEC_PORT: portOf(settings.onec),
        STAND_ELMA_PORT: portOf(settings.elma),
        STAND_SITE_PORT: portOf(settings.site),
        STAND_MARKET_PORT: portOf(settings.market),
        PULT_URL: settings.pult,
        ELMA_TOKEN: settings.elmaToken,
        SITE_TOKEN: settings.siteToken,
        MARKET_TOKEN: settings.marketKey,
      },
    });
    const answers = async () => expect((await fetch(`http://127.0.0.1:${port}/healthz`)).ok).toBe(true);
    await vi.waitFor(answers, { timeout: 20_000, interval: 50 });
  }

  async kill(): Promise<void> {
    const gone = this.#child ? once(this.#child, 'exit') : null;
    this.#child?.kill('SIGKILL');
    await gone;
    this.#child = null;
  }
}
