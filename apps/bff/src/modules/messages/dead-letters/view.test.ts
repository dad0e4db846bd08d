import { describe, expect, it } from 'vitest';
import type { DeadLetter } from './store.ts';
import { deadLetterView } from './view.ts';

const PERSON = 'Сотрудник Лаптева Инна Олеговна не найден';
const letter: DeadLetter = {
  topic: 'hr.dlq',
  topicId: 't',
  partition: 0,
  offset: '7',
  deliveryId: 'd',
  writtenAt: 0,
  attempt: 2,
  error: PERSON,
  originalTopic: 'hr',
  originalPartition: 0,
  originalOffset: '5',
  key: Buffer.from('Лаптева'),
  value: null,
  headers: [
    ['message-id', 'hr-1'],
    ['dlq-original-topic', 'hr'],
    ['__connect.errors.topic', 'hr'],
    ['dlq-attempt', '2'],
    ['dlq-error', PERSON],
    ['dlq-error-code', PERSON],
    ['kafka_dlt-exception-message', PERSON],
    ['kafka_dlt-exception-stacktrace', PERSON],
    ['__connect.errors.exception.message', PERSON],
    ['ce_subject', PERSON],
    ['note', PERSON],
  ].map(([name = '', text = '']) => [name, Buffer.from(text)] as const),
  sizeBytes: 100,
  kept: true,
};

describe('a dead letter', () => {
  it('of a flow with people says where it comes from, and no word of anybody', () => {
    const shown = deadLetterView(letter, { personalData: true });
    expect(JSON.stringify(shown)).not.toContain('Лаптева');
    expect(shown.headers.filter(({ value }) => value !== null).map(({ name }) => name)).toEqual([
      'message-id',
      'dlq-original-topic',
      '__connect.errors.topic',
      'dlq-attempt',
    ]);
  });

  it('of another flow shows the words of its consumer', () => {
    const shown = deadLetterView(letter, { personalData: false });
    expect(shown.error).toBe(PERSON);
    expect(shown.headers.find(({ name }) => name === 'dlq-error')?.value).toBe(PERSON);
  });
});
