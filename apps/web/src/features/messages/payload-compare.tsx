import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../../ui/choice.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type DiffRow, diffLines, jsonLines } from './json-lines.ts';
import { JsonText } from './json-view.tsx';
import css from './payload.module.css';
import { payloadQuery } from './queries.ts';

/** Lines around a difference that stay on screen with «only differences». */
const CONTEXT = 2;

/** Two revisions side by side; personal data stay hidden on both. */
export function PayloadCompare({
  deliveryId,
  revisions,
}: {
  readonly deliveryId: string;
  readonly revisions: MessageDetail['revisions'];
}) {
  const { t } = useTranslation();
  const numbers = revisions.map(({ revision }) => revision);
  const [left, setLeft] = useState(numbers.at(-2) ?? 1);
  const [right, setRight] = useState(numbers.at(-1) ?? 1);
  const [onlyChanges, setOnlyChanges] = useState(false);
  const [before, after] = useQueries({
    queries: [payloadQuery(deliveryId, left), payloadQuery(deliveryId, right)],
  });
  const failed = before.error ?? after.error;
  if (failed)
    return <ErrorState error={failed} onRetry={() => void Promise.all([before.refetch(), after.refetch()])} />;
  if (!before.data || !after.data) return <Skeleton rows={8} />;
  const rows = diffLines(
    jsonLines(before.data.body, new Set(before.data.masked)),
    jsonLines(after.data.body, new Set(after.data.masked)),
  );
  const count = (kind: DiffRow['kind']): number => rows.filter((row) => row.kind === kind).length;
  const near = rows.map((_, index) =>
    rows.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  );
  const options = revisions.map(({ revision }) => ({
    value: String(revision),
    label: t('messages.one.revision', { revision }),
  }));
  return (
    <>
      <div className={css.compareHead}>
        <Choice
          label={t('messages.payload.left')}
          value={String(left)}
          options={options}
          onChange={(value) => setLeft(Number(value))}
        />
        <span aria-hidden="true">⇄</span>
        <Choice
          label={t('messages.payload.right')}
          value={String(right)}
          options={options}
          onChange={(value) => setRight(Number(value))}
        />
        <span className={css.grow}>
          {count('changed') + count('added') + count('removed') === 0
            ? t('messages.payload.equal')
            : t('messages.payload.changes', {
                changed: count('changed'),
                added: count('added'),
                removed: count('removed'),
              })}
        </span>
        <label>
          <input type="checkbox" checked={onlyChanges} onChange={(event) => setOnlyChanges(event.target.checked)} />{' '}
          {t('messages.payload.onlyChanges')}
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it */}
      <section className={css.compare} tabIndex={0} aria-label={t('messages.payload.compare')}>
        {rows.map((row, index) => (
          <div
            key={`${row.left?.number ?? ''}:${row.right?.number ?? ''}`}
            data-kind={row.kind}
            hidden={onlyChanges && !near[index]}
          >
            <Side part={row.left} sign={row.kind === 'same' ? '' : '−'} />
            <Side part={row.right} sign={row.kind === 'same' ? '' : '+'} />
          </div>
        ))}
      </section>
    </>
  );
}

function Side({ part, sign }: { readonly part: DiffRow['left']; readonly sign: string }) {
  return (
    <code className={css.side} data-empty={part === null}>
      <i>{part?.number ?? ''}</i>
      <i>{part ? sign : ''}</i>
      <span>{part && <JsonText line={part.line} />}</span>
    </code>
  );
}
