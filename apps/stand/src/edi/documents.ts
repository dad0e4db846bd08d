/** Documents of chains as their files: orders in the flat form and in KonturXml, answers and notices. */
import { XMLParser } from 'fast-xml-parser';

export type Dialect = 'exite' | 'kontur';

export interface Chain {
  readonly gln: string;
  readonly name: string;
  readonly inn: string;
  readonly dialect: Dialect;
  readonly encoding: 'utf-8' | 'windows-1251';
}

/** Chains of the demonstration; their GLN carry check digits. */
export const CHAINS: readonly Chain[] = [
  { gln: '4607164999995', name: 'Сеть «Домострой»', inn: '7701234560', dialect: 'exite', encoding: 'windows-1251' },
  { gln: '4607081905543', name: 'Сеть «Электромаркет»', inn: '7802345671', dialect: 'kontur', encoding: 'utf-8' },
  { gln: '4640010204683', name: 'Сеть «Мастерок»', inn: '5003456782', dialect: 'exite', encoding: 'utf-8' },
];
export const SUPPLIER_GLN = '4620000000235';

export interface OrderLine {
  readonly article: string;
  readonly gtin: string;
  readonly quantity: number;
  /** With VAT. */
  readonly price: number;
}

export interface ChainOrder {
  readonly chain: Chain;
  readonly number: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly lines: readonly OrderLine[];
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] ?? letter);
const netOf = (price: number): string => (price / 1.22).toFixed(2);
const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** @param declared what the declaration claims; the encoding of the chain when absent */
export function orderText(order: ChainOrder, declared: string = order.chain.encoding): string {
  const head = `<?xml version="1.0" encoding="${declared}"?>\n`;
  return head + (order.chain.dialect === 'exite' ? flatOrder(order) : konturOrder(order));
}

function flatOrder({ chain, number, date, lines }: ChainOrder): string {
  const positions = lines.map(
    (line, index) =>
      `<POSITION><POSITIONNUMBER>${index + 1}</POSITIONNUMBER><PRODUCT>${line.gtin}</PRODUCT><PRODUCTIDSUPPLIER>${safe(line.article)}</PRODUCTIDSUPPLIER><ORDEREDQUANTITY>${line.quantity.toFixed(3)}</ORDEREDQUANTITY><ORDERUNIT>PCE</ORDERUNIT><ORDERPRICE>${netOf(line.price)}</ORDERPRICE><PRICEWITHVAT>${line.price.toFixed(2)}</PRICEWITHVAT><CHARACTERISTIC><DESCRIPTION>Изделие ${safe(line.article)}</DESCRIPTION></CHARACTERISTIC></POSITION>`,
  );
  return `<ORDER>\n<DOCUMENTNAME>220</DOCUMENTNAME><NUMBER>${number}</NUMBER><DATE>${date}</DATE><DELIVERYDATE>${dayAfter(date, 3)}</DELIVERYDATE><CURRENCY>RUB</CURRENCY><DOCTYPE>O</DOCTYPE>\n<HEAD><SUPPLIER>${SUPPLIER_GLN}</SUPPLIER><BUYER>${chain.gln}</BUYER><DELIVERYPLACE>${chain.gln}</DELIVERYPLACE><SENDER>${chain.gln}</SENDER><RECIPIENT>${SUPPLIER_GLN}</RECIPIENT>\n${positions.join('\n')}\n</HEAD>\n</ORDER>\n`;
}

function konturOrder({ chain, number, date, lines }: ChainOrder): string {
  const items = lines.map(
    (line) =>
      `<lineItem><gtin>${line.gtin}</gtin><internalSupplierCode>${safe(line.article)}</internalSupplierCode><description>Изделие ${safe(line.article)}</description><requestedQuantity unitOfMeasure="PCE">${line.quantity.toFixed(3)}</requestedQuantity><netPrice>${netOf(line.price)}</netPrice><netPriceWithVAT>${line.price.toFixed(2)}</netPriceWithVAT></lineItem>`,
  );
  return `<eDIMessage id="${number}"><interchangeHeader><sender>${chain.gln}</sender><recipient>${SUPPLIER_GLN}</recipient><documentType>ORDERS</documentType></interchangeHeader>\n<order number="${number}" date="${date}"><seller><gln>${SUPPLIER_GLN}</gln></seller><buyer><gln>${chain.gln}</gln><organization><name>${safe(chain.name)}</name><inn>${chain.inn}</inn></organization></buyer><deliveryInfo><requestedDeliveryDateTime>${dayAfter(date, 3)}T00:00:00.000Z</requestedDeliveryDateTime><shipTo><gln>${chain.gln}</gln></shipTo></deliveryInfo>\n<lineItems><currencyISOCode>RUB</currencyISOCode>\n${items.join('\n')}\n</lineItems></order></eDIMessage>\n`;
}

