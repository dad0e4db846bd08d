import type { ShadowExplanation } from '@pult/shared/contracts/migration';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../../lib/format/instant.ts';
import { usePermission } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Instant } from '../../../ui/instant.tsx';
import css from './migration.module.css';
import type { MigrationCommands } from './queries.ts';
import { useFieldName } from './wording.ts';

export interface ExplanationsProps {
  readonly rows: readonly ShadowExplanation[];
  readonly unexplain: MigrationCommands['unexplain'];
}

/** Reasons in force, with whose word they are and how many pairs each covers. */
export function Explanations({ rows, unexplain }: ExplanationsProps) {
  const { t } = useTranslation();
  const fieldName = useFieldName();
  const may = usePermission('migration.change');
  const [leaving, setLeaving] = useState<ShadowExplanation | null>(null);
  const scopeOf = (one: ShadowExplanation): string => {
    if (one.kind === 'field') return t('migration.shadow.scopeField', { field: fieldName(one.field ?? '') });
    if (one.kind === 'pair') return t('migration.shadow.scopePair', { number: one.number ?? '' });
    return t('migration.shadow.scopeDay', {
      outcome: t(`migration.shadow.names.${one.outcome ?? 'differs'}`),
      date: formatDate(one.date ?? ''),
    });
  };
  return (
    <details>
      <summary className={css.exampleHead}>{t('migration.shadow.explained', { count: rows.length })}</summary>
      <ul className={css.explanations}>
        {rows.map((one) => (
          <li key={one.id}>
            <span className={css.grow}>
              {one.reason}
              <small>
                {scopeOf(one)} · {t('migration.shadow.covers', { count: one.pairs })} · {one.by},{' '}
                <Instant value={one.at} />
              </small>
            </span>
            <Button
              size="small"
              disabled={!may}
              denied={may ? undefined : t('migration.action.forbidden')}
              onClick={() => setLeaving(one)}
            >
              {t('migration.dialog.withdrawAction')}
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={leaving !== null}
        reason
        danger
        title={t('migration.dialog.withdraw')}
        confirmLabel={t('migration.dialog.withdrawAction')}
        busy={unexplain.isPending}
        onClose={() => setLeaving(null)}
        onConfirm={(reason) =>
          leaving && unexplain.mutate({ explanationId: leaving.id, reason }, { onSettled: () => setLeaving(null) })
        }
      >
        <p>{t('migration.dialog.withdrawText')}</p>
      </ConfirmDialog>
    </details>
  );
}
