import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { UNDO_WINDOW_MS } from '@pult/shared/domain/approval/admission';
import { useQueries } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useModalDialog } from '../../ui/use-modal-dialog.ts';
import css from './batch.module.css';
import { BatchTable } from './batch-table.tsx';
import { checkQuery, useBatchCommands } from './queries.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

export interface BatchDialogProps {
  readonly approvalIds: readonly string[];
  /** `decided`: something was decided here. */
  readonly onClose: (decided: boolean) => void;
}

/** Each request once more with its own figures and what speaks against it, the sum of the effect, then one decision. */
export function BatchDialog({ approvalIds, onClose }: BatchDialogProps) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useModalDialog(dialog);
  const errorText = useErrorText();
  const { cards, pending, failure } = useQueries({
    queries: approvalIds.map(checkQuery),
    combine: (results) => ({
      cards: results.map(({ data }) => data).filter((card) => card !== undefined),
      pending: results.some(({ isPending }) => isPending),
      failure: results.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const { decide, undo } = useBatchCommands();
  const results = decide.data?.results ?? null;
  const taken = cards.filter((card) => mayTake(card) && !left.has(card.row.id));
  const decided = results?.filter(({ decisionId }) => decisionId !== null) ?? [];
  const undoUntil = decided[0]?.undoUntil ?? null;
  const seconds = useSecondsLeft(undoUntil, undoUntil === null ? '' : decidedAt(undoUntil));
  const close = () => onClose(decided.length > 0);
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={titleId} onClose={close}>
      <header>
        <h2 id={titleId}>
          {results === null
            ? t('approvals.batch.title')
            : undo.isSuccess
              ? t('approvals.batch.undoneTitle')
              : decided.length === results.length
                ? t('approvals.batch.doneTitle')
                : decided.length > 0
                  ? t('approvals.batch.partTitle', { done: decided.length, count: results.length })
                  : t('approvals.batch.noneTitle')}
        </h2>
        {results === null && <p>{t('approvals.batch.text')}</p>}
        {decided.length > 0 && !undo.isSuccess && <p>{t('approvals.batch.doneText')}</p>}
      </header>
      <div className={css.scroll}>
        {pending ? (
          <Skeleton rows={approvalIds.length + 2} />
        ) : (
          <BatchTable
            cards={cards}
            taken={new Set(results ? decided.map(({ approvalId }) => approvalId) : taken.map(({ row }) => row.id))}
            results={results}
            onToggle={(id) => {
              const next = new Set(left);
              if (!next.delete(id)) next.add(id);
              setLeft(next);
            }}
          />
        )}
      </div>
      {(failure ?? decide.error ?? undo.error) && (
        <p className={css.failure} role="alert">
          <StateShape state="bad" /> {errorText(failure ?? decide.error ?? undo.error)}
        </p>
      )}
      <footer>
        {results ? (
          <>
            {seconds > 0 && !undo.isSuccess && (
              <Button
                loading={undo.isPending}
                onClick={() => undo.mutate(decided.map(({ approvalId, decisionId }) => ({ approvalId, decisionId })))}
              >
                {t('approvals.batch.undo', { count: decided.length, seconds })}
              </Button>
            )}
            {undo.isSuccess && <p>{t('approvals.batch.undone')}</p>}
            <Button type="primary" onClick={close}>
              {t('common.close')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={close}>{t('common.cancel')}</Button>
            <Button
              type="primary"
              disabled={pending || taken.length === 0}
              loading={decide.isPending}
              onClick={() => decide.mutate(taken.map(({ row }) => ({ approvalId: row.id, version: row.version })))}
            >
              {t('approvals.batch.approve', { count: taken.length })}
            </Button>
          </>
        )}
      </footer>
    </dialog>
  );
}

/** The answer to a batch carries no server time of its own: the decision was made one undo window before its end. */
const decidedAt = (undoUntil: string): string => new Date(Date.parse(undoUntil) - UNDO_WINDOW_MS).toISOString();

const mayTake = (card: ApprovalCard): boolean => card.permissions.canDecide && card.row.state === 'open';
