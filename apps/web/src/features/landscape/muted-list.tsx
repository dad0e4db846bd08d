import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './attention-list.module.css';
import { useAttentionWords } from './attention-list.tsx';

/** What would ring if nobody had muted it, with until when, why and by whom. */
export function MutedList({
  items,
  nameOf,
}: {
  readonly items: EndpointResult<typeof landscapeOverview>['muted'];
  readonly nameOf: (systemId: string) => string;
}) {
  const { t } = useTranslation();
  const words = useAttentionWords(nameOf);
  if (items.length === 0) return null;
  return (
    <details className={css.muted}>
      <summary>{t('quiet.muted', { count: items.length })}</summary>
      <ul className={css.list}>
        {items.map((item) => {
          const { title, text } = words(item);
          return (
            <li key={item.id} className={css.item}>
              <span className={css.shape}>
                <StateShape state={item.status} />
              </span>
              <div className={css.body}>
                <Link to={item.link} className={css.title}>
                  {title}
                </Link>
                <p className={css.text}>{text}</p>
                <p className={css.chipLine}>
                  <QuietChip quiet={item.quiet} />
                </p>
              </div>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
