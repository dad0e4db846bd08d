import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { PlainTable } from './plain-table.tsx';

it('tells the style the name of every column, quotes included, so that a card on a phone can say it', () => {
  const { container } = render(
    <PlainTable head={['Поток', { title: 'Ждут, «шт.»', align: 'end' }, 'a "b"']}>
      <tr>
        <td>УТ → сайт</td>
        <td>16</td>
        <td>c</td>
      </tr>
    </PlainTable>,
  );
  const style = container.querySelector('table')?.style;
  expect(style?.getPropertyValue('--head-1')).toBe('"Поток"');
  expect(style?.getPropertyValue('--head-2')).toBe('"Ждут, «шт.»"');
  expect(style?.getPropertyValue('--head-3')).toBe('"a \\"b\\""');
  expect([...container.querySelectorAll('th')].map((cell) => cell.dataset.align)).toEqual(['start', 'end', 'start']);
});
