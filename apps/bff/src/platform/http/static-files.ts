import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, RequestHandler } from 'express';
import { cookiesOf } from './cookies.ts';
import { SESSION_COOKIE } from './gate.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);
/** Vite puts a content hash into these names: the content under one name never changes. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;
const ENCODINGS = ['br', 'gzip'] as const;
type Encoding = (typeof ENCODINGS)[number];

interface Variant {
  readonly bytes: Buffer;
  readonly encoding: Encoding | null;
  readonly etag: string;
}

interface Preloads {
  readonly files: readonly string[];
  /** Asked for by the screen when its address is bare. */
  readonly data: readonly string[];
}

/** `Link` of a page: what its screen will need, named before the first script runs. Of who has no session nothing is asked. */
async function linkOf(base: string, { url, headers }: Pick<Request, 'url' | 'headers'>): Promise<string | undefined> {
  if (!cookiesOf(headers.cookie).has(SESSION_COOKIE)) return undefined;
  const text = await readFile(path.join(base, 'preloads.json'), 'utf8').catch(() => '{}');
  const screens = JSON.parse(text) as Readonly<Record<string, Preloads>>;
  const [, segment = '', ...rest] = url.split(/[/?]/);
  const screen = screens[segment];
  const data = rest.length === 0 ? (screen?.data ?? []) : [];
  const files = screen?.files ?? [];
  return [
    ...['/api/session', ...data].map((address) => `<${address}>; rel=preload; as=fetch; crossorigin`),
    ...files.map(
      (file) => `<${file}>; rel=${file.endsWith('.css') ? 'preload; as=style; crossorigin' : 'modulepreload'}`,
    ),
  ].join(', ');
}

/**
 * Serves the built web application: hashed assets for a year, everything else revalidated, unknown paths without an
 * extension as `index.html` (the browser's router knows them), with a `Link` to what that screen needs. Texts go out compressed: as `file.br` / `file.gz`
 * beside the file when there are such, else compressed once and kept in memory.
 */
export function staticFiles(root: string): RequestHandler {
  const base = path.resolve(root);
  const kept = new Map<string, Promise<Variant>>();
  return async (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const wanted = safePath(request.path);
    const found = wanted === null ? null : await locate(base, wanted);
    if (found === null) return next();
    const extension = path.extname(found.file);
    const accepted = COMPRESSIBLE.has(extension) ? request.acceptsEncodings([...ENCODINGS]) : false;
    const encoding = ENCODINGS.find((one) => one === accepted) ?? null;
    const key = `${found.file}\n${found.modifiedMs}\n${encoding}`;
    const variant = kept.get(key) ?? load(found.file, encoding);
    kept.set(key, variant);
    variant.catch(() => kept.delete(key));
    const { bytes, etag, encoding: used } = await variant;
    response.set({
      'Content-Type': TYPES[extension] ?? 'application/octet-stream',
      'Cache-Control': HASHED.test(request.path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: etag,
      Vary: 'Accept-Encoding',
    });
    if (used !== null) response.set('Content-Encoding', used);
    const link = extension === '.html' ? await linkOf(base, request) : undefined;
    if (link !== undefined) response.set('Link', link);
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
}

/** Decoded path, null when it is no plain path (a dot file, `..`, bad encoding). */
function safePath(requested: string): string | null {
  try {
    const decoded = decodeURIComponent(requested);
    return /(^|\/)\.|\0|\\/.test(decoded) ? null : decoded;
  } catch {
    return null;
  }
}

async function locate(base: string, wanted: string): Promise<{ file: string; modifiedMs: number } | null> {
  const asked = path.join(base, wanted);
  const candidates = path.extname(wanted) === '' ? [asked, path.join(base, 'index.html')] : [asked];
  for (const file of candidates) {
    const info = await stat(file).catch(() => null);
    if (info?.isFile()) return { file, modifiedMs: info.mtimeMs };
  }
  return null;
}

async function load(file: string, encoding: Encoding | null): Promise<Variant> {
  const plain = await readFile(file);
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}${encoding === null ? '' : `-${encoding}`}"`;
  if (encoding === null) return { bytes: plain, encoding, etag };
  const ready = await readFile(`${file}.${encoding === 'br' ? 'br' : 'gz'}`).catch(() => null);
  return { bytes: ready ?? (await compress(plain, encoding)), encoding, etag };
}

function compress(plain: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(plain, { level: 9 });
  // Quality 9 costs a second per megabyte, once, off the main thread; 11 would cost five for 3 % less.
  return promisify(brotliCompress)(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
}
