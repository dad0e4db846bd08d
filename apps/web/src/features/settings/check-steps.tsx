import type { CheckStep, ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import { CheckFaultNote } from './check-fault.tsx';
import css from './checks.module.css';

const SHAPES = {
  waiting: 'idle',
  running: 'run',
  ok: 'ok',
  kept: 'ok',
  failed: 'bad',
} as const satisfies Record<CheckStep['state'], StateName>;

/** Steps of a check from top to bottom, each with what it found and how long it took. */
export function CheckSteps({ check, system }: { readonly check: ConnectionCheck; readonly system: SystemHealth }) {
  const { t } = useTranslation();
  const found = useFoundText();
  const longest = Math.max(1, ...check.steps.map(({ ms }) => ms ?? 0));
  return (
    <ol className={css.steps} aria-label={t('settings.panel.steps')}>
      {check.steps.map((step) => (
        <li key={step.id} data-state={step.state} aria-current={step.state === 'running' ? 'step' : undefined}>
          <span className={css.mark}>
            <StateShape state={SHAPES[step.state]} />
          </span>
          <div className={css.stepLine}>
            <b>{t(`checks.step.${step.id}`)}</b>
            {step.ms === null || step.state === 'kept' ? (
              <small>{t(`checks.state.${step.state}`)}</small>
            ) : (
              <>
                <span className={css.bar} aria-hidden="true">
                  <span style={{ width: `${Math.max(3, ((step.ms ?? 0) / longest) * 100)}%` }} />
                </span>
                <span className={css.took}>{formatLatency(step.ms)}</span>
              </>
            )}
          </div>
          <small>{found(step)}</small>
          {step.fault && <CheckFaultNote fault={step.fault} system={system} />}
        </li>
      ))}
    </ol>
  );
}

const NOTES = ['down', 'unseen', 'without', 'made', 'copied', 'slow'] as const;

/** What a step found, or what it looks for while it has not run. */
function useFoundText(): (step: CheckStep) => string {
  const { t } = useTranslation();
  /** What Pult can do without, but a person should know. */
  const notes = ({ facts }: CheckStep): string[] =>
    NOTES.flatMap((note) => {
      const names = facts[note];
      return Array.isArray(names) && names.length > 0 ? [t(`checks.found.${note}`, { names: names.join(', ') })] : [];
    });
  const main = ({ id, facts }: CheckStep): string => {
    const object = String(facts.object ?? '');
    switch (id) {
      case 'dns':
        return t(facts.literal === true ? 'checks.found.literal' : 'checks.found.address', {
          address: String(facts.address ?? ''),
        });
      case 'connect': {
        if (facts.encrypted !== true) return t('checks.found.plain');
        const version = String(facts.version ?? '');
        return typeof facts.daysLeft === 'number'
          ? t('checks.found.tls', { version, days: t('checks.found.days', { count: facts.daysLeft }) })
          : t('checks.found.tlsNoDate', { version });
      }
      case 'login':
        if (facts.open === true) return t('checks.found.open');
        if (facts.user === undefined) return t('checks.found.token');
        return t(facts.cold === true ? 'checks.found.userCold' : 'checks.found.user', { user: String(facts.user) });
      case 'rights':
        return t('checks.found.rights', { count: Number(facts.objects ?? 0) });
      case 'objects':
        return typeof facts.services === 'number' && facts.services > 0
          ? t('checks.found.objectsAndServices', { count: Number(facts.objects ?? 0), services: facts.services })
          : t('checks.found.objects', { count: Number(facts.objects ?? 0) });
      case 'sample':
        if (facts.nothing === true) return t('checks.found.nothing');
        if (facts.number !== undefined) return t('checks.found.sample', { object, number: String(facts.number) });
        return t(facts.rows === 0 ? 'checks.found.sampleEmpty' : 'checks.found.sampleRow', { object });
    }
  };
  const text = (step: CheckStep): string => [main(step), ...notes(step)].join('; ');
  return (step) => {
    if (step.state === 'ok') return text(step);
    if (step.state === 'kept') return t('checks.found.kept', { facts: text(step) });
    return step.state === 'failed' ? '' : t(`checks.about.${step.id}`);
  };
}
