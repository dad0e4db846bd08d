import { useEffect, useState } from 'react';
import css from './ui.module.css';

const DELAY_MS = 300;

/** Grey lines in the place of rows, after 300 ms: what comes quickly never flickers. */
export function Skeleton({ rows }: { readonly rows: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={css.skeleton} aria-busy="true" data-shown={shown}>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} style={{ width: `${92 - ((index * 17) % 38)}%` }} />
      ))}
    </div>
  );
}
