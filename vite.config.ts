import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { tokensCss } from './apps/web/src/ui/tokens.ts';

const BFF = process.env.PULT_URL ?? 'http://127.0.0.1:3000';
const ROOT = fileURLToPath(new URL('apps/web', import.meta.url));

/** Colours and measures stand in the page before any script runs: no flash of the other theme. */
const tokensPlugin = (): Plugin => ({
  name: 'pult-tokens',
  transformIndexHtml: () => [{ tag: 'style', children: tokensCss(), injectTo: 'head-prepend' }],
});

/** Writes `.br` and `.gz` beside every text of the build: the BFF sends them as they are. */
const precompressPlugin = (): Plugin => ({
  name: 'pult-precompress',
  apply: 'build',
  closeBundle: {
    sequential: true,
    async handler() {
      const dist = path.join(ROOT, 'dist');
      const files = await readdir(dist, { recursive: true });
      const texts = files.filter((file) => /\.(js|css|html|svg|json)$/.test(file) && !file.startsWith('.vite'));
      await Promise.all(texts.map((file) => precompress(path.join(dist, file))));
    },
  },
});

async function precompress(file: string): Promise<void> {
  const plain = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(plain, { params }),
    promisify(gzip)(plain, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
}

export default defineConfig({
  root: ROOT,
  plugins: [react(), tokensPlugin(), precompressPlugin()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    // ECharts and ELK are large on purpose and never part of the first load.
    chunkSizeWarningLimit: 1600,
  },
  server: {
    proxy: {
      '/api': BFF,
      '/auth': BFF,
      '/socket.io': { target: BFF, ws: true },
    },
  },
});
