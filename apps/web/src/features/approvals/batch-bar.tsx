import type { ApprovalRow } from '@pult/shared/contracts/approvals';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatPoints } from '../../lib/format/number.ts';
import { Button } from '../../ui/button.tsx';
import css from './batch.module.css';
import { formatRoubles } from './roubles.ts';

const BatchDialog = lazy(async () => ({ default: (await import('./batch-dialog.tsx')).BatchDialog }));

/** What is ticked, and the step to its check. */
export function BatchBar({ rows, onClear }: { readonly rows: readonly ApprovalRow[]; readonly onClear: () => void }) {
  const { t } = useTranslation();
  // The list goes on without the rows that the batch decided: the check keeps what was ticked when it was opened.
  const [checking, setChecking] = useState<readonly string[] | null>(null);
  const amount = rows.reduce((sum, row) => sum + Number(row.amount ?? 0), 0);
  const worst = Math.max(...rows.map(({ deviationMax }) => deviationMax));
  const dialog = checking && (
    <Suspense>
      <BatchDialog
        approvalIds={checking}
        onClose={(decided) => {
          setChecking(null);
          if (decided) onClear();
        }}
      />
    </Suspense>
  );
  return (
    <>
      {rows.length > 0 && (
        <footer className={css.bar}>
          <p>
            <b>
              {t('approvals.batch.ticked', { count: rows.length })} · {formatRoubles(amount)}
            </b>
            <small>{t('approvals.batch.worst', { value: formatPoints(worst) })}</small>
          </p>
          <Button type="text" onClick={onClear}>
            {t('approvals.batch.clear')}
          </Button>
          <Button onClick={() => setChecking(rows.map(({ id }) => id))}>
            {t('approvals.batch.check', { count: rows.length })}
          </Button>
        </footer>
      )}
      {dialog}
    </>
  );
}
