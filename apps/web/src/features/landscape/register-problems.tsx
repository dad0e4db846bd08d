import type { ExchangeProblem } from '@pult/shared/contracts/exchange-registers';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import css from './registers-page.module.css';

export interface RegisterProblemsProps {
  readonly problems: readonly ExchangeProblem[];
  readonly skippedCount: number;
  readonly showSkipped: boolean;
  readonly onShowSkipped: (shown: boolean) => void;
  readonly nameOf: (systemId: string) => string;
}

/** Objects that the bases could not exchange: what, why, since when, and the way to the message about it. */
export function RegisterProblems(props: RegisterProblemsProps) {
  const { problems, nameOf } = props;
  const { t } = useTranslation();
  return (
    <Card
      className={css.card}
      title={
        <>
          {t('landscape.registers.list')} <span className={css.count}>{problems.length}</span>
        </>
      }
      extra={
        props.skippedCount > 0 && (
          <label className={css.toggle}>
            <input
              type="checkbox"
              checked={props.showSkipped}
              onChange={(event) => props.onShowSkipped(event.target.checked)}
            />
            {t('landscape.registers.withSkipped', { number: formatNumber(props.skippedCount) })}
          </label>
        )
      }
    >
      {problems.length === 0 ? (
        <EmptyState title={t('landscape.registers.empty')} text={t('landscape.registers.emptyText')} />
      ) : (
        <PlainTable
          head={[
            t('landscape.registers.object'),
            t('landscape.registers.reason'),
            t('landscape.registers.base'),
            t('landscape.registers.since'),
          ]}
        >
          {problems.map((problem) => (
            <tr key={problem.id}>
              <td className={css.object}>
                {problem.message ? (
                  <Link to={paths.message(problem.message.deliveryId)}>{nameOfObject(problem)}</Link>
                ) : problem.object.number ? (
                  <Link to={paths.messages(`?tab=all&q=${encodeURIComponent(problem.object.number)}`)}>
                    {nameOfObject(problem)}
                  </Link>
                ) : (
                  nameOfObject(problem)
                )}
                {nameOfObject(problem) !== problem.object.metadata && <small>{problem.object.metadata}</small>}
                {problem.object.link && (
                  <small>
                    <a href={problem.object.link} target="_blank" rel="noreferrer">
                      {t('landscape.registers.openInBase')}
                    </a>
                  </small>
                )}
              </td>
              <td className={css.reason}>
                {problem.reason || t(`landscape.registers.kind.${problem.kind}`)}
                <small>
                  {[
                    problem.reason && t(`landscape.registers.kind.${problem.kind}`),
                    problem.skipped && t('landscape.registers.skipped'),
                    problem.comment,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </td>
              <td>
                {nameOf(problem.systemId)}
                {problem.node && <small>{t('landscape.registers.withNode', { name: problem.node })}</small>}
              </td>
              <td>
                <Instant value={problem.raisedAt} />
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
    </Card>
  );
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** An object that the base could not name is called by its kind: an identifier says nothing to a person. */
const nameOfObject = ({ object }: ExchangeProblem): string =>
  UUID.test(object.presentation) ? object.metadata : object.presentation;
