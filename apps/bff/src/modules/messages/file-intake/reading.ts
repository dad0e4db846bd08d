/** A file as what it says: the document and the texts that a person needs when there is none. Pure. */
import type { EdiDocument } from '@pult/shared/domain/edi/document';
import { readEdi } from '../../../connectors/edi/codec.ts';
import { EdiError } from '../../../connectors/edi/xml.ts';
import { decode } from '../../../connectors/files/encoding.ts';
import { cleanText } from '../../../platform/http/clean-text.ts';

export interface ReadableFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly tooLarge: boolean;
  readonly unfinished: boolean;
}

export interface FileReading {
  readonly encoding: string | null;
  readonly declared: string | null;
  /** Null when the file could not be read; then `problems` says why. */
  readonly document: EdiDocument | null;
  readonly problems: readonly string[];
  /** Beginning of the text, for a person who looks at a broken file. */
  readonly text: string;
}

const SHOWN_CHARS = 20_000;

/**
 * Reads one file. A declaration that lies about the bytes is a fault of its own: the exchange would read something else
 * than Pult. @param lenient a person has seen it and wants it read by its bytes
 */
export function readFileContent(file: ReadableFile, lenient = false): FileReading {
  if (file.tooLarge)
    return { encoding: null, declared: null, document: null, problems: ['файл больше допустимого размера'], text: '' };
  const { text, encoding, declared: said, mismatch } = decode(file.bytes);
  const declared = said === null ? null : cleanText(said);
  const told = { encoding, declared, text: cleanText(text.slice(0, SHOWN_CHARS)) };
  // Problems quote the file, cut where a character may begin: the database takes no half of one.
  const unreadable = (problems: readonly string[]): FileReading => ({
    ...told,
    document: null,
    problems: problems.map(cleanText),
  });
  const half = file.unfinished ? ['файл не дописан: ждали его конца и не дождались'] : [];
  const lies =
    mismatch && !lenient ? [`кодировка: объявлена ${declared ?? 'utf-8 (по умолчанию XML)'}, на деле ${encoding}`] : [];
  try {
    const document = readEdi(text);
    return lies.length > 0 ? unreadable(lies) : { ...told, document, problems: [] };
  } catch (error) {
    if (error instanceof EdiError) return unreadable([...half, ...lies, ...error.problems]);
    throw error;
  }
}
