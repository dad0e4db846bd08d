import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';

const file = (): string => join(mkdtempSync(join(tmpdir(), 'stand-journal-')), 'folder', 'lines.jsonl');

describe('journal', () => {
  it('gives back what was written, also to another process', () => {
    const path = file();
    const journal = new Journal<{ n: number; text: string }>(path);
    expect(journal.read()).toEqual([]);
    journal.append({ n: 1, text: 'Проведён' }, { n: 2, text: 'строка\nв две' });
    expect(new Journal(path).read()).toEqual([
      { n: 1, text: 'Проведён' },
      { n: 2, text: 'строка\nв две' },
    ]);
  });

  it('cuts a line torn by a kill, so that later lines are not lost with it', () => {
    const path = file();
    new Journal<object>(path).append({ text: 'целая' });
    appendFileSync(path, '{"text":"обор');
    const second = new Journal<object>(path);
    expect(second.read()).toEqual([{ text: 'целая' }]);
    second.append({ text: 'после' });
    expect(new Journal(path).read()).toEqual([{ text: 'целая' }, { text: 'после' }]);
  });

  it('replaces everything at once', () => {
    const path = file();
    const journal = new Journal<{ n: number }>(path);
    journal.append({ n: 1 }, { n: 2 });
    journal.rewrite([{ n: 3 }]);
    expect(readFileSync(path, 'utf8')).toBe('{"n":3}\n');
  });

  it('keeps nothing without a path', () => {
    const journal = new Journal<object>(null);
    journal.append({ n: 1 });
    expect(journal.read()).toEqual([]);
  });
});
