import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.tsx';

export function MessagesPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('common.nav.messages')} />;
}
