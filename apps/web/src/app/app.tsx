import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { RouterProvider } from 'react-router/dom';
import { useDensity, useMedia, useThemeChoice } from '../lib/preferences.ts';
import { ThemeContext } from '../ui/theme-context.tsx';
import { queryClient } from './query-client.ts';
import { createRouter } from './router.tsx';

const router = createRouter();

/** Theme, queries and routes around every screen. */
export function App() {
  const [choice] = useThemeChoice();
  const [density] = useDensity();
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const name = choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;
  useEffect(() => {
    document.documentElement.dataset.theme = name;
    document.documentElement.dataset.density = density;
  }, [name, density]);
  return (
    <ThemeContext value={name}>
      <QueryClientProvider client={queryClient}>
        {/* Without transitions: in slices the first paint takes half as long again, and routes wait for their screen anyway. */}
        <RouterProvider router={router} useTransitions={false} />
      </QueryClientProvider>
    </ThemeContext>
  );
}
