/** Names of the demonstration: customers, people, items. Invented; tax numbers have valid check digits. */
import type { Random } from './random.ts';

const FORMS = ['ООО', 'АО', 'ООО', 'ООО', 'ИП'] as const;
const STEMS = [
  'Электромонтаж',
  'Энергомонтаж',
  'СнабЭнерго',
  'Лидер-Электро',
  'Сибстройэлектро',
  'Вольт-Сервис',
  'Мегаватт',
  'КИП-Автоматика',
  'Светотехника',
  'Арсенал-Электро',
  'Электроцентр',
  'Прогресс-Щит',
  'Комплектэнерго',
  'УралСетьСтрой',
  'Электрощит-Сервис',
  'Монтаж-Профи',
  'СтройЭнерго',
  'Энергосила',
  'Свет и Ток',
  'Волгаэнерго',
  'Промэлектро',
  'Тюменьэнергострой',
  'Кабельный дом',
  'Электропоставка',
  'Щит и Автомат',
  'ЭлектроТрейд',
  'Контакт-Снаб',
  'Фаза-Ноль',
  'Реле и Контакты',
  'Уралкабель',
];
const CITIES = ['', '', 'Урал', 'Сибирь', 'Юг', 'Центр', 'Волга', '74', '66', 'Северо-Запад'];
const SURNAMES = ['Гаврилов А. Н.', 'Гарифуллин Р. Т.', 'Ковалёва Е. С.', 'Мартынов И. П.', 'Осипова Н. В.'];
const SEGMENTS = [
  'Монтажные организации, A',
  'Монтажные организации, B',
  'Розничные сети',
  'Дилеры',
  'Проектные продажи',
];

export const PEOPLE = [
  { name: 'Ильин Павел Сергеевич', email: 'ilin@ekf.example', office: 'Офис Екатеринбург' },
  { name: 'Гусева Ирина Олеговна', email: 'guseva@ekf.example', office: 'Офис Москва' },
  { name: 'Попов Денис Андреевич', email: 'popov@ekf.example', office: 'Офис Новосибирск' },
  { name: 'Соколова Марина Викторовна', email: 'sokolova@ekf.example', office: 'Офис Казань' },
  { name: 'Белов Артём Игоревич', email: 'belov@ekf.example', office: 'Офис Краснодар' },
  { name: 'Кравцова Анна', email: 'manager@ekf.example', office: 'РОП Урал' },
  { name: 'Дёмин Олег', email: 'manager2@ekf.example', office: 'РОП Центр' },
] as const;
/** The first five ask, the others decide. */
export const INITIATORS = 5;

export interface Customer {
  readonly name: string;
  readonly full: string;
  readonly inn: string;
  readonly segment: string;
}

const digit = (text: string, weights: readonly number[]): number =>
  (weights.reduce((sum, weight, index) => sum + weight * Number(text[index]), 0) % 11) % 10;

