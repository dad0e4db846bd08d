import { FAULTS, switchedOn } from './faults.ts';
import { traffic } from './traffic.ts';

const STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f7;--surface:#fff;--line:#e4e7ec;--text:#141922;--text2:#56606f;--accent:#3257d6;--bad:#c22731}
@media(prefers-color-scheme:dark){:root{--bg:#0e1116;--surface:#151a21;--line:#252c36;--text:#e7eaf0;--text2:#a0aab9;--accent:#7e9bff;--bad:#f2666f}}
body{margin:0;background:var(--bg);color:var(--text);font:14px/20px system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:760px;margin:0 auto;padding:24px 16px}h1{font-size:20px;margin:0 0 4px}p{margin:0 0 16px;color:var(--text2)}
section{background:var(--surface);border:1px solid var(--line);border-radius:8px;margin:0 0 16px}h2{font-size:14px;margin:0;padding:10px 14px;border-bottom:1px solid var(--line)}
form{display:flex;gap:12px;align-items:center;padding:8px 14px;border-bottom:1px solid var(--line);margin:0}form:last-child{border:0}form span{flex:1}
button{height:30px;padding:0 12px;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--text);font:inherit;cursor:pointer}
.on{color:var(--bad);font-weight:600}a{color:var(--accent)}`;

/** Plain forms, no scripts: what is on stands first in words. */
export function controlPage(pult: string): string {
  const rows = FAULTS.flatMap(({ id, title, targets }) =>
    (targets.length > 0 ? targets : [undefined]).map((target) => {
      const on = switchedOn.has(target ? `${id}:${target}` : id);
      return `<form method="post" action="/faults/${id}"><input type="hidden" name="on" value="${on ? '' : '1'}">${target ? `<input type="hidden" name="target" value="${target}">` : ''}<span${on ? ' class="on"' : ''}>${title}${target ? `, 1С:${target.toUpperCase() === 'UT' ? 'УТ' : 'БП'}` : ''}${on ? ' — включено' : ''}</span><button>${on ? 'Выключить' : 'Включить'}</button></form>`;
    }),
  ).join('');
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Стенд</title><style>${STYLE}</style></head><body><main><h1>Стенд: сбои и поток документов</h1><p>Здесь ломается демонстрационный ландшафт. Что из этого видно, смотрите в <a href="${pult}">Пульте</a>.</p><section><h2>Сбои</h2>${rows}</section><section><h2>Документы</h2><form method="post" action="/traffic"><span>Поток ${traffic.running ? 'идёт' : 'остановлен'}, темп ×${traffic.pace}. Создано заказов ${traffic.made.orders}, реализаций ${traffic.made.sales}, заявок ${traffic.made.approvals}.</span><button name="running" value="${traffic.running ? '' : '1'}">${traffic.running ? 'Остановить' : 'Пустить'}</button><button name="pace" value="${traffic.pace >= 8 ? 1 : traffic.pace * 2}">Темп ×${traffic.pace >= 8 ? 1 : traffic.pace * 2}</button></form><form method="post" action="/documents/discount-order"><span>Заказ со скидкой выше соглашения на 7 п.п.</span><button>Создать</button></form><form method="post" action="/documents/site-order"><span>Заказ сайта с неизвестным артикулом</span><button>Создать</button></form></section></main></body></html>`;
}
