/** How a base can behave: faults that a person switches on, and what differs between publications (protocols, section G). */
export interface Quirks {
  down: boolean;
  slowMs: number;
  licence: boolean;
  maintenance: boolean;
  unauthorized: boolean;
  html200: boolean;
  /** The platform itself breaks and answers with its own page. */
  platformError: boolean;
  /** The web server in front answers for the base: 502 or 503; 0 is off. */
  gateway: 0 | 502 | 503;
  /** Share of posts whose handler fails, 0…1. */
  postingError: number;
  /** Nothing can be posted: the period is closed. */
  periodClosed: boolean;
  /** Documented: a foreign DataVersion is 412. Observed on live publications: the header does nothing. */
  ifMatch: 'ignored' | 'documented';
  /** Whether `IBSession: start` gives a cookie. */
  ibSession: 'ignored' | 'cookie';
  /** Sessions at once with cookies; one more is refused with 406. */
  maxSessions: number;
  /** 1С takes a plus for a plus. */
  plusDecoding: 'off' | 'on';
  /** GET runs Post and its like. */
  getExecutesPost: 'on' | 'off';
  /** The documentation can be read as if the page were ignored with a count; clients see a page with a total. */
  inlineCount: 'page' | 'ignoresPage';
  firstRequestDelayMs: number;
  metadataDelayMs: number;
  /** Some orders are hidden from the user by row-level security: without allowedOnly a list of them is refused. */
  rls: boolean;
  /** Sets that the user may not read; `*` takes the role that opens OData at all. */
  denied: readonly string[];
  /** Sets that nobody put into the composition. */
  unpublished: readonly string[];
  /** `empty`: nobody put anything into the composition of the interface. */
  composition: 'full' | 'empty';
  platform: '8.3' | '8.5';
}

export const calmQuirks = (): Quirks => ({
  down: false,
  slowMs: 0,
  licence: false,
  maintenance: false,
  unauthorized: false,
  html200: false,
  platformError: false,
  gateway: 0,
  postingError: 0,
  periodClosed: false,
  ifMatch: 'ignored',
  ibSession: 'ignored',
  maxSessions: 10,
  plusDecoding: 'off',
  getExecutesPost: 'on',
  inlineCount: 'page',
  firstRequestDelayMs: 0,
  metadataDelayMs: 0,
  rls: false,
  denied: [],
  unpublished: [],
  composition: 'full',
  platform: '8.3',
});

const BOM = '\ufeff';

export interface OddAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Session refused: JSON with a BOM that is no OData error. */
const maintenanceAnswer = (path: string): OddAnswer => ({
  status: 403,
  type: 'application/json',
  body:
    BOM +
    JSON.stringify({
      '#exception': '{http://v8.1c.ru/8.2/virtual-resource-system}Exception',
      exception: {
        reason: 403,
        descr: `HTTP: Forbidden\nОшибка при выполнении запроса GET к ресурсу ${path}:`,
        inner: {
          descr: 'Начало сеанса с информационной базой запрещено.\nВедутся технические работы',
          inner: { descr: 'Ведутся технические работы', creationStack: 'core83.dll:0x0001', data: '' },
        },
      },
    }),
});

/** Out of licences: which status carries it over OData is not documented, 500 with the same shape is an assumption. */
const licenceAnswer = (path: string): OddAnswer => ({
  status: 500,
  type: 'application/json',
  body:
    BOM +
    JSON.stringify({
      '#exception': '{http://v8.1c.ru/8.2/virtual-resource-system}Exception',
      exception: {
        reason: 500,
        descr: `HTTP: Internal Server Error\nОшибка при выполнении запроса GET к ресурсу ${path}:`,
        inner: { descr: 'Не обнаружено свободной лицензии!' },
      },
    }),
});

const loginPage = (): OddAnswer => ({
  status: 200,
  type: 'text/html; charset=utf-8',
  body: '<!DOCTYPE html><html><head><title>1С:Предприятие</title></head><body><form method="post"><label>Имя пользователя<input name="user"></label><label>Пароль<input type="password" name="password"></label></form></body></html>',
});

/** The platform broke below OData. */
const platformErrorPage = (): OddAnswer => ({
  status: 500,
  type: 'text/html; charset=utf-8',
  body: `${BOM}<!DOCTYPE html><html><head><title>1C:Enterprise 8 application error</title></head><body><h2>1C:Enterprise 8 application error:</h2><p>Соединение с сервером 1С:Предприятия разорвано администратором<br>by reason:<br>server_addr=tcp://app1:1560 descr=Ошибка при выполнении операции с информационной базой</p></body></html>`,
});

const gatewayPage = (status: 502 | 503): OddAnswer => {
  const title = status === 502 ? '502 Bad Gateway' : '503 Service Unavailable';
  return {
    status,
    type: 'text/html',
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1><hr>Microsoft-IIS/10.0</body></html>`,
  };
};

/** What a quirk answers before OData is asked at all; null lets the request through. */
export function oddAnswer(quirks: Quirks, path: string): OddAnswer | null {
  if (quirks.gateway !== 0) return gatewayPage(quirks.gateway);
  if (quirks.maintenance) return maintenanceAnswer(path);
  if (quirks.licence) return licenceAnswer(path);
  if (quirks.platformError) return platformErrorPage();
  return quirks.html200 ? loginPage() : null;
}
