import type { AttentionItem } from '@pult/shared/contracts/landscape';
import { renderHook } from '@testing-library/react';
import { beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { useAttentionWords } from './attention-list.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape']);
});

const refused = (data: AttentionItem['data']): AttentionItem => ({
  id: 'system:ut',
  kind: 'system_down',
  status: 'bad',
  since: '2026-11-24T08:00:00.000Z',
  data: { systemId: 'ut', title: { ru: 'УТ 11', en: 'UT 11' }, flows: 3, waiting: 0, amount: '0', ...data },
  link: '/settings/connections',
});
const wordsOf = (item: AttentionItem) => renderHook(() => useAttentionWords((id) => id)).result.current(item);

it('says of a refused password what waits for it and what to do', () => {
  const step = 'Исправьте пароль, затем «Проверить подключение» в Настройки → Подключения';
  const loginUntil = '2026-11-24T09:30:00.000Z';
  expect(wordsOf(refused({ loginUntil })).text).toBe(step);
  expect(wordsOf(refused({ loginUntil, waiting: 12 })).text).toBe(`3 потока, 12 документов ждут. ${step}`);
  expect(wordsOf(refused({ waiting: 12 }))).toEqual({
    title: 'УТ 11 не отвечает',
    text: '3 потока, 12 документов ждут',
  });
});
