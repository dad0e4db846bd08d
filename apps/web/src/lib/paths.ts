/** Every screen's address in one place: patterns for the router, builders for links. */
const segment = encodeURIComponent;

export const patterns = {
  overview: '/overview',
  flows: '/flows',
  flow: '/flows/:flowId',
  pairs: '/flows/:flowId/pairs',
  registers: '/exchange-registers',
  bus: '/bus',
  messages: '/messages',
  message: '/messages/:deliveryId',
  operations: '/operations',
  operation: '/operations/:operationId',
  approvals: '/approvals/:approvalId?',
  analytics: '/analytics',
  audit: '/audit',
  settings: '/settings/:tab?',
} as const;

export const paths = {
  overview: () => '/overview',
  flows: () => '/flows',
  flow: (flowId: string) => `/flows/${segment(flowId)}`,
  pairs: (flowId: string, query: Readonly<Record<string, string>> = {}) => {
    const search = new URLSearchParams(query).toString();
    return `/flows/${segment(flowId)}/pairs${search === '' ? '' : `?${search}`}`;
  },
  registers: (system = '') => `/exchange-registers${system === '' ? '' : `?system=${segment(system)}`}`,
  bus: (group = '') => `/bus${group === '' ? '' : `?group=${segment(group)}`}`,
  messages: (query = '') => `/messages${query}`,
  message: (deliveryId: string) => `/messages/${segment(deliveryId)}`,
  operations: () => '/operations',
  operation: (operationId: string) => `/operations/${segment(operationId)}`,
  approvals: () => '/approvals',
  approval: (approvalId: string) => `/approvals/${segment(approvalId)}`,
  analytics: () => '/analytics',
  audit: () => '/audit',
  settings: (tab: string) => `/settings/${segment(tab)}`,
} as const;
