import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kafkaConfigOf } from '../testing/bus.ts';
import {
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
  RENEWED_CLIENT_CERTIFICATE,
  RENEWED_CLIENT_KEY,
} from '../testing/certificates.ts';
import { createTlsSource } from './tls-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pult-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: 'cert' | 'key', text: string): void => writeFileSync(join(folder, name), text);
function source() {
  const complaints: unknown[] = [];
  write('cert', CLIENT_CERTIFICATE);
  write('key', CLIENT_KEY);
  const certFile = join(folder, 'cert');
  const keyFile = join(folder, 'key');
  const config = kafkaConfigOf({ protocol: 'kafka', brokers: 'kafka:9093', tls: true, certFile, keyFile });
  const log = { warn: (said: unknown) => void complaints.push(said) };
  return { complaints, tls: createTlsSource({ config, secrets: {}, log }) };
}

describe('certificates of the bus while Pult runs', () => {
  it('are those of the files at each look, together or not at all', () => {
    const { tls, complaints } = source();
    expect(tls.files()).toMatchObject({ cert: CLIENT_CERTIFICATE, key: CLIENT_KEY });
    write('cert', RENEWED_CLIENT_CERTIFICATE);
    expect(tls.files()).toMatchObject({ cert: CLIENT_CERTIFICATE, key: CLIENT_KEY });
    expect(tls.files()).toMatchObject({ cert: CLIENT_CERTIFICATE });
    // What is wrong is said once, not with every connection that is tried.
    expect(complaints).toEqual([{ issues: [expect.objectContaining({ path: 'keyFile' })] }]);
    rmSync(join(folder, 'key'));
    expect(tls.files()).toMatchObject({ key: CLIENT_KEY });
    expect(complaints).toHaveLength(2);
    write('key', RENEWED_CLIENT_KEY);
    expect(tls.files()).toMatchObject({ cert: RENEWED_CLIENT_CERTIFICATE, key: RENEWED_CLIENT_KEY });
  });

  it('make no new context of TLS while nothing changed, and one when they did', () => {
    const { tls } = source();
    const copied = () => ({ ...tls.options }).secureContext;
    const first = copied();
    expect(copied()).toBe(first);
    write('cert', RENEWED_CLIENT_CERTIFICATE);
    expect(copied()).toBe(first);
    write('key', RENEWED_CLIENT_KEY);
    expect(copied()).not.toBe(first);
  });
});
