import { type KeyboardEvent, useState } from 'react';
import css from './shell.module.css';

interface Line {
  readonly key: string;
  readonly title: string;
  readonly hint: string;
}

export interface HitKeys {
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly reset: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Arrows move over the lines, Enter takes the one that is lit. */
export function useHitKeys<Hit>(hits: readonly Hit[], onGo: (hit: Hit) => void): HitKeys {
  const [wanted, setActive] = useState(0);
  const active = Math.max(0, Math.min(wanted, hits.length - 1));
  return {
    active,
    setActive,
    reset: () => setActive(0),
    onKeyDown: (event) => {
      if (event.key === 'ArrowDown') setActive(Math.min(hits.length - 1, active + 1));
      else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
      else if (event.key === 'Enter') {
        const hit = hits[active];
        if (hit !== undefined) onGo(hit);
      } else return;
      event.preventDefault();
    },
  };
}

export interface HitListProps<Hit extends Line> {
  readonly id: string;
  readonly label: string;
  readonly hits: readonly Hit[];
  readonly keys: HitKeys;
  readonly onGo: (hit: Hit) => void;
}

/** Lines under a search field; the field keeps the focus. */
export function HitList<Hit extends Line>({ id, label, hits, keys, onGo }: HitListProps<Hit>) {
  return (
    <div id={id} role="listbox" aria-label={label} className={css.hitList}>
      {hits.map((hit, index) => (
        <div
          key={hit.key}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === keys.active}
          onMouseMove={() => keys.setActive(index)}
          onMouseDown={(event) => {
            // Before the field loses its focus and the list goes away.
            event.preventDefault();
            onGo(hit);
          }}
        >
          <b>{hit.title}</b>
          <span>{hit.hint}</span>
        </div>
      ))}
    </div>
  );
}
