import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { audit as en } from '../../lib/i18n/en/audit.ts';
import { audit as ru } from '../../lib/i18n/ru/audit.ts';
import { subjectOf } from './changes.ts';

type Words = { readonly [key: string]: string | Words };

const MODULES = path.resolve(import.meta.dirname, '../../../../bff/src/modules');
const writers = readdirSync(MODULES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(path.join(MODULES, file), 'utf8'))
  .filter((code) => code.includes('recordAudit('));
const found = (pattern: RegExp): string[] =>
  writers.flatMap((code) => [...code.matchAll(pattern)].map(([, text = '']) => text));

/** What the templates of actions come to. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  'approval.${row.subject}_${end.outcome}': ['decision', 'question'].flatMap((subject) =>
    ['delivered', 'failed', 'conflict'].map((outcome) => `approval.${subject}_${outcome}`),
  ),
  'approval.${verdict}': ['approval.approve', 'approval.reject'],
  'quiet.${action}': ['quiet.change', 'quiet.end'],
  'quarantine.${input.verb}': ['quarantine.replay', 'quarantine.discard'],
};
const literals = found(/\baction:[^\n]*?'([a-z_]+\.[a-z_]+)'/g).concat(
  found(/\baction: [^\n]* : '([a-z_]+\.[a-z_]+)'/g),
);
const templates = found(/\baction: `([^`]+)`/g);
const actions = [...new Set([...literals, ...templates.flatMap((one) => COMPOSED[one] ?? [])])];

const wordOf = (tree: Words, key: string): string | Words | undefined =>
  key.split('.').reduce<string | Words | undefined>((at, part) => (typeof at === 'object' ? at[part] : at), tree);

it('knows what every template of an action comes to', () => {
  expect(templates.filter((one) => !(one in COMPOSED))).toEqual([]);
});

it.each([
  ['ru', ru],
  ['en', en],
])('has words for every action and object that is written into the journal, %s', (_, words) => {
  expect(actions).toContain('migration.back');
  expect(actions.filter((action) => typeof wordOf(words.verb, action) !== 'string')).toEqual([]);
  const kinds = [...new Set(found(/\bobjectKind: '([a-z]+)'/g))];
  expect(kinds).toContain('quiet');
  expect(kinds.filter((kind) => !(kind in words.one))).toEqual([]);
});

it('offers every first word of an action as a filter', () => {
  expect(
    [...new Set(actions.map((action) => action.replace(/\..*/, '')))].filter((kind) => !(kind in ru.kind)),
  ).toEqual([]);
});

it('names what a mute is about, not the mute', () => {
  const quiet = (target: string) =>
    subjectOf({ objectKind: 'quiet', objectId: '01a225bc', before: null, after: { target } });
  expect(quiet('flow:ut-bp')).toEqual({ kind: 'flow', id: 'ut-bp' });
  expect(quiet('alarm:silence:ut-bp:erp')).toEqual({ kind: 'alarm', id: 'ut-bp' });
  expect(subjectOf({ objectKind: 'system', objectId: 'kafka', before: null, after: null })?.id).toBe('kafka');
  expect(subjectOf({ objectKind: 'operation', objectId: '1', before: null, after: null })).toBeNull();
});
