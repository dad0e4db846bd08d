import { createContext, useContext } from 'react';
import { PALETTES, type Palette, type ThemeName } from './tokens.ts';

export const ThemeContext = createContext<ThemeName>('light');

/** Palette of the theme in force, for canvas charts that cannot read CSS variables. */
export const usePalette = (): Palette => PALETTES[useContext(ThemeContext)];
