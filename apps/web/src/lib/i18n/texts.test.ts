import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_STATUS } from '@pult/shared/errors/error-codes';
import { describe, expect, it } from 'vitest';

type Tree = { readonly [key: string]: string | Tree };

const SOURCE = path.resolve(import.meta.dirname, '../..');
const PLURAL = /_(zero|one|two|few|many|other)$/;
const PLURALS = { ru: ['one', 'few', 'many', 'other'], en: ['one', 'other'] } as const;

const areas = readdirSync(path.join(import.meta.dirname, 'ru')).map((file) => file.replace('.ts', ''));
const files = import.meta.glob<Record<string, Tree>>(['./ru/*.ts', './en/*.ts'], { eager: true });

function flat(tree: Tree, prefix: string): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}.${key}`, value] as [string, string]] : flat(value, `${prefix}.${key}`),
  );
}
function textsOf(language: 'ru' | 'en'): Map<string, string> {
  return new Map(
    areas.flatMap((area) => {
      const tree = files[`./${language}/${area}.ts`]?.[area];
      if (!tree) throw new Error(`${language}/${area}.ts does not export ${area}`);
      return flat(tree, area);
    }),
  );
}
const ru = textsOf('ru');
const en = textsOf('en');
const stems = (texts: ReadonlyMap<string, string>): string[] =>
  [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();
const holes = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();

/** Code of the web without comments: texts in them are for developers. */
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !/^lib.i18n.(ru|en)./.test(file))
  .map((file) => ({
    file,
    code: readFileSync(path.join(SOURCE, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|[^:])\/\/.*$/gm, '$1'),
  }));

/** Keys in the code: literals as they are, templates as patterns. */
const literals = new Set(
  sources.flatMap(({ code }) => [...code.matchAll(/['"`]([a-z]+\.[\w.-]+)['"`]/g)].map(([, key = '']) => key)),
);
const patterns = sources
  .flatMap(({ code }) => [...code.matchAll(/`([a-z]+\.[^`\s]*\$\{[^`]*)`/g)].map(([, template = '']) => template))
  .map(
    (template) =>
      new RegExp(
        `^${template
          .replace(/\$\{[^}]*\}/g, '\u0000')
          .replace(/[.\\]/g, '\\$&')
          .replaceAll('\u0000', '[\\w.-]+')}$`,
      ),
  );

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect(stems(en)).toEqual(stems(ru));
  });

  it.each([
    ['ru', ru],
    ['en', en],
  ] as const)('have every plural form of the language, %s', (language, texts) => {
    const plural = [...texts.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, ''));
    for (const stem of new Set(plural)) {
      const forms = [...texts.keys()].filter((key) => key.replace(PLURAL, '') === stem && PLURAL.test(key));
      expect(forms.map((key) => PLURAL.exec(key)?.[1]).sort(), stem).toEqual([...PLURALS[language]].sort());
    }
  });

  it('fill in the same facts in both languages', () => {
    const factsOf = (texts: ReadonlyMap<string, string>) =>
      stems(texts).map((stem) => {
        const forms = [...texts].filter(([key]) => key.replace(PLURAL, '') === stem);
        return `${stem} ${holes(forms.map(([, text]) => text).join(' ')).join(' ')}`;
      });
    expect(factsOf(en)).toEqual(factsOf(ru));
  });

  it('are all used', () => {
    const used = (key: string): boolean => literals.has(key) || patterns.some((pattern) => pattern.test(key));
    const unused = stems(ru).filter((key) => !key.startsWith('errors.') && !used(key));
    expect(unused).toEqual([]);
  });

  it('have a sentence for every error code and none besides', () => {
    const codes = [...Object.keys(ERROR_STATUS), 'answer.unexpected', 'network', 'unknown'];
    expect(stems(ru).filter((key) => key.startsWith('errors.'))).toEqual(
      codes.map((code) => `errors.${code.replace('.', '_')}`).sort(),
    );
  });

  it('stand in no component', () => {
    const literal = sources
      .filter(({ file }) => /^(app|ui|features)[\\/]/.test(file))
      .filter(({ code }) => /[а-яё]|\\u04[0-5]/i.test(code));
    expect(literal.map(({ file }) => file)).toEqual([]);
  });
});
