import type { ExchangeProblem } from '@pult/shared/contracts/exchange-registers';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  formatDocumentNumber,
  formatDocumentType,
  formatMetadata,
  isIdentifier,
  UNKNOWN_OBJECT,
} from '../../lib/format/document.ts';
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
                <small>
                  {problem.kind === 'not_integrated'
                    ? t('landscape.registers.target', { name: problem.object.metadata })
                    : problem.object.metadata}
                </small>
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

/**
 * The document by kind and number, or as the base calls it. What it could not name is called by its kind and the beginning of
 * its identifier, so that two of a kind are told apart.
 */
function nameOfObject({ kind, object }: ExchangeProblem): string {
  const { type, metadata, number, presentation, ref } = object;
  if (type !== null && number !== null) return `${formatMetadata(type)} ${number}`;
  const isNamed = presentation !== metadata && !isIdentifier(presentation);
  if (isNamed) return presentation;
  const what = kind === 'not_integrated' ? formatDocumentType(UNKNOWN_OBJECT) : formatMetadata(metadata);
  return ref === null ? what : `${what} ${formatDocumentNumber(ref)}`;
}
