/** Answers as JSON (levels of metadata) and Atom, `$metadata` and the service document. */
import { type EntityDef, type Fields, type FieldType, propertiesOf } from './metadata.ts';
import { isEmptyRef, type MutableRow } from './store.ts';

export type Level = 'minimal' | 'none' | 'full';

const EDM: Readonly<Record<string, string>> = {
  string: 'Edm.String',
  enum: 'Edm.String',
  guid: 'Edm.Guid',
  date: 'Edm.DateTime',
  bool: 'Edm.Boolean',
  double: 'Edm.Double',
  int64: 'Edm.Int64',
};
const edm = (type: FieldType): string => EDM[type] ?? 'Edm.String';
const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter] ?? letter);

/** A row as JSON: navigation links only for references that are not empty. */
export function jsonRow(entity: EntityDef, row: MutableRow, level: Level): MutableRow {
  if (level === 'none') return row;
  const links: MutableRow = {};
  for (const [name, type] of Object.entries(entity.fields))
    if (type.startsWith('ref:') && `${name}_Key` in row && !isEmptyRef(row[`${name}_Key`]))
      links[`${name}@navigationLinkUrl`] = `${entity.name}(guid'${String(row.Ref_Key)}')/${name}`;
  return { ...row, ...links };
}

/** Single entities come with their keys in another order than lists: clients must not rely on it. */
export function shuffled(row: MutableRow): MutableRow {
  const names = Object.keys(row).sort(
    (a, b) => ((a.length * 7 + a.charCodeAt(0)) % 13) - ((b.length * 7 + b.charCodeAt(0)) % 13),
  );
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function property(name: string, value: unknown): string {
  if (Array.isArray(value))
    return `<d:${name}>${value
      .map(
        (line: MutableRow) =>
          `<d:element>${Object.entries(line)
            .map(([key, inner]) => property(key, inner))
            .join('')}</d:element>`,
      )
      .join('')}</d:${name}>`;
  const text = value === null || value === undefined ? '' : String(value);
  return text === '' ? `<d:${name}/>` : `<d:${name}>${escapeXml(text)}</d:${name}>`;
}

function entry(entity: EntityDef, row: MutableRow, root: string, standalone: boolean): string {
  const id = entity.key
    ? `${entity.name}(${entity.key.map((name) => `${name}='${String(row[name])}'`).join(',')})`
    : `${entity.name}(guid'${String(row.Ref_Key)}')`;
  const links = Object.entries(entity.fields)
    .filter(([name, type]) => type.startsWith('ref:') && !isEmptyRef(row[`${name}_Key`]))
    .map(
      ([name]) =>
        `<link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/${name}" href="${escapeXml(id)}/${name}" type="application/atom+xml;type=entry;charset=utf-8" title="${name}"/>`,
    )
    .join('');
  const spaces = standalone
    ? ' xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
    : '';
  return `<entry${spaces}><id>${root}${escapeXml(id)}</id><category term="StandardODATA.${entity.name}" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/><title type="text"/><author/><summary/>${links}<link rel="edit" href="${escapeXml(id)}" title="edit-link"/><content type="application/xml"><m:properties>${Object.entries(
    row,
  )
    .map(([name, value]) => property(name, value))
    .join('')}</m:properties></content></entry>`;
}

export const atomEntry = (entity: EntityDef, row: MutableRow, root: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${entry(entity, row, root, true)}`;

export const atomFeed = (entity: EntityDef, rows: readonly MutableRow[], root: string, count: number | null): string =>
  `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xml:base="${root}">${
    count === null ? '' : `<m:count>${count}</m:count>`
  }${rows.map((row) => entry(entity, row, root, false)).join('')}</feed>`;

const propertyLines = (fields: Fields, keys: readonly string[]): string =>
  propertiesOf(fields)
    .map(
      ([name, type]) =>
        `<Property Name="${name}" Type="${edm(type)}" Nullable="${keys.includes(name) ? 'false' : 'true'}"/>`,
    )
    .join('');

/** `$metadata`: entity types with tabular sections as types of their own, many functions of one name told apart by their parameter. */
export function metadataDocument(entities: readonly EntityDef[]): string {
  const types: string[] = [];
  const sets: string[] = [];
  const functions: string[] = [];
  const action = (name: string, entity: EntityDef, parameters: string) =>
    functions.push(
      `<FunctionImport Name="${name}" IsBindable="true" IsSideEffecting="true"><Parameter Name="bindingParameter" Type="StandardODATA.${entity.name}"/>${parameters}</FunctionImport>`,
    );
  for (const entity of entities) {
    const keys = entity.key ?? ['Ref_Key'];
    const navigation = Object.entries(entity.fields)
      .filter(([, type]) => type.startsWith('ref:'))
      .map(
        ([name]) =>
          `<NavigationProperty Name="${name}" Relationship="StandardODATA.${entity.name}_${name}" FromRole="Begin" ToRole="End"/>`,
      )
      .join('');
    const collections = Object.keys(entity.tables)
      .map(
        (table) =>
          `<Property Name="${table}" Type="Collection(StandardODATA.${entity.name}_${table}_RowType)" Nullable="false"/>`,
      )
      .join('');
    types.push(
      `<EntityType Name="${entity.name}"><Key>${keys.map((name) => `<PropertyRef Name="${name}"/>`).join('')}</Key>${propertyLines(entity.fields, keys)}${collections}${navigation}</EntityType>`,
    );
    sets.push(`<EntitySet Name="${entity.name}" EntityType="StandardODATA.${entity.name}"/>`);
    for (const [table, fields] of Object.entries(entity.tables)) {
      const rowFields: Fields = { Ref_Key: 'guid', ...fields };
      types.push(
        `<EntityType Name="${entity.name}_${table}"><Key><PropertyRef Name="Ref_Key"/><PropertyRef Name="LineNumber"/></Key>${propertyLines(rowFields, ['Ref_Key', 'LineNumber'])}</EntityType>`,
      );
      types.push(`<ComplexType Name="${entity.name}_${table}_RowType">${propertyLines(fields, [])}</ComplexType>`);
      sets.push(`<EntitySet Name="${entity.name}_${table}" EntityType="StandardODATA.${entity.name}_${table}"/>`);
    }
    if (entity.name.startsWith('Document_')) {
      action('Post', entity, '<Parameter Name="PostingModeOperational" Type="Edm.Boolean"/>');
      action('Unpost', entity, '');
    }
    if (entity.name.startsWith('Task_')) action('ExecuteTask', entity, '');
    if (entity.name.startsWith('BusinessProcess_')) action('Start', entity, '');
    if (entity.register)
      for (const name of ['Balance', 'Turnovers', 'BalanceAndTurnovers'])
        functions.push(
          `<FunctionImport Name="${name}" IsBindable="true" IsSideEffecting="false" ReturnType="Collection(StandardODATA.${entity.name}_${name})"><Parameter Name="bindingParameter" Type="StandardODATA.${entity.name}"/><Parameter Name="Condition" Type="Edm.String"/><Parameter Name="Dimensions" Type="Edm.String"/></FunctionImport>`,
        );
    if (entity.name.startsWith('InformationRegister_'))
      for (const name of ['SliceLast', 'SliceFirst'])
        functions.push(
          `<FunctionImport Name="${name}" IsBindable="true" IsSideEffecting="false" ReturnType="Collection(StandardODATA.${entity.name})"><Parameter Name="bindingParameter" Type="StandardODATA.${entity.name}"/><Parameter Name="Condition" Type="Edm.String"/><Parameter Name="Period" Type="Edm.DateTime"/></FunctionImport>`,
        );
  }
  return `<?xml version="1.0" encoding="UTF-8"?><edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0"><edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0"><Schema xmlns="http://schemas.microsoft.com/ado/2009/11/edm" Namespace="StandardODATA">${types.join('')}<EnumType Name="AccumulationRecordType" UnderlyingType="Edm.Int32"><Member Name="Expense"/><Member Name="Receipt"/></EnumType><EntityContainer Name="EnterpriseV8" m:IsDefaultEntityContainer="true">${sets.join('')}${functions.join('')}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;
}
