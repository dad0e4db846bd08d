import { type KeyHint, useScreenKeys } from '../lib/use-keys.ts';
import css from './ui.module.css';

/** A key of the keyboard. */
export const Kbd = ({ children }: { readonly children: string }) => <kbd className={css.kbd}>{children}</kbd>;

/** The keys of this screen under its list, and in the `?` overlay. */
export function KeyHints({ keys }: { readonly keys: readonly KeyHint[] }) {
  useScreenKeys(keys);
  return (
    <footer className={css.keys} aria-hidden="true">
      {keys.map(([key, meaning]) => (
        <span key={key}>
          {key.split(' ').map((one) => (
            <Kbd key={one}>{one}</Kbd>
          ))}{' '}
          {meaning}
        </span>
      ))}
    </footer>
  );
}
