/** KonturXml (Контур.EDI): one envelope eDIMessage, verdicts as words, names of organisations beside their GLN. */
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
  Accepted: 'accepted',
  Changed: 'changed',
  Rejected: 'rejected',
};
const WORDS = { accepted: 'Accepted', changed: 'Changed', rejected: 'Rejected' } as const satisfies Record<
  EdiVerdict,
  string
>;
const PURPOSES: Readonly<Record<string, EdiOrder['purpose']>> = {
  Replace: 'replace',
  Canceled: 'cancel',
  Cancelled: 'cancel',
};

const partiesOf = (root: Element, body: Element | undefined, checks: Checks): EdiParties => {
  const place = valueAt(body, 'deliveryInfo', 'shipTo', 'gln');
  return {
    buyer: checks.gln(valueAt(body, 'buyer', 'gln'), 'buyer/gln'),
    supplier: checks.gln(valueAt(body, 'seller', 'gln'), 'seller/gln'),
    deliveryPlace: place === null ? null : checks.gln(place, 'shipTo/gln'),
    sender: checks.gln(valueAt(root, 'interchangeHeader', 'sender'), 'interchangeHeader/sender'),
    recipient: checks.gln(valueAt(root, 'interchangeHeader', 'recipient'), 'interchangeHeader/recipient'),
  };
};

const attribute = (element: Element | undefined, name: string): string | null => element?.attributes[name] || null;

const lineBase = (line: Element, index: number, checks: Checks) => {
  const position = valueAt(line, 'orderLineNumber') ?? valueAt(line, 'lineNumber') ?? String(index + 1);
  const where = `lineItem ${position}`;
  return {
    where,
    base: {
      position,
      gtin: valueAt(line, 'gtin'),
      buyerCode: valueAt(line, 'internalBuyerCode'),
      supplierCode: valueAt(line, 'internalSupplierCode'),
      name: valueAt(line, 'description'),
      price: checks.price(valueAt(line, 'netPrice'), `${where}/netPrice`),
      priceWithVat: checks.price(valueAt(line, 'netPriceWithVAT'), `${where}/netPriceWithVAT`),
    },
  };
};

export function readKonturOrder(root: Element, checks: Checks): EdiOrder {
  const body = child(root, 'order');
  return {
    kind: 'order',
    dialect: 'kontur',
    purpose: PURPOSES[attribute(body, 'status') ?? ''] ?? 'original',
    number: checks.text(attribute(body, 'number'), 'order/@number'),
    date: checks.date(attribute(body, 'date'), 'order/@date'),
    deliveryDate: dateOf(valueAt(body, 'deliveryInfo', 'requestedDeliveryDateTime')),
    currency: valueAt(body, 'lineItems', 'currencyISOCode'),
    parties: partiesOf(root, body, checks),
    buyerName: valueAt(body, 'buyer', 'organization', 'name'),
    buyerInn: valueAt(body, 'buyer', 'organization', 'inn'),
    lines: childrenOf(child(body, 'lineItems'), 'lineItem').map((line, index) => {
      const { where, base } = lineBase(line, index, checks);
      const quantity = child(line, 'requestedQuantity');
      return {
        ...base,
        quantity: checks.quantity(quantity?.text || null, `${where}/requestedQuantity`),
        unit: attribute(quantity, 'unitOfMeasure'),
      };
    }),
  };
}

