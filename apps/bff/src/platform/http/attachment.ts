import { latin } from '../latin.ts';

/** What a header and a file system take for something else than a part of a name. */
const NOT_IN_NAMES = /["*/:<>?\\|\p{Cc}]/gu;
/** What RFC 5987 lets stand unescaped and `encodeURIComponent` leaves, too, besides these. */
const ESCAPED = /['()*]/g;

/**
 * `Content-Disposition` of a download (RFC 6266): the name in ASCII for whoever knows no more, and whole in `filename*`, which
 * every browser prefers. A lone surrogate is no character and becomes «_».
 */
export function attachment(name: string): string {
  const whole = name.toWellFormed().replaceAll('\ufffd', '_').replaceAll(NOT_IN_NAMES, '_').trim() || 'file';
  const plain = latin(whole).replaceAll(/[^\x20-\x7e]/gu, '_');
  const encoded = encodeURIComponent(whole).replaceAll(
    ESCAPED,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === whole
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
