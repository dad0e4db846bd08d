import type { AttentionItem } from '@pult/shared/contracts/landscape';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { atHouseTime, houseInput, momentOfInput } from '../../lib/format/house-time.ts';
import { useCreateQuiet } from '../../lib/quiet.ts';
import { Button } from '../../ui/button.tsx';
import { DateField } from '../../ui/date-field.tsx';
import { RadioList } from '../../ui/radio-list.tsx';
import { isReason, ReasonNeeded } from '../../ui/reason-needed.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './mute-dialog.module.css';

const HOUR_MS = 3_600_000;
const UNTILS = ['hour', 'fourHours', 'endOfDay', 'morning', 'exact'] as const;
type Until = (typeof UNTILS)[number];
const WHATS = ['alarm', 'flow', 'system'] as const;
type What = (typeof WHATS)[number];

export interface MuteDialogProps {
  readonly item: Pick<AttentionItem, 'id' | 'data'>;
  readonly title: string;
  /** Name of the flow or system that the alarm is about. */
  readonly subject: string;
  readonly onClose: () => void;
}

/** When a choice ends, ms; null while the exact time is incomplete or past. */
function endOf(until: Until, exact: string | null, now: number): number | null {
  switch (until) {
    case 'hour':
      return now + HOUR_MS;
    case 'fourHours':
      return now + 4 * HOUR_MS;
    case 'endOfDay':
      return atHouseTime(now, 18);
    case 'morning':
      return atHouseTime(now, 9, 1);
    case 'exact': {
      const at = momentOfInput(exact ?? '');
      return at !== null && at > now ? at : null;
    }
  }
}

/** «Не напоминать до…»: what, until when, why. */
export function MuteDialog({ item, title, subject, onClose }: MuteDialogProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const create = useCreateQuiet();
  const [now] = useState(() => Date.now());
  const [what, setWhat] = useState<What>('alarm');
  const [until, setUntil] = useState<Until>('hour');
  const [exact, setExact] = useState<string | null>(() => houseInput(now + 2 * HOUR_MS));
  const [reason, setReason] = useState('');
  const [reasonId, neededId, exactId] = [useId(), useId(), useId()];
  const { flowId, systemId } = item.data;
  const about = typeof flowId === 'string' ? 'flow' : typeof systemId === 'string' ? 'system' : null;
  const ends = endOf(until, exact, now);
  const ready = ends !== null && isReason(reason);
  return (
    <Sheet open title={t('quiet.dialog.title', { name: title })} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready || create.isPending) return;
          const target =
            what === 'alarm'
              ? { kind: 'alarm' as const, id: item.id }
              : { kind: what, id: String(what === 'flow' ? flowId : systemId) };
          create.mutate(
            { kind: 'mute', target, reason: reason.trim(), until: new Date(ends).toISOString() },
            { onSuccess: onClose },
          );
        }}
      >
        <h3>{t('quiet.dialog.what')}</h3>
        <RadioList
          label={t('quiet.dialog.what')}
          value={what}
          options={WHATS.filter((one) => one === 'alarm' || one === about).map((value) => ({
            value,
            label: t(`quiet.dialog.${value}`, { name: subject }),
          }))}
          onChange={setWhat}
        />
        <h3>{t('quiet.dialog.until')}</h3>
        <RadioList
          label={t('quiet.dialog.until')}
          value={until}
          options={UNTILS.filter((one) => one !== 'endOfDay' || atHouseTime(now, 18) > now).map((value) => ({
            value,
            label: t(`quiet.dialog.${value}`),
          }))}
          onChange={setUntil}
        />
        {until === 'exact' && (
          <p className={css.field}>
            <label htmlFor={exactId}>{t('quiet.dialog.exactLabel')}</label>
            <DateField
              id={exactId}
              kind="minute"
              value={exact}
              onChange={setExact}
              problem={Boolean(exact) && ends === null && t('quiet.dialog.past')}
            />
          </p>
        )}
        <p className={css.field}>
          <label htmlFor={reasonId}>{t('quiet.dialog.reason')}</label>
          <TextField
            id={reasonId}
            aria-describedby={neededId}
            maxLength={300}
            placeholder={t('quiet.dialog.reasonHint')}
            value={reason}
            onChange={setReason}
          />
          <ReasonNeeded id={neededId} reason={reason} />
        </p>
        <p className={css.hint}>{t('quiet.dialog.kept')}</p>
        {create.error && (
          <p role="alert" className={css.error}>
            {errorText(create.error)}
          </p>
        )}
        <footer className={css.buttons}>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={create.isPending}>
            {t('quiet.dialog.confirm')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </footer>
      </form>
    </Sheet>
  );
}
