/** The control page: plain forms, no scripts; what is on stands first and in words. */
import type { TrafficState } from '../traffic/traffic.ts';
import type { HistoryState } from './counts.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults.ts';

const STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f7;--surface:#fff;--line:#e4e7ec;--strong:#cfd5de;--text:#141922;--text2:#56606f;--accent:#3257d6;--bad:#c22731;--soft:#fdecec}
@media(prefers-color-scheme:dark){:root{--bg:#0e1116;--surface:#151a21;--line:#252c36;--strong:#374151;--text:#e7eaf0;--text2:#a0aab9;--accent:#7e9bff;--bad:#f2666f;--soft:#2c1a1e}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:13px/20px Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:880px;margin:0 auto;padding:16px}h1{font-size:18px;line-height:26px;margin:0 0 4px}h2{font-size:13px;margin:0;padding:8px 12px;border-bottom:1px solid var(--line)}
p{margin:0 0 16px;color:var(--text2)}a{color:var(--accent)}section{background:var(--surface);border:1px solid var(--line);border-radius:8px;margin:0 0 16px}
.row{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:4px 12px;align-items:center;padding:8px 12px;border-bottom:1px solid var(--line)}.row:last-child{border:0}
.row.on{background:var(--soft)}b{font-weight:500}small{display:block;color:var(--text2);font-size:12px;line-height:16px}.state{color:var(--bad);font-weight:600}
form{display:inline-flex;gap:6px;margin:0;flex-wrap:wrap;align-items:center}.acts{display:flex;gap:6px;flex-wrap:wrap;justify-content:flex-end}
button,input,select{height:32px;padding:0 12px;border:1px solid var(--strong);border-radius:6px;background:var(--surface);color:var(--text);font:inherit}button{cursor:pointer}input,select{padding:0 8px;width:auto}
button[aria-pressed=true]{border-color:var(--bad);color:var(--bad);font-weight:600}.note{background:var(--surface);border:1px solid var(--strong);border-radius:8px;padding:8px 12px;margin:0 0 16px}
.alert{border-color:var(--bad);color:var(--bad)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:560px){.row{grid-template-columns:1fr}.acts{justify-content:flex-start}}`;

const GROUPS: readonly { readonly of: Fault['of']; readonly title: string }[] = [
  { of: 'onec', title: '1С:Предприятие' },
  { of: 'elma', title: 'ELMA' },
  { of: 'site', title: 'Сайт, API 2.0' },
  { of: 'market', title: 'EKF Market' },
  { of: 'edi', title: 'EDI, обмен файлами' },
  { of: 'workers', title: 'Обработчики обмена' },
  { of: 'bus', title: 'Шина данных и сервисы за ней' },
];
const TARGET_TITLES: Readonly<Record<string, string>> = {
  ut: 'УТ',
  bp: 'БП',
  'go-services': 'Go-сервисы',
  ims3: 'IMS3',
  notify: 'уведомления',
  'erp-1': 'ERP 1',
  'erp-2': 'ERP 2',
  'erp-3': 'ERP 3',
  zup: 'ЗУП',
  uh: 'УХ',
  site: 'сайт',
  market: 'EKF Market',
};
const titleOf = (target: string): string => TARGET_TITLES[target] ?? target;
const PACES = [0.5, 1, 2, 4, 8];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

export interface PageState {
  readonly pult: string;
  readonly on: ReadonlySet<string>;
  readonly traffic: TrafficState;
  readonly history: HistoryState | null;
  /** What the last press did. */
  readonly note: { readonly text: string; readonly bad: boolean } | null;
}

export function controlPage(state: PageState): string {
  const { pult, on, note } = state;
  const groups = GROUPS.map(({ of, title }) => {
    const rows = FAULTS.filter((fault) => fault.of === of).map((fault) => faultRow(fault, on));
    return `<section aria-label="${title}"><h2>${title}</h2>${rows.join('')}</section>`;
  });
  const told = on.size === 0 ? 'Сейчас всё исправно.' : `<span class="state">Включено сбоев: ${on.size}.</span>`;
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><title>${on.size > 0 ? `■ ${on.size} · ` : ''}Стенд Пульта</title><style>${STYLE}</style></head><body><main><h1>Стенд: поток документов и сбои</h1><p>Здесь ломается демонстрационный ландшафт: 1С, ELMA, сайт и обмен между ними. Что из этого видно, смотрите в <a href="${escapeHtml(pult)}">Пульте</a>. ${told}</p>${
    note
      ? `<div class="note${note.bad ? ' alert' : ''}" role="${note.bad ? 'alert' : 'status'}">${escapeHtml(note.text)}</div>`
      : ''
  }${trafficSection(state.traffic, state.history)}${documentsSection()}${groups.join('')}</main></body></html>`;
}

function faultRow(fault: Fault, on: ReadonlySet<string>): string {
  const targets: readonly (string | null)[] = fault.targets.length > 0 ? fault.targets : [null];
  const acts = targets.map((target) => {
    const active = on.has(target ? `${fault.id}:${target}` : fault.id);
    const where = target ? `: ${titleOf(target)}` : '';
    const hidden = `<input type="hidden" name="on" value="${active ? '' : '1'}">${target ? `<input type="hidden" name="target" value="${target}">` : ''}`;
    return `<form method="post" action="/faults/${fault.id}">${hidden}<button aria-pressed="${active}">${active ? 'Выключить' : 'Включить'}${where}</button></form>`;
  });
  const active = targets.filter((target) => on.has(target ? `${fault.id}:${target}` : fault.id));
  const where = active.flatMap((target) => (target ? [titleOf(target)] : [])).join(', ');
  const state = active.length > 0 ? ` <span class="state">■ включено${where ? `: ${where}` : ''}</span>` : '';
  return `<div class="row${active.length > 0 ? ' on' : ''}"><div><b>${fault.title}</b>${state}<small>В Пульте: ${fault.sees}</small></div><div class="acts">${acts.join('')}</div></div>`;
}

function historyText(history: HistoryState | null): string {
  if (!history) return 'Обработчики обмена не отвечают.';
  if (history.told < history.days) return `Прошлое: рассказано ${history.told} из ${history.days} дней.`;
  return history.waiting > 0 ? `Событий ждёт отправки в Пульт: ${history.waiting}.` : 'Все события у Пульта.';
}

function trafficSection({ running, pace, made }: TrafficState, history: HistoryState | null): string {
  const paces = PACES.map(
    (one) => `<option value="${one}"${one === pace ? ' selected' : ''}>×${String(one).replace('.', ',')}</option>`,
  );
  const known = PACES.includes(pace) ? '' : `<option value="${pace}" selected>×${pace}</option>`;
  return `<section aria-label="Поток документов"><h2>Поток документов</h2><div class="row"><div><b>${running ? 'Идёт' : 'Остановлен'}, темп ×${String(pace).replace('.', ',')}</b><small>С начала: заказов сайта ${made.orders}, заказов EKF Market ${made.marketOrders}, поступлений с площадок ${made['receipts-1'] + made['receipts-2'] + made['receipts-3']}, пакетов внутренних цен ${made.prices}, протоколов качества ${made.quality}, кадровых документов ${made.staff}, реализаций ${made.sales}, оплат ${made.payments}, заявок на согласование ${made.approvals}, ответов инициаторов ${made.answers}, решений в самой ELMA ${made.decisions}. Ритм дня — московский, ночью тише. ${historyText(history)}</small></div><div class="acts"><form method="post" action="/traffic"><button name="running" value="${running ? '' : '1'}">${running ? 'Остановить' : 'Пустить'}</button></form><form method="post" action="/traffic"><select name="pace" aria-label="Темп">${known}${paces.join('')}</select><button>Задать темп</button></form></div></div></section>`;
}

function documentsSection(): string {
  const row = (title: string, sees: string, form: string): string =>
    `<div class="row"><div><b>${title}</b><small>В Пульте: ${sees}</small></div><div class="acts">${form}</div></div>`;
  const form = (kind: string, more = ''): string =>
    `<form method="post" action="/documents/${kind}">${more}<button>Создать</button></form>`;
  return `<section aria-label="Отдельные документы"><h2>Отдельные документы</h2>${[
    row(
      'Заказ со скидкой выше соглашения',
      'новая заявка в «Согласованиях» через несколько секунд.',
      form(
        'discount-order',
        '<input name="deviation" type="number" min="0" max="40" step="0.25" value="7" aria-label="Отклонение, п.п."> п.п.',
      ),
    ),
    row('Заявка на возврат товаров', 'новая заявка вида «возврат».', form('return-request')),
    row(
      'Решение в самой ELMA',
      'одна открытая заявка решена без Пульта; решение едет в УТ сообщением потока УТ ↔ ELMA.',
      form('elma-decision'),
    ),
    row('Заказ сайта', 'сообщение потока Сайт → УТ, проведено.', form('site-order')),
    row(
      'Заказ сайта с неизвестным артикулом',
      'ошибка «Не найдена номенклатура по артикулу»; выгрузить заново — пройдёт: на сайте карточку исправят.',
      form('site-order', '<input type="hidden" name="sku" value="unknown">'),
    ),
    row(
      'Заказ сайта с негодным ИНН',
      'ошибка проверки ИНН, класс «проверка данных».',
      form('site-order', '<input type="hidden" name="inn" value="12345">'),
    ),
    row('Заказ EKF Market', 'сообщение потока EKF Market → УТ, проведено.', form('market-order')),
    row('Поступление с площадки', 'сообщение потока ERP → УТ; с какой площадки, видно в карточке.', form('receipt')),
    row(
      'Поступление нового изделия',
      'ошибка «Не найдена номенклатура по артикулу»; выгрузить заново — пройдёт: карточку в УТ заведут.',
      form('receipt', '<input type="hidden" name="item" value="unknown">'),
    ),
    row('Внутренние цены площадки', 'следующий номер сообщения обмена SBS-130, подтверждён УТ.', form('prices')),
    row('Протокол контроля качества', 'сообщение потока ERP → EproQc.', form('quality')),
    row(
      'Протокол по незнакомой партии',
      'ошибка «Партия … не зарегистрирована в EproQc»; выгрузить заново — пройдёт: партию заведут.',
      form('quality', '<input type="hidden" name="batch" value="unknown">'),
    ),
    row('Кадровый документ', 'сообщение потока ЗУП → VK HR Tek; данные сотрудника скрыты.', form('staff')),
    row(
      'Кадровый документ без СНИЛС',
      'ошибка «не заполнен СНИЛС»; выгрузить заново — пройдёт: кадры заполнят карточку.',
      form('staff', '<input type="hidden" name="insuranceNumber" value="missing">'),
    ),
    row('Реализация в УТ', 'сообщение потока УТ → БП.', form('sale')),
    row('Оплата от клиента', 'сообщение потока УТ → БП; в БП — поступление на расчётный счёт.', form('payment')),
  ].join('')}</section>`;
}
