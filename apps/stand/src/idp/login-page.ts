import { PEOPLE } from './people.ts';

const STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f7;--surface:#fff;--line:#cfd5de;--text:#141922;--text2:#56606f;--accent:#3257d6;--on:#fff;--bad:#c22731}
@media(prefers-color-scheme:dark){:root{--bg:#0e1116;--surface:#151a21;--line:#374151;--text:#e7eaf0;--text2:#a0aab9;--accent:#7e9bff;--on:#0e1116;--bad:#f2666f}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--text);font:14px/20px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;padding:16px}
main{width:100%;max-width:380px;background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:24px}
a{color:var(--accent)}h1{margin:0 0 4px;font-size:18px;line-height:26px}p{margin:0 0 16px;color:var(--text2)}label{display:block;margin:12px 0 4px;font-weight:500}
input{width:100%;height:38px;padding:0 10px;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--text);font:inherit}
button{height:38px;border-radius:6px;border:1px solid var(--line);background:var(--surface);color:var(--text);font:inherit;cursor:pointer}
button.main{width:100%;margin-top:16px;border-color:var(--accent);background:var(--accent);color:var(--on);font-weight:600}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
h2{margin:24px 0 8px;font-size:13px;color:var(--text2);font-weight:500}ul{margin:0;padding:0;list-style:none;display:grid;gap:6px}
ul button{width:100%;height:auto;padding:8px 10px;text-align:left}ul small{display:block;color:var(--text2)}.bad{color:var(--bad);margin:12px 0 0}`;

/** Login form and the demo people as buttons; works without scripts. */
export function loginPage(uid: string, problem: string | null): string {
  const people = PEOPLE.map(
    ({ login, name, title }) =>
      `<li><form method="post" action="/interaction/${encodeURIComponent(uid)}"><input type="hidden" name="login" value="${login}"><input type="hidden" name="password" value="demo"><button type="submit">${name}<small>${login} · ${title}</small></button></form></li>`,
  ).join('');
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Вход в Пульт</title><style>${STYLE}</style></head><body><main><h1>Вход в Пульт</h1><p>Демонстрационная служба входа</p><form method="post" action="/interaction/${encodeURIComponent(uid)}"><label for="login">Логин</label><input id="login" name="login" autocomplete="username" autofocus required><label for="password">Пароль</label><input id="password" name="password" type="password" autocomplete="current-password" required>${problem ? `<p class="bad" role="alert">${problem}</p>` : ''}<button class="main" type="submit">Войти</button></form><h2>Или войдите как</h2><ul>${people}</ul></main></body></html>`;
}

/** A page that only says what happened and leads back. */
export function messagePage(title: string, pult: string): string {
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p><a href="${pult}/">Вернуться в Пульт</a></p></main></body></html>`;
}
