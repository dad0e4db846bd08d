/** Where somebody is on a page of sections. Pure. */

/** The last section that has begun above a line; the first one before any has. `tops` in order, px. */
export const sectionAt = (tops: readonly number[], line: number): number =>
  Math.max(
    0,
    tops.findLastIndex((top) => top <= line),
  );

interface Box {
  readonly offsetLeft: number;
  readonly offsetWidth: number;
}

/** How far a row has to be scrolled for a chip to stand in its middle, px. */
export const placeOfJump = (chip: Box, row: Pick<Box, 'offsetWidth'>): number =>
  Math.max(0, chip.offsetLeft - (row.offsetWidth - chip.offsetWidth) / 2);
