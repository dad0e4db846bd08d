import { describe, expect, it } from 'vitest';
import { deadLetterView } from './view.ts';

const headers = {
  'message-id': 'm-1',
  'dlq-original-topic': 'zup.papers.v1',
  'dlq-error': 'Не найден сотрудник Петрова Анна',
  'kafka_dlt-exception-message': 'Петрова Анна: нет СНИЛС',
  'kafka_dlt-exception-stacktrace': 'at Петрова.java:1',
  '__connect.errors.exception.message': 'Петрова Анна',
  'dlq-attempt': '3',
  note: 'Петрова Анна',
} as const;
const letter = {
  topic: 'zup.vkhr.dlq',
  topicId: 't',
  partition: 0,
  offset: '1',
  deliveryId: '0',
  writtenAt: 0,
  attempt: 3,
  error: 'Не найден сотрудник Петрова Анна',
  originalTopic: 'zup.papers.v1',
  originalPartition: 0,
  originalOffset: '7',
  key: Buffer.from('Петрова Анна'),
  value: null,
  headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
  sizeBytes: 1,
  kept: true,
};

describe('a dead letter on its page', () => {
  it('shows what its consumer said', () => {
    const { headers: shown, error } = deadLetterView(letter, { personalData: false });
    expect(error).toBe(headers['dlq-error']);
    expect(shown).toContainEqual({ name: 'dlq-error', value: headers['dlq-error'] });
  });

  it('of a flow with people shows where it stood, and no word that may name one', () => {
    const view = deadLetterView(letter, { personalData: true });
    expect(JSON.stringify(view)).not.toContain('Петрова');
    expect(view.headers.filter(({ value }) => value !== null).map(({ name }) => name)).toEqual([
      'message-id',
      'dlq-original-topic',
      'dlq-attempt',
    ]);
  });
});
