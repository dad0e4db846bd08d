import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { FIRST_QUEUE } from './apps/web/src/features/approvals/first-queue.ts';
import { FIRST_OVERVIEW } from './apps/web/src/features/landscape/first-overview.ts';
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

/**
 * Descriptions of fields are for the API document alone. Each one costs a browser the text and a second copy of the schema
 * while the page starts.
 */
const bareContractsPlugin = (): Plugin => ({
  name: 'pult-bare-contracts',
  apply: 'build',
  enforce: 'pre',
  transform: {
    filter: { id: /packages\/shared\/src\/contracts\// },
    handler: (code) => ({ code: code.replace(/\s*\.describe\(\s*'(?:[^'\\]|\\.)*',?\s*\)/g, ''), map: null }),
  },
});

/** Screens that people open by their address: the module, and the texts that come beside it. */
const SCREENS = {
  overview: ['src/features/landscape/overview-page.tsx', 'src/lib/i18n/ru/landscape.ts'],
  messages: ['src/features/messages/messages-page.tsx', 'src/lib/i18n/ru/messages.ts'],
  approvals: ['src/features/approvals/approvals-page.tsx', 'src/lib/i18n/ru/approvals.ts'],
  analytics: ['src/features/analytics/analytics-page.tsx', 'src/lib/i18n/ru/analytics.ts'],
} as const satisfies Record<string, readonly string[]>;

/** What a screen asks for first when its address has no filter in it. */
const FIRST_DATA: { readonly [Screen in keyof typeof SCREENS]?: readonly string[] } = {
  overview: FIRST_OVERVIEW,
  approvals: [FIRST_QUEUE],
};

/** Writes `preloads.json`: files and first data of each screen by the first part of its address. The BFF names them in the page's header. */
const preloadsPlugin = (): Plugin => ({
  name: 'pult-preloads',
  apply: 'build',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
    const filesOf = (files: readonly string[], seen = new Set<string>()): Set<string> => {
      for (const file of files) {
        const chunk = chunks.find(({ fileName }) => fileName === file);
        if (seen.has(file) || chunk === undefined) continue;
        seen.add(file);
        for (const css of chunk.viteMetadata?.importedCss ?? []) seen.add(css);
        filesOf(chunk.imports, seen);
      }
      return seen;
    };
    const entry = filesOf(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
    const screens = Object.entries(SCREENS).map(([segment, modules]) => {
      const own = modules.map((module) => {
        const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === path.join(ROOT, module));
        if (chunk === undefined) this.error(`no chunk of ${module}`);
        return chunk.fileName;
      });
      const files = [...filesOf(own)].filter((file) => !entry.has(file)).map((file) => `/${file}`);
      return [segment, { files, data: FIRST_DATA[segment as keyof typeof SCREENS] ?? [] }];
    });
    this.emitFile({ type: 'asset', fileName: 'preloads.json', source: JSON.stringify(Object.fromEntries(screens)) });
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
  plugins: [react(), bareContractsPlugin(), tokensPlugin(), preloadsPlugin(), precompressPlugin()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    // ECharts is large on purpose and never part of the first load.
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      output: {
        // Every file costs a kilobyte of headers and a turn in the queue of six connections: what the shell needs is one
        // file, and small parts that several screens share travel together.
        codeSplitting: {
          groups: [
            { name: 'shell', tags: ['$initial'], priority: 1 },
            {
              name: 'kit',
              test: /apps[\\/]web[\\/]src[\\/](ui|lib)[\\/](?!i18n)|packages[\\/]shared|@tanstack/,
              minShareCount: 2,
            },
            { name: 'approvals', test: /features[\\/]approvals[\\/]/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': BFF,
      '/auth': BFF,
      '/socket.io': { target: BFF, ws: true },
    },
  },
});
