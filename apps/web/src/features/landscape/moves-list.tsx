import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatShare } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Button } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './moves-list.module.css';
import { usePaceText } from './wording.ts';

interface MovesListProps {
  readonly systems: readonly SystemHealth[];
  readonly flows: readonly FlowHealth[];
  readonly onSelect: (what: string) => void;
}

/** Flows over the bus below the map of what is to be: what carries each, who reads it, and how far what it takes over has moved. */
export function MovesList({ systems, flows, onSelect }: MovesListProps) {
  const { t, i18n } = useTranslation();
  const pace = usePaceText();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const nameOf = (id: string) => systems.find((system) => system.id === id)?.title[language] ?? id;
  const onBus = flows.filter(({ era }) => era === 'to-be');
  if (onBus.length === 0) return null;
  return (
    <section className={css.moves} aria-label={t('landscape.moves.title')}>
      <ul>
        {onBus.map((flow) => {
          const old = flows.filter(({ migration }) => migration?.role === 'old' && migration.partner === flow.id);
          return (
            <li key={flow.id}>
              <span className={css.flow}>
                <StateShape state={flow.status} />
                <Button type="link" size="small" onClick={() => onSelect(`flow:${flow.id}`)}>
                  {flow.title[language]}
                </Button>
                <span className={css.rate}>
                  {flow.rule.code === 'not_connected' ? t('landscape.rule.not_connected') : pace.text(flow.traffic)}
                </span>
              </span>
              <small className={css.topics}>
                {flow.topics.join(', ')} → {flow.consumers.map(({ system }) => nameOf(system)).join(', ')}
              </small>
              {old.length === 0 ? (
                <small>{t('landscape.moves.born')}</small>
              ) : (
                old.map((one) => <Move key={one.id} flow={one} name={one.title[language]} />)
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The flow of today that is taken over: its stage, what both channels carry alike, what the next stage still needs. */
function Move({ flow, name }: { readonly flow: FlowHealth; readonly name: string }) {
  const { t } = useTranslation();
  const { migration } = flow;
  if (migration === null) return null;
  const { share, next } = migration;
  const stage = t(`landscape.stage.${migration.stage}`);
  return (
    <small className={css.move}>
      <Link to={paths.flow(flow.id)}>{t('landscape.moves.instead', { flow: name })}</Link>
      <b>{share === null ? stage : t('landscape.map.compared', { stage, share: formatShare(share) })}</b>
      {next && (
        <span data-ready={next.met === next.of}>
          {t(next.met === next.of ? 'landscape.moves.ready' : 'landscape.moves.needs', {
            stage: t(`landscape.stage.${next.stage}`),
            met: next.met,
            of: next.of,
          })}
        </span>
      )}
    </small>
  );
}
