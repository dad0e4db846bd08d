import { useEffect, useRef, useSyncExternalStore } from 'react';

export type KeyMap = Readonly<Record<string, () => void>>;
/** A key (or several with a space between) and what it does on this screen. */
export type KeyHint = readonly [keys: string, meaning: string];

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && !/^(checkbox|radio|button)$/.test(target.type)));

/** Whether a dialog is in front; antd keeps closed ones in the page, out of sight. */
const dialogOpen = (): boolean =>
  document.querySelector('dialog[open]') !== null ||
  [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].some((dialog) => dialog.offsetParent !== null);

/** Elements that Enter and the space bar already work on. */
const actsItself = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a[href], input, summary, [role="option"]') !== null;

/**
 * The key as our maps name it. Letters and `/`, `?` go by the place on the keyboard when the layout is not Latin, so
 * that `j` works on a Russian layout, too.
 */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string {
  if (/^[\x20-\x7e]$/.test(event.key) && !/^[.,]$/.test(event.key)) return event.key.toLowerCase();
  if (event.key.length > 1) return event.key;
  if (event.code === 'Slash') return event.shiftKey ? '?' : '/';
  const [, letter] = /^Key([A-Z])$/.exec(event.code) ?? [];
  return letter?.toLowerCase() ?? event.key;
}

/** Single keys of a screen; silent inside fields and dialogs and together with Ctrl, Alt or ⌘. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (inField(event.target) || dialogOpen()) return;
      const name = keyName(event);
      if ((name === 'Enter' || name === ' ') && actsItself(event.target)) return;
      const act = latest.current[name];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

let hintsOfScreen: readonly KeyHint[] = [];
const listeners = new Set<() => void>();
const announce = (next: readonly KeyHint[]): void => {
  hintsOfScreen = next;
  for (const listener of listeners) listener();
};

/** Tells the `?` overlay the keys of this screen while it is mounted. */
export function useScreenKeys(hints: readonly KeyHint[]): void {
  const text = JSON.stringify(hints);
  useEffect(() => {
    announce(JSON.parse(text) as readonly KeyHint[]);
    return () => announce([]);
  }, [text]);
}

/** Keys of the screen in front. */
export const useScreenKeyHints = (): readonly KeyHint[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hintsOfScreen,
  );

export interface ListKeysOptions {
  /** Keys of the rows in the order on screen. */
  readonly rows: readonly string[];
  readonly focused: string | null;
  readonly onFocus: (row: string) => void;
  readonly onToggle?: (row: string) => void;
  readonly onOpen?: (row: string) => void;
}

/** The keys that every list has: j and k move the focus, x selects, Enter opens. */
export function useListKeys({ rows, focused, onFocus, onToggle, onOpen }: ListKeysOptions): void {
  const step = (by: 1 | -1) => {
    const at = focused === null ? -1 : rows.indexOf(focused);
    const next = rows[at === -1 ? 0 : at + by];
    if (next === undefined) return;
    onFocus(next);
    document.querySelector(`[data-row-key="${CSS.escape(next)}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: () => focused !== null && onToggle?.(focused),
    Enter: () => focused !== null && onOpen?.(focused),
  });
}
