/**
 * Whether a click met a link, a button or a field inside a row. It does its own work: a row that took the focus as well
 * would write itself into the address and undo the navigation of the link.
 */
export const isOwnControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, input, label') !== null;
