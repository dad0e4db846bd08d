import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { formatDue, formatInstant } from '../../lib/format/instant.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './card.module.css';
import { shortName } from './short-name.ts';

type Entry = ApprovalCard['timeline'][number];

const SHAPE: Readonly<Record<Entry['kind'], StateName>> = {
  started: 'run',
  version: 'warn',
  seen: 'idle',
  question: 'idle',
  answer: 'run',
  threshold: 'warn',
  due: 'idle',
  decided: 'ok',
  decided_elsewhere: 'ok',
  undone: 'idle',
  reopened: 'warn',
  delivered: 'ok',
  delivery_failed: 'bad',
  delivery_conflict: 'doubt',
};

const shapeOf = ({ kind, data }: Entry): StateName => {
  if (data.verdict === 'reject') return 'bad';
  if (kind === 'threshold') return Number(data.percent) >= 100 ? 'bad' : Number(data.percent) < 80 ? 'idle' : 'warn';
  return SHAPE[kind];
};

/** Ход заявки: what happened in order, the due ahead at the end. */
export function CourseOfRequest({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  return (
    <section className={css.block}>
      <h2>{t('approvals.timeline.title')}</h2>
      <ol className={css.course}>
        {card.timeline.map((entry, index) => (
          // Entries are facts in order and never change place; two of one instant differ by nothing else.
          <li key={`${entry.at} ${entry.kind} ${index}`} data-ahead={entry.ahead}>
            <StateShape state={shapeOf(entry)} />
            <time dateTime={entry.at} title={formatInstant(entry.at)}>
              {formatDue(entry.at)}
            </time>
            <span>
              {t(`approvals.timeline.${entry.kind}`, {
                actor: entry.actor ? shortName(entry.actor) : t('approvals.card.someone'),
                system: entry.system ? t(`approvals.system.${entry.system}`) : '',
                version: textOf(entry.data.version),
                percent: textOf(entry.data.percent),
                text: textOf(entry.data.text),
              })}
              {(entry.data.verdict === 'approve' || entry.data.verdict === 'reject') &&
                ` ${t(`approvals.verdict.${entry.data.verdict}`)}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
