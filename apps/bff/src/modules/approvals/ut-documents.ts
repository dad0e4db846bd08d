import { vatRateOf } from '@pult/shared/domain/approval/cost';
import { hundredthsOf, kopecksOfNumber } from '@pult/shared/domain/approval/points';
import { APPROVAL_SETS } from '../../connectors/onec-odata/sets.ts';
import {
  dateOf,
  flagOf,
  int64Of,
  numberOf,
  type OnecEntity,
  refOf,
  rowsOf,
  textOf,
} from '../../connectors/onec-odata/values.ts';
import type { StoredLine } from './lines.ts';
import type { UtClient } from './ports.ts';
import type { DocumentFacts } from './snapshot.ts';
import type { UtCatalogs } from './ut-catalogs.ts';
import { byRefs } from './ut-requests.ts';

export const RETURN_SET = APPROVAL_SETS.return;
/** Fields of an order that decide; a return is read whole, its tables differ between releases. */
const ORDER_FIELDS = [
  'Ref_Key',
  'DataVersion',
  'Number',
  'Date',
  'Партнер_Key',
  'Контрагент_Key',
  'Соглашение_Key',
  'ЦенаВключаетНДС',
  'Комментарий',
  'Товары',
];

/** Instant of a local time of the base; null for none. */
export const utInstant = (local: string | null, zone: string): number | null =>
  local === null ? null : Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;

/** Reads documents with their lines and what the lines name. @returns facts by reference of the document */
export type UtDocuments = (
  processes: readonly { readonly documentSet: string; readonly documentRef: string }[],
) => Promise<Map<string, DocumentFacts>>;

export function createUtDocuments(ut: UtClient, options: { catalogs: UtCatalogs; zone: string }): UtDocuments {
  const { catalogs, zone } = options;
  const instant = (local: string | null): number | null => utInstant(local, zone);

  const documentFacts = (set: string, ref: string, entity: OnecEntity, rows: readonly OnecEntity[]): DocumentFacts => {
    const agreement = catalogs.get('agreement', refOf(entity, 'Соглашение_Key'));
    const partnerRef = refOf(entity, 'Партнер_Key');
    const partner = catalogs.get('partner', partnerRef);
    const company = catalogs.get('company', refOf(entity, 'Контрагент_Key'));
    const withVat = rows.every((row) => row.СуммаСНДС !== undefined && row.СуммаНДС !== undefined);
    const comment = textOf(entity, 'Комментарий');
    return {
      set,
      ref,
      type: set.replace(/^Document_/, ''),
      number: textOf(entity, 'Number'),
      date: instant(dateOf(entity, 'Date')),
      dataVersion: textOf(entity, 'DataVersion') || null,
      customer: {
        ref: partnerRef,
        name: company?.name || partner?.name || '—',
        inn: company?.inn ?? null,
        segment: partner?.segment ?? null,
      },
      agreement: agreement?.name ?? null,
      comment: comment === '' ? null : comment,
      amountWithoutVat: rows.length > 0 && (withVat || !flagOf(entity, 'ЦенаВключаетНДС')),
      lines: linesOf(rows, agreement?.allowed ?? 0, withVat),
    };
  };

  const linesOf = (rows: readonly OnecEntity[], allowed: number, withVat: boolean): StoredLine[] => {
    const seen = new Map<string, number>();
    return rows.map((row, index) => {
      const itemRef = refOf(row, 'Номенклатура_Key');
      const item = catalogs.get('item', itemRef);
      const code = textOf(row, 'КодСтроки');
      const name = code === '' || code === '0' ? (itemRef ?? String(index)) : `code ${code}`;
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      const amount = withVat ? numberOf(row, 'СуммаСНДС') - numberOf(row, 'СуммаНДС') : numberOf(row, 'Сумма');
      return {
        key: nth === 0 ? name : `${name} ${nth}`,
        position: row.LineNumber === undefined ? index + 1 : int64Of(row, 'LineNumber'),
        name: item?.name ?? '—',
        article: item?.article ?? null,
        itemRef,
        quantity: Math.round(numberOf(row, 'Количество') * 1_000),
        requested: hundredthsOf(numberOf(row, 'ПроцентРучнойСкидки')),
        allowed,
        price: kopecksOfNumber(numberOf(row, 'Цена')),
        amount: kopecksOfNumber(amount),
        vatRate: withVat ? vatRateOf(kopecksOfNumber(numberOf(row, 'СуммаНДС')), kopecksOfNumber(amount)) : null,
        cost: null,
      };
    });
  };

  return async (processes) => {
    const documents = new Map<string, DocumentFacts>();
    for (const set of new Set(processes.map(({ documentSet }) => documentSet))) {
      const refs = processes.filter((one) => one.documentSet === set).map(({ documentRef }) => documentRef);
      const entities = await byRefs(ut, set, refs, set === RETURN_SET ? undefined : ORDER_FIELDS);
      const rows = (entity: OnecEntity): OnecEntity[] =>
        [...rowsOf(entity, 'Товары'), ...rowsOf(entity, 'ВозвращаемыеТовары')].filter(
          (row) => !flagOf(row, 'Отменено'),
        );
      await catalogs.load(
        'partner',
        entities.map((entity) => refOf(entity, 'Партнер_Key')),
      );
      await catalogs.load(
        'company',
        entities.map((entity) => refOf(entity, 'Контрагент_Key')),
      );
      await catalogs.load(
        'agreement',
        entities.map((entity) => refOf(entity, 'Соглашение_Key')),
      );
      await catalogs.load(
        'item',
        entities.flatMap((entity) => rows(entity).map((row) => refOf(row, 'Номенклатура_Key'))),
      );
      for (const entity of entities) {
        const ref = refOf(entity, 'Ref_Key');
        if (ref !== null) documents.set(ref, documentFacts(set, ref, entity, rows(entity)));
      }
    }
    return documents;
  };
}
