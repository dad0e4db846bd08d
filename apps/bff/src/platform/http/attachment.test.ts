import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attachment } from './attachment.ts';

it.each([
  ['messages.csv', 'attachment; filename="messages.csv"'],
  [
    'Ответ ЗК-1.xml',
    `attachment; filename="Otvet ZK-1.xml"; filename*=UTF-8''%D0%9E%D1%82%D0%B2%D0%B5%D1%82%20%D0%97%D0%9A-1.xml`,
  ],
  ["o'(1)*.csv", `attachment; filename="o'(1)_.csv"`],
  ['a"\r\nSet-Cookie: x', 'attachment; filename="a___Set-Cookie_ x"'],
  ['', 'attachment; filename="file"'],
])('a download named «%s» is offered as %s', (name, header) => expect(attachment(name)).toBe(header));

it('is one header whatever the name, and its whole name can be read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const header = attachment(name);
      expect(header).toMatch(/^attachment; filename="[\x20\x21\x23-\x5b\x5d-\x7e]+"(; filename\*=UTF-8''[\w.!~%-]+)?$/);
      const [, encoded] = /filename\*=UTF-8''(.+)$/.exec(header) ?? [];
      if (encoded !== undefined) expect(decodeURIComponent(encoded)).not.toMatch(/["/\\]/);
    }),
  );
});
