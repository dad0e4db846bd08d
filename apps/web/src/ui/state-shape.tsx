import type { StateName } from './tokens.ts';

/** Each state has a shape of its own so that colour never speaks alone: ● ▲ ■ ◆ ◐ ○. */
const PATHS: Readonly<Record<StateName, React.ReactNode>> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  warn: <path d="M6 1.2 11.2 10.6H.8Z" fill="currentColor" />,
  bad: <rect x="1.6" y="1.6" width="8.8" height="8.8" rx="1" fill="currentColor" />,
  doubt: <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="currentColor" />,
  run: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 1.8a4.2 4.2 0 0 0 0 8.4Z" fill="currentColor" />
    </>
  ),
  idle: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};

export function StateShape({ state, size = 12 }: { readonly state: StateName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      aria-hidden="true"
      style={{ color: `var(--${state})`, flex: 'none' }}
    >
      {PATHS[state]}
    </svg>
  );
}
