import type { ConnectionCheck, ConnectionNeeds } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatMoment } from '../../lib/format/instant.ts';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { checksQuery, failedStepOf, tookMs, useCheck } from './check-queries.ts';
import { CheckSteps } from './check-steps.tsx';
import { useFaultWords, useLetter } from './check-words.ts';
import css from './checks.module.css';
import { ReportsPart } from './reports-part.tsx';

const SHAPES = { running: 'run', ok: 'ok', failed: 'bad', interrupted: 'warn' } as const satisfies Record<
  ConnectionCheck['state'],
  StateName
>;
const PAST_SHOWN = 6;

/** The check of one connection: what the last one found, what to do about it, and the ones before. */
export function ConnectionCheckPart({ system }: { readonly system: SystemHealth }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(checksQuery(system.id));
  const may = usePermission('connections.check');
  const command = useCheck(system.id);
  const names = useNames();
  const errorText = useErrorText();
  const [shown, setShown] = useState<string | null>(null);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={6} />;
  const { checks, needs, steps } = data;
  if (steps.length === 0)
    return data.reports ? (
      <ReportsPart system={system} reports={data.reports} />
    ) : (
      <p className={css.hint}>{t('checks.unsupportedNone')}</p>
    );
  const check = checks.find(({ id }) => id === shown) ?? checks[0];
  const isLast = check === undefined || check.id === checks[0]?.id;
  const running = checks[0]?.state === 'running';
  const stopped = check === undefined ? undefined : failedStepOf(check);
  const next =
    stopped?.id ??
    (check?.state === 'interrupted' ? check.steps.find((one) => one.state === 'waiting')?.id : undefined);
  const press = (from: Parameters<typeof command.mutate>[0]) => {
    setShown(null);
    command.mutate(from);
  };
  const denied = may ? undefined : t('checks.forbidden');
  return (
    <>
      {needs.flows.length > 0 && (
        <dl className={css.why}>
          <dt>{t('checks.why')}</dt>
          <dd>{needs.flows.map((id) => names.flow(id)).join('; ')}</dd>
        </dl>
      )}
      <Needs objects={needs.objects} folders={needs.folders} />
      {check === undefined ? (
        <p className={css.hint}>{t('checks.never')}</p>
      ) : (
        <>
          <CheckTitle check={check} />
          {check.state === 'interrupted' && <p className={css.hint}>{t('checks.interrupted')}</p>}
          <CheckSteps check={check} system={system} />
        </>
      )}
      <div className={css.commands}>
        <Button
          type="primary"
          disabled={!may || running}
          denied={denied}
          loading={command.isPending}
          onClick={() => press(isLast ? (next ?? null) : null)}
        >
          {running
            ? t('checks.running')
            : isLast && next !== undefined && next !== steps[0]
              ? t('checks.again')
              : t('checks.check')}
        </Button>
        {isLast && next !== undefined && next !== steps[0] && (
          <Button disabled={!may || running} denied={denied} onClick={() => press(null)}>
            {t('checks.anew')}
          </Button>
        )}
        {check && stopped && <LetterButton check={check} system={system} flows={needs.flows} />}
      </div>
      {!may && <p className={css.hint}>{t('checks.forbidden')}</p>}
      {command.data?.joined && running && <p className={css.hint}>{t('checks.joined')}</p>}
      {command.error && (
        <p className={css.hint} role="alert">
          {errorText(command.error)}
        </p>
      )}
      {checks.length > 0 && (
        <PastChecks checks={checks.slice(0, PAST_SHOWN)} system={system} shown={check?.id} onShow={setShown} />
      )}
    </>
  );
}

/** What the system has to give: to be copied for whoever gives it, before the first check, too. */
function Needs({ objects, folders }: Pick<ConnectionNeeds, 'objects' | 'folders'>) {
  const { t } = useTranslation();
  if (objects.length + folders.length === 0) return null;
  const lines = [...folders.map(({ path }) => path), ...objects];
  return (
    <details className={css.needs}>
      <summary>{t('checks.needs', { count: lines.length })}</summary>
      <CopyButton text={lines.join('\n')} label={t('checks.copyObjects')} />
      <ul className={css.objects}>
        {folders.map(({ role, path }) => (
          <li key={role}>
            <code>{path}</code> <span>{t(`checks.folder.${role}`)}</span>
          </li>
        ))}
        {objects.map((object) => (
          <li key={object}>
            <code>{object}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

function CheckTitle({ check }: { readonly check: ConnectionCheck }) {
  const { t } = useTranslation();
  const step = failedStepOf(check);
  const took = formatLatency(tookMs(check));
  return (
    <h3 className={css.title} aria-live="polite">
      <StateShape state={SHAPES[check.state]} />{' '}
      {t(`checks.title.${check.state}`, { step: step ? t(`checks.step.${step.id}`) : '' })}
      <small>
        {check.state === 'running'
          ? t('checks.metaRunning', { at: formatMoment(check.startedAt), who: check.startedBy })
          : t('checks.meta', { at: formatMoment(check.startedAt), took })}
      </small>
    </h3>
  );
}

/** Copies a letter that can be sent as it is. */
function LetterButton({
  check,
  system,
  flows,
}: {
  readonly check: ConnectionCheck;
  readonly system: SystemHealth;
  readonly flows: readonly string[];
}) {
  const { t } = useTranslation();
  const letter = useLetter()(check, { system, flows });
  const [copied, setCopied] = useState(false);
  if (letter === null) return null;
  const whom = system.kind === 'onec' ? 'onec' : system.kind === 'bpm' ? 'bpm' : 'other';
  return (
    <Button onClick={() => void navigator.clipboard.writeText(letter).then(() => setCopied(true))}>
      {copied ? t('checks.letter.copied') : t(`checks.letter.${whom}`)}
    </Button>
  );
}

interface PastChecksProps {
  readonly checks: readonly ConnectionCheck[];
  readonly system: SystemHealth;
  readonly shown: string | undefined;
  readonly onShow: (id: string) => void;
}

function PastChecks({ checks, system, shown, onShow }: PastChecksProps) {
  const { t } = useTranslation();
  const words = useFaultWords();
  const said = (check: ConnectionCheck): string => {
    const step = failedStepOf(check);
    if (step?.fault)
      return t('checks.pastFailed', { step: t(`checks.step.${step.id}`), reason: words(step.fault, system).short });
    if (check.state === 'interrupted') return t('checks.pastInterrupted');
    return check.state === 'running' ? t('checks.running') : t('checks.pastOk');
  };
  return (
    <section className={css.past}>
      <h3>{t('checks.past')}</h3>
      <ul>
        {checks.map((check) => (
          <li key={check.id}>
            <button type="button" aria-pressed={check.id === shown} onClick={() => onShow(check.id)}>
              <StateShape state={SHAPES[check.state]} size={10} />
              <time dateTime={check.startedAt}>{formatMoment(check.startedAt)}</time>
              <span>{said(check)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
