import type { ClockView } from '@pult/shared/contracts/sla';
import { useTranslation } from 'react-i18next';
import { formatInstant, formatWeekdayMoment } from '../../lib/format/instant.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './clock-tape.module.css';
import { shortName } from './short-name.ts';

interface Entry {
  readonly key: string;
  readonly at: string;
  readonly shape: StateName;
  readonly text: string;
  readonly note: string;
  readonly ahead: boolean;
  readonly voided: boolean;
}

const FACT_SHAPE: Readonly<Record<ClockView['facts'][number]['kind'], StateName>> = {
  start: 'run',
  pause: 'idle',
  resume: 'run',
  stop: 'ok',
  cancel: 'idle',
  retarget: 'warn',
  rebase: 'warn',
  void: 'idle',
};

/** The stored facts of the clock, thresholds that were recorded, and those ahead. Nothing here approves anything. */
export function ClockFacts({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const entries: Entry[] = [
    ...view.facts.map((fact) => ({
      key: `fact ${fact.sequence}`,
      at: fact.at,
      shape: FACT_SHAPE[fact.kind],
      text: t(`approvals.facts.${fact.kind}`),
      note: [
        fact.actor ? shortName(fact.actor.name) : null,
        fact.reason && fact.kind !== 'void' ? `«${fact.reason}»` : null,
      ]
        .filter((text) => text !== null)
        .join(': '),
      ahead: false,
      voided: fact.voided || fact.refused !== null,
    })),
    ...view.marks.map((mark) => ({
      key: `mark ${mark.percent} ${mark.revision}`,
      at: mark.reachedAt,
      shape: shapeOf(mark.percent),
      text: t('approvals.facts.threshold', { percent: mark.percent }),
      note: t('approvals.facts.recorded', { at: formatWeekdayMoment(mark.recordedAt) }),
      ahead: false,
      voided: false,
    })),
    ...view.thresholds.flatMap(({ percent, at, passed }) =>
      passed || at === null
        ? []
        : [
            {
              key: `ahead ${percent}`,
              at,
              shape: shapeOf(percent),
              text: t('approvals.facts.ahead', { percent }),
              note: '',
              ahead: true,
              voided: false,
            },
          ],
    ),
  ].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return (
    <section className={css.panel}>
      <h3>{t('approvals.facts.title')}</h3>
      <ol>
        {entries.map((entry) => (
          <li key={entry.key} data-ahead={entry.ahead} data-voided={entry.voided}>
            <time dateTime={entry.at} title={formatInstant(entry.at)}>
              {formatWeekdayMoment(entry.at)}
            </time>
            <StateShape state={entry.shape} size={10} />
            <span>
              <b>{entry.text}</b> {entry.note}
              {entry.voided && ` ${t('approvals.facts.notCounted')}`}
            </span>
          </li>
        ))}
      </ol>
      <p>{t('approvals.facts.never')}</p>
    </section>
  );
}

const shapeOf = (percent: number): StateName => (percent >= 100 ? 'bad' : percent >= 80 ? 'warn' : 'idle');
