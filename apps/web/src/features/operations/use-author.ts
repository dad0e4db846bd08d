import type { OperationSummary } from '@pult/shared/contracts/operations';
import { useTranslation } from 'react-i18next';

/** Who opened or started an operation: a person by name, Pult by the rule of a flow. */
export function useAuthor(): (who: OperationSummary['createdBy']) => string {
  const { t } = useTranslation();
  return ({ kind, id, name }) => (kind === 'pult' ? t('operations.automatic') : (name ?? id ?? t('operations.pult')));
}
