import type { quietKind } from '@pult/shared/contracts/quiet';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { houseInput, momentOfInput } from '../../lib/format/house-time.ts';
import { useCreateQuiet } from '../../lib/quiet.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { DateField } from '../../ui/date-field.tsx';
import { RadioList } from '../../ui/radio-list.tsx';
import { isReason, ReasonNeeded } from '../../ui/reason-needed.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './settings.module.css';

type Kind = z.output<typeof quietKind>;
const KINDS: readonly Kind[] = ['maintenance', 'mute'];
const HOUR_MS = 3_600_000;

const hourOf = (at: number): number => Math.ceil(at / HOUR_MS) * HOUR_MS;

/** Plans work on a system, perhaps each week, or mutes a flow or a system for a period. */
export function QuietForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const names = useNames();
  const create = useCreateQuiet();
  const [kind, setKind] = useState<Kind>('maintenance');
  const [target, setTarget] = useState<string | null>(null);
  const [from, setFrom] = useState<string | null>(() => houseInput(hourOf(Date.now())));
  const [to, setTo] = useState<string | null>(() => houseInput(hourOf(Date.now()) + 4 * HOUR_MS));
  const [weekly, setWeekly] = useState(false);
  const [last, setLast] = useState<string | null>('');
  const [reason, setReason] = useState('');
  const [fromId, toId, lastId, reasonId, neededId] = [useId(), useId(), useId(), useId(), useId()];
  const systems = names.systems.map(({ id, title }) => ({ value: `system:${id}`, label: title }));
  const flows = names.flows.map(({ id, title }) => ({ value: `flow:${id}`, label: title }));
  const options = kind === 'maintenance' ? systems : [...systems, ...flows];
  // Nothing is chosen for the person: what stands first in a list is not what the work is on.
  const chosen = options.find(({ value }) => value === target)?.value ?? '';
  const [targetLabel, targetHint] =
    kind === 'maintenance'
      ? [t('quiet.form.system'), t('quiet.form.chooseSystem')]
      : [t('quiet.form.target'), t('quiet.form.chooseTarget')];
  const [start, end] = [momentOfInput(from ?? ''), momentOfInput(to ?? '')];
  const wrong = start !== null && end !== null && end <= start;
  const repeats = kind === 'maintenance' && weekly;
  // A last day that is no date must not become «for ever».
  const ready =
    start !== null && end !== null && !wrong && isReason(reason) && chosen !== '' && !(repeats && last === null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready || create.isPending) return;
    const [what = '', id = ''] = chosen.split(':');
    const lastAt = repeats && last !== null && last !== '' ? momentOfInput(`${last}T23:59`) : null;
    create.mutate(
      {
        kind,
        target: { kind: what === 'flow' ? 'flow' : 'system', id },
        reason: reason.trim(),
        from: new Date(start).toISOString(),
        until: new Date(end).toISOString(),
        weekly: repeats,
        weeklyUntil: lastAt === null ? null : new Date(lastAt).toISOString(),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Sheet open title={t('quiet.form.title')} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <RadioList
          label={t('quiet.form.kind')}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`quiet.form.${value}`) }))}
          onChange={setKind}
        />
        <p>
          <span aria-hidden="true">{targetLabel}</span>
          <Choice
            label={targetLabel}
            value={chosen}
            options={[{ value: '', label: targetHint }, ...options]}
            onChange={setTarget}
          />
        </p>
        <p>
          <label htmlFor={fromId}>{t('quiet.form.from')}</label>
          <DateField id={fromId} kind="minute" value={from} onChange={setFrom} />
        </p>
        <p>
          <label htmlFor={toId}>{t('quiet.form.to')}</label>
          <DateField id={toId} kind="minute" value={to} onChange={setTo} problem={wrong && t('quiet.form.wrong')} />
        </p>
        {kind === 'maintenance' && (
          <p>
            <label className={css.check}>
              <input type="checkbox" checked={weekly} onChange={({ target: box }) => setWeekly(box.checked)} />
              {t('quiet.form.weekly')}
            </label>
          </p>
        )}
        {repeats && (
          <p>
            <label htmlFor={lastId}>{t('quiet.form.weeklyUntil')}</label>
            <DateField id={lastId} kind="day" value={last} onChange={setLast} />
          </p>
        )}
        <p>
          <label htmlFor={reasonId}>{t('quiet.form.reason')}</label>
          <TextField id={reasonId} aria-describedby={neededId} maxLength={300} value={reason} onChange={setReason} />
          <ReasonNeeded id={neededId} reason={reason} />
        </p>
        {create.error && <small role="alert">{errorText(create.error)}</small>}
        <footer>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={create.isPending}>
            {t('quiet.form.submit')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </footer>
      </form>
    </Sheet>
  );
}
