import type { MessageAutomaticRetry } from '@pult/shared/contracts/automatic-retries';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isHalted, messageAutomaticRetryQuery, useAutomaticWords } from '../../lib/automatic-retry.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './messages.module.css';

type Operation = NonNullable<MessageAutomaticRetry['operation']>;

interface Line {
  readonly text: ReactNode;
  /** Null: a hint that needs no sign. */
  readonly shape: StateName | null;
}

/** Whether and when Pult sends a failed message again by itself, or why a person has to decide. */
export function AutomaticLine({ deliveryId }: { readonly deliveryId: string }) {
  const may = usePermission('operations.read');
  const { data } = useQuery({ ...messageAutomaticRetryQuery(deliveryId), enabled: may });
  const lineOf = useLine();
  // A failed question says nothing here: the message itself does not depend on it, and it is asked again.
  const line = data && lineOf(data);
  if (!line) return null;
  return (
    <p className={line.shape === null ? css.automaticHint : css.automatic}>
      {line.shape && <StateShape state={line.shape} />} <span>{line.text}</span>
    </p>
  );
}

function useLine(): (data: MessageAutomaticRetry) => Line | null {
  const { t } = useTranslation();
  const words = useAutomaticWords();
  const ofHalted = ({ id, number }: Operation): ReactNode => (
    <>
      {t('automatic.message.halted.before')}{' '}
      <Link to={paths.operation(id)}>{t('automatic.now.operation', { number })}</Link>{' '}
      {t('automatic.message.halted.after')}
    </>
  );
  const ofEnd = ({ id, number }: Operation): ReactNode => (
    <>
      {t('automatic.message.ends.before')}{' '}
      <Link to={paths.operation(id)}>{t('automatic.message.ends.operation', { number })}</Link>.
    </>
  );
  const ofDue = ({ now, at, nth, of, hold, operation }: MessageAutomaticRetry): Line | null => {
    if (hold?.kind === 'paused') return { shape: 'warn', text: t('automatic.message.paused') };
    const when = at === null ? null : words.when(at, now);
    // An operation is in the way only of what is due. One that goes no further by itself outlasts a hold that ends by itself.
    const before = when === null ? operation : null;
    if (before && isHalted(before)) return { shape: 'warn', text: ofHalted(before) };
    if (hold) return { shape: 'warn', text: t('automatic.message.held', { why: words.hold(hold) }) };
    if (before) return { shape: 'idle', text: ofEnd(before) };
    if (at === null || nth === null || of === null) return null;
    const text =
      when === null ? t('automatic.message.soon', { nth, of }) : t('automatic.message.due', { when, nth, of });
    return { shape: 'run', text };
  };
  const ofLeft = ({ reason, tries }: MessageAutomaticRetry): Line | null => {
    switch (reason) {
      case null:
        return null;
      case 'class':
        return { shape: null, text: t('automatic.message.left.class') };
      case 'tries_spent':
        return { shape: 'idle', text: t('automatic.message.left.tries_spent', { count: tries }) };
      default:
        return { shape: 'idle', text: t(`automatic.message.left.${reason}`) };
    }
  };
  return (data) => {
    switch (data.verdict) {
      case 'none':
      case 'not_failed':
      case 'claimed':
        return null;
      case 'due':
        return ofDue(data);
      case 'behind':
        return { shape: 'idle', text: t('automatic.message.behind') };
      case 'left':
        return ofLeft(data);
    }
  };
}
