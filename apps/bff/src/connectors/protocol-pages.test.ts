import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { connector } from '@pult/shared/contracts/landscape-file/connector';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../platform/config/yaml-file.ts';
import { onecNeeds } from './onec-odata/needs.ts';

/** docs/protocols: each connector has its page, and what a person must prepare in a system stands there. */

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const text = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const PAGES: Readonly<Record<string, string>> = {
  'onec-odata': 'onec-odata',
  'onec-http': 'onec-http',
  elma365: 'elma365',
  elma3: 'elma3',
  rest: 'rest',
  files: 'files-edi',
  kafka: 'kafka',
  service: 'service',
};
const page = (protocol: string): string => text(`docs/protocols/${PAGES[protocol]}.md`);

describe.each(Object.keys(PAGES))('the page of %s', (protocol) => {
  it('says what is handled, which rights are needed, what load it makes and how to test it', () => {
    const headings = [...page(protocol).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading?.toLowerCase());
    expect(headings).toEqual(expect.arrayContaining(['quirks handled', 'rights', 'load', 'testing the connection']));
    expect(page(protocol)).toContain('```yaml');
    expect(page(protocol)).toContain('«Проверить подключение»');
  });

  it('leads to pages and tests that are there', () => {
    for (const [, path = ''] of page(protocol).matchAll(/\]\(([^)#]+\.md)(?:#[^)]*)?\)/g))
      expect(existsSync(`${ROOT}docs/protocols/${path}`), path).toBe(true);
    for (const [, path = ''] of page(protocol).matchAll(/`((?:apps\/bff\/src\/)?connectors\/[\w/.-]+\.ts)`/g))
      expect(existsSync(`${ROOT}apps/bff/src/${path.replace('apps/bff/src/', '')}`), path).toBe(true);
  });
});

it('has a page for every protocol that the landscape may name', () => {
  const protocols = connector.options.map((option) => ('shape' in option ? option.shape.protocol.value : null));
  expect(protocols.filter((protocol) => protocol !== null && PAGES[protocol] === undefined)).toEqual([]);
});

it('names every object of 1С that the shipped landscape needs', () => {
  const file = parseYaml(text('landscape.yaml'), { file: 'landscape.yaml', schema: landscapeFile, env: {} });
  const needed = new Set(
    file.systems.flatMap(({ id, connector: config }) => {
      if (config?.protocol !== 'onec-odata') return [];
      const { sets, optionalSets } = onecNeeds(file, id, config);
      return [...sets, ...optionalSets];
    }),
  );
  expect(needed.size).toBeGreaterThan(20);
  const written = page('onec-odata');
  expect([...needed].filter((set) => !written.includes(`\`${set.replace(/_RecordType$/, '')}\``))).toEqual([]);
});
