import { renderHook } from '@testing-library/react';
import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../lib/i18n/i18n.ts';
import { useSourceErrorText } from './use-error-text.ts';

beforeAll(() => startI18n());

it('says in plain words why a connection failed, and lets a system speak for itself', () => {
  const { result } = renderHook(() => useSourceErrorText());
  const said = (code: string, text: string | null) => result.current({ code, text });
  expect(said('source.unreachable', 'UND_ERR_SOCKET')).toBe(
    'Система не отвечает. Связь оборвалась раньше, чем пришёл ответ.',
  );
  expect(said('source.timeout', 'UND_ERR_HEADERS_TIMEOUT')).not.toContain('UND_ERR');
  expect(said('source.timeout', 'no answer in time')).toBe('Система не ответила вовремя.');
  expect(said('source.rejected', 'Период закрыт')).toBe('Система отклонила запрос. Период закрыт');
});
