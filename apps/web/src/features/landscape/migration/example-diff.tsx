import type { ShadowPair } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatClockSeconds, formatMoment } from '../../../lib/format/instant.ts';
import { paths } from '../../../lib/paths.ts';
import { usePermission } from '../../../lib/session.ts';
import { PlainTable } from '../../../ui/plain-table.tsx';
import { StateChip } from '../../../ui/state-chip.tsx';
import css from './migration.module.css';
import { useFieldName, useLagWords } from './wording.ts';

const SHOWN = 5;

export interface ExampleDiffProps {
  readonly flowId: string;
  readonly pair: ShadowPair;
  readonly more: number;
}

/** One pair that differs, field by field, with the moments of both channels and the way to both messages. */
export function ExampleDiff({ flowId, pair, more }: ExampleDiffProps) {
  const { t } = useTranslation();
  const field = pair.differences[0]?.field;
  return (
    <section>
      <div className={css.exampleHead}>
        <b>{t('migration.shadow.example')}</b>
        <span className={css.mono}>{pair.number}</span>
        <span className={css.hint}>{formatMoment(pair.at)}</span>
        <StateChip state={pair.explanationId ? 'ok' : 'bad'}>
          {pair.explanationId ? t('migration.shadow.hasReason') : t('migration.shadow.noReason')}
        </StateChip>
        {more > 0 && field !== undefined && (
          <Link to={paths.pairs(flowId, { outcome: 'differs', field })}>
            {t('migration.shadow.more', { count: more })}
          </Link>
        )}
      </div>
      <DiffTable pair={pair} shown={SHOWN} />
    </section>
  );
}

/** Fields that differ, and when each channel brought the message. */
export function DiffTable({ pair, shown }: { readonly pair: ShadowPair; readonly shown: number }) {
  const { t } = useTranslation();
  const lag = useLagWords();
  const fieldName = useFieldName();
  const sees = usePermission('messages.payload');
  const value = (path: string, one: ShadowPair['differences'][number]['old']): string => {
    if (!sees) return t('migration.shadow.hidden');
    if (path === '$content') return one === true ? t('migration.shadow.sent') : t('migration.shadow.notSent');
    return one === null ? t('migration.shadow.nothing') : String(one);
  };
  const hidden = pair.differing - Math.min(shown, pair.differences.length);
  return (
    <PlainTable head={[t('migration.shadow.field'), t('migration.shadow.old'), t('migration.shadow.bus')]}>
      {pair.differences.slice(0, shown).map(({ path, old, bus, explained }) => (
        <tr key={path} className={css.differs} data-explained={explained}>
          <td data-free>
            <span className={css.mono}>{fieldName(path)}</span>
          </td>
          <td data-free>{value(path, old)}</td>
          <td data-free>
            <span className={css.sign} aria-hidden="true">
              ≠
            </span>{' '}
            {value(path, bus)}
          </td>
        </tr>
      ))}
      <tr>
        <td>{t('migration.shadow.came')}</td>
        <td>
          <Came side={pair.old} label={t('migration.pairs.oldMessage')} />
        </td>
        <td>
          <Came side={pair.bus} label={t('migration.pairs.busMessage')} />
          {pair.lagMs !== null && <span className={css.hint}>, {lag(pair.lagMs)}</span>}
        </td>
      </tr>
      {(pair.equal > 0 || hidden > 0) && (
        <tr>
          <td colSpan={3} className={css.hint}>
            {[
              hidden > 0 ? t('migration.shadow.moreFields', { count: hidden }) : '',
              pair.equal > 0 ? t('migration.shadow.equal', { count: pair.equal }) : '',
            ]
              .filter((part) => part !== '')
              .join('; ')}
          </td>
        </tr>
      )}
    </PlainTable>
  );
}

/** When a channel brought the message; opens it. */
function Came({ side, label }: { readonly side: ShadowPair['old']; readonly label: string }) {
  const { t } = useTranslation();
  if (side === null) return <>{t('migration.shadow.nothing')}</>;
  return (
    <Link className={css.inText} to={paths.message(side.deliveryId)} title={label}>
      {side.appliedAt ? formatClockSeconds(side.appliedAt) : side.state}
    </Link>
  );
}
