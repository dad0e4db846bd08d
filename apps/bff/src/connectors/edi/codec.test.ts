import { answerProblems, responseTo } from '@pult/shared/domain/edi/answer';
import { anyOrder } from '@pult/shared/domain/edi/testing/arbitraries';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../files/encoding.ts';
import { readEdi, writeResponse } from './codec.ts';
import { EdiError } from './xml.ts';

const EXITE_ORDER = `<?xml version="1.0" encoding="windows-1251"?>
<ORDER><DOCUMENTNAME>220</DOCUMENTNAME><NUMBER>320089P47192</NUMBER><DATE>2026-11-24</DATE><DELIVERYDATE>2026-11-26</DELIVERYDATE>
<CURRENCY>RUB</CURRENCY><HEAD><SUPPLIER>4620000000235</SUPPLIER><BUYER>4607164999995</BUYER><DELIVERYPLACE>4607164999995</DELIVERYPLACE>
<SENDER>4607164999995</SENDER><RECIPIENT>4620000000235</RECIPIENT>
<POSITION><POSITIONNUMBER>1</POSITIONNUMBER><PRODUCT>4603450930284</PRODUCT><PRODUCTIDBUYER>1000160844</PRODUCTIDBUYER>
<PRODUCTIDSUPPLIER>mcb4763-2-63D-pro</PRODUCTIDSUPPLIER><ORDEREDQUANTITY>12,5</ORDEREDQUANTITY><ORDERUNIT>PCE</ORDERUNIT>
<ORDERPRICE>31.20</ORDERPRICE><PRICEWITHVAT>34.32</PRICEWITHVAT><CHARACTERISTIC><DESCRIPTION>Автомат 2P 63А</DESCRIPTION></CHARACTERISTIC></POSITION>
</HEAD></ORDER>`;
const KONTUR_ORDER = `<?xml version="1.0" encoding="utf-8"?>
<eDIMessage id="4f1f8a26"><interchangeHeader><sender>4607164999995</sender><recipient>4620000000235</recipient>
<documentType>ORDERS</documentType></interchangeHeader><order number="320089P47192" date="2026-11-24">
<seller><gln>4620000000235</gln></seller><buyer><gln>4607164999995</gln><organization><name>АО «Сеть»</name><inn>2310031475</inn></organization></buyer>
<deliveryInfo><requestedDeliveryDateTime>2026-11-26T00:00:00.000Z</requestedDeliveryDateTime><shipTo><gln>4607164999995</gln></shipTo></deliveryInfo>
<lineItems><currencyISOCode>RUB</currencyISOCode><lineItem><gtin>4603450930284</gtin><internalBuyerCode>1000160844</internalBuyerCode>
<description>Автомат</description><requestedQuantity unitOfMeasure="PCE">2.000</requestedQuantity><netPrice>31.2000</netPrice>
<netPriceWithVAT>34.3200</netPriceWithVAT></lineItem></lineItems></order></eDIMessage>`;

const problemsOf = (text: string): readonly string[] => {
  try {
    readEdi(text);
  } catch (error) {
    if (error instanceof EdiError) return error.problems;
    throw error;
  }
  return [];
};

describe('reading orders', () => {
  it('reads the flat form', () => {
    expect(readEdi(EXITE_ORDER)).toMatchObject({
      kind: 'order',
      dialect: 'exite',
      number: '320089P47192',
      date: '2026-11-24',
      deliveryDate: '2026-11-26',
      parties: { buyer: '4607164999995', supplier: '4620000000235' },
      lines: [
        {
          position: '1',
          quantity: '12.5',
          price: '31.20',
          priceWithVat: '34.32',
          supplierCode: 'mcb4763-2-63D-pro',
          name: 'Автомат 2P 63А',
        },
      ],
    });
  });
  it('reads KonturXml with the organisation behind the GLN', () => {
    expect(readEdi(KONTUR_ORDER)).toMatchObject({
      kind: 'order',
      dialect: 'kontur',
      number: '320089P47192',
      buyerName: 'АО «Сеть»',
      buyerInn: '2310031475',
      deliveryDate: '2026-11-26',
      lines: [{ position: '1', quantity: '2.000', unit: 'PCE', priceWithVat: '34.3200' }],
    });
  });
  it('names every problem of a file in one error', () => {
    const broken = EXITE_ORDER.replace('<NUMBER>320089P47192</NUMBER>', '')
      .replace('2026-11-24</DATE>', '2026-02-30</DATE>')
      .replace('<BUYER>4607164999995', '<BUYER>4607164999994')
      .replace('12,5', 'много');
    expect(problemsOf(broken)).toEqual([
      'нет поля: NUMBER',
      'DATE: «2026-02-30» — не дата',
      'HEAD/BUYER: «4607164999994» — не GLN, не сходится контрольная цифра',
      'POSITION 1/ORDEREDQUANTITY: «много» — не количество',
    ]);
  });
  it('knows what is a change and what takes the order back', () => {
    expect(readEdi(EXITE_ORDER.replace('<CURRENCY>', '<DOCTYPE>R</DOCTYPE><CURRENCY>'))).toMatchObject({
      purpose: 'replace',
    });
    expect(readEdi(EXITE_ORDER.replace('<CURRENCY>', '<DOCTYPE>D</DOCTYPE><CURRENCY>'))).toMatchObject({
      purpose: 'cancel',
    });
  });
  it('names documents of other types and reads no more of them', () => {
    expect(readEdi('<DESADV><NUMBER>1</NUMBER></DESADV>')).toEqual({ kind: 'other', type: 'DESADV' });
    expect(problemsOf('<html><body>login</body></html>')).toEqual(['неизвестный документ <html>']);
  });
});