/** УТ accepts an order in full, in the dialect of its chain. The same order has the same answer for ever. */
export function acceptanceText(order: ChainOrder): string {
  const { chain, number, date, lines } = order;
  const head = '<?xml version="1.0" encoding="utf-8"?>\n';
  if (chain.dialect === 'kontur') {
    const items = lines.map(
      (line, index) =>
        `<lineItem status="Accepted"><gtin>${line.gtin}</gtin><orderLineNumber>${index + 1}</orderLineNumber><orderedQuantity unitOfMeasure="PCE">${line.quantity.toFixed(3)}</orderedQuantity><confirmedQuantity unitOfMeasure="PCE">${line.quantity.toFixed(3)}</confirmedQuantity></lineItem>`,
    );
    return `${head}<eDIMessage id="U${number}"><interchangeHeader><sender>${SUPPLIER_GLN}</sender><recipient>${chain.gln}</recipient><documentType>ORDRSP</documentType></interchangeHeader><orderResponse number="U${number}" date="${date}" status="Accepted"><originOrder number="${number}" date="${date}"/><seller><gln>${SUPPLIER_GLN}</gln></seller><buyer><gln>${chain.gln}</gln></buyer><lineItems>${items.join('')}</lineItems></orderResponse></eDIMessage>\n`;
  }
  const positions = lines.map(
    (line, index) =>
      `<POSITION><POSITIONNUMBER>${index + 1}</POSITIONNUMBER><PRODUCT>${line.gtin}</PRODUCT><PRODUCTTYPE>1</PRODUCTTYPE><ORDEREDQUANTITY>${line.quantity.toFixed(3)}</ORDEREDQUANTITY><ACCEPTEDQUANTITY>${line.quantity.toFixed(3)}</ACCEPTEDQUANTITY></POSITION>`,
  );
  return `${head}<ORDRSP><NUMBER>U${number}</NUMBER><DATE>${date}</DATE><ORDERNUMBER>${number}</ORDERNUMBER><ORDERDATE>${date}</ORDERDATE><ACTION>29</ACTION><HEAD><BUYER>${chain.gln}</BUYER><SUPPLIER>${SUPPLIER_GLN}</SUPPLIER><SENDER>${SUPPLIER_GLN}</SENDER><RECIPIENT>${chain.gln}</RECIPIENT>${positions.join('')}</HEAD></ORDRSP>\n`;
}

/** УТ could not take an order. */
export const refusalText = (fileName: string, chain: Chain, text: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<STATUS><FROM>${SUPPLIER_GLN}</FROM><TO>${chain.gln}</TO><STATUS>2</STATUS><DESCRIPTION>${safe(text)}</DESCRIPTION><MESSAGECLASS>ORDER</MESSAGECLASS><STATUSONFILENAME>${safe(fileName)}</STATUSONFILENAME></STATUS>\n`;

/** Entities that would unpack to millions of letters. */
export const BOMB = `<?xml version="1.0"?>\n<!DOCTYPE ORDER [<!ENTITY a "заказ">${Array.from({ length: 9 }, (_, at) => `<!ENTITY ${'bcdefghij'[at]} "${`&${'abcdefghi'[at]};`.repeat(10)}">`).join('')}]>\n<ORDER><NUMBER>&j;</NUMBER></ORDER>\n`;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  processEntities: false,
});
type Node = Readonly<Record<string, unknown>>;
const nodeOf = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {});
const listOf = (value: unknown): Node[] => (Array.isArray(value) ? value : [value]).map(nodeOf);
const textOf = (value: unknown): string =>
  String(typeof value === 'object' ? nodeOf(value)['#text'] : (value ?? '')).trim();

/** An order as УТ reads it: by what the file declares. @throws Error when it is none */
export function readOrder(bytes: Uint8Array): ChainOrder {
  const declared = /encoding="([^"]+)"/.exec(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))?.[1] ?? 'utf-8';
  const text = new TextDecoder(declared, { fatal: true }).decode(bytes);
  if (text.includes('<!DOCTYPE')) throw new Error('описание типа в файле');
  const root = nodeOf(parser.parse(text));
  const order = root.ORDER === undefined ? readKontur(nodeOf(root.eDIMessage)) : readFlat(nodeOf(root.ORDER));
  if (order.number === '' || order.lines.length === 0) throw new Error('это не заказ');
  return order;
}

const chainOf = (gln: string): Chain => {
  const chain = CHAINS.find((one) => one.gln === gln);
  if (!chain) throw new Error(`GLN ${gln} не найден`);
  return chain;
};

function readFlat(order: Node): ChainOrder {
  const head = nodeOf(order.HEAD);
  return {
    chain: chainOf(textOf(head.BUYER)),
    number: textOf(order.NUMBER),
    date: textOf(order.DATE),
    lines: listOf(head.POSITION).map((line) => ({
      article: textOf(line.PRODUCTIDSUPPLIER),
      gtin: textOf(line.PRODUCT),
      quantity: Number(textOf(line.ORDEREDQUANTITY)),
      price: Number(textOf(line.PRICEWITHVAT)),
    })),
  };
}

function readKontur(message: Node): ChainOrder {
  const order = nodeOf(message.order);
  return {
    chain: chainOf(textOf(nodeOf(order.buyer).gln)),
    number: textOf(order.number),
    date: textOf(order.date),
    lines: listOf(nodeOf(order.lineItems).lineItem).map((line) => ({
      article: textOf(line.internalSupplierCode),
      gtin: textOf(line.gtin),
      quantity: Number(textOf(line.requestedQuantity)),
      price: Number(textOf(line.netPriceWithVAT)),
    })),
  };
}
