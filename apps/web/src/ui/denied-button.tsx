import { type ComponentProps, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import css from './button.module.css';

export interface DeniedButtonProps extends Omit<ComponentProps<'button'>, 'onClick' | 'disabled' | 'type'> {
  /** Why it may not be pressed now, as a sentence. */
  readonly reason: string;
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly into: Element;
}

const ROOM = 8;
/** Widest bubble of the style sheet, px. */
const WIDTH = 280;

/**
 * A command that may not be given: it can be reached and pressed, does nothing and says why. A title would be out of reach
 * of a finger and of the keyboard.
 */
export function DeniedButton({ reason, ...rest }: DeniedButtonProps) {
  const [place, setPlace] = useState<Place | null>(null);
  const hide = () => setPlace(null);
  const show = ({ currentTarget }: { readonly currentTarget: HTMLButtonElement }) => {
    const box = currentTarget.getBoundingClientRect();
    const widest = Math.min(WIDTH, window.innerWidth - 2 * ROOM);
    setPlace({
      left: Math.max(ROOM, Math.min(box.left, window.innerWidth - widest - ROOM)),
      top: box.bottom + 4,
      // What lies outside of a modal dialog would be below it.
      into: currentTarget.closest('dialog') ?? document.body,
    });
  };
  useEffect(() => {
    if (place === null) return;
    const leave = () => setPlace(null);
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && leave();
    window.addEventListener('scroll', leave, true);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('scroll', leave, true);
      window.removeEventListener('keydown', onKey);
    };
  }, [place]);
  return (
    <>
      <button
        {...rest}
        type="button"
        aria-disabled="true"
        aria-description={reason}
        onClick={show}
        onFocus={show}
        onBlur={hide}
        onMouseEnter={show}
        onMouseLeave={hide}
      />
      {place &&
        createPortal(
          <span role="tooltip" className={css.reason} style={{ left: place.left, top: place.top }}>
            {reason}
          </span>,
          place.into,
        )}
    </>
  );
}
