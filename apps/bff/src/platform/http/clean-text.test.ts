import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOf, MAX_TEXT, shortText } from '../../connectors/port/raw-answer.ts';
import { sourceError } from '../../connectors/port/source-errors.ts';
import { cutText } from './clean-text.ts';

/** Any UTF-16 units: halves of pairs, NUL, characters of two units. */
const units = fc
  .array(fc.constantFrom('a', 'я', ' ', '\0', '😀', '\ud83d', '\ude00', '\ufeff'), { maxLength: 40 })
  .map((parts) => parts.join(''));
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

describe('a cut text', () => {
  it('can be stored, is no longer than asked, and is the beginning of what could be read', () => {
    fc.assert(
      fc.property(units, fc.nat(50), (text, length) => {
        const cut = cutText(text, length);
        expect(isStorable(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(length);
        const readable = text.replaceAll('\0', '').toWellFormed();
        expect(readable.startsWith(cut)).toBe(true);
        // No more than one half of a pair is given up for the cut.
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(readable.length, length) - 1);
      }),
    );
  });

  it('reads a page of two bytes a character as its letters', () => {
    expect(cutText('\0o\0o\0p\0s', 100)).toBe('oops');
  });
});

describe('texts of answers', () => {
  it('can be stored in an error, whatever the system answered', () => {
    fc.assert(
      fc.property(units, fc.nat(3), (text, more) => {
        const long = `${'x'.repeat(MAX_TEXT - more)}${text}`;
        expect(isStorable(shortText(long))).toBe(true);
        const error = sourceError('ut', { code: 'source.rejected', text: long, maybeSent: false }, { intent: 'read' });
        expect(isStorable(String(error.data.text))).toBe(true);
      }),
    );
  });

  it('can be stored out of a JSON body, keys and values, and nothing else in it changes', () => {
    expect(jsonOf('{"a\\u0000":["\\ud83d","\\ud83d\\ude00",1,null,true],"b":"plain"}')).toEqual({
      'a\ufffd': ['\ufffd', '😀', 1, null, true],
      b: 'plain',
    });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonOf(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
