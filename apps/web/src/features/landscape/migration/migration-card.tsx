import type { MigrationView } from '@pult/shared/contracts/migration';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Instant } from '../../../ui/instant.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { StateShape } from '../../../ui/state-shape.tsx';
import { useErrorText } from '../../../ui/use-error-text.ts';
import { Checklist } from './checklist.tsx';
import css from './migration.module.css';
import { migrationQuery, useMigrationCommands } from './queries.ts';
import { StageTrack } from './stage-track.tsx';
import { useVerdict } from './wording.ts';

/** Переход на шину: where the flow stands, whether it may go on, what stands in the way, and the two ways out. */
export function MigrationCard({ flowId }: { readonly flowId: string }) {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(migrationQuery(flowId));
  return (
    <Card
      className={css.move}
      title={t('migration.title')}
      extra={<span className={css.hint}>{t('migration.rules')}</span>}
    >
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !isError && <Skeleton rows={8} />}
      {data && <Move view={data} />}
    </Card>
  );
}

type Decision =
  | { readonly kind: 'forward' | 'back'; readonly to: MigrationView['stage'] }
  | { readonly kind: 'rollback' };

function Move({ view }: { readonly view: MigrationView }) {
  const { t } = useTranslation();
  const may = usePermission('migration.change');
  const verdict = useVerdict()(view);
  const commands = useMigrationCommands(view.flow.id);
  const [decision, setDecision] = useState<Decision | null>(null);
  const [back] = view.back;
  const errorText = useErrorText();
  const failed = commands.stage.error ?? commands.rollback.error;
  const forbidden = may ? undefined : t('migration.action.forbidden');
  const decide = (next: Decision): void => {
    commands.stage.reset();
    commands.rollback.reset();
    setDecision(next);
  };
  return (
    <>
      <StageTrack view={view} />
      <p className={css.truth}>{t(`migration.truth.${view.stage}`)}</p>
      <p className={css.verdict} data-ready={verdict.ready} role="status">
        <StateShape state={verdict.ready ? 'ok' : 'bad'} />
        <span>
          <b>{verdict.lead}</b> {verdict.rest}
        </span>
      </p>
      <Checklist view={view} may={may} onRollback={() => decide({ kind: 'rollback' })} />
      {failed && (
        <p className={css.alert} role="alert">
          {errorText(failed)}
        </p>
      )}
      <div className={css.foot}>
        {view.next !== null && view.next !== 'point-to-point' && (
          <>
            <Button
              disabled={!may || !view.ready}
              denied={forbidden ?? (view.ready ? undefined : (verdict.rest ?? undefined))}
              onClick={() => view.next && decide({ kind: 'forward', to: view.next })}
            >
              {t(`migration.action.forward.${view.next}`)}
            </Button>
            {(forbidden || !view.ready) && (
              <span className={css.hint}>
                {forbidden ?? t('migration.action.when', { count: view.conditions.length })}
              </span>
            )}
          </>
        )}
        {back && back !== 'bus' && (
          <Button danger disabled={!may} denied={forbidden} onClick={() => decide({ kind: 'back', to: back })}>
            {t(`migration.action.back.${back}`)}
          </Button>
        )}
      </div>
      {view.history.length > 0 && <History view={view} />}
      {decision && (
        <DecisionDialog
          decision={decision}
          busy={commands.stage.isPending || commands.rollback.isPending}
          onClose={() => setDecision(null)}
          onConfirm={(reason) => {
            const done = { onSettled: () => setDecision(null) };
            if (decision.kind === 'rollback') commands.rollback.mutate(reason, done);
            else commands.stage.mutate({ to: decision.to, version: view.version, reason }, done);
          }}
        />
      )}
    </>
  );
}

function DecisionDialog(props: {
  readonly decision: Decision;
  readonly busy: boolean;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const { decision } = props;
  const words = (): { title: string; text: string } => {
    if (decision.kind === 'forward' && decision.to !== 'point-to-point')
      return {
        title: t(`migration.dialog.forward.${decision.to}`),
        text: t(`migration.dialog.forwardText.${decision.to}`),
      };
    if (decision.kind === 'back' && decision.to !== 'bus')
      return { title: t(`migration.dialog.back.${decision.to}`), text: t(`migration.dialog.backText.${decision.to}`) };
    return { title: t('migration.dialog.rollback'), text: t('migration.dialog.rollbackText') };
  };
  const { title, text } = words();
  return (
    <ConfirmDialog
      open
      reason
      title={title}
      confirmLabel={title}
      danger={decision.kind === 'back'}
      busy={props.busy}
      onConfirm={props.onConfirm}
      onClose={props.onClose}
    >
      <p>{text}</p>
    </ConfirmDialog>
  );
}

function History({ view }: { readonly view: MigrationView }) {
  const { t } = useTranslation();
  return (
    <details className={css.history}>
      <summary>{t('migration.history.title')}</summary>
      <ol>
        {view.history.map(({ version, stage, from, at, by, reason }) => (
          <li key={version}>
            <Instant value={at} /> · {by} ·{' '}
            {t('migration.history.row', {
              from: t(`migration.stage.${from}`),
              to: t(`migration.stage.${stage}`),
            })}
            : {reason}
          </li>
        ))}
      </ol>
    </details>
  );
}
