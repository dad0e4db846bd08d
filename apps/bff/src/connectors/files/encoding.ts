/** What the bytes of a file say, whatever its declaration claims. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1251';

export interface Decoded {
  readonly text: string;
  /** By the bytes themselves. */
  readonly encoding: Encoding;
  /** By the XML declaration, lower case; null when it says nothing. */
  readonly declared: string | null;
  /** The declaration is wrong: a program that trusts it reads something else. */
  readonly mismatch: boolean;
}

const SAME: Readonly<Record<string, Encoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'windows-1251': 'windows-1251',
  cp1251: 'windows-1251',
  'cp-1251': 'windows-1251',
};

/**
 * Text of a file. A mark at its beginning decides; then whether the bytes are valid UTF-8: Cyrillic in windows-1251 never is
 * by chance in a whole document. Bytes that are ASCII alone are what the declaration says.
 */
export function decode(bytes: Uint8Array): Decoded {
  const marked = markOf(bytes);
  if (marked !== null) return told(new TextDecoder(marked).decode(bytes), marked, marked === 'utf-8');
  const utf8 = utf8Of(bytes);
  if (utf8 === null) return told(new TextDecoder('windows-1251').decode(bytes), 'windows-1251', false);
  return told(utf8, 'utf-8', isAscii(bytes));
}

/** @param lenient the bytes leave the question open, or were marked: only a declaration of another family is wrong */
function told(text: string, encoding: Encoding, lenient: boolean): Decoded {
  const declared = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']/i.exec(text)?.[1]?.toLowerCase() ?? null;
  if (declared === null) return { text, encoding, declared, mismatch: encoding === 'windows-1251' };
  const meant = SAME[declared];
  const ascii = lenient && encoding === 'utf-8' && (meant === 'windows-1251' || meant === 'utf-8');
  if (ascii && meant !== undefined) return { text, encoding: meant, declared, mismatch: false };
  const wide = encoding.startsWith('utf-16') && declared.startsWith('utf-16');
  return { text, encoding, declared, mismatch: !wide && meant !== encoding };
}

function markOf(bytes: Uint8Array): Encoding | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes of windows-1251 by their characters: what the decoder reads, the encoder writes. */
const BYTES_1251: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 0x100 }, (_, byte) => [new TextDecoder('windows-1251').decode(Uint8Array.of(byte)), byte]),
);

/** Bytes of a text; in windows-1251 a character that it has not becomes a question mark. */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding !== 'windows-1251') return Buffer.from(text, 'utf8');
  return Uint8Array.from([...text], (letter) => BYTES_1251.get(letter) ?? 0x3f);
}
