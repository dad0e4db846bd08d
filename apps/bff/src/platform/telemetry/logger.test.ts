import { AppError } from '@pult/shared/errors/app-error';
import { expect, it } from 'vitest';
import { createLogger, loggedError } from './logger.ts';

function logged(work: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  work(createLogger({ level: 'info', destination: { write: (line: string) => lines.push(line) } }));
  return lines.join('');
}

it('keeps place and causes of an error, never the values that drivers and clients attach', () => {
  const driver = Object.assign(new Error('duplicate key value violates unique constraint "session_secret_hash_key"'), {
    code: '23505',
    constraint: 'session_secret_hash_key',
    detail: 'Key (email)=(petrova@example.org) already exists.',
    parameters: ['hunter2'],
  });
  const client = Object.assign(new Error('refused'), {
    response: { headers: { authorization: 'Bearer abc' } },
    body: '{"password":"hunter2"}',
  });
  const problem = new AppError('server.unexpected', {}, { cause: driver });
  const text = logged((log) => {
    log.error({ err: problem, cause: driver }, 'request failed');
    log.warn({ err: client }, 'login');
    log.warn({ err: { body: 'hunter2' } }, 'not even an error');
  });
  expect(text).toContain('session_secret_hash_key');
  expect(text).toContain('23505');
  for (const secret of ['petrova', 'hunter2', 'Bearer']) expect(text).not.toContain(secret);
  expect(loggedError(problem)).toMatchObject({ type: 'AppError', cause: { type: 'Error', code: '23505' } });
});

it('hides secrets by name and ends a circle of causes', () => {
  const text = logged((log) =>
    log.info({ request: { cookie: 'pult_session=abc', headers: { authorization: 'Basic x' } } }),
  );
  expect(text).not.toMatch(/abc|Basic x/);
  const first = new Error('first');
  first.cause = new Error('second', { cause: first });
  expect(logged((log) => log.error({ err: first }, 'circle')).length).toBeLessThan(20_000);
});
