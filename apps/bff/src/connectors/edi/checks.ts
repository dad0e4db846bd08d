import { isDecimal } from '@pult/shared/domain/edi/decimal';
import { isGln } from '@pult/shared/domain/edi/gln';

/** Gathers what is wrong with a document while it is read, so that one error names everything. */
export interface Checks {
  readonly problems: string[];
  text(value: string | null, what: string, max?: number): string;
  gln(value: string | null, what: string): string;
  date(value: string | null, what: string): string;
  quantity(value: string | null, what: string): string;
  /** A price may be missing, but not be nonsense. */
  price(value: string | null, what: string): string | null;
}

export function createChecks(): Checks {
  const problems: string[] = [];
  const wrong = (text: string): string => {
    problems.push(text);
    return '';
  };
  const shown = (value: string): string => `«${value.slice(0, 40)}»`;
  return {
    problems,
    text: (value, what, max = 50) => {
      if (value === null) return wrong(`нет поля: ${what}`);
      return value.length > max ? wrong(`${what}: длиннее ${max} знаков`) : value;
    },
    gln: (value, what) => {
      if (value === null) return wrong(`нет поля: ${what}`);
      return isGln(value) ? value : wrong(`${what}: ${shown(value)} — не GLN, не сходится контрольная цифра`);
    },
    date: (value, what) => {
      if (value === null) return wrong(`нет поля: ${what}`);
      return dateOf(value) ?? wrong(`${what}: ${shown(value)} — не дата`);
    },
    quantity: (value, what) => {
      if (value === null) return wrong(`нет поля: ${what}`);
      const text = decimalOf(value);
      return text ?? wrong(`${what}: ${shown(value)} — не количество`);
    },
    price: (value, what) => {
      if (value === null) return null;
      const text = decimalOf(value);
      if (text === null) problems.push(`${what}: ${shown(value)} — не цена`);
      return text;
    },
  };
}

/** `5`, `5.000`, `5,0`; partners write both marks. */
function decimalOf(value: string): string | null {
  const text = value.replace(',', '.').replace(/^\+/, '');
  return isDecimal(text) ? text : null;
}

/** A day of the calendar out of a date or a moment; null when it is none. */
export function dateOf(value: string | null): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/.exec(value ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined || Number(year) < 2000) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
    ? `${year}-${month}-${day}`
    : null;
}
