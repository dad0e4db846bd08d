/** Personnel documents of ЗУП. */
import type { Random } from '../onec/random.ts';
import { COMPANY } from '../onec/seed-orders.ts';
import { DISMISSAL, HIRING, TRANSFER, VACATION } from '../onec/zup-objects.ts';
import type { StaffCards, StaffSet } from '../workers/flows/staff.ts';
import { text } from '../workers/flows/values.ts';
import { localOf } from '../workers/moscow-time.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Systems } from '../workers/systems.ts';

const DAY = 86_400_000;

export interface Staff {
  readonly employees: readonly Row[];
  readonly persons: ReadonlyMap<string, Row>;
  readonly departments: readonly Row[];
  readonly positions: readonly Row[];
}

/** @throws TransferError */
export async function readStaff(systems: Systems): Promise<Staff> {
  const zup = systems.base('zup');
  const [employees, persons, departments, positions] = await Promise.all([
    zup.list('Catalog_Сотрудники', { orderBy: 'Code' }),
    zup.list('Catalog_ФизическиеЛица'),
    zup.list('Catalog_ПодразделенияОрганизаций', { orderBy: 'Code' }),
    zup.list('Catalog_Должности', { orderBy: 'Code' }),
  ]);
  return { employees, persons: new Map(persons.map((row) => [text(row.Ref_Key), row])), departments, positions };
}

const midnight = (at: number): string => `${localOf(at).slice(0, 10)}T00:00:00`;
const hasNumber = (staff: Staff, employee: Row): boolean =>
  text(staff.persons.get(text(employee.ФизическоеЛицо_Key))?.СтраховойНомерПФР) !== '';

/** A vacation mostly, sometimes a hiring, a transfer, a dismissal. One of twenty is of somebody without an insurance number. */
export function staffDocumentOf(
  random: Random,
  staff: Staff,
  at: number,
  wish: { readonly insuranceNumber?: string | undefined } = {},
): { readonly set: StaffSet; readonly row: Row; readonly cards: StaffCards } {
  const set = random.pick<StaffSet>([VACATION, VACATION, VACATION, HIRING, TRANSFER, DISMISSAL]);
  const isMissing = wish.insuranceNumber === 'missing' || random.next() < 0.05;
  const fitting = staff.employees.filter((one) => hasNumber(staff, one) !== isMissing);
  const employee = random.pick(fitting.length > 0 ? fitting : staff.employees);
  const [department, position] = [random.pick(staff.departments), random.pick(staff.positions)];
  const start = at + random.int(3, 40) * DAY;
  const dates: Record<StaffSet, Row> = {
    [HIRING]: { ДатаПриема: midnight(start), ВидЗанятости: 'ОсновноеМестоРаботы' },
    [VACATION]: {
      ДатаНачалаПериодаОтсутствия: midnight(start),
      ДатаОкончанияПериодаОтсутствия: midnight(start + random.int(6, 27) * DAY),
      ПредоставитьОсновнойОтпуск: true,
    },
    [TRANSFER]: { ДатаНачала: midnight(start) },
    [DISMISSAL]: { ДатаУвольнения: midnight(start), СтатьяТКРФ: 'п. 3 ч. 1 ст. 77' },
  };
  return {
    set,
    row: {
      Ref_Key: random.guid(),
      Date: localOf(at),
      Posted: true,
      Организация_Key: COMPANY,
      Сотрудник_Key: employee.Ref_Key,
      ФизическоеЛицо_Key: employee.ФизическоеЛицо_Key,
      Подразделение_Key: department.Ref_Key,
      Должность_Key: position.Ref_Key,
      ...dates[set],
    },
    cards: {
      employee,
      person: staff.persons.get(text(employee.ФизическоеЛицо_Key)) ?? {},
      department: text(department.Description),
      position: text(position.Description),
    },
  };
}

export class Personnel {
  readonly #systems: Systems;

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  /** @param wish `missing`: of an employee without an insurance number */
  async document(
    random: Random,
    wish: { readonly insuranceNumber?: string | undefined } = {},
  ): Promise<{ set: string; ref: string; number: string }> {
    const staff = await readStaff(this.#systems);
    const { set, row } = staffDocumentOf(random, staff, Date.now(), wish);
    const [ref = ''] = await this.#systems.insert('zup', set, [row]);
    const filter = `Ref_Key eq guid'${ref}'`;
    const [made] = await this.#systems.base('zup').list(set, { filter, select: ['Number'], top: 1 });
    return { set, ref, number: text(made?.Number) };
  }
}
