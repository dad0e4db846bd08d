import { type ComponentProps, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import css from './button.module.css';

export interface DeniedButtonProps extends Omit<ComponentProps<'button'>, 'onClick' | 'disabled'> {
  /** Why it may not be pressed now, as a sentence. */
  readonly reason: string;
}

interface Place {
  readonly style: { readonly left: number; readonly top?: number; readonly bottom?: number };
  readonly into: Element;
}

const ROOM = 8;
const GAP = 4;
/** Widest bubble of the style sheet, px. */
const WIDTH = 280;
/** Room for a bubble of three lines; with less below the button it stands above. */
const HEIGHT = 72;

/** Beside the button as it stands now; null when it is out of the window. */
function placeOf(button: HTMLButtonElement): Place | null {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  if (bottom < 0 || top > innerHeight) return null;
  const widest = Math.min(WIDTH, innerWidth - 2 * ROOM);
  return {
    style: {
      left: Math.max(ROOM, Math.min(left, innerWidth - widest - ROOM)),
      ...(bottom + HEIGHT > innerHeight ? { bottom: innerHeight - top + GAP } : { top: bottom + GAP }),
    },
    // What lies outside of a modal dialog would be below it.
    into: button.closest('dialog') ?? document.body,
  };
}

/**
 * A command that may not be given: it can be reached and pressed, does nothing and says why. A title would be out of reach
 * of a finger and of the keyboard.
 */
export function DeniedButton({ reason, type = 'button', ...rest }: DeniedButtonProps) {
  const [asked, setAsked] = useState<{ readonly button: HTMLButtonElement; readonly place: Place | null } | null>(null);
  const hide = () => setAsked(null);
  const show = ({ currentTarget: button }: { readonly currentTarget: HTMLButtonElement }) =>
    setAsked({ button, place: placeOf(button) });
  const button = asked?.button;
  useEffect(() => {
    if (button === undefined) return;
    // A button that the keyboard reaches is scrolled into sight: what it says goes with it.
    const follow = () => setAsked({ button, place: placeOf(button) });
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && setAsked(null);
    window.addEventListener('scroll', follow, true);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('scroll', follow, true);
      window.removeEventListener('keydown', onKey);
    };
  }, [button]);
  const place = asked?.place;
  return (
    <>
      <button
        {...rest}
        type={type}
        aria-disabled="true"
        aria-description={reason}
        onClick={(event) => {
          // As a submit button that is off, it keeps Enter in a field from sending the form.
          event.preventDefault();
          show(event);
        }}
        onFocus={show}
        onBlur={hide}
        onMouseEnter={show}
        onMouseLeave={({ currentTarget }) => document.activeElement !== currentTarget && hide()}
      />
      {place &&
        createPortal(
          <span role="tooltip" className={css.reason} style={place.style}>
            {reason}
          </span>,
          place.into,
        )}
    </>
  );
}