describe('notices', () => {
  it.each([
    ['2', false],
    ['4', false],
    ['0', true],
    ['3', true],
  ])('reads STATUS %s', (status, ok) => {
    const text = `<STATUS><FROM>4607164999995</FROM><STATUS>${status}</STATUS><DESCRIPTION>Нет товара</DESCRIPTION><MESSAGECLASS>ORDER</MESSAGECLASS><STATUSONFILENAME>order_1.xml</STATUSONFILENAME></STATUS>`;
    expect(readEdi(text)).toMatchObject({
      kind: 'notice',
      ok,
      text: 'Нет товара',
      fileName: 'order_1.xml',
      about: 'ORDER',
    });
  });
  it('reads statusReport of Контур', () => {
    const text =
      '<statusReport><reportItem><documentType>ORDERS</documentType><documentNumber>5</documentNumber><documentDate>2026-11-24</documentDate><statusItem><stage>Checking</stage><state>Fail</state><description>Ошибка</description><error>Изменение заказов не поддерживается</error></statusItem></reportItem></statusReport>';
    expect(readEdi(text)).toMatchObject({
      ok: false,
      documentNumber: '5',
      text: 'Ошибка: Изменение заказов не поддерживается',
    });
  });
});

describe('hostile files', () => {
  it.each([
    ['entities', '<!DOCTYPE a [<!ENTITY b "c">]><ORDER>&b;</ORDER>', /DOCTYPE/],
    [
      'a laughing bomb',
      `<!DOCTYPE lolz [<!ENTITY a "ha">${'<!ENTITY b "&a;&a;">'.repeat(9)}]><ORDER>&b;</ORDER>`,
      /DOCTYPE/,
    ],
    ['a file of the machine', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><ORDER/>', /DOCTYPE/],
    ['depth', `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`, /вложенность/],
    ['number', `<a>${'<b/>'.repeat(200_001)}</a>`, /элементов больше/],
    ['size', `<a>${'x'.repeat(8 * 1024 * 1024)}</a>`, /больше 8 МБ/],
    ['zeros in the place of bytes', '<ORDER><NUMBER>1\0\0</NUMBER></ORDER>', /нулевые байты/],
    ['half a file', EXITE_ORDER.slice(0, 300), /обрывается/],
    ['tags that do not match', '<ORDER><NUMBER>1</DATE></ORDER>', /не XML/],
    ['no XML at all', 'PK\u0003\u0004', /не XML|ни одного/],
    ['nothing', '', /не XML|ни одного/],
    ['a name of the prototype', '<ORDER><__proto__>1</__proto__></ORDER>', /нет поля|не XML/],
  ])('are refused for %s in words', (_, text, words) => {
    expect(problemsOf(text).join('; ')).toMatch(words);
  });

  it('never throws anything but its own error, whatever the file says', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>/!?&;="a-[]OРD '), maxLength: 200 }), (text) => {
        problemsOf(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('answers', () => {
  it.each(['utf-8', 'windows-1251'] as const)('are read back as they were written, in %s', (encoding) => {
    fc.assert(
      fc.property(anyOrder, fc.boolean(), fc.constantFrom(null, 'Нет на складе'), (order, whole, reason) => {
        const accepted = Object.fromEntries(
          order.lines.map(({ position, quantity }, at) => [position, at % 2 === 0 ? quantity : '0']),
        );
        const wish = whole ? ({ kind: 'cancel' } as const) : ({ kind: 'lines', accepted } as const);
        expect(answerProblems(order, wish, true)).toEqual([]);
        const response = responseTo(order, wish, { number: 'R-1', date: '2026-11-24', reason });
        const decoded = decode(encode(writeResponse(response, encoding), encoding));
        expect(decoded).toMatchObject({ encoding, mismatch: false });
        expect(readEdi(decoded.text)).toEqual(response);
      }),
    );
  });

  it('say a whole cancellation as both dialects mean it', () => {
    for (const [source, header, line] of [
      [EXITE_ORDER, '<ACTION>27</ACTION>', '<PRODUCTTYPE>3</PRODUCTTYPE>'],
      [KONTUR_ORDER, 'status="Rejected">', '<lineItem status="Rejected">'],
    ] as const) {
      const order = readEdi(source);
      if (order.kind !== 'order') throw new Error('no order');
      const text = writeResponse(
        responseTo(order, { kind: 'cancel' }, { number: 'R', date: '2026-11-24', reason: null }),
        'utf-8',
      );
      expect(text).toContain(header);
      expect(text).toContain(line);
    }
  });
});