/** ИНН with valid check digits: 10 for companies, 12 for people. */
export function validInn(random: Random, person: boolean): string {
  const region = String(random.pick([66, 77, 54, 16, 23, 74, 63])).padStart(2, '0');
  if (!person) {
    const start = region + String(random.int(1_000_000, 9_999_999));
    return start + digit(start, [2, 4, 10, 3, 5, 9, 4, 6, 8]);
  }
  const start = region + String(random.int(10_000_000, 99_999_999));
  const eleven = start + digit(start, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
  return eleven + digit(eleven, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
}

export function makeCustomers(random: Random, count: number): Customer[] {
  const seen = new Set<string>();
  const customers: Customer[] = [];
  while (customers.length < count) {
    const form = random.pick(FORMS);
    const person = form === 'ИП';
    const city = random.pick(CITIES);
    const stem = random.pick(STEMS);
    const name = person ? `ИП ${random.pick(SURNAMES)}` : `${form} «${stem}${city === '' ? '' : `-${city}`}»`;
    if (seen.has(name)) continue;
    seen.add(name);
    customers.push({ name, full: name, inn: validInn(random, person), segment: random.pick(SEGMENTS) });
  }
  return customers;
}

export interface Item {
  readonly name: string;
  readonly article: string;
  readonly price: number;
  readonly cost: number;
  readonly stock: number;
}

const FAMILIES = [
  {
    name: (a: number, p: number) => `Автоматический выключатель ВА 47-63 ${p}P ${a}А (C) PROxima`,
    article: (a: number, p: number) => `mcb4763-${p}-${a}C-pro`,
    base: 180,
  },
  {
    name: (a: number, p: number) => `Автоматический выключатель ВА 47-63N ${p}P ${a}А (B) PROxima`,
    article: (a: number, p: number) => `M63${p}${a}B`,
    base: 210,
  },
  {
    name: (a: number) => `Дифференциальный автомат АВДТ-63N 1P+N ${a}А PROxima`,
    article: (a: number) => `avdt63n-${a}`,
    base: 1450,
  },
  {
    name: (a: number, p: number) => `УЗО ВД-100N ${p > 2 ? 4 : 2}P ${a}А 30мА PROxima`,
    article: (a: number, p: number) => `elcb-${p > 2 ? 4 : 2}-${a}-30-pro`,
    base: 1280,
  },
  { name: (a: number) => `Контактор КМЭ ${a}А 230В 1NO`, article: (a: number) => `ctr-s-${a}-230`, base: 640 },
  {
    name: (_: number, p: number) => `Щит навесной ЩРН-${12 * p} IP54`,
    article: (a: number, p: number) => `mb-${12 * p}-54-${a}`,
    base: 1890,
  },
  { name: (a: number) => `Лоток перфорированный ${a}×50×3000 T-Line`, article: (a: number) => `l5050-${a}`, base: 420 },
  { name: (a: number) => `Реле контроля фаз РКФ-${a}`, article: (a: number) => `rkf-${a}`, base: 2100 },
] as const;
const AMPS = [6, 10, 16, 20, 25, 32, 40, 50, 63];

export function makeItems(random: Random, count: number): Item[] {
  const items = new Map<string, Item>();
  for (let guard = 0; items.size < count && guard < count * 40; guard += 1) {
    const family = random.pick(FAMILIES);
    const amps = random.pick(AMPS);
    const poles = random.int(1, 4);
    const article = family.article(amps, poles);
    if (items.has(article)) continue;
    const price = Math.round(family.base * (0.8 + poles * 0.35 + amps / 80) * 100) / 100;
    items.set(article, {
      name: family.name(amps, poles),
      article,
      price,
      cost: Math.round(price * (0.5 + random.next() * 0.12) * 100) / 100,
      stock: random.int(0, 5) === 0 ? random.int(0, 60) : random.int(80, 4000),
    });
  }
  return [...items.values()];
}

export const DISCOUNT_REASONS = [
  'Цена конкурента: на модульку дали −30 %. При нашей цене заказчик берёт весь лот и второй этап в марте.',
  'Объект «Школа № 14», проект согласован под нашу номенклатуру, остался вопрос цены.',
  'Клиент переводит на нас весь щитовой объём, просит скидку на первую поставку.',
  'Тендер, победитель по цене. Без скидки уходим вторым.',
  'Закрываем квартальный план отгрузки, клиент готов платить авансом 50 %.',
  'Компенсация за задержку прошлой поставки, обещана руководителем офиса.',
];
export const ORDER_REASONS = [
  'Превышен лимит дебиторской задолженности, клиент обещает оплату в пятницу.',
  'Отгрузка без аванса: тендерный договор с отсрочкой 45 дней.',
  'Первый заказ нового клиента больше 1 млн ₽, служба безопасности проверку закончила.',
];
export const RETURN_REASONS = [
  'Брак партии, 12 шт., есть акт',
  'Пересорт при отгрузке',
  'Недовоз, клиент отказался от остатка',
  'Не подошло по проекту, упаковка цела',
];
