import { kopecksOfNumber, roublesOf } from '@pult/shared/domain/approval/points';
import {
  conditionLiteral,
  guidLiteral,
  isEmptyRef,
  oneOf,
  stringLiteral,
} from '../../connectors/onec-odata/literals.ts';
import { APPROVAL_SETS } from '../../connectors/onec-odata/sets.ts';
import { flagOf, numberOf, type OnecEntity, refOf } from '../../connectors/onec-odata/values.ts';
import type { Clock } from '../../platform/clock.ts';
import { chunks } from './chunks.ts';
import { Kept } from './kept.ts';
import type { Background } from './lines.ts';
import type { UtClient } from './ports.ts';
import { optional, REFS_PER_REQUEST } from './ut-requests.ts';

const { priceKinds: KINDS, prices: PRICES } = APPROVAL_SETS;
const KIND_KEPT_MS = 10 * 60_000;
const COST_KEPT_MS = 5 * 60_000;

interface PlannedCosts {
  readonly from: NonNullable<Background['cost']>;
  /** Roubles per unit by reference of the item; null: no price of that kind. */
  readonly units: ReadonlyMap<string, string | null>;
}

/**
 * Planned cost of items: the last prices of one price kind (Catalog_ВидыЦен by name, InformationRegister_ЦеныНоменклатуры
 * by SliceLast). A base that does not publish the catalog or has no kind of that name gives no cost, and says so.
 */
export function createPlannedCosts(
  ut: UtClient,
  options: { clock: Clock; priceKind: string },
): (items: readonly string[]) => Promise<PlannedCosts> {
  const { clock, priceKind } = options;
  const kinds = new Kept<{ readonly ref: string; readonly includesVat: boolean } | null>(KIND_KEPT_MS, clock);
  const costs = new Kept<string | null>(COST_KEPT_MS, clock);

  const kindOf = async () => {
    if (kinds.missing([priceKind]).length > 0) {
      const query = {
        filter: `Description eq ${stringLiteral(priceKind)}`,
        select: ['Ref_Key', 'Description', 'ЦенаВключаетНДС', 'DeletionMark'],
        top: 10,
      };
      const found = ((await optional(() => ut.list(KINDS, query))) ?? []).find((one) => !flagOf(one, 'DeletionMark'));
      const ref = found === undefined ? null : refOf(found, 'Ref_Key');
      const kind = found === undefined || ref === null ? null : { ref, includesVat: flagOf(found, 'ЦенаВключаетНДС') };
      kinds.set(priceKind, kind);
    }
    return kinds.get(priceKind) ?? null;
  };

  /** Of several prices of an item the one of no characteristic: the others are of single variants. */
  const priceOf = (rows: readonly OnecEntity[], item: string): string | null => {
    const own = rows.filter((row) => refOf(row, 'Номенклатура_Key') === item);
    const row = own.find((one) => isEmptyRef(one.Характеристика_Key)) ?? (own.length === 1 ? own[0] : undefined);
    return row === undefined ? null : roublesOf(kopecksOfNumber(numberOf(row, 'Цена')));
  };

  return async (items) => {
    const kind = await kindOf();
    const from = { priceKind, found: kind !== null, includesVat: kind?.includesVat ?? false };
    if (kind === null) return { from, units: new Map() };
    for (const part of chunks(costs.missing(items), REFS_PER_REQUEST)) {
      const condition = `ВидЦены_Key eq ${guidLiteral(kind.ref)} and ${oneOf('Номенклатура_Key', part.map(guidLiteral))}`;
      const path = `${PRICES}/SliceLast(Condition=${conditionLiteral(condition)})`;
      const rows = await optional(() => ut.fetch(path));
      if (rows === null) return { from: { ...from, found: false }, units: new Map() };
      for (const item of part) costs.set(item, priceOf(rows, item));
    }
    return { from, units: new Map(items.map((item) => [item, costs.get(item) ?? null])) };
  };
}
