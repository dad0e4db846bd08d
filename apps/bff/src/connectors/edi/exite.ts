/** The flat form of EXITE (EDIN): capital tags, POSITION per line, verdicts as numbers. */
import type {
  EdiNotice,
  EdiOrder,
  EdiParties,
  EdiResponse,
  EdiResponseLine,
  EdiVerdict,
} from '@pult/shared/domain/edi/document';
import { type Checks, dateOf } from './checks.ts';
import { child, childrenOf, type Element, escaped, valueAt } from './xml.ts';

const VERDICTS: Readonly<Record<string, EdiVerdict>> = {
  '29': 'accepted',
  '4': 'changed',
  '5': 'changed',
  '27': 'rejected',
};
const LINE_VERDICTS: Readonly<Record<string, EdiVerdict>> = { '1': 'accepted', '2': 'changed', '3': 'rejected' };
const NUMBERS = { accepted: '29', changed: '4', rejected: '27' } as const satisfies Record<EdiVerdict, string>;
const LINE_NUMBERS = { accepted: '1', changed: '2', rejected: '3' } as const satisfies Record<EdiVerdict, string>;
const PURPOSES: Readonly<Record<string, EdiOrder['purpose']>> = { R: 'replace', D: 'cancel', F: 'cancel' };

const partiesOf = (head: Element | undefined, checks: Checks): EdiParties => {
  const place = valueAt(head, 'DELIVERYPLACE');
  return {
    buyer: checks.gln(valueAt(head, 'BUYER'), 'HEAD/BUYER'),
    supplier: checks.gln(valueAt(head, 'SUPPLIER'), 'HEAD/SUPPLIER'),
    deliveryPlace: place === null ? null : checks.gln(place, 'HEAD/DELIVERYPLACE'),
    sender: checks.gln(valueAt(head, 'SENDER'), 'HEAD/SENDER'),
    recipient: checks.gln(valueAt(head, 'RECIPIENT'), 'HEAD/RECIPIENT'),
  };
};

const lineBase = (line: Element, index: number, checks: Checks) => {
  const where = `POSITION ${valueAt(line, 'POSITIONNUMBER') ?? index + 1}`;
  return {
    where,
    base: {
      position: checks.text(valueAt(line, 'POSITIONNUMBER'), `POSITION ${index + 1}/POSITIONNUMBER`, 20),
      gtin: valueAt(line, 'PRODUCT'),
      buyerCode: valueAt(line, 'PRODUCTIDBUYER'),
      supplierCode: valueAt(line, 'PRODUCTIDSUPPLIER'),
      name: valueAt(line, 'CHARACTERISTIC', 'DESCRIPTION') ?? valueAt(line, 'DESCRIPTION'),
      quantity: checks.quantity(valueAt(line, 'ORDEREDQUANTITY'), `${where}/ORDEREDQUANTITY`),
      unit: valueAt(line, 'ORDERUNIT') ?? valueAt(line, 'ORDRSPUNIT'),
      priceWithVat: checks.price(valueAt(line, 'PRICEWITHVAT'), `${where}/PRICEWITHVAT`),
    },
  };
};

export function readExiteOrder(root: Element, checks: Checks): EdiOrder {
  const head = child(root, 'HEAD');
  return {
    kind: 'order',
    dialect: 'exite',
    purpose: PURPOSES[valueAt(root, 'DOCTYPE') ?? 'O'] ?? 'original',
    number: checks.text(valueAt(root, 'NUMBER'), 'NUMBER'),
    date: checks.date(valueAt(root, 'DATE'), 'DATE'),
    deliveryDate: dateOf(valueAt(root, 'DELIVERYDATE')),
    currency: valueAt(root, 'CURRENCY'),
    parties: partiesOf(head, checks),
    buyerName: null,
    buyerInn: null,
    lines: childrenOf(head, 'POSITION').map((line, index) => {
      const { where, base } = lineBase(line, index, checks);
      return { ...base, price: checks.price(valueAt(line, 'ORDERPRICE'), `${where}/ORDERPRICE`) };
    }),
  };
}

