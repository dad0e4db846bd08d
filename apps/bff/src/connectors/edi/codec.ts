/** Documents of EDI: text of a file to a document and back. Pure; the same file gives the same document for ever. */
import type { EdiDocument, EdiOrder, EdiResponse } from '@pult/shared/domain/edi/document';
import { cutText } from '../../platform/http/clean-text.ts';
import { type Checks, createChecks } from './checks.ts';
import { readExiteNotice, readExiteOrder, readExiteResponse, writeExiteResponse } from './exite.ts';
import { readKonturNotice, readKonturOrder, readKonturResponse, writeKonturResponse } from './kontur.ts';
import { child, EdiError, type Element, readXml } from './xml.ts';

const MAX_LINES = 5_000;

/**
 * Reads ORDERS, ORDRSP and notices of both dialects; documents of other types are named, not read.
 * @throws EdiError with every problem of the file
 */
export function readEdi(text: string): EdiDocument {
  const root = readXml(text);
  const checks = createChecks();
  const document = documentOf(root, checks);
  if (document.kind === 'order' || document.kind === 'response') checkLines(document, checks);
  if (checks.problems.length > 0) throw new EdiError(checks.problems);
  return document;
}

function documentOf(root: Element, checks: Checks): EdiDocument {
  switch (root.name.toUpperCase()) {
    case 'ORDER':
    case 'ORDERS':
      return readExiteOrder(root, checks);
    case 'ORDRSP':
      return readExiteResponse(root, checks);
    case 'STATUS':
    case 'APERAK':
      return readExiteNotice(root, checks);
    case 'STATUSREPORT':
      return readKonturNotice(root, checks);
    case 'EDIMESSAGE': {
      if (child(root, 'order')) return readKonturOrder(root, checks);
      if (child(root, 'orderResponse')) return readKonturResponse(root, checks);
      const type = child(root, 'interchangeHeader', 'documentType')?.text ?? '';
      return { kind: 'other', type: cutText(type, 40) || root.name };
    }
    case 'DESADV':
    case 'RECADV':
    case 'INVOICE':
    case 'RETANN':
      return { kind: 'other', type: root.name.toUpperCase() };
    default:
      throw new EdiError([`неизвестный документ <${root.name.slice(0, 40)}>`]);
  }
}

/** Barcodes are not judged: the exchange takes an order with a wrong one, and says itself what it could not find. */
function checkLines({ kind, lines }: EdiOrder | EdiResponse, { problems }: Checks): void {
  if (kind === 'order' && lines.length === 0) problems.push('в заказе нет ни одной строки');
  if (lines.length > MAX_LINES) problems.push(`строк больше ${MAX_LINES}`);
  const seen = new Set<string>();
  for (const { position } of lines) {
    if (position !== '' && seen.has(position)) problems.push(`строка ${position} встречается дважды`);
    seen.add(position);
  }
}

/** An ORDRSP in the dialect of its order, with the declaration of the encoding that it will be written in. */
export function writeResponse(response: EdiResponse, encoding: 'utf-8' | 'windows-1251'): string {
  const body = response.dialect === 'exite' ? writeExiteResponse(response) : writeKonturResponse(response);
  return `<?xml version="1.0" encoding="${encoding}"?>\n${body}\n`;
}
