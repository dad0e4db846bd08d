import type { AttentionItem } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { usePermission } from '../../lib/session.ts';
import { DeniedButton } from '../../ui/denied-button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './attention-list.module.css';

export interface AttentionListProps {
  readonly items: readonly AttentionItem[];
  readonly nameOf: (systemId: string) => string;
  /** Opens the question until when this line shall be quiet. */
  readonly onMute: (item: AttentionItem, title: string) => void;
}

/** What needs a person now: the fact as a sentence, worst first, each with the way to its rows. */
export function AttentionList({ items, nameOf, onMute }: AttentionListProps) {
  const { t } = useTranslation();
  const mayMute = usePermission('landscape.mute');
  const words = useAttentionWords(nameOf);
  if (items.length === 0) return <p className={css.calm}>{t('landscape.attention.empty')}</p>;
  return (
    <ul className={css.list}>
      {items.map((item) => {
        const { title, text } = words(item);
        const action = t(`landscape.attention.action.${actionOf(item)}`);
        return (
          <li key={item.id} className={css.item}>
            <span className={css.shape}>
              <StateShape state={item.status} />
            </span>
            <div className={css.body}>
              <div className={css.head}>
                <Link to={item.link} className={css.title}>
                  {title}
                </Link>
                {item.kind !== 'quarantine' && item.kind !== 'sla' && (
                  <time dateTime={item.since} className={css.age}>
                    {formatMinutes(Date.now() - Date.parse(item.since))}
                  </time>
                )}
              </div>
              <p className={css.text}>{text}</p>
              <span className={css.actions}>
                <Link to={item.link} className={css.action} aria-label={`${action}: ${title}`}>
                  {action}
                </Link>
                {isMutable(item) &&
                  (mayMute ? (
                    <button
                      type="button"
                      className={css.mute}
                      aria-label={`${t('quiet.remind')} ${title}`}
                      onClick={() => onMute(item, title)}
                    >
                      {t('quiet.remind')}
                    </button>
                  ) : (
                    <DeniedButton
                      className={css.mute}
                      aria-label={`${t('quiet.remind')} ${title}`}
                      reason={t('quiet.forbidden')}
                    >
                      {t('quiet.remind')}
                    </DeniedButton>
                  ))}
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Lines about one flow or system; causes are put aside where they are sorted out, queues are nobody's alarm. */
export const isMutable = ({ kind }: AttentionItem): boolean =>
  kind !== 'cause_new' && kind !== 'cause_growing' && kind !== 'sla' && kind !== 'quarantine';

function actionOf({ kind, link }: AttentionItem) {
  switch (kind) {
    case 'handler_silent':
    case 'handler_missing':
      return 'connection';
    case 'system_down':
      return link.startsWith('/messages') ? 'messages' : link === '/bus' ? 'bus' : 'connection';
    case 'stale':
      return 'connection';
    case 'silence':
      return 'flow';
    case 'in_doubt':
      return 'doubt';
    case 'stuck':
      return 'messages';
    case 'cause_new':
    case 'cause_growing':
    case 'undecided':
      return 'cause';
    case 'no_consumer':
      return 'bus';
    case 'sla':
      return 'approvals';
    case 'quarantine':
      return 'quarantine';
    case 'exchange_failing':
    case 'exchange_problems':
    case 'exchange_lag':
      return 'registers';
  }
}

/** Title and text of an item; `nameOf` says the name of a system. */
export function useAttentionWords(
  nameOf: (systemId: string) => string,
): (item: AttentionItem) => { title: string; text: string } {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  return (item) => {
    const { data } = item;
    const named = data.title as { ru: string; en: string } | undefined;
    const name = named?.[language] ?? '';
    const count = Number(data.count ?? 0);
    // Not every document carries money: a price list waits without a sum.
    const amount = Number(data.amount ?? 0) === 0 ? '' : `, ${formatMoney(String(data.amount))}`;
    const subject = `${name}${amount}`;
    const flow = (data.flowTitle as { ru: string; en: string } | undefined)?.[language] ?? '';
    switch (item.kind) {
      case 'system_down': {
        const flows = t('landscape.attention.flows', { count: Number(data.flows) });
        // A source that is away holds no document back.
        const waiting =
          Number(data.waiting) > 0
            ? t('landscape.attention.system_down_text', { count: Number(data.waiting), flows, amount })
            : flows;
        if (typeof data.loginUntil !== 'string')
          return { title: t('landscape.attention.system_down', { name }), text: waiting };
        const step = t('landscape.attention.login_refused_text');
        return {
          title: t('landscape.attention.login_refused', { name, until: formatMoment(data.loginUntil) }),
          text: Number(data.waiting) > 0 ? `${waiting}. ${step}` : step,
        };
      }
      case 'silence':
        return {
          title:
            typeof data.source === 'string'
              ? t('landscape.attention.silence_source', { name, source: nameOf(data.source) })
              : t('landscape.attention.silence', { name }),
          text: t('landscape.attention.silence_text', { count: Number(data.missed) }),
        };
      case 'handler_silent':
        return {
          title: t('landscape.attention.handler_silent', { name }),
          text: t('landscape.attention.handler_silent_text', {
            service: String(data.service),
            expected: Number(data.expected),
          }),
        };
      case 'handler_missing':
        return {
          title: t('landscape.attention.handler_missing', { name }),
          text: t('landscape.attention.handler_missing_text', {
            service: String(data.service),
            alive: Number(data.alive),
            expected: Number(data.expected),
          }),
        };
      case 'in_doubt':
        return {
          title: t('landscape.attention.in_doubt', { count }),
          text: t('landscape.attention.in_doubt_text', { subject }),
        };
      case 'stuck':
        return {
          title: t('landscape.attention.stuck', { count }),
          text: t('landscape.attention.stuck_text', { subject }),
        };
      case 'undecided':
        return {
          title: t('landscape.attention.undecided', { count }),
          text: t('landscape.attention.undecided_text', { subject }),
        };
      case 'no_consumer':
        return {
          title: t('landscape.attention.no_consumer', { name }),
          text: t('landscape.attention.no_consumer_text', { count, group: String(data.group) }),
        };
      case 'cause_new':
      case 'cause_growing':
        return { title: name, text: t(`landscape.attention.${item.kind}`, { count, flow, amount }) };
      case 'sla':
        return {
          title: t('landscape.attention.sla', { count: Number(data.breaching) + Number(data.breached) }),
          text:
            Number(data.breached) === 0
              ? t('landscape.attention.sla_calm')
              : t('landscape.attention.sla_text', { count: Number(data.breached) }),
        };
      case 'quarantine':
        return {
          title: t('landscape.attention.quarantine', { count }),
          text: t('landscape.attention.quarantine_text'),
        };
      case 'exchange_failing':
        return {
          title: t('landscape.attention.exchange_failing', { name }),
          text: t('landscape.attention.exchange_failing_text', { nodes: (data.nodes as string[]).join(', ') }),
        };
      case 'exchange_lag':
        return {
          title: t('landscape.attention.exchange_lag', { name, node: String(data.node) }),
          text: t('landscape.attention.exchange_lag_text', { count: Number(data.lag) }),
        };
      case 'exchange_problems':
        return {
          title: t('landscape.attention.exchange_problems', { name, count }),
          text: t('landscape.attention.exchange_problems_text'),
        };
      case 'stale':
        return { title: t('landscape.attention.stale', { name }), text: t('landscape.attention.stale_text') };
    }
  };
}
