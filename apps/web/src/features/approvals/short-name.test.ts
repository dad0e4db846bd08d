import { expect, it } from 'vitest';
import { familyName, shortName } from './short-name.ts';

it.each([
  ['Ильин Пётр Сергеевич', 'Ильин П. С.', 'Ильин'],
  ['Ильин П. С.', 'Ильин П. С.', 'Ильин'],
  ['Робот', 'Робот', 'Робот'],
  ['отдел продаж', 'отдел продаж', 'отдел'],
])('%s is %s on the card and %s in a row', (name, short, family) => {
  expect(shortName(name).replaceAll('\u00a0', ' ')).toBe(short);
  expect(familyName(name)).toBe(family);
});
