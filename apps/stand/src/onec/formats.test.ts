import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
});
afterAll(() => wire.close());

const RECORDED = '8d1d7287-6240-11f1-9296-08002761f3c5';
const ORDER = `Document_ЗаказКлиента(guid'${RECORDED}')`;
const xml = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
const parsed = (text: string): Record<string, never> => xml.parse(text) as Record<string, never>;

describe('service document', () => {
  it('is Atom by default and names every set, tabular sections too', async () => {
    const { status, type, text } = await wire.ask('');
    expect(status).toBe(200);
    expect(type).toContain('application/xml');
    expect(text).toContain('<collection href="Document_ЗаказКлиента">');
    expect(text).toContain('<collection href="Document_ЗаказКлиента_Товары">');
  });
  it('is JSON when asked for', async () => {
    const body = await wire.json('');
    expect(body['odata.metadata']).toBe(`${wire.root}$metadata`);
    expect(body.value).toContainEqual({ name: 'Catalog_Номенклатура', url: 'Catalog_Номенклатура' });
  });
});

describe('format of answers', () => {
  it('is Atom without a wish: a feed of entries and one entry, as recorded', async () => {
    const feed = await wire.ask(`Document_ЗаказКлиента?$filter=Ref_Key eq guid'${RECORDED}'`);
    expect(feed.type).toBe('application/atom+xml;type=feed;charset=utf-8');
    const { entry } = parsed(feed.text).feed as unknown as { entry: Record<string, unknown> };
    expect(entry.id).toBe(`${wire.root}${ORDER}`);
    expect(entry.category).toMatchObject({ '@_term': 'StandardODATA.Document_ЗаказКлиента' });
    const { 'm:properties': values } = entry.content as { 'm:properties': Record<string, unknown> };
    expect(values).toMatchObject({
      'd:Number': 'ТДЦБ-000002',
      'd:Date': '2026-06-07T10:14:42',
      'd:СуммаДокумента': '25000',
      'd:Согласован': 'false',
      'd:ДокументОснование': '',
      'd:ДокументОснование_Type': 'StandardODATA.Undefined',
    });
    expect(values['d:Товары']).toMatchObject({
      '@_m:type': 'Collection(StandardODATA.Document_ЗаказКлиента_Товары_RowType)',
    });
    const one = await wire.ask(ORDER);
    expect(one.type).toBe('application/atom+xml;type=entry;charset=utf-8');
    expect(parsed(one.text)).toHaveProperty('entry');
  });

  it('is JSON by Accept or $format, also with an encoded dollar', async () => {
    for (const [path, accept] of [
      ['Catalog_Склады', 'application/json'],
      ['Catalog_Склады?$format=json', '*/*'],
      ['Catalog_Склады?{%24}format=application/json', '*/*'],
    ] as const) {
      const { type } = await wire.ask(path, { headers: { accept } });
      expect(type).toContain('application/json');
    }
  });

  it('has three levels of metadata', async () => {
    const ask = (level: string) => wire.json(`Document_ЗаказКлиента?$top=1&$format=application/json;odata=${level}`);
    expect(await ask('nometadata')).not.toHaveProperty(['odata.metadata']);
    const minimal = await ask('minimalmetadata');
    expect(minimal['odata.metadata']).toBe(`${wire.root}$metadata#Document_ЗаказКлиента`);
    expect(minimal.value).toMatchObject([
      { 'Контрагент@navigationLinkUrl': expect.stringMatching(/^Document_ЗаказКлиента\(guid'.+'\)\/Контрагент$/) },
    ]);
    const full = await ask('fullmetadata');
    expect(full.value).toMatchObject([
      { 'odata.type': 'StandardODATA.Document_ЗаказКлиента', 'odata.id': expect.any(String) },
    ]);
  });

  it('marks one entity with /@Element and gives its keys in another order than a list', async () => {
    const one = await wire.json(ORDER);
    expect(one['odata.metadata']).toBe(`${wire.root}$metadata#Document_ЗаказКлиента/@Element`);
    const listed = await wire.first(`Document_ЗаказКлиента?$filter=Ref_Key eq guid'${RECORDED}'`);
    const plain = await wire.json(ORDER, { headers: { accept: 'application/json;odata=nometadata' } });
    expect(Object.keys(listed).slice(0, 3)).toEqual(['Ref_Key', 'DataVersion', 'DeletionMark']);
    expect(Object.keys(plain)).not.toEqual(Object.keys(listed));
    expect(plain).toEqual(listed);
  });

  it('writes Int64 as text, doubles as numbers, empty values as the platform does, fixed texts padded', async () => {
    const order = await wire.first(`Document_ЗаказКлиента?$filter=Ref_Key eq guid'${RECORDED}'`);
    expect(order).toMatchObject({
      СуммаДокумента: 25_000,
      ДатаПоДаннымКлиента: '0001-01-01T00:00:00',
      НомерПоДаннымКлиента: '',
    });
    expect(order.Товары).toMatchObject([{ LineNumber: '1', СуммаНДС: 3333.33, КодСтроки: '1' }, { LineNumber: '2' }]);
    const { Ref_Key: ref } = await wire.first('Catalog_Склады');
    expect(ref).toMatch(/^[0-9a-f-]{36}$/);
    await wire.ask(
      'Document_ПоступлениеНаРасчетныйСчет',
      { method: 'POST', body: { НомерВходящегоДокумента: '17' } },
      'bp',
    );
    expect(await wire.rows('Document_ПоступлениеНаРасчетныйСчет', 'bp')).toMatchObject([
      { НомерВходящегоДокумента: '17         ' },
    ]);
  });

  it('leaves out links of empty references', async () => {
    const created = await wire.json('Document_ЗаказКлиента', { method: 'POST', body: {} });
    expect(created).toMatchObject({ Контрагент_Key: '00000000-0000-0000-0000-000000000000' });
    expect(created).not.toHaveProperty(['Контрагент@navigationLinkUrl']);
  });

  it('says its version', async () => {
    expect((await wire.ask('Catalog_Склады')).headers.get('dataserviceversion')).toBe('3.0');
  });
});

