import { analyticsEndpoints } from './analytics.ts';
import { approvalsEndpoints } from './approvals.ts';
import { auditEndpoints } from './audit.ts';
import { automaticRetryEndpoints } from './automatic-retries.ts';
import { ediEndpoints } from './edi.ts';
import type { EndpointContract } from './endpoint.ts';
import { identityEndpoints } from './identity.ts';
import { landscapeEndpoints } from './landscape.ts';
import { messagesEndpoints } from './messages.ts';
import { migrationEndpoints } from './migration.ts';
import { operationsEndpoints } from './operations.ts';
import { slaEndpoints } from './sla.ts';

/** Every endpoint of Pult. Guard tests, OpenAPI and the reading page derive from it. */
export const ENDPOINTS: readonly EndpointContract[] = [
  ...landscapeEndpoints,
  ...migrationEndpoints,
  ...messagesEndpoints,
  ...ediEndpoints,
  ...analyticsEndpoints,
  ...identityEndpoints,
  ...auditEndpoints,
  ...operationsEndpoints,
  ...automaticRetryEndpoints,
  ...approvalsEndpoints,
  ...slaEndpoints,
];