export function readKonturResponse(root: Element, checks: Checks): EdiResponse {
  const body = child(root, 'orderResponse');
  const origin = child(body, 'originOrder');
  const word = attribute(body, 'status');
  const verdict = VERDICTS[word ?? ''];
  if (verdict === undefined)
    checks.problems.push(
      `orderResponse/@status: «${(word ?? '').slice(0, 20)}», а бывает Accepted, Changed и Rejected`,
    );
  return {
    kind: 'response',
    dialect: 'kontur',
    number: checks.text(attribute(body, 'number'), 'orderResponse/@number'),
    date: checks.date(attribute(body, 'date'), 'orderResponse/@date'),
    orderNumber: checks.text(attribute(origin, 'number'), 'originOrder/@number'),
    orderDate: dateOf(attribute(origin, 'date')),
    deliveryDate: dateOf(valueAt(body, 'deliveryInfo', 'estimatedDeliveryDateTime')),
    currency: valueAt(body, 'lineItems', 'currencyISOCode'),
    verdict: verdict ?? 'accepted',
    reason: valueAt(body, 'comment'),
    parties: partiesOf(root, body, checks),
    lines: childrenOf(child(body, 'lineItems'), 'lineItem').map((line, index): EdiResponseLine => {
      const { where, base } = lineBase(line, index, checks);
      const confirmed = child(line, 'confirmedQuantity');
      const said = VERDICTS[attribute(line, 'status') ?? ''];
      if (said === undefined) checks.problems.push(`${where}/@status: бывает Accepted, Changed и Rejected`);
      const accepted =
        said === 'rejected' && confirmed === undefined
          ? '0'
          : checks.quantity(confirmed?.text || null, `${where}/confirmedQuantity`);
      // Writers of this dialect leave the ordered quantity out where they accept it as it is.
      const ordered = child(line, 'orderedQuantity');
      return {
        ...base,
        quantity:
          ordered === undefined && said === 'accepted'
            ? accepted
            : checks.quantity(ordered?.text || null, `${where}/orderedQuantity`),
        unit: attribute(confirmed, 'unitOfMeasure') ?? attribute(ordered, 'unitOfMeasure'),
        accepted,
        verdict: said ?? 'accepted',
      };
    }),
  };
}

/** statusReport: stage and state of a document on its way. */
export function readKonturNotice(root: Element, checks: Checks): EdiNotice {
  const item = child(root, 'reportItem') ?? root;
  const status = child(item, 'statusItem');
  const state = checks.text(valueAt(status, 'state'), 'statusItem/state', 40);
  const words = [valueAt(status, 'description'), ...childrenOf(status, 'error').map(({ text }) => text)];
  return {
    kind: 'notice',
    dialect: 'kontur',
    ok: !/fail|error|reject/i.test(state),
    about: valueAt(item, 'documentType') ?? 'ORDERS',
    documentNumber: valueAt(item, 'documentNumber'),
    documentDate: dateOf(valueAt(item, 'documentDate')),
    fileName: null,
    code: valueAt(status, 'stage'),
    text: words.filter((text) => text).join(': ') || state,
    from: valueAt(item, 'messageSender'),
    to: valueAt(item, 'messageRecepient') ?? valueAt(item, 'messageRecipient'),
  };
}

const tag = (name: string, value: string | null): string =>
  value === null ? '' : `<${name}>${escaped(value)}</${name}>`;
const unit = (value: string | null): string => (value === null ? '' : ` unitOfMeasure="${escaped(value)}"`);

/** The body of an ORDRSP, without the declaration. */
export function writeKonturResponse(response: EdiResponse): string {
  const { parties } = response;
  const lines = response.lines.map((line) =>
    [
      `<lineItem status="${WORDS[line.verdict]}">`,
      tag('gtin', line.gtin),
      tag('internalBuyerCode', line.buyerCode),
      tag('internalSupplierCode', line.supplierCode),
      tag('orderLineNumber', line.position),
      tag('description', line.name),
      `<orderedQuantity${unit(line.unit)}>${line.quantity}</orderedQuantity>`,
      `<confirmedQuantity${unit(line.unit)}>${line.accepted}</confirmedQuantity>`,
      tag('netPrice', line.price),
      tag('netPriceWithVAT', line.priceWithVat),
      '</lineItem>',
    ].join(''),
  );
  const origin = response.orderDate === null ? '' : ` date="${response.orderDate}"`;
  return [
    `<eDIMessage id="${escaped(response.number)}">`,
    '<interchangeHeader>',
    tag('sender', parties.sender),
    tag('recipient', parties.recipient),
    tag('documentType', 'ORDRSP'),
    '</interchangeHeader>',
    `<orderResponse number="${escaped(response.number)}" date="${response.date}" status="${WORDS[response.verdict]}">`,
    `<originOrder number="${escaped(response.orderNumber)}"${origin}/>`,
    `<seller>${tag('gln', parties.supplier)}</seller>`,
    `<buyer>${tag('gln', parties.buyer)}</buyer>`,
    '<deliveryInfo>',
    tag('estimatedDeliveryDateTime', response.deliveryDate === null ? null : `${response.deliveryDate}T00:00:00`),
    parties.deliveryPlace === null ? '' : `<shipTo>${tag('gln', parties.deliveryPlace)}</shipTo>`,
    '</deliveryInfo>',
    tag('comment', response.reason),
    '<lineItems>',
    tag('currencyISOCode', response.currency),
    ...lines,
    '</lineItems>',
    '</orderResponse>',
    '</eDIMessage>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
