import '@fontsource-variable/inter/index.css';
import '@fontsource/jetbrains-mono/cyrillic-400.css';
import '@fontsource/jetbrains-mono/latin-400.css';
import './base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '../lib/i18n/i18n.ts';
import { goToLogin, mayHaveSession, sessionQuery } from '../lib/session.ts';
import { App } from './app.tsx';
import { queryClient } from './query-client.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
if (mayHaveSession()) {
  // Asked for beside everything else: the shell cannot be drawn without it.
  void queryClient.prefetchQuery(sessionQuery());
  await startI18n();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
} else {
  // Back from the login, the browser may show this page as it was left: empty.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) window.location.reload();
  });
  goToLogin();
}
