import type { MessageDetail } from '@pult/shared/contracts/messages';
import { messageGet } from '@pult/shared/contracts/messages';
import type { ResendObstacle } from '@pult/shared/domain/operation/eligibility';
import { Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDocumentNumber } from '../../lib/format/document.ts';
import { usePermission } from '../../lib/session.ts';
import { useKeys } from '../../lib/use-keys.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { adviceKey, advised } from './advice.ts';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { useOperation, useVerify, type Verb } from './queries.ts';

/** Codes of what stands in the way that have words of their own: every obstacle has. */
const WHY_NOT: Readonly<Record<NonNullable<ResendObstacle> | 'verb_unsupported' | 'already_applied', true>> = {
  verb_unsupported: true,
  already_applied: true,
  no_record: true,
  no_retry_topic: true,
  no_file: true,
  refused_to_chain: true,
  replaced: true,
  no_message: true,
};
const hasWords = (code: string | null): code is keyof typeof WHY_NOT => code !== null && Object.hasOwn(WHY_NOT, code);

/** What may be done, each with what it will do said before it is chosen. */
export function MessageActions({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const mayRun = usePermission('operations.run');
  const names = useNames();
  const verify = useVerify(detail.row.id);
  const operation = useOperation();
  const [asking, setAsking] = useState<Verb | null>(null);
  const { row, actions } = detail;
  const best = advised(detail);
  const system = detail.flow.to.map(names.system).join(', ');
  const source = detail.flow.from.map(names.system).join(', ');
  const whyNot = (action: { allowed: boolean; reason: string | null }): string | undefined => {
    if (!mayRun) return t('messages.forbidden');
    if (action.allowed) return undefined;
    const known = hasWords(action.reason) ? action.reason : 'state_not_retriable';
    return known === 'no_message' && actions.reExport.allowed
      ? `${t('messages.whyNot.no_message')} ${t('messages.whyNot.exportInstead')}`
      : t(`messages.whyNot.${known}`);
  };
  const may = (verb: Verb): boolean => mayRun && actions[verb].allowed && !operation.isPending;
  const ask = (verb: Verb) => may(verb) && setAsking(verb);
  const over = row.state === 'applied';
  useKeys({
    v: () => mayRun && actions.verify.allowed && !verify.isPending && verify.mutate(),
    r: () => ask('resend'),
    e: () => ask('reExport'),
  });
  const verbs: readonly Verb[] = row.state === 'discarded' ? ['restore'] : over ? [] : ['resend', 'reExport'];
  return (
    <>
      <OperationError error={verify.error ?? operation.error} />
      {verify.data && (
        <p className={css.banner} data-state="run" role="status">
          <StateShape state="run" />{' '}
          {t(`messages.verified.${verify.data.outcome}`, {
            system: names.system(verify.data.system),
            number: verify.data.number ?? '',
          })}{' '}
          {!verify.data.recorded && t('messages.verified.notRecorded')}
        </p>
      )}
      <div className={css.actions}>
        {over && <div className={css.over}>{t('messages.one.over')}</div>}
        {!over && row.state !== 'discarded' && (
          <div>
            <Button
              type={best === 'verify' ? 'primary' : 'default'}
              disabled={!mayRun || !actions.verify.allowed}
              denied={whyNot(actions.verify)}
              loading={verify.isPending}
              onClick={() => verify.mutate()}
            >
              {t('messages.one.verify')}
            </Button>
            <p>{whyNot(actions.verify) ?? t('messages.one.verifyText', { system })}</p>
          </div>
        )}
        {verbs.map((verb) => (
          <div key={verb}>
            <Button
              type={best === verb ? 'primary' : 'default'}
              disabled={!may(verb)}
              denied={whyNot(actions[verb])}
              onClick={() => ask(verb)}
            >
              {t(`messages.one.${verb}`)}
            </Button>
            <p>
              {whyNot(actions[verb]) ?? t(`messages.one.${verb}Text`, { system, source })}
              {best === verb && whyNot(actions[verb]) === undefined && <b> {t(adviceKey(detail))}</b>}
            </p>
          </div>
        ))}
        <div className={css.more}>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                ...(over || row.state === 'discarded'
                  ? []
                  : [
                      {
                        key: 'discard',
                        danger: true,
                        disabled: !may('discard'),
                        label: (
                          <>
                            {t('messages.one.discard')}
                            {whyNot(actions.discard) && (
                              <small className={css.menuWhy}>{whyNot(actions.discard)}</small>
                            )}
                          </>
                        ),
                      },
                      { type: 'divider' as const },
                    ]),
                { key: 'link', label: t('messages.one.copyLink') },
                {
                  key: 'json',
                  label: (
                    <a href={messageGet.path.replace(':deliveryId', row.id)} target="_blank" rel="noreferrer">
                      JSON
                    </a>
                  ),
                },
              ],
              onClick: ({ key }) => {
                if (key === 'discard') ask('discard');
                if (key === 'link') void navigator.clipboard.writeText(window.location.href);
              },
            }}
          >
            <Button>{t('messages.one.more')} ▾</Button>
          </Dropdown>
        </div>
      </div>
      <ConfirmDialog
        open={asking !== null}
        title={asking ? t(`messages.one.${asking}Title`, { number: formatDocumentNumber(row.key.number) }) : ''}
        confirmLabel={asking ? t(`messages.one.${asking}Confirm`) : ''}
        danger={asking === 'discard'}
        reason
        busy={operation.isPending}
        onConfirm={(reason) =>
          asking &&
          operation.mutate(
            { verb: asking, selection: { deliveryIds: [row.id] }, reason },
            { onSettled: () => setAsking(null) },
          )
        }
        onClose={() => setAsking(null)}
      >
        {asking && <p>{t(`messages.one.${asking}Text`, { system, source })}</p>}
        {row.personal && <p>{t('messages.one.nameNobody')}</p>}
      </ConfirmDialog>
    </>
  );
}
