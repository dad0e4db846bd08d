import { type FlowConfig, type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import type { TestBus } from '../../../connectors/testing/bus.ts';

const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };

/** A base that reports over the bus, a shop that reads prices and has a retry topic, a second reader that has none. */
export const busLandscape = (bus: TestBus): LandscapeFile => landscapeFile.parse(writtenBusLandscape(bus));

/** The same as a person would write it into landscape.yaml. */
export function writtenBusLandscape(bus: TestBus, { ackTimeout = '1m' } = {}): object {
  return {
    version: 1,
    systems: [
      { id: 'ut', title, kind: 'onec', place },
      { id: 'shop', title, kind: 'service', place },
      { id: 'archive', title, kind: 'service', place },
      { id: 'zup', title, kind: 'onec', place },
      {
        id: 'kafka',
        title,
        kind: 'bus',
        place,
        connector: {
          protocol: 'kafka',
          brokers: bus.config.brokers.join(','),
          groupId: bus.config.groupId,
          eventTopics: [{ topic: bus.topic('facts'), sources: ['ut', 'shop'] }],
        },
      },
    ],
    flows: [
      {
        id: 'prices',
        title,
        what: title,
        from: ['ut'],
        to: ['kafka', 'shop', 'archive'],
        era: 'to-be',
        channel: 'kafka',
        topics: [bus.topic('prices')],
        watched: true,
        ackTimeoutMs: ackTimeout,
        consumers: [
          {
            system: 'shop',
            group: 'shop',
            retryTopic: bus.topic('shop.retry'),
            deadLetterTopic: bus.topic('shop.dlq'),
          },
          { system: 'archive', group: 'archive', deadLetterTopic: bus.topic('archive.dlq') },
        ],
        retry: { ratePerSecond: 50, maxRatePerSecond: 50 },
      },
    ],
  };
}

export const flowsOf = (landscape: LandscapeFile): Map<string, FlowConfig> =>
  new Map(landscape.flows.map((flow) => [flow.id, flow]));
