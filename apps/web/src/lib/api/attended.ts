/**
 * Whether somebody is at this screen. What they do themselves is told from the requests of an open tab by their hand: a key,
 * a pointer, a wheel, or coming back to the tab. For a minute after that every request counts as theirs, so that one which
 * only looks at numbers that move by themselves stays logged in while they scroll, and an unattended tab does not.
 */
const ATTENDED_MS = 60_000;
const BY_HAND = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

// A page that opens was opened by somebody.
let lastAt = Date.now();
const note = (): void => {
  lastAt = Date.now();
};
for (const kind of BY_HAND) window.addEventListener(kind, note, { capture: true, passive: true });
window.addEventListener('focus', note);

export const isAttended = (): boolean => Date.now() - lastAt < ATTENDED_MS;
