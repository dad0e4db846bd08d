/** `$metadata`: always XML; many functions of one name told apart by their parameter, associations without sets. */
import { type EntityDef, type Fields, type FieldType, propertiesOf } from './entity.ts';

const EDM: Readonly<Record<string, string>> = {
  guid: 'Edm.Guid',
  date: 'Edm.DateTime',
  bool: 'Edm.Boolean',
  double: 'Edm.Double',
  int64: 'Edm.Int64',
  int16: 'Edm.Int16',
};
const edm = (type: FieldType): string => EDM[type] ?? 'Edm.String';

const propertyLine = (name: string, type: string, nullable: boolean): string =>
  `<Property Name="${name}" Type="${type}" Nullable="${nullable}"/>`;
const propertyLines = (fields: Fields, keys: readonly string[] = []): string =>
  propertiesOf(fields)
    .map(([name, type]) => propertyLine(name, edm(type), !keys.includes(name)))
    .join('');
const keyLine = (keys: readonly string[]): string =>
  `<Key>${keys.map((name) => `<PropertyRef Name="${name}"/>`).join('')}</Key>`;

interface Parts {
  readonly types: string[];
  readonly complex: string[];
  readonly associations: string[];
  readonly sets: string[];
  readonly functions: string[];
}

export function metadataDocument(entities: readonly EntityDef[]): string {
  const published = new Set(entities.map(({ name }) => name));
  const parts: Parts = { types: [], complex: [...DESCRIPTIONS], associations: [], sets: [], functions: [] };
  for (const entity of entities) {
    if (entity.register?.subordinate) addRecords(parts, entity, published);
    else addObject(parts, entity, published);
    addFunctions(parts, entity);
  }
  return `<?xml version="1.0" encoding="UTF-8"?><edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0"><edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0"><Schema xmlns="http://schemas.microsoft.com/ado/2009/11/edm" Namespace="StandardODATA">${parts.types.join('')}${parts.associations.join('')}${parts.complex.join('')}${ENUMS}<EntityContainer Name="EnterpriseV8" m:IsDefaultEntityContainer="true">${parts.sets.join('')}${parts.functions.join('')}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;
}

/** Navigation leads to published objects only. */
function navigation(parts: Parts, owner: string, fields: Fields, published: ReadonlySet<string>): string {
  return Object.entries(fields)
    .filter(([, type]) => type.startsWith('ref:') && published.has(type.slice(4)))
    .map(([name, type]) => {
      parts.associations.push(
        `<Association Name="${owner}_${name}"><End Role="Begin" Type="StandardODATA.${owner}" Multiplicity="*"/><End Role="End" Type="StandardODATA.${type.slice(4)}" Multiplicity="0..1"/></Association>`,
      );
      return `<NavigationProperty Name="${name}" Relationship="StandardODATA.${owner}_${name}" FromRole="Begin" ToRole="End"/>`;
    })
    .join('');
}

function addType(parts: Parts, name: string, body: string, open: boolean): void {
  parts.types.push(`<EntityType Name="${name}"${open ? ' OpenType="true"' : ''}>${body}</EntityType>`);
  parts.sets.push(`<EntitySet Name="${name}" EntityType="StandardODATA.${name}"/>`);
}
const isOpen = (fields: Fields): boolean => Object.values(fields).includes('any');

function addObject(parts: Parts, entity: EntityDef, published: ReadonlySet<string>): void {
  const { name, fields, tables } = entity;
  const keys = entity.key ?? ['Ref_Key'];
  const sections = Object.keys(tables)
    .map((table) => propertyLine(table, `Collection(StandardODATA.${name}_${table}_RowType)`, false))
    .join('');
  const links = navigation(parts, name, fields, published);
  addType(parts, name, `${keyLine(keys)}${propertyLines(fields, keys)}${sections}${links}`, isOpen(fields));
  for (const [table, lines] of Object.entries(tables)) {
    const key = ['Ref_Key', 'LineNumber'];
    const own = `${name}_${table}`;
    const body = `${keyLine(key)}${propertyLines({ Ref_Key: 'guid', ...lines }, key)}${navigation(parts, own, lines, published)}`;
    addType(parts, own, body, isOpen(lines));
    parts.complex.push(`<ComplexType Name="${own}_RowType">${propertyLines(lines)}</ComplexType>`);
  }
}

/** A register that documents write: record sets, records, and the rows of its virtual tables. */
function addRecords(parts: Parts, entity: EntityDef, published: ReadonlySet<string>): void {
  const { name, fields, register } = entity;
  const recorder = propertyLine('Recorder', 'Edm.String', false);
  const set = propertyLine('RecordSet', `Collection(StandardODATA.${name}_RowType)`, false);
  const recorderType = propertyLine('Recorder_Type', 'Edm.String', false);
  addType(parts, name, `${keyLine(['Recorder', 'Recorder_Type'])}${recorder}${set}${recorderType}`, true);
  const keys = entity.key ?? [];
  const records = `${name}_RecordType`;
  const body = `${keyLine(keys)}${propertyLines(fields, keys)}${navigation(parts, records, fields, published)}`;
  addType(parts, records, body, true);
  parts.complex.push(`<ComplexType Name="${name}_RowType">${propertyLines(fields)}</ComplexType>`);
  if (!register || register.kind === 'info') return;
  const dimensions = propertiesOf(fields).filter(([property]) => register.dimensions.includes(property));
  const add = (table: string, suffixes: readonly string[]): void => {
    const lines = dimensions.map(([property, type]) => propertyLine(property, edm(type), true));
    for (const resource of register.resources)
      for (const suffix of suffixes) lines.push(propertyLine(`${resource}${suffix}`, 'Edm.Double', true));
    parts.complex.push(`<ComplexType Name="${name}_${table}">${lines.join('')}</ComplexType>`);
  };
  if (register.kind === 'balance') {
    add('Balance', ['Balance']);
    add('BalanceAndTurnover', ['OpeningBalance', 'Receipt', 'Expense', 'Turnover', 'ClosingBalance']);
  }
  add('Turnover', ['Turnover', 'Receipt', 'Expense']);
}

const PARAMETERS = {
  condition: '<Parameter Name="Condition" Type="Edm.String"/>',
  dimensions: '<Parameter Name="Dimensions" Type="Edm.String"/>',
  period: '<Parameter Name="Period" Type="Edm.DateTime"/>',
  range: '<Parameter Name="EndPeriod" Type="Edm.DateTime"/><Parameter Name="StartPeriod" Type="Edm.DateTime"/>',
  mode: '<Parameter Name="PostingModeOperational" Type="Edm.Boolean"/>',
} as const;

function addFunctions({ functions }: Parts, entity: EntityDef): void {
  const { name, register } = entity;
  const action = (title: string, parameters = ''): void =>
    void functions.push(
      `<FunctionImport Name="${title}" IsBindable="true" IsSideEffecting="true"><Parameter Name="bindingParameter" Type="StandardODATA.${name}"/>${parameters}</FunctionImport>`,
    );
  const table = (title: string, of: string, row: string, parameters: string): void =>
    void functions.push(
      `<FunctionImport Name="${title}" IsBindable="true" IsSideEffecting="false" ReturnType="Collection(StandardODATA.${row})"><Parameter Name="bindingParameter" Type="StandardODATA.${of}"/>${parameters}</FunctionImport>`,
    );
  const { condition, dimensions, period, range, mode } = PARAMETERS;
  if (name.startsWith('Document_')) {
    action('Post', mode);
    action('Unpost', mode);
  }
  if (name.startsWith('Task_')) action('ExecuteTask');
  if (name.startsWith('BusinessProcess_')) action('Start');
  if (!register) return;
  if (register.kind === 'info') {
    if (!('Period' in entity.fields)) return;
    const of = register.subordinate ? `${name}_RecordType` : name;
    for (const title of ['SliceLast', 'SliceFirst']) table(title, of, of, condition + period);
    return;
  }
  if (register.kind === 'balance') {
    table('Balance', name, `${name}_Balance`, condition + dimensions + period);
    table('BalanceAndTurnovers', name, `${name}_BalanceAndTurnover`, condition + dimensions + range);
  }
  table('Turnovers', name, `${name}_Turnover`, condition + dimensions + range);
}

const DESCRIPTIONS = [
  ['TypeDescription', 'Types', 'Collection(Edm.String)'],
  ['NumberQualifiers', 'Digits', 'Edm.Int16'],
  ['StringQualifiers', 'Length', 'Edm.Int16'],
  ['DateQualifiers', 'DateFractions', 'StandardODATA.DateFractions'],
  ['BinaryDataQualifiers', 'Length', 'Edm.Int16'],
  ['PointInTime', 'Date', 'Edm.DateTime'],
].map(
  ([name, property = '', type = '']) =>
    `<ComplexType Name="${name}">${propertyLine(property, type, true)}</ComplexType>`,
);

const ENUMS = Object.entries({
  AccountType: ['Active', 'ActivePassive', 'Passive'],
  AccountingRecordType: ['Credit', 'Debit'],
  AccumulationRecordType: ['Expense', 'Receipt'],
  AllowedLength: ['Fixed', 'Variable'],
  AllowedSign: ['Any', 'Nonnegative'],
  DateFractions: ['Date', 'DateTime', 'Time'],
})
  .map(
    ([name, members]) =>
      `<EnumType Name="${name}" UnderlyingType="Edm.Int32">${members.map((one) => `<Member Name="${one}"/>`).join('')}</EnumType>`,
  )
  .join('');
