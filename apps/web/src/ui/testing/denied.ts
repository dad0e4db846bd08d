/** Why a button is off, as those hear it who do not see it; null when it may be pressed. */
export const reasonOf = (button: HTMLElement): string | null =>
  button.ariaDisabled === 'true' ? button.getAttribute('aria-description') : null;
