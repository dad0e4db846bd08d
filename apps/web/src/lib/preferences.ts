import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'light' | 'dark' | 'system';
export type Density = 'normal' | 'dense';

const listeners = new Set<() => void>();

/** A choice of this device: read from storage, told to every component that shows it. */
function preference<Value extends string>(key: string, values: readonly Value[], initial: Value) {
  const read = (): Value => {
    const stored = localStorage.getItem(key);
    return values.find((value) => value === stored) ?? initial;
  };
  return function usePreference(): readonly [Value, (next: Value) => void] {
    const value = useSyncExternalStore((listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }, read);
    return [
      value,
      (next) => {
        localStorage.setItem(key, next);
        for (const listener of listeners) listener();
      },
    ];
  };
}

/** The chosen theme, remembered on this device. */
export const useThemeChoice = preference<ThemeChoice>('pult.theme', ['light', 'dark', 'system'], 'system');
/** Height of table rows: 38 px or 32 px. */
export const useDensity = preference<Density>('pult.density', ['normal', 'dense'], 'normal');

/** Follows a media query. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
  );
}
