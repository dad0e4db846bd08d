import { expect, it, vi } from 'vitest';
import { choosePort } from './free-port.ts';

vi.mock('node:crypto', () => {
  const drawn = [28_652, 28_652, 28_652, 21_965];
  return { randomInt: () => drawn.shift() };
});

it('a port that was chosen is not chosen again while nothing listens on it yet', async () => {
  const [first, second] = [await choosePort(0), await choosePort(0)];
  expect(second).not.toBe(first);
});
