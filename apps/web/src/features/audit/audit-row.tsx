import type { AuditEntry } from '@pult/shared/contracts/audit';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../lib/paths.ts';
import { type LandscapeNames, useNames } from '../../lib/use-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Instant } from '../../ui/instant.tsx';
import css from './audit.module.css';
import { changesOf, type Subject, subjectOf } from './changes.ts';

/** Screens of the objects that have one. */
const PAGE: Readonly<Record<string, (id: string) => string>> = {
  approval: paths.approval,
  operation: paths.operation,
  delivery: paths.message,
  message: paths.message,
  flow: paths.flow,
};

/** One entry as a sentence; opened, what it changed, field by field, and its place in the chain. */
export function AuditRow({
  entry,
  known,
  onObject,
}: {
  readonly entry: AuditEntry;
  /** What the log itself says of the object, in an entry above or below. */
  readonly known: string | null;
  readonly onObject: (objectId: string) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { actor } = entry;
  const { action, kind } = useEntryWords(entry);
  const page = PAGE[entry.objectKind]?.(entry.objectId);
  const names = useNames();
  const about = subjectOf(entry);
  const name = about ? nameOf(about, names) : (known ?? shortId(entry.objectId));
  return (
    <>
      <tr data-open={open}>
        <td>
          <Instant value={entry.at} />
        </td>
        <td className={css.who}>
          {actor.name ?? actor.id ?? t('audit.pult')}
          {actor.onBehalfOf && <small>{t('audit.onBehalfOf', { name: actor.onBehalfOf })}</small>}
        </td>
        <td>
          <button type="button" className={css.link} aria-expanded={open} onClick={() => setOpen(!open)}>
            {action}
          </button>
        </td>
        <td className={css.object}>
          {kind} {page ? <Link to={page}>{name}</Link> : <span title={entry.objectId}>{name}</span>}
        </td>
        <td className={css.reason}>{entry.reason ?? '—'}</td>
        <td>{entry.id}</td>
      </tr>
      {open && (
        <tr className={css.details}>
          <td colSpan={6}>
            <Changes entry={entry} />
            <p className={css.chain}>
              <code>{entry.action}</code>
              {entry.requestId && (
                <span>
                  {t('audit.request')} <code>{entry.requestId}</code>{' '}
                  <CopyButton text={entry.requestId} label={t('audit.copy')} />
                </span>
              )}
              <span title={entry.hash}>
                {t('audit.hash')} <code>{entry.hash.slice(0, 16)}…</code>{' '}
                <CopyButton text={entry.hash} label={t('audit.copy')} />
              </span>
              <button type="button" className={css.link} onClick={() => onObject(entry.objectId)}>
                {t('audit.sameObject')}
              </button>
            </p>
          </td>
        </tr>
      )}
    </>
  );
}

/** Words for an action and a kind of object; an action that has no words yet keeps its code. */
function useEntryWords({ action, objectKind }: AuditEntry): { action: string; kind: string } {
  const { i18n } = useTranslation();
  // The log outlives the code that wrote it: the key is only known to exist once it was looked up.
  const verb: string = `audit.verb.${action}`;
  const noun: string = `audit.one.${objectKind}`;
  const word = (key: string, otherwise: string): string =>
    i18n.exists(key, { ns: 'translation' }) ? i18n.t(key as never) : otherwise;
  return { action: word(verb, action), kind: word(noun, objectKind) };
}

function Changes({ entry }: { readonly entry: AuditEntry }) {
  const { t } = useTranslation();
  const changes = changesOf(entry.before, entry.after);
  if (changes.length === 0) return <p className={css.chain}>{t('audit.noChanges')}</p>;
  return (
    <table className={css.changes}>
      <thead>
        <tr>
          <th scope="col">{t('audit.field')}</th>
          <th scope="col">{t('audit.before')}</th>
          <th scope="col">{t('audit.after')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">
              <code>{field}</code>
            </th>
            <td>{before ?? '—'}</td>
            <td>{after ?? '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Title of a flow or a system; an alarm does not say which of them it is about. */
function nameOf({ kind, id }: Subject, names: LandscapeNames): string {
  const flow = kind === 'system' ? id : names.flow(id);
  return flow === id ? names.system(id) : flow;
}

const shortId = (id: string): string => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id) ? `${id.slice(0, 8)}…` : id);