describe('$metadata', () => {
  it('is XML whatever is asked for', async () => {
    const { type, text } = await wire.ask('$metadata', { headers: { accept: 'application/json' } });
    expect(type).toContain('application/xml');
    expect(text).toContain('m:DataServiceVersion="3.0"');
  });

  it('has functions of one name told apart by their parameter, associations without sets', async () => {
    const { text } = await wire.ask('$metadata');
    const posts = [
      ...text.matchAll(/<FunctionImport Name="Post"[^>]*><Parameter Name="bindingParameter" Type="([^"]+)"/g),
    ];
    expect(posts.length).toBeGreaterThan(1);
    expect(new Set(posts.map(([, type]) => type)).size).toBe(posts.length);
    expect(text).toContain('<Association Name="AccumulationRegister_ТоварыНаСкладах_RecordType_Номенклатура">');
    expect(text).not.toContain('AssociationSet');
  });

  it('describes a register that documents write as record sets, records and rows of its balance', async () => {
    const { text } = await wire.ask('$metadata');
    const type = (name: string): string =>
      new RegExp(`<EntityType Name="${name}"[^]*?</EntityType>`).exec(text)?.[0] ?? '';
    expect(type('AccumulationRegister_ТоварыНаСкладах')).toContain(
      'Collection(StandardODATA.AccumulationRegister_ТоварыНаСкладах_RowType)',
    );
    expect(type('AccumulationRegister_ТоварыНаСкладах_RecordType')).toContain(
      '<PropertyRef Name="Recorder"/><PropertyRef Name="LineNumber"/><PropertyRef Name="Recorder_Type"/>',
    );
    expect(text).toContain('<Property Name="ВНаличииBalance" Type="Edm.Double" Nullable="true"/>');
    expect(text).toMatch(
      /Name="SliceLast"[^>]*ReturnType="Collection\(StandardODATA.InformationRegister_ЦеныНоменклатуры_RecordType\)"/,
    );
    for (const name of ['TypeDescription', 'PointInTime']) expect(text).toContain(`<ComplexType Name="${name}">`);
  });

  it('is empty when nobody put anything into the composition, and so is everything else', async () => {
    wire.quirks({ composition: 'empty' });
    expect((await wire.ask('$metadata')).text).not.toContain('EntitySet ');
    expect(await wire.json('')).toMatchObject({ value: [] });
    expect(await wire.refusal('Catalog_Номенклатура')).toBe('404/8');
    wire.quirks({ composition: 'full' });
  });
});
