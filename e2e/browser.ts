import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

const DEBIAN = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Debian's Chromium where it is installed, Playwright's own otherwise; root needs the sandbox off. */
export function browserOptions(): { launchOptions: LaunchOptions } {
  const executablePath = process.env.CHROMIUM_PATH ?? DEBIAN.find((path) => existsSync(path));
  const args = ['--disable-background-networking', '--disable-component-update', '--no-first-run'];
  return {
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: process.getuid?.() === 0 ? [...args, '--no-sandbox'] : args,
    },
  };
}
