import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../lib/paths.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import css from './register-card.module.css';

/** Rows of exchange registers in 1С that speak of this message: which base, what, since when, and the way to the object. */
export function RegisterCard({ registers }: { readonly registers: MessageDetail['registers'] }) {
  const { t } = useTranslation();
  const names = useNames();
  if (registers.length === 0) return null;
  return (
    <Card title={t('messages.register.title')}>
      <ul className={css.rows}>
        {registers.map((row) => (
          <li key={`${row.systemId}${row.kind}${row.raisedAt}`}>
            <Link to={paths.registers(row.systemId)}>
              {t('messages.register.from', { name: names.system(row.systemId) })}
            </Link>
            <span>
              {row.metadata} · {t(`landscape.registers.kind.${row.kind}`)} · <Instant value={row.raisedAt} />
            </span>
            {row.goneAt !== null ? (
              <span>
                {t('messages.register.gone')} <Instant value={row.goneAt} />
              </span>
            ) : (
              row.skipped && <span>{t('landscape.registers.skipped')}</span>
            )}
            {row.link && (
              <a href={row.link} target="_blank" rel="noreferrer">
                {t('landscape.registers.openInBase')}
              </a>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
