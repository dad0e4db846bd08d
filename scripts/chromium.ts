import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Path of a browser for Playwright: CHROMIUM_PATH, the system's Chromium or Chrome, or `playwright` when Playwright's own
 * download is there; undefined when this machine has none.
 */
export function findChromium(): string | undefined {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted && existsSync(wanted)) return wanted;
  const system = CANDIDATES.find((path) => existsSync(path));
  if (system) return system;
  const cache =
    process.platform === 'darwin' ? `${homedir()}/Library/Caches/ms-playwright` : `${homedir()}/.cache/ms-playwright`;
  const downloaded = existsSync(cache) && readdirSync(cache).some((name) => name.startsWith('chromium'));
  return downloaded ? 'playwright' : undefined;
}
