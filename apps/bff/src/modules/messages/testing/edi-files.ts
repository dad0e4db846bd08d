/** Orders of chains as files, and a world with real folders for tests of files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { createFilesClient } from '../../../connectors/files/client.ts';
import { encode } from '../../../connectors/files/encoding.ts';
import type { FilesClient } from '../../../connectors/files/port.ts';
import type { Originals } from '../../../connectors/port/ask.ts';
import { createTurns } from '../../../connectors/port/connection.ts';

export const BUYER = '4607164999995';
export const SUPPLIER = '4620000000235';

const MINUTE = 60_000;
export const ediFlow = (partialShipment: boolean): FlowConfig =>
  ({
    id: 'edi-orders',
    title: { ru: 'EDI → УТ: заказы сетей', en: 'EDI → Trade: retail orders' },
    from: ['edi'],
    to: ['ut'],
    channel: 'files',
    watched: true,
    budget: { accepted: 2 * MINUTE, sent: 3 * MINUTE, delivered: 5 * MINUTE },
    ackTimeoutMs: 5 * MINUTE,
    retry: { resend: { system: 'edi', path: '/deliver' }, ratePerSecond: 4, maxRatePerSecond: 8 },
    partialShipment,
    runbook: [],
  }) as unknown as FlowConfig;

export interface OrderShape {
  readonly number: string;
  readonly quantity?: string;
  readonly docType?: string;
  readonly dialect?: 'exite' | 'kontur';
}

/** An order of two lines, 12.5 pieces, 1250.50 roubles unless a quantity is given. */
export function orderText({ number, quantity = '10', docType, dialect = 'exite' }: OrderShape): string {
  if (dialect === 'kontur')
    return `<?xml version="1.0" encoding="utf-8"?><eDIMessage id="1"><interchangeHeader><sender>${BUYER}</sender><recipient>${SUPPLIER}</recipient><documentType>ORDERS</documentType></interchangeHeader><order number="${number}" date="2026-11-24"><seller><gln>${SUPPLIER}</gln></seller><buyer><gln>${BUYER}</gln><organization><name>АО «Сеть»</name><inn>2310031475</inn></organization></buyer><lineItems><currencyISOCode>RUB</currencyISOCode><lineItem><gtin>4603450930284</gtin><description>Автомат</description><requestedQuantity unitOfMeasure="PCE">${quantity}</requestedQuantity><netPrice>100</netPrice><netPriceWithVAT>122</netPriceWithVAT></lineItem></lineItems></order></eDIMessage>`;
  const line = (position: number, ordered: string, price: string): string =>
    `<POSITION><POSITIONNUMBER>${position}</POSITIONNUMBER><PRODUCT>4603450930284</PRODUCT><PRODUCTIDSUPPLIER>арт-${position}</PRODUCTIDSUPPLIER><ORDEREDQUANTITY>${ordered}</ORDEREDQUANTITY><PRICEWITHVAT>${price}</PRICEWITHVAT></POSITION>`;
  return `<?xml version="1.0" encoding="windows-1251"?><ORDER><NUMBER>${number}</NUMBER><DATE>2026-11-24</DATE><DELIVERYDATE>2026-11-26</DELIVERYDATE><CURRENCY>RUB</CURRENCY>${docType === undefined ? '' : `<DOCTYPE>${docType}</DOCTYPE>`}<HEAD><SUPPLIER>${SUPPLIER}</SUPPLIER><BUYER>${BUYER}</BUYER><SENDER>${BUYER}</SENDER><RECIPIENT>${SUPPLIER}</RECIPIENT>${line(1, quantity, '122.00')}${line(2, '2.5', '12.20')}</HEAD></ORDER>`;
}

/** An answer of УТ to it: of two lines the accepted quantities. */
export function responseText(
  number: string,
  accepted: readonly [string, string],
  action: string,
  date = '2026-11-24',
): string {
  const ordered = ['10', '2.5'] as const;
  const lines = accepted.map((some, index) => {
    const type = some === ordered[index] ? 1 : some === '0' ? 3 : 2;
    return `<POSITION><POSITIONNUMBER>${index + 1}</POSITIONNUMBER><PRODUCT>4603450930284</PRODUCT><PRODUCTTYPE>${type}</PRODUCTTYPE><ORDEREDQUANTITY>${ordered[index]}</ORDEREDQUANTITY><ACCEPTEDQUANTITY>${some}</ACCEPTEDQUANTITY></POSITION>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?><ORDRSP><NUMBER>R${number}</NUMBER><DATE>2026-11-24</DATE><ORDERNUMBER>${number}</ORDERNUMBER><ORDERDATE>${date}</ORDERDATE><ACTION>${action}</ACTION><HEAD><BUYER>${BUYER}</BUYER><SUPPLIER>${SUPPLIER}</SUPPLIER><SENDER>${SUPPLIER}</SENDER><RECIPIENT>${BUYER}</RECIPIENT>${lines.join('')}</HEAD></ORDRSP>`;
}

export const noticeText = (fileName: string, status: string, text: string, about = 'ORDER'): string =>
  `<?xml version="1.0" encoding="utf-8"?><STATUS><FROM>${BUYER}</FROM><TO>${SUPPLIER}</TO><STATUS>${status}</STATUS><DESCRIPTION>${text}</DESCRIPTION><MESSAGECLASS>${about}</MESSAGECLASS><STATUSONFILENAME>${fileName}</STATUSONFILENAME></STATUS>`;

export interface FolderWorld {
  readonly root: string;
  readonly client: FilesClient;
  put(name: string, text: string, encoding?: 'utf-8' | 'windows-1251'): void;
  remove(): void;
}

/** Folders of an exchange in a temporary place; `now` is the clock of everything. */
export function createFolders(
  clock: { now(): number },
  parts: { originals?: Originals; respond?: boolean; zone?: string } = {},
): FolderWorld {
  const root = mkdtempSync(join(tmpdir(), 'pult-edi-'));
  for (const name of ['inbox', 'deliver', 'respond']) mkdirSync(join(root, name));
  const client = createFilesClient({
    zone: parts.zone ?? 'Europe/Moscow',
    system: 'edi',
    config: {
      protocol: 'files',
      folders: {
        inbox: join(root, 'inbox'),
        archive: join(root, 'archive'),
        rejected: join(root, 'rejected'),
        deliver: join(root, 'deliver'),
        ...(parts.respond === false ? {} : { respond: join(root, 'respond') }),
      },
      partners: [{ gln: BUYER, name: 'Сеть «Домострой»', inn: '2310031475' }],
      limits: { concurrency: 2, timeoutMs: 5_000, pollMs: 1_000, unfinishedMs: 60_000, maxKilobytes: 64 },
    },
    turns: createTurns(2),
    clock,
    originals: parts.originals ?? (async () => null),
  });
  return {
    root,
    client,
    put: (name, text, encoding = /encoding="windows-1251"/.test(text) ? 'windows-1251' : 'utf-8') =>
      writeFileSync(join(root, 'inbox', name), encode(text, encoding)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
