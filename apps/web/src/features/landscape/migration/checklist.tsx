import type { MigrationView } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Button } from '../../../ui/button.tsx';
import { StateShape } from '../../../ui/state-shape.tsx';
import css from './migration.module.css';
import { useConditionWords } from './wording.ts';

export interface ChecklistProps {
  readonly view: MigrationView;
  readonly may: boolean;
  readonly onRollback: () => void;
}

/** Conditions of the next stage, those that do not hold first, each with its fact and the way to it. */
export function Checklist({ view, may, onRollback }: ChecklistProps) {
  const { t } = useTranslation();
  const wordsOf = useConditionWords(view.flow.id);
  const sorted = [...view.conditions].sort((a, b) => Number(a.met) - Number(b.met));
  return (
    <ul className={css.list}>
      {sorted.map((condition) => {
        const { title, hint, fact, link } = wordsOf(condition);
        const shown = condition.code === 'refeed' && condition.met ? <code>{fact}</code> : fact;
        return (
          <li key={condition.code} data-met={condition.met}>
            <span role="img" aria-label={condition.met ? t('migration.condition.met') : t('migration.condition.unmet')}>
              {condition.met ? (
                <svg className={css.mark} viewBox="0 0 14 14" aria-hidden="true">
                  <path d="M2 7.5 5.5 11 12 3.5" />
                </svg>
              ) : (
                <StateShape state="bad" />
              )}
            </span>
            <b>{title}</b>
            <span className={css.fact}>
              {link ? <Link to={link}>{shown}</Link> : shown}
              {condition.code === 'rollback' && !condition.met && (
                <>
                  {' '}
                  <Button
                    size="small"
                    disabled={!may}
                    denied={may ? undefined : t('migration.action.forbidden')}
                    onClick={onRollback}
                  >
                    {t('migration.action.rollback')}
                  </Button>
                </>
              )}
            </span>
            {hint && <small>{hint}</small>}
          </li>
        );
      })}
    </ul>
  );
}
