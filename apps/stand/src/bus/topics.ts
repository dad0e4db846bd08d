/** The bus of the demonstration: topics, and the services that read them. */

/** Facts about deliveries, read by whoever watches. */
export const FACTS = 'exchange.events.v1';
export const ORDERS = 'ut.orders.v1';
export const PRICES = 'ut.prices.v1';
export const STOCK = 'ut.stock.v1';
export const PRODUCTION = 'erp.production.v1';
export const APPROVALS = 'elma.approvals.v1';

export interface Service {
  /** System of the landscape, and the consumer in facts. */
  readonly system: 'go-services' | 'ims3' | 'notify';
  /** Name of the program; with a number, of an instance. */
  readonly program: string;
  readonly group: string;
  readonly instances: number;
  readonly version: string;
  readonly flow: 'bus-ut-go' | 'bus-erp-ims3' | 'bus-elma-notify';
  readonly topics: readonly string[];
  readonly retryTopic: string;
  readonly deadLetterTopic: string;
  /** How it writes facts: a whole CloudEvent in the value, or its attributes in headers. */
  readonly facts: 'structured' | 'binary';
}

export const SERVICES: readonly Service[] = [
  {
    system: 'go-services',
    program: 'site-feed',
    group: 'site-feed',
    instances: 5,
    version: 'v1.8.2',
    flow: 'bus-ut-go',
    topics: [ORDERS, PRICES, STOCK],
    retryTopic: 'ut.go-services.retry',
    deadLetterTopic: 'ut.go-services.dlq',
    facts: 'structured',
  },
  {
    system: 'ims3',
    program: 'ims3',
    group: 'ims3',
    instances: 2,
    version: 'v3.14.0',
    flow: 'bus-erp-ims3',
    topics: [PRODUCTION],
    retryTopic: 'erp.ims3.retry',
    deadLetterTopic: 'erp.ims3.dlq',
    facts: 'binary',
  },
  {
    system: 'notify',
    program: 'notify',
    group: 'notify',
    instances: 1,
    version: 'v0.9.7',
    flow: 'bus-elma-notify',
    topics: [APPROVALS],
    retryTopic: 'elma.notify.retry',
    deadLetterTopic: 'elma.notify.dlq',
    facts: 'binary',
  },
];

/** Systems in whose name faults of a service can be switched. */
export const BUS_CONSUMERS = SERVICES.map(({ system }) => system);

/** Every topic with its number of partitions. */
export const TOPICS: ReadonlyMap<string, number> = new Map([
  [FACTS, 3],
  ...[ORDERS, PRICES, STOCK, PRODUCTION, APPROVALS].map((topic) => [topic, 3] as const),
  ...SERVICES.flatMap(({ retryTopic, deadLetterTopic }) => [[retryTopic, 1] as const, [deadLetterTopic, 1] as const]),
]);
