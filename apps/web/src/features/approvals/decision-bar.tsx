import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatPoints } from '../../lib/format/number.ts';
import { useKeys } from '../../lib/use-keys.ts';
import { Button } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import css from './decision.module.css';
import { AskForm, RejectForm } from './decision-forms.tsx';
import { MoreMenu } from './more-menu.tsx';
import type { NextRequest } from './next-request.ts';
import type { ApprovalCommands } from './queries.ts';
import { RefusedCommand } from './refused-command.tsx';

export interface DecisionBarProps {
  readonly card: ApprovalCard;
  readonly commands: ApprovalCommands;
  readonly phone: boolean;
  readonly clockOpen: boolean;
  readonly onClock: (open: boolean) => void;
  readonly next: NextRequest | null;
  readonly onNext: (id: string) => void;
}

/** Approve is one tap; reject and ask open a form for the reason. Bound to the version that is on screen. */
export function DecisionBar({ card, commands, phone, clockOpen, onClock, next, onNext }: DecisionBarProps) {
  const { t } = useTranslation();
  const { row, permissions } = card;
  const { decide, ask } = commands;
  const [form, setForm] = useState<'reject' | 'ask' | 'more' | null>(null);
  const busy = decide.isPending || ask.isPending;
  const may = permissions.canDecide && !busy;
  const mayAsk = permissions.canAsk && !busy;
  const why = permissions.reasonWhyNot ? t(`approvals.cannotWhy.${permissions.reasonWhyNot}`) : null;
  const approve = () => may && decide.mutate({ decision: 'approve', version: row.version });
  useKeys({
    a: approve,
    r: () => may && setForm('reject'),
    u: () => mayAsk && setForm('ask'),
  });
  const size = phone ? 'large' : 'middle';
  const points = row.kind === 'discount' ? ` ${t('approvals.points', { value: formatPoints(row.deviationMax) })}` : '';
  const close = () => setForm(null);
  return (
    <>
      <RefusedCommand commands={commands} verdict={null} />
      {phone && why && <p className={css.why}>{why}</p>}
      <div className={css.buttons}>
        <Button
          type="primary"
          size={size}
          className={css.main ?? ''}
          disabled={!may}
          loading={decide.isPending}
          onClick={approve}
        >
          {t('approvals.action.approve')}
          {points}
          {!phone && <Kbd>A</Kbd>}
        </Button>
        <Button danger size={size} disabled={!may} onClick={() => setForm('reject')}>
          {t('approvals.action.reject')}
          {!phone && <Kbd>R</Kbd>}
        </Button>
        <Button size={size} disabled={!mayAsk} onClick={() => setForm('ask')}>
          {t('approvals.action.ask')}
          {!phone && <Kbd>U</Kbd>}
        </Button>
        {phone && (
          <Button size={size} aria-label={t('approvals.action.more')} onClick={() => setForm('more')}>
            …
          </Button>
        )}
        {!phone && (
          <small>
            {why ??
              (row.state === 'clarification'
                ? t('approvals.waitsAnswer')
                : t('approvals.card.version', { version: row.version }))}
          </small>
        )}
      </div>
      <Sheet
        open={form === 'reject' || form === 'ask'}
        title={form === 'ask' ? t('approvals.askForm.title') : t('approvals.rejectForm.title')}
        onClose={close}
      >
        <p className={css.about}>
          {row.customer.name}, {row.document.number}, {t('approvals.card.version', { version: row.version })}
        </p>
        {form === 'reject' && (
          <RejectForm
            initiator={row.initiator.name}
            busy={busy}
            onSubmit={(reasonCode, comment) =>
              decide.mutate(
                { decision: 'reject', version: row.version, reasonCode, ...(comment ? { comment } : {}) },
                { onSettled: close },
              )
            }
          />
        )}
        {form === 'ask' && (
          <AskForm
            initiator={row.initiator.name}
            busy={busy}
            onSubmit={(text) => ask.mutate({ text, version: row.version }, { onSettled: close })}
          />
        )}
      </Sheet>
      <Sheet open={form === 'more'} title={t('approvals.action.more')} onClose={close}>
        <MoreMenu
          clockOpen={clockOpen}
          onClock={(open) => {
            close();
            onClock(open);
          }}
          next={next}
          onNext={onNext}
        />
      </Sheet>
    </>
  );
}
