/**
 * The one file of design tokens (screens.md, Tokens). It feeds antd's theme (theme.ts) and our CSS variables;
 * no colour is written anywhere else.
 */

export type ThemeName = 'light' | 'dark';

/** State of anything, in order of urgency; each has a colour and a shape of its own. */
export const STATE_NAMES = ['bad', 'warn', 'doubt', 'run', 'ok', 'idle'] as const;
export type StateName = (typeof STATE_NAMES)[number];

export interface Palette {
  readonly bg: string;
  readonly surface: string;
  readonly raised: string;
  readonly sunk: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly accent: string;
  readonly accentSoft: string;
  /** Text on a ground of `accent`. */
  readonly onAccent: string;
  readonly ok: string;
  readonly warn: string;
  readonly bad: string;
  readonly doubt: string;
  readonly run: string;
  readonly idle: string;
  readonly okText: string;
  readonly warnText: string;
  readonly badText: string;
  readonly doubtText: string;
  readonly runText: string;
  readonly idleText: string;
  readonly okSoft: string;
  readonly warnSoft: string;
  readonly badSoft: string;
  readonly doubtSoft: string;
  readonly runSoft: string;
  readonly idleSoft: string;
  readonly shadow: string;
  /** Behind a dialog. */
  readonly mask: string;
}

const light: Palette = {
  bg: '#f4f5f7',
  surface: '#ffffff',
  raised: '#ffffff',
  sunk: '#f8f9fb',
  line: '#e4e7ec',
  lineStrong: '#cfd5de',
  text: '#141922',
  text2: '#56606f',
  text3: '#667080',
  accent: '#3257d6',
  accentSoft: '#eaeffd',
  onAccent: '#ffffff',
  ok: '#1a8f57',
  warn: '#b86e00',
  bad: '#cc2f3a',
  doubt: '#7548c9',
  run: '#0b7fa8',
  idle: '#8892a1',
  okText: '#14784a',
  warnText: '#965a00',
  badText: '#c22731',
  doubtText: '#6a3fbd',
  runText: '#0a6a8c',
  idleText: '#56606f',
  okSoft: '#e3f5eb',
  warnSoft: '#fdf0d9',
  badSoft: '#fdeaeb',
  doubtSoft: '#f1eafc',
  runSoft: '#e0f3f9',
  idleSoft: '#eef0f3',
  shadow: '0 8px 24px rgb(20 25 34 / 14%), 0 1px 3px rgb(20 25 34 / 10%)',
  mask: 'rgb(20 25 34 / 45%)',
};

const dark: Palette = {
  bg: '#0e1116',
  surface: '#151a21',
  raised: '#1b212a',
  sunk: '#11151b',
  line: '#252c36',
  lineStrong: '#374151',
  text: '#e7eaf0',
  text2: '#a0aab9',
  text3: '#8590a0',
  accent: '#7e9bff',
  accentSoft: '#1d2748',
  onAccent: '#0e1116',
  ok: '#43c383',
  warn: '#e5a13a',
  bad: '#f2666f',
  doubt: '#b08cf5',
  run: '#4bbfe4',
  idle: '#7c8796',
  okText: '#43c383',
  warnText: '#e5a13a',
  badText: '#f2666f',
  doubtText: '#b08cf5',
  runText: '#4bbfe4',
  idleText: '#a0aab9',
  okSoft: '#10291d',
  warnSoft: '#33240d',
  badSoft: '#3a171b',
  doubtSoft: '#271d3d',
  runSoft: '#0e2a36',
  idleSoft: '#222934',
  shadow: '0 8px 24px rgb(0 0 0 / 50%), 0 1px 3px rgb(0 0 0 / 40%)',
  mask: 'rgb(0 0 0 / 60%)',
};

export const PALETTES: Readonly<Record<ThemeName, Palette>> = { light, dark };

/** Sizes in px. */
export const MEASURES = {
  fontSize: 13,
  lineHeight: 20,
  fontSizeSmall: 12,
  lineHeightSmall: 16,
  fontSizeTitle: 18,
  lineHeightTitle: 26,
  radiusCard: 8,
  radiusControl: 6,
  radiusTag: 4,
  controlHeight: 32,
  controlHeightTable: 26,
  row: 38,
  rowDense: 32,
  rail: 212,
  topBar: 48,
  /** Below it the rail becomes a bottom bar and tables become cards. */
  phoneWidth: 720,
} as const;

export const FONT = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
export const FONT_MONO = "'JetBrains Mono', ui-monospace, 'SF Mono', Menlo, Consolas, monospace";

const kebab = (name: string): string => name.replace(/[A-Z0-9]/g, (letter) => `-${letter.toLowerCase()}`);

const declarations = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, value]) => `--${kebab(name)}:${value};`)
    .join('');

/**
 * All CSS variables of both themes: `--bg`, `--text-2`, `--bad-soft` … and measures as `--m-row`. The attribute
 * `data-theme` on the root wins over the preference of the system.
 */
export function tokensCss(): string {
  const measures = Object.entries(MEASURES)
    .map(([name, px]) => `--m-${kebab(name)}:${px}px;`)
    .join('');
  return [
    `:root{color-scheme:light;${declarations(light)}${measures}--font:${FONT};--font-mono:${FONT_MONO};}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${declarations(dark)}}}`,
    `:root[data-theme=dark]{color-scheme:dark;${declarations(dark)}}`,
    'html{background:var(--bg);color:var(--text)}',
  ].join('\n');
}
