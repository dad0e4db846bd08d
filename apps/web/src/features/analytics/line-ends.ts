/** Labels at the ends of lines on a logarithmic scale: where they stand and how far they move apart. Pure. */

/** Whole decades around all values: the scale of the axis; one decade when there is nothing to show. */
export function decadesOf(values: readonly (number | null)[]): { readonly min: number; readonly max: number } {
  const logs = values.filter((value) => value !== null && value > 0).map((value) => Math.log10(value as number));
  if (logs.length === 0) return { min: 1, max: 10 };
  const low = Math.floor(Math.min(...logs));
  return { min: 10 ** low, max: 10 ** Math.max(low + 1, Math.ceil(Math.max(...logs))) };
}

/**
 * Px by which each label moves down from its own line so that no two are nearer than `gap`; the order from top to bottom stays.
 * `tops` are the places of the lines, px from the top; a label without a line (null) stays.
 */
export function spreadLabels(tops: readonly (number | null)[], gap: number): number[] {
  const moved = tops.map(() => 0);
  const order = tops
    .map((top, index) => ({ top, index }))
    .filter((one): one is { top: number; index: number } => one.top !== null)
    .sort((a, b) => a.top - b.top);
  // Neighbours that touch become one block around their common middle; blocks that touch then become one again.
  const blocks: { middle: number; members: { top: number; index: number }[] }[] = [];
  for (const one of order) {
    let block = { middle: one.top, members: [one] };
    for (let above = blocks.at(-1); above && overlaps(above, block, gap); above = blocks.at(-1)) {
      blocks.pop();
      const members = [...above.members, ...block.members];
      block = { middle: members.reduce((sum, { top }) => sum + top, 0) / members.length, members };
    }
    blocks.push(block);
  }
  for (const { middle, members } of blocks)
    members.forEach(({ top, index }, place) => {
      moved[index] = middle + (place - (members.length - 1) / 2) * gap - top;
    });
  return moved;
}

function overlaps(
  above: { middle: number; members: readonly unknown[] },
  below: { middle: number; members: readonly unknown[] },
  gap: number,
): boolean {
  return below.middle - above.middle < ((above.members.length + below.members.length) / 2) * gap;
}
