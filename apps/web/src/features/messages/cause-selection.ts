import type { MessagesFilter } from '@pult/shared/contracts/messages';
import type { Selection } from './queries.ts';

/**
 * What an operation over causes takes: exactly what the list of causes counted. Without a filter whole causes, with one only
 * what it leaves of them.
 */
export function selectionOfCauses(causeIds: readonly string[], filter: MessagesFilter): Selection {
  if (Object.keys(filter).length === 0) return { causeIds: [...causeIds] };
  const spans = filter.from !== undefined || filter.to !== undefined;
  return {
    filter: {
      ...filter,
      cause: [...causeIds],
      state: ['failed'],
      ...(spans ? { timeField: filter.timeField ?? 'failed' } : {}),
    },
  };
}
