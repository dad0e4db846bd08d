/** Employees of the demonstration: invented people, tax and insurance numbers with valid check digits. */
import { validInn } from './names.ts';
import type { Random } from './random.ts';
import { COMPANY } from './seed-orders.ts';
import type { BaseStore } from './store.ts';

const STAFF = 90;
/** So many of them have no insurance number in their card. */
const WITHOUT_NUMBER = 3;
const MEN = {
  surnames: ['Абрамов', 'Воронин', 'Громов', 'Егоров', 'Захаров', 'Лаптев', 'Носков', 'Рябов', 'Тихонов', 'Фомин'],
  names: ['Алексей', 'Игорь', 'Максим', 'Роман', 'Сергей', 'Тимур'],
  fathers: ['Андреевич', 'Викторович', 'Олегович', 'Петрович', 'Юрьевич'],
};
const WOMEN = {
  surnames: ['Аксёнова', 'Быкова', 'Зимина', 'Лыкова', 'Орехова', 'Панина', 'Седова', 'Уварова', 'Широкова', 'Яшина'],
  names: ['Анна', 'Галина', 'Елена', 'Ксения', 'Ольга', 'Юлия'],
  fathers: ['Андреевна', 'Викторовна', 'Олеговна', 'Петровна', 'Юрьевна'],
};
const DEPARTMENTS = ['Цех сборки автоматов', 'Участок литья', 'Склад готовой продукции', 'Отдел продаж', 'Лаборатория'];
const POSITIONS = ['Сборщик', 'Наладчик', 'Кладовщик', 'Менеджер', 'Инженер-испытатель', 'Мастер участка'];

export function seedStaff(store: BaseStore, random: Random): void {
  const catalogue = (set: string, names: readonly string[]): string[] =>
    names.map((name, index) => {
      const ref = random.guid();
      store.insert(set, { Ref_Key: ref, Description: name, Code: String(index + 1).padStart(9, '0') });
      return ref;
    });
  catalogue('Catalog_ПодразделенияОрганизаций', DEPARTMENTS);
  catalogue('Catalog_Должности', POSITIONS);
  for (let index = 0; index < STAFF; index += 1) {
    const of = random.pick([MEN, WOMEN]);
    const name = `${random.pick(of.surnames)} ${random.pick(of.names)} ${random.pick(of.fathers)}`;
    const [person, employee] = [random.guid(), random.guid()];
    const code = `0000-${String(index + 1).padStart(5, '0')}`;
    store.insert('Catalog_ФизическиеЛица', {
      Ref_Key: person,
      Description: name,
      ФИО: name,
      Code: code,
      ДатаРождения: `${random.int(1965, 2004)}-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}T00:00:00`,
      ИНН: validInn(random, true),
      СтраховойНомерПФР: index % Math.floor(STAFF / WITHOUT_NUMBER) === 7 ? '' : insuranceNumber(random),
    });
    store.insert('Catalog_Сотрудники', {
      Ref_Key: employee,
      Description: name,
      Code: code,
      ФизическоеЛицо_Key: person,
      ГоловнаяОрганизация_Key: COMPANY,
    });
  }
}

/** СНИЛС, `NNN-NNN-NNN KK` with its check digits. */
export function insuranceNumber(random: Random): string {
  const digits = String(random.int(100_000_000, 199_999_999));
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0);
  const check = (sum % 101) % 100;
  return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)} ${String(check).padStart(2, '0')}`;
}
