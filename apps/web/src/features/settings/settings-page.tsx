import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { CalendarsTab } from './calendars-tab.tsx';
import { ConnectionsTab } from './connections-tab.tsx';
import { PeopleTab } from './people-tab.tsx';
import { PoliciesTab } from './policies-tab.tsx';
import { QuietTab } from './quiet-tab.tsx';
import css from './settings.module.css';

const TABS = ['connections', 'quiet', 'calendars', 'policies', 'people'] as const;

/** Настройки: connections with their health, calendars and SLA policies to read, people and roles as the provider says. */
export function SettingsPage() {
  const { tab = 'connections' } = useParams();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = usePermission('settings.read');
  if (!may) return <EmptyState title={t('common.forbidden')} text={t('common.forbiddenText')} />;
  const active = TABS.find((one) => one === tab) ?? 'connections';
  const content = {
    connections: <ConnectionsTab />,
    quiet: <QuietTab />,
    calendars: <CalendarsTab />,
    policies: <PoliciesTab />,
    people: <PeopleTab />,
  };
  return (
    <>
      <PageHeader title={t('settings.title')} />
      <div className={css.sections}>
        <SegmentedTabs
          label={t('settings.title')}
          value={active}
          options={TABS.map((one) => ({ value: one, label: t(`settings.tab.${one}`) }))}
          onChange={(one) => void navigate(paths.settings(one))}
        />
      </div>
      {content[active]}
    </>
  );
}
