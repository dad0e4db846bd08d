import { QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import type { Locale } from 'antd/es/locale/index';
import ruRU from 'antd/locale/ru_RU';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { useDensity, useMedia, useThemeChoice } from '../lib/preferences.ts';
import { antdTheme } from '../ui/theme.ts';
import { ThemeContext } from '../ui/theme-context.tsx';
import { queryClient } from './query-client.ts';
import { createRouter } from './router.tsx';

const router = createRouter();

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

/** Theme, texts, queries and routes around every screen. */
export function App() {
  const [choice] = useThemeChoice();
  const [density] = useDensity();
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const reducedMotion = useMedia('(prefers-reduced-motion: reduce)');
  const locale = useAntdLocale();
  const name = choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;
  useEffect(() => {
    document.documentElement.dataset.theme = name;
    document.documentElement.dataset.density = density;
  }, [name, density]);
  const theme = useMemo(() => antdTheme(name, density, reducedMotion), [name, density, reducedMotion]);
  return (
    <ThemeContext value={name}>
      <ConfigProvider theme={theme} locale={locale} wave={{ disabled: true }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ConfigProvider>
    </ThemeContext>
  );
}
