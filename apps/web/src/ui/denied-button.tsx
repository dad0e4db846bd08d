import { type ComponentProps, useEffect, useRef, useState } from 'react';
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
/** Time for a pointer to get from the button to the bubble; what lies below the bubble is covered no longer than that. */
const CROSSING_MS = 150;

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
 * of a finger and of the keyboard. The bubble stays while the button has the focus or the pointer is on either (WCAG
 * 1.4.13); Escape or a press anywhere else ends it.
 */
export function DeniedButton({ reason, type = 'button', ...rest }: DeniedButtonProps) {
  const [asked, setAsked] = useState<{ readonly button: HTMLButtonElement; readonly place: Place | null } | null>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stay = () => clearTimeout(leaving.current);
  const show = ({ currentTarget: button }: { readonly currentTarget: HTMLButtonElement }) => {
    stay();
    setAsked({ button, place: placeOf(button) });
  };
  const leave = () => {
    stay();
    leaving.current = setTimeout(
      () => setAsked((now) => (now?.button === document.activeElement ? now : null)),
      CROSSING_MS,
    );
  };
  const button = asked?.button;
  useEffect(() => {
    if (button === undefined) return;
    // A button that the keyboard reaches is scrolled into sight: what it says goes with it.
    const follow = () => setAsked({ button, place: placeOf(button) });
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || bubble.current === null) return;
      setAsked(null);
      // The dialog or the panel that the button stands in stays: Escape ends one thing at a time.
      event.preventDefault();
      event.stopPropagation();
    };
    const onPress = ({ target }: PointerEvent) => {
      if (!(target instanceof Node && button.contains(target))) setAsked(null);
    };
    window.addEventListener('scroll', follow, true);
    window.addEventListener('keydown', onKey, true);
    window.addEventListener('pointerdown', onPress, true);
    return () => {
      clearTimeout(leaving.current);
      window.removeEventListener('scroll', follow, true);
      window.removeEventListener('keydown', onKey, true);
      window.removeEventListener('pointerdown', onPress, true);
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
        onBlur={() => bubble.current?.matches(':hover') || setAsked(null)}
        onMouseEnter={show}
        onMouseLeave={leave}
      />
      {place &&
        createPortal(
          <span
            ref={bubble}
            role="tooltip"
            className={css.reason}
            style={place.style}
            onMouseEnter={stay}
            onMouseLeave={leave}
          >
            {reason}
          </span>,
          place.into,
        )}
    </>
  );
}
