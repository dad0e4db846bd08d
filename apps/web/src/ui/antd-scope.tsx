import { ConfigProvider } from 'antd';
import type { Locale } from 'antd/es/locale/index';
import ruRU from 'antd/locale/ru_RU';
import { type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDensity, useMedia } from '../lib/preferences.ts';
import { antdTheme } from './theme.ts';
import { ThemeContext } from './theme-context.tsx';

/** Texts inside antd's own parts; English is fetched when somebody reads it. */
function useAntdLocale(): Locale {
  const { i18n } = useTranslation();
  const [english, setEnglish] = useState<Locale | null>(null);
  const wanted = i18n.language === 'en';
  useEffect(() => {
    if (wanted) void import('antd/locale/en_US').then((module) => setEnglish(module.default));
  }, [wanted]);
  return wanted && english ? english : ruRU;
}

/** Theme and texts of antd around a screen that has parts of it; screens without come without its weight. */
export function AntdScope({ children }: { readonly children: ReactNode }) {
  const name = useContext(ThemeContext);
  const [density] = useDensity();
  const reducedMotion = useMedia('(prefers-reduced-motion: reduce)');
  const locale = useAntdLocale();
  const theme = useMemo(() => antdTheme(name, density, reducedMotion), [name, density, reducedMotion]);
  return (
    <ConfigProvider theme={theme} locale={locale} wave={{ disabled: true }}>
      {children}
    </ConfigProvider>
  );
}
