import { describe, expect, it } from 'vitest';
import { csvCell, csvFile } from './csv-cell.ts';

describe('a cell of a CSV', () => {
  it('is empty for what is absent and quoted where a separator would break it', () => {
    expect(csvCell(null)).toBe('');
    expect(csvCell('ООО «Рога»; копыта')).toBe('"ООО «Рога»; копыта"');
    expect(csvCell('сказал "да"')).toBe('"сказал ""да"""');
  });

  it('is never a formula, while a negative number stays a number', () => {
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('@SUM(A1)')).toBe("'@SUM(A1)");
    expect(csvCell('-8610.00')).toBe('-8610.00');
  });

  it('stands in a file that begins with a BOM and ends with a line break', () => {
    expect(
      csvFile([
        ['a', 'b'],
        [1, null],
      ]),
    ).toBe('\uFEFFa;b\r\n1;\r\n');
  });
});
