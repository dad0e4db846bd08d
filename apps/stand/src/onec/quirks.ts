/** Faults of a base that a person can switch on: how 1С really misbehaves (protocols: errors and sessions). */
export interface Quirks {
  down: boolean;
  slowMs: number;
  licence: boolean;
  maintenance: boolean;
  unauthorized: boolean;
  html200: boolean;
  /** Share of posts whose handler fails, 0…1. */
  postingError: number;
  ifMatch: 'ignored' | 'documented';
  firstRequestDelayMs: number;
}

export const calmQuirks = (): Quirks => ({
  down: false,
  slowMs: 0,
  licence: false,
  maintenance: false,
  unauthorized: false,
  html200: false,
  postingError: 0,
  ifMatch: 'ignored',
  firstRequestDelayMs: 0,
});

const BOM = '\ufeff';

export interface OddAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Session refused: JSON with a BOM that is no OData error. */
export const maintenanceAnswer = (path: string): OddAnswer => ({
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
export const licenceAnswer = (path: string): OddAnswer => ({
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

export const loginPage = (): OddAnswer => ({
  status: 200,
  type: 'text/html; charset=utf-8',
  body: '<!DOCTYPE html><html><head><title>1С:Предприятие</title></head><body><form>Имя пользователя</form></body></html>',
});
