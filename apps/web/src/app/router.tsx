import type { ComponentType } from 'react';
import { createBrowserRouter } from 'react-router';
import { loadTexts } from '../lib/i18n/i18n.ts';
import type { TextArea } from '../lib/i18n/texts.ts';
import { patterns } from '../lib/paths.ts';
import { Home, NotFound, RouteError } from './edges.tsx';
import { queryClient } from './query-client.ts';
import { Shell } from './shell.tsx';

/** A screen and its texts, loaded side by side when the route is opened first. */
const screen =
  (load: () => Promise<ComponentType>, ...areas: readonly TextArea[]) =>
  async (): Promise<{ Component: ComponentType }> => {
    const [Component] = await Promise.all([load(), loadTexts(areas)]);
    return { Component };
  };

const WAIT_FOR_DATA_MS = 400;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A screen with parts of antd in it. */
const antdScreen = (load: () => Promise<ComponentType>, ...areas: readonly TextArea[]) =>
  screen(
    async () => {
      const [{ AntdScope }, Screen] = await Promise.all([import('../ui/antd-scope.tsx'), load()]);
      return () => (
        <AntdScope>
          <Screen />
        </AntdScope>
      );
    },
    ...areas,
  );

const overview = screen(
  async () => (await import('../features/landscape/overview-page.tsx')).OverviewPage,
  'landscape',
  'quiet',
);
const flows = screen(
  async () => (await import('../features/landscape/flows-page.tsx')).FlowsPage,
  'landscape',
  'quiet',
);
const flow = screen(
  async () => (await import('../features/landscape/flow-page.tsx')).FlowPage,
  'landscape',
  'quiet',
  'migration',
  'channels',
  'automatic',
);
const pairs = screen(
  async () => (await import('../features/landscape/migration/pairs-page.tsx')).PairsPage,
  'landscape',
  'migration',
);
const registers = screen(
  async () => (await import('../features/landscape/registers-page.tsx')).RegistersPage,
  'landscape',
);
const bus = screen(async () => (await import('../features/landscape/bus-page.tsx')).BusPage, 'landscape', 'bus');
const messages = antdScreen(
  async () => (await import('../features/messages/messages-page.tsx')).MessagesPage,
  'messages',
);
const message = antdScreen(
  async () => (await import('../features/messages/message-page.tsx')).MessagePage,
  'messages',
  // The kinds of register problems.
  'landscape',
  'automatic',
);
const operations = screen(
  async () => (await import('../features/operations/operations-page.tsx')).OperationsPage,
  'operations',
);
const operation = antdScreen(
  async () => (await import('../features/operations/operation-page.tsx')).OperationPage,
  'operations',
);
const approvals = screen(async () => {
  const { ApprovalsPage, prefetchInbox } = await import('../features/approvals/approvals-page.tsx');
  // Drawn once with its data, not thrice while they come; a slow answer shows the skeleton instead.
  await Promise.race([prefetchInbox(queryClient, window.location), pause(WAIT_FOR_DATA_MS)]);
  return ApprovalsPage;
}, 'approvals');
const analytics = antdScreen(
  async () => (await import('../features/analytics/analytics-page.tsx')).AnalyticsPage,
  'analytics',
);
const audit = screen(async () => (await import('../features/audit/audit-page.tsx')).AuditPage, 'audit');
const settings = antdScreen(
  async () => (await import('../features/settings/settings-page.tsx')).SettingsPage,
  'settings',
  'checks',
  'approvals',
  'quiet',
);

/** Routes load their screen when it is opened; the shell stays. */
export const createRouter = () =>
  createBrowserRouter([
    {
      element: <Shell />,
      errorElement: <RouteError />,
      hydrateFallbackElement: <></>,
      children: [
        {
          errorElement: <RouteError />,
          children: [
            { index: true, element: <Home /> },
            { path: patterns.overview, lazy: overview },
            { path: patterns.flows, lazy: flows },
            { path: patterns.flow, lazy: flow },
            { path: patterns.pairs, lazy: pairs },
            { path: patterns.registers, lazy: registers },
            { path: patterns.bus, lazy: bus },
            { path: patterns.messages, lazy: messages },
            { path: patterns.message, lazy: message },
            { path: patterns.operations, lazy: operations },
            { path: patterns.operation, lazy: operation },
            // One optional segment, not two routes: choosing a row must not mount the inbox anew.
            { path: patterns.approvals, lazy: approvals },
            { path: patterns.analytics, lazy: analytics },
            { path: patterns.audit, lazy: audit },
            { path: patterns.settings, lazy: settings },
            { path: '*', element: <NotFound /> },
          ],
        },
      ],
    },
  ]);
