import { z } from 'zod';
import { endpoint, instant } from './endpoint.ts';

/**
 * Steps of a check in their order; a connector walks those that it has. `connect` is the network and its encryption, the rest is
 * asked of the system itself.
 */
export const CHECK_STEPS = ['dns', 'connect', 'login', 'rights', 'objects', 'sample'] as const;
export const checkStepId = z.enum(CHECK_STEPS);
export type CheckStepId = z.output<typeof checkStepId>;

/** Why a step failed: what the system answered, told apart as far as the person who mends it needs. */
export const CHECK_FAULTS = [
  'dns_not_found',
  'dns_unavailable',
  'refused',
  'unreachable',
  'connect_timeout',
  'certificate_expired',
  'certificate_untrusted',
  'certificate_name',
  'not_tls',
  'tls_failed',
  'no_credentials',
  'login_paused',
  'wrong_password',
  'token_refused',
  'application_token_refused',
  'session_refused',
  'login_page',
  'no_answer',
  'connection_lost',
  'maintenance',
  'no_licence',
  'gateway',
  'overloaded',
  'redirect',
  'not_published',
  'not_the_api',
  'platform_error',
  'odata_role',
  'read_denied',
  'forbidden',
  'empty_composition',
  'object_missing',
  'question_refused',
  'service_missing',
  'path_missing',
  'app_missing',
  'status_missing',
  'metrics_unreadable',
  'topic_missing',
  'bus_rights',
  'sasl_mechanism',
  'tls_wanted',
  'client_certificate_wanted',
  'client_certificate_refused',
  'login_wanted',
  'folder_missing',
  'folder_denied',
  'folder_silent',
  'folder_broken',
  'folder_apart',
  'refused_by_text',
  'handler_failed',
  'unexpected',
  'too_long',
  'own_fault',
] as const;
export const checkFaultCode = z.enum(CHECK_FAULTS);
export type CheckFaultCode = z.output<typeof checkFaultCode>;

export const checkFault = z.object({
  code: checkFaultCode,
  /** What its sentence needs: names of objects, times, the user. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  request: z.string().nullable().describe('What was asked, without credentials'),
  answer: z.string().nullable().describe('What came back: status and the beginning of the text'),
});
export type CheckFault = z.output<typeof checkFault>;

export const checkStep = z.object({
  id: checkStepId,
  state: z
    .enum(['waiting', 'running', 'ok', 'failed', 'kept'])
    .describe('waiting: not reached; kept: good in the check that this one goes on from'),
  ms: z.number().nullable(),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .describe(
      'What the step found: address, version of TLS, days left of the certificate, names; what it can do without',
    ),
  fault: checkFault.nullable(),
});
export type CheckStep = z.output<typeof checkStep>;

export const connectionCheck = z.object({
  id: z.uuid(),
  systemId: z.string(),
  state: z.enum(['running', 'ok', 'failed', 'interrupted']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  startedBy: z.string().describe('Name of the person who pressed first; others joined'),
  from: checkStepId.nullable().describe('First step that was walked; null = all of them'),
  steps: z.array(checkStep),
});
export type ConnectionCheck = z.output<typeof connectionCheck>;

const folderRole = z.enum(['inbox', 'archive', 'rejected', 'deliver', 'respond']);
export type FolderRole = z.output<typeof folderRole>;

const connectionNeeds = z.object({
  objects: z.array(z.string()).describe('Sets, apps, addresses, rights on the bus that the landscape uses here'),
  folders: z
    .array(z.object({ role: folderRole, path: z.string().describe('As the landscape names it') }))
    .describe('Watched folders, with what each is for'),
  flows: z.array(z.string()).describe('Flows for which the system is asked'),
});
export type ConnectionNeeds = z.output<typeof connectionNeeds>;

/** How a system reaches Pult by itself: there is nothing to ask it, so this is its check. */
const connectionReports = z.object({
  lastAt: instant.nullable().describe('Newest event or heartbeat in its name; null: never heard'),
  keys: z
    .array(
      z.object({
        label: z.string().describe('Variable that carries the key, or the name that a person gave it'),
        lastUsedAt: instant.nullable().describe('To the minute'),
        revokedAt: instant.nullable(),
      }),
    )
    .describe('Credentials of the system, valid ones first; never the keys themselves'),
  topics: z.array(z.string()).describe('Topics of the bus on which its events count too'),
  quarantined: z.number().int().describe('Its events that wait in quarantine'),
  flows: z.array(z.string()).describe('Flows that it is an end of'),
});
export type ConnectionReports = z.output<typeof connectionReports>;

const params = z.object({ systemId: z.string().max(100) });

export const connectionChecks = endpoint({
  id: 'landscape.connection_checks',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/connections/:systemId/checks',
  permission: 'settings.read',
  summary: 'Checks of one connection, the newest first, and what Pult needs of the system',
  params,
  responses: {
    200: z.object({
      now: instant,
      steps: z.array(checkStepId).describe('Steps that a check of this system walks; empty: it cannot be checked'),
      needs: connectionNeeds,
      reports: connectionReports.nullable().describe('Null for a system without a key'),
      checks: z.array(connectionCheck).describe('At most 20'),
    }),
  },
  errors: ['system.not_found'],
});

export const connectionCheckStart = endpoint({
  id: 'landscape.connection_check_start',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/connections/:systemId/checks',
  permission: 'connections.check',
  summary: 'Checks a connection, or joins the check that runs',
  params,
  body: z.object({
    from: checkStepId
      .optional()
      .describe('Goes on from this step when the steps before it were good in the last check'),
  }),
  responses: { 202: z.object({ check: connectionCheck, joined: z.boolean() }) },
  errors: ['system.not_found', 'check.unsupported'],
});

export const connectionCheckAll = endpoint({
  id: 'landscape.connection_check_all',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/connection-checks',
  permission: 'connections.check',
  summary: 'Checks every connection that can be checked',
  body: z.object({}),
  responses: { 202: z.object({ checks: z.array(connectionCheck) }) },
  errors: [],
});

export const connectionCheckEndpoints = [connectionChecks, connectionCheckStart, connectionCheckAll] as const;
