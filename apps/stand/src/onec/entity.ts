/** Metadata of the stand's bases as data: what an object of 1С is made of. */

/** Edm type, `ref:Set` for a reference (property X_Key and navigation X), `any` for a composite value (X and X_Type). */
export type FieldType =
  | 'string'
  | 'guid'
  | 'date'
  | 'bool'
  | 'double'
  | 'int64'
  | 'int16'
  | 'enum'
  | 'any'
  | `ref:${string}`;
export type Fields = Readonly<Record<string, FieldType>>;

export interface RegisterDef {
  /** `info` keeps values, `balance` and `turnover` add up. */
  readonly kind: 'info' | 'balance' | 'turnover';
  /** Written by documents: the set is of record sets, records are in X_RecordType. */
  readonly subordinate: boolean;
  /** Property names. */
  readonly dimensions: readonly string[];
  readonly resources: readonly string[];
}

export interface EntityDef {
  readonly name: string;
  readonly fields: Fields;
  /** Tabular sections. */
  readonly tables: Readonly<Record<string, Fields>>;
  /** Longest text of a string field; longer values are cut silently, as the platform does. */
  readonly lengths: Readonly<Record<string, number>>;
  /** String fields of fixed length: shorter values come padded with spaces. */
  readonly fixed: Readonly<Record<string, number>>;
  /** Key of what has no Ref_Key; null for objects. */
  readonly key: readonly string[] | null;
  readonly register: RegisterDef | null;
}

export const CATALOG: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Code: 'string',
  Description: 'string',
  Predefined: 'bool',
  PredefinedDataName: 'string',
};
export const DOCUMENT: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Number: 'string',
  Date: 'date',
  Posted: 'bool',
};
export const TASK: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Number: 'string',
  Date: 'date',
  Description: 'string',
  Executed: 'bool',
  BusinessProcess: 'any',
  RoutePoint: 'string',
};
export const PROCESS: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Number: 'string',
  Date: 'date',
  Completed: 'bool',
  Started: 'bool',
  HeadTask_Key: 'guid',
};

const RECORD: Fields = { Period: 'date', Recorder: 'any', LineNumber: 'int64', Active: 'bool' };
const RECORD_KEY = ['Recorder', 'LineNumber', 'Recorder_Type'];

/** An object with a reference: catalog, document, process, task, exchange plan. */
export const object = (
  name: string,
  base: Fields,
  fields: Fields,
  more: Partial<Pick<EntityDef, 'tables' | 'lengths' | 'fixed'>> = {},
): EntityDef => ({
  name,
  fields: { ...base, ...fields },
  tables: more.tables ?? {},
  lengths: more.lengths ?? {},
  fixed: more.fixed ?? {},
  key: null,
  register: null,
});

const registerOf = (name: string, fields: Fields, key: readonly string[], register: RegisterDef): EntityDef => ({
  ...object(name, {}, fields),
  key,
  register,
});
const namesOf = (fields: Fields): string[] => propertiesOf(fields).map(([name]) => name);

/** Independent information register: its dimensions are its key. */
export const independent = (name: string, dimensions: Fields, values: Fields): EntityDef => {
  const key = namesOf(dimensions);
  const parts = { kind: 'info', subordinate: false, dimensions: key, resources: namesOf(values) } as const;
  return registerOf(`InformationRegister_${name}`, { ...dimensions, ...values }, key, parts);
};

/** Information register that documents write. */
export const subordinate = (name: string, dimensions: Fields, values: Fields): EntityDef =>
  registerOf(`InformationRegister_${name}`, { ...RECORD, ...dimensions, ...values }, RECORD_KEY, {
    kind: 'info',
    subordinate: true,
    dimensions: namesOf(dimensions),
    resources: namesOf(values),
  });

/** Accumulation register with the resources to add up. */
export const accumulation = (
  name: string,
  kind: 'balance' | 'turnover',
  dimensions: Fields,
  resources: readonly string[],
): EntityDef =>
  registerOf(
    `AccumulationRegister_${name}`,
    {
      ...RECORD,
      ...(kind === 'balance' ? { RecordType: 'enum' as const } : {}),
      ...dimensions,
      ...Object.fromEntries(resources.map((resource) => [resource, 'double' as const])),
    },
    RECORD_KEY,
    { kind, subordinate: true, dimensions: namesOf(dimensions), resources },
  );

export const constant = (name: string, type: FieldType): EntityDef => ({
  ...object(`Constant_${name}`, {}, { SurrogateKey: 'int16', Value: type }),
  key: ['SurrogateKey'],
});

/** Properties of a field set as they travel: a reference is X_Key, a composite is X and X_Type. */
export function propertiesOf(fields: Fields): readonly (readonly [name: string, type: FieldType])[] {
  return Object.entries(fields).flatMap(([name, type]): [string, FieldType][] => {
    if (type.startsWith('ref:')) return [[`${name}_Key`, 'guid']];
    if (type === 'any')
      return [
        [name, 'string'],
        [`${name}_Type`, 'string'],
      ];
    return [[name, type]];
  });
}

export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';
export const EMPTY_DATE = '0001-01-01T00:00:00';

/** Value of a property that nobody set. */
export function emptyValue(name: string, type: FieldType): unknown {
  switch (type) {
    case 'guid':
      return EMPTY_GUID;
    case 'date':
      return EMPTY_DATE;
    case 'bool':
      return false;
    case 'double':
      return 0;
    case 'int64':
      return '0';
    case 'int16':
      return 0;
    default:
      return name.endsWith('_Type') ? 'StandardODATA.Undefined' : '';
  }
}
