import type { ErrorClassName, MessageDetail } from '@pult/shared/contracts/messages';
import { causeOf } from '@pult/shared/domain/delivery/error-cause';
import { expect, it } from 'vitest';
import { messages } from '../../lib/i18n/ru/messages.ts';
import { adviceKey, advised } from './advice.ts';

const allowed = { allowed: true, reason: null };
const failed = (errorClass: ErrorClassName) => ({
  row: { state: 'failed', error: { class: errorClass, code: null, text: '' } } as MessageDetail['row'],
  actions: { resend: allowed, reExport: allowed, verify: allowed, discard: allowed, restore: allowed },
});

it('does not blame the connection for a task that somebody has open in 1С', () => {
  const { errorClass } = causeOf({
    text: 'Не удалось записать «Задача исполнителя»: конфликт блокировок, объект заблокирован пользователем',
  });
  const message = failed(errorClass);
  expect(advised(message)).toBe('resend');
  expect(adviceKey(message)).toBe('messages.one.advice.resend.capacity');
  expect(messages.one.advice.resend.capacity).not.toContain('связь');
});

it('sends nothing as it was where the data are at fault', () => {
  expect(advised(failed('mapping'))).toBe('reExport');
  expect(adviceKey(failed('mapping'))).toBe('messages.one.advice.reExport');
});

it('exports anew what no system has sent, whatever was in the way', () => {
  const message = failed('transport');
  const unsent = { ...message, actions: { ...message.actions, resend: { allowed: false, reason: 'no_message' } } };
  expect(advised(unsent)).toBe('reExport');
  expect(adviceKey(unsent)).toBe('messages.one.advice.reExportOnly');
});
