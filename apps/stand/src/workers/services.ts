/** The exchange workers as services: who reports under which system, in which flows. Each one beats. */

export interface Service {
  /** System under whose key it reports. */
  readonly source: string;
  readonly service: string;
  readonly flows: readonly string[];
  /** Takes messages from its system and moves them; the others report what arrives at theirs. */
  readonly moves: boolean;
}

const ERP_FLOWS = ['erp-receipts', 'erp-internal-prices', 'erp-qc'] as const;

export const SERVICES: readonly Service[] = [
  { source: 'site', service: 'site-orders', flows: ['site-orders'], moves: true },
  { source: 'market', service: 'market-orders', flows: ['market-orders'], moves: true },
  {
    source: 'ut',
    service: 'ut-exchange',
    flows: ['ut-bp-sales', 'ut-elma-approvals', 'ut-site-prices-stock', 'ut-market-prices-stock', 'ut-bp-uh'],
    moves: true,
  },
  { source: 'erp-1', service: 'erp-1-exchange', flows: ERP_FLOWS, moves: true },
  { source: 'erp-2', service: 'erp-2-exchange', flows: ERP_FLOWS, moves: true },
  { source: 'erp-3', service: 'erp-3-exchange', flows: ERP_FLOWS, moves: true },
  { source: 'zup', service: 'zup-exchange', flows: ['zup-hrtek'], moves: true },
  { source: 'bp', service: 'bp-import', flows: ['ut-bp-sales', 'ut-bp-uh'], moves: false },
  { source: 'elma', service: 'elma-import', flows: ['ut-elma-approvals'], moves: false },
  { source: 'uh', service: 'uh-import', flows: ['ut-bp-uh'], moves: false },
  { source: 'hrtek', service: 'hrtek-import', flows: ['zup-hrtek'], moves: false },
  { source: 'qc', service: 'qc-import', flows: ['erp-qc'], moves: false },
];

/** Systems whose worker can be stopped, its documents waiting there meanwhile. */
export const STOPPABLE: readonly string[] = SERVICES.filter(({ moves }) => moves).map(({ source }) => source);
