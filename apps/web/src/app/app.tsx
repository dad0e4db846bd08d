import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import ruRU from 'antd/locale/ru_RU';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router';
import { ApiError, shouldRetryQuery } from '../lib/api/api-error.ts';
import { useMedia, useThemeChoice } from '../lib/preferences.ts';
import { goToLogin } from '../lib/session.ts';
import { antdTheme } from '../ui/theme.ts';
import { ThemeContext } from '../ui/theme-context.tsx';
import { createRouter } from './router.tsx';

const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) goToLogin();
    },
  }),
  defaultOptions: {
    queries: { retry: shouldRetryQuery, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
const router = createRouter();

export function App() {
  const { i18n } = useTranslation();
  const [choice] = useThemeChoice();
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const reducedMotion = useMedia('(prefers-reduced-motion: reduce)');
  const name = choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;
  useEffect(() => {
    document.documentElement.dataset.theme = name;
  }, [name]);
  const theme = useMemo(() => antdTheme(name, 'normal', reducedMotion), [name, reducedMotion]);
  return (
    <ThemeContext value={name}>
      <ConfigProvider theme={theme} locale={i18n.language === 'en' ? enUS : ruRU} wave={{ disabled: true }}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ConfigProvider>
    </ThemeContext>
  );
}