export function readExiteResponse(root: Element, checks: Checks): EdiResponse {
  const head = child(root, 'HEAD');
  const action = valueAt(root, 'ACTION');
  const verdict = VERDICTS[action ?? ''];
  if (verdict === undefined) checks.problems.push(`ACTION: «${(action ?? '').slice(0, 20)}», а бывает 4, 5, 27 и 29`);
  return {
    kind: 'response',
    dialect: 'exite',
    number: checks.text(valueAt(root, 'NUMBER'), 'NUMBER'),
    date: checks.date(valueAt(root, 'DATE'), 'DATE'),
    orderNumber: checks.text(valueAt(root, 'ORDERNUMBER'), 'ORDERNUMBER'),
    orderDate: dateOf(valueAt(root, 'ORDERDATE')),
    deliveryDate: dateOf(valueAt(root, 'DELIVERYDATE')),
    currency: valueAt(root, 'CURRENCY'),
    verdict: verdict ?? 'accepted',
    reason: valueAt(root, 'REASONINFO') ?? valueAt(root, 'INFO'),
    parties: partiesOf(head, checks),
    lines: childrenOf(head, 'POSITION').map((line, index): EdiResponseLine => {
      const { where, base } = lineBase(line, index, checks);
      const type = valueAt(line, 'PRODUCTTYPE');
      const said = LINE_VERDICTS[type ?? ''];
      if (said === undefined)
        checks.problems.push(`${where}/PRODUCTTYPE: «${(type ?? '').slice(0, 20)}», а бывает 1, 2 и 3`);
      const price = checks.price(valueAt(line, 'PRICE'), `${where}/PRICE`);
      const accepted = checks.quantity(valueAt(line, 'ACCEPTEDQUANTITY'), `${where}/ACCEPTEDQUANTITY`);
      return { ...base, price, accepted, verdict: said ?? 'accepted' };
    }),
  };
}

/** STATUS 2 and 4 are errors: of the platform, of the receiver. APERAK says it the same way about an order. */
export function readExiteNotice(root: Element, checks: Checks): EdiNotice {
  const code = checks.text(valueAt(root, 'STATUS'), 'STATUS', 10);
  return {
    kind: 'notice',
    dialect: 'exite',
    ok: code !== '2' && code !== '4',
    about: valueAt(root, 'MESSAGECLASS') ?? 'ORDER',
    documentNumber: valueAt(root, 'ORDERNUMBER') ?? valueAt(root, 'CUSTOMERICID'),
    documentDate: dateOf(valueAt(root, 'ORDERDATE')),
    fileName: valueAt(root, 'STATUSONFILENAME'),
    code,
    text: valueAt(root, 'DESCRIPTION') ?? `STATUS ${code}`,
    from: valueAt(root, 'FROM'),
    to: valueAt(root, 'TO'),
  };
}

const tag = (name: string, value: string | null): string =>
  value === null ? '' : `<${name}>${escaped(value)}</${name}>`;

/** The body of an ORDRSP, without the declaration. */
export function writeExiteResponse(response: EdiResponse): string {
  const { parties } = response;
  const lines = response.lines.map((line) =>
    [
      '<POSITION>',
      tag('POSITIONNUMBER', line.position),
      tag('PRODUCT', line.gtin),
      tag('PRODUCTIDBUYER', line.buyerCode),
      tag('PRODUCTIDSUPPLIER', line.supplierCode),
      tag('ORDRSPUNIT', line.unit),
      tag('DESCRIPTION', line.name),
      tag('PRICE', line.price),
      tag('PRICEWITHVAT', line.priceWithVat),
      tag('PRODUCTTYPE', LINE_NUMBERS[line.verdict]),
      tag('ORDEREDQUANTITY', line.quantity),
      tag('ACCEPTEDQUANTITY', line.accepted),
      '</POSITION>',
    ].join(''),
  );
  return [
    '<ORDRSP>',
    tag('NUMBER', response.number),
    tag('DATE', response.date),
    tag('ORDERNUMBER', response.orderNumber),
    tag('ORDERDATE', response.orderDate),
    tag('DELIVERYDATE', response.deliveryDate),
    tag('CURRENCY', response.currency),
    tag('ACTION', NUMBERS[response.verdict]),
    tag('DOCTYPE', 'O'),
    tag('REASONINFO', response.reason?.slice(0, 70) ?? null),
    '<HEAD>',
    tag('BUYER', parties.buyer),
    tag('SUPPLIER', parties.supplier),
    tag('DELIVERYPLACE', parties.deliveryPlace),
    tag('SENDER', parties.sender),
    tag('RECIPIENT', parties.recipient),
    ...lines,
    '</HEAD>',
    '</ORDRSP>',
  ].join('\n');
}
