/** Audit. */
export const audit = {
  title: 'Audit',
  intact: 'Chain intact, {{count}} entries',
  broken: 'Chain broken at entry {{id}}',
  verify: 'Verify the chain',
  who: 'Who',
  when: 'When',
  action: 'Action',
  object: 'Object',
  reason: 'Reason',
  pult: 'Pult',
  onBehalfOf: 'for {{name}}',
  empty: 'No entries',
  emptyText: 'Every command appears here: who, what, why. If the filter is too narrow, widen it.',
  more: 'Show more',
} as const;
