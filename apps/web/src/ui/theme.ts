import { type ThemeConfig, theme } from 'antd';
import type { Density } from '../lib/preferences.ts';
import { FONT, FONT_MONO, MEASURES, PALETTES, type ThemeName } from './tokens.ts';

/** antd's theme from our tokens. Motion is short; the reduced-motion preference switches it off. */
export function antdTheme(name: ThemeName, density: Density, reducedMotion: boolean): ThemeConfig {
  const p = PALETTES[name];
  const row = density === 'dense' ? MEASURES.rowDense : MEASURES.row;
  const cellPadding = (row - MEASURES.lineHeight - 1) / 2;
  return {
    // antd mixes the seeds with its ground in the dark; our colours are chosen for that ground already.
    algorithm: (seed, map) => ({
      ...(name === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm)(seed, map),
      colorPrimary: p.accent,
      colorInfo: p.run,
      colorSuccess: p.ok,
      colorWarning: p.warn,
      colorError: p.bad,
      colorErrorText: p.badText,
    }),
    cssVar: { key: 'pult' },
    hashed: false,
    token: {
      colorPrimary: p.accent,
      colorInfo: p.run,
      colorSuccess: p.ok,
      colorWarning: p.warn,
      colorError: p.bad,
      colorLink: p.accent,
      colorBgLayout: p.bg,
      colorBgContainer: p.surface,
      colorBgElevated: p.raised,
      colorBgMask: p.mask,
      colorText: p.text,
      colorTextSecondary: p.text2,
      colorTextTertiary: p.text3,
      colorTextDescription: p.text2,
      colorTextPlaceholder: p.text3,
      colorTextLightSolid: p.onAccent,
      colorBorder: p.lineStrong,
      colorBorderSecondary: p.line,
      colorSplit: p.line,
      controlItemBgActive: p.accentSoft,
      controlItemBgActiveHover: p.accentSoft,
      fontFamily: FONT,
      fontFamilyCode: FONT_MONO,
      fontSize: MEASURES.fontSize,
      lineHeight: MEASURES.lineHeight / MEASURES.fontSize,
      fontSizeSM: MEASURES.fontSizeSmall,
      fontSizeHeading4: MEASURES.fontSizeTitle,
      fontWeightStrong: 600,
      borderRadius: MEASURES.radiusControl,
      borderRadiusLG: MEASURES.radiusCard,
      borderRadiusSM: MEASURES.radiusTag,
      controlHeight: MEASURES.controlHeight,
      controlHeightSM: MEASURES.controlHeightTable,
      boxShadow: p.shadow,
      boxShadowSecondary: p.shadow,
      motion: !reducedMotion,
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.15s',
      wireframe: false,
    },
    components: {
      Button: { fontWeight: 500, primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
      Table: {
        headerBg: p.surface,
        headerColor: p.text2,
        headerSplitColor: 'transparent',
        cellPaddingBlock: cellPadding,
        cellPaddingInline: 12,
        rowHoverBg: p.sunk,
        rowSelectedBg: p.accentSoft,
        rowSelectedHoverBg: p.accentSoft,
      },
      Segmented: {
        trackBg: p.surface,
        trackPadding: 0,
        itemSelectedBg: p.accentSoft,
        itemSelectedColor: p.accent,
        itemColor: p.text2,
      },
      Tooltip: { colorBgSpotlight: p.raised, colorTextLightSolid: p.text },
    },
  };
}
