import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isMissing } from '../../lib/api/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SectionJump } from '../../ui/section-jump.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { SlaHeadTimer } from '../../ui/sla-timer.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './card.module.css';
import { CourseOfRequest } from './card-course.tsx';
import { CustomerFacts } from './card-customer.tsx';
import { CardLines } from './card-lines.tsx';
import { CardNotices } from './card-notices.tsx';
import { CardNumbers } from './card-numbers.tsx';
import { SimilarDecisions } from './card-similar.tsx';
import { DecisionBar } from './decision-bar.tsx';
import { DecisionState } from './decision-state.tsx';
import type { NextRequest } from './next-request.ts';
import { cardQuery, useApprovalCommands } from './queries.ts';
import { shortName } from './short-name.ts';

// Opened by a press: the first load of the inbox does not carry them (quality.md, P7).
const ClockTape = lazy(async () => ({ default: (await import('./clock-tape.tsx')).ClockTape }));
const DecisionMade = lazy(async () => ({ default: (await import('./decision-made.tsx')).DecisionMade }));

export interface ApprovalCardProps {
  readonly approvalId: string;
  readonly phone: boolean;
  readonly clockOpen: boolean;
  readonly onClock: (open: boolean) => void;
  readonly onBack: () => void;
  readonly next: NextRequest | null;
  readonly onNext: (id: string) => void;
}

/** Everything that decides a request on one card; the decision bar stays in reach. */
export function ApprovalCardView(props: ApprovalCardProps) {
  const { approvalId, phone, onBack, next, onNext } = props;
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(cardQuery(approvalId));
  // Here, not in the bar: who lost a race must read why after the bar has given way to the decision of the other.
  const commands = useApprovalCommands(approvalId);
  const [leftMade, setLeftMade] = useState(false);
  // What stands below the lines follows the first paint (quality.md, P7).
  const rest = useDeferredValue(true, false);
  if (isError && !data) {
    const back = <Button onClick={onBack}>{t('approvals.back')}</Button>;
    return (
      <div className={css.card}>
        {isMissing(error) ? (
          <EmptyState title={t('approvals.missing')} text={t('common.notFoundText')} action={back} />
        ) : (
          <>
            <ErrorState error={error} onRetry={() => void refetch()} />
            {back}
          </>
        )}
      </div>
    );
  }
  if (!data) return <Skeleton rows={14} />;
  const standing = data.decision !== null && data.decision.undone === null;
  if (phone && standing && commands.decide.isSuccess && !leftMade)
    return (
      <Suspense fallback={<Skeleton rows={8} />}>
        <DecisionMade
          card={data}
          undo={commands.undo}
          next={next}
          onNext={onNext}
          onClose={() => (commands.undo.isSuccess ? setLeftMade(true) : onBack())}
        />
      </Suspense>
    );
  return (
    <article className={css.card} aria-label={`${data.row.customer.name}, ${data.row.document.number}`}>
      <div className={css.scroll}>
        <CardHead card={data} {...props} />
        {props.clockOpen && (
          <Suspense fallback={<Skeleton rows={8} />}>
            <ClockTape approvalId={approvalId} />
          </Suspense>
        )}
        <CardNumbers card={data} />
        <CardNotices card={data} />
        <CustomerFacts card={data} />
        <CardLines card={data} />
        {rest && (
          <>
            <SimilarDecisions card={data} />
            <CourseOfRequest card={data} />
          </>
        )}
      </div>
      <footer className={css.foot}>
        {standing ? (
          <DecisionState card={data} commands={commands} next={next} onNext={onNext} />
        ) : (
          <DecisionBar
            card={data}
            commands={commands}
            phone={phone}
            clockOpen={props.clockOpen}
            onClock={props.onClock}
            next={next}
            onNext={onNext}
          />
        )}
      </footer>
    </article>
  );
}

function CardHead({
  card,
  phone,
  clockOpen,
  onClock,
  onBack,
}: { readonly card: ApprovalCard } & Pick<ApprovalCardProps, 'phone' | 'clockOpen' | 'onClock' | 'onBack'>) {
  const { t } = useTranslation();
  const { row } = card;
  return (
    <header className={css.head} data-urgent={row.clock.state === 'soon' || row.clock.state === 'breached'}>
      {phone && (
        <button type="button" className={css.back} aria-label={t('approvals.back')} onClick={onBack}>
          ‹
        </button>
      )}
      <div className={css.title}>
        <h1>
          <span className={css.kind}>{t(`approvals.kindOne.${row.kind}`)}</span>
          <span>{row.customer.name}</span>
        </h1>
        <p>
          <b>{row.document.number}</b>
          <span className={css.version}>{t('approvals.card.version', { version: row.version })}</span>
          <span title={row.initiator.name}>{shortName(row.initiator.name)}</span>
          <span>{row.systems.map((system) => t(`approvals.system.${system}`)).join(' + ')}</span>
          {row.ownRequest && <StateChip state="idle">{t('approvals.list.own')}</StateChip>}
        </p>
      </div>
      <div className={css.clock}>
        <SlaHeadTimer clock={row.clock} />
        <button type="button" className={css.link} aria-expanded={clockOpen} onClick={() => onClock(!clockOpen)}>
          {t(clockOpen ? 'approvals.card.hideTape' : 'approvals.card.tape')}
        </button>
      </div>
      {phone && <SectionJump inside />}
    </header>
  );
}
