import { z } from 'zod';
import { askedInstant, endpoint, instant, pageOf, pageQuery } from './endpoint.ts';

export const auditActor = z.object({
  kind: z.enum(['person', 'system', 'pult']),
  id: z.string().nullable().describe('User or system; null for Pult itself'),
  name: z.string().nullable(),
  roles: z.array(z.string()),
  onBehalfOf: z.string().nullable().describe('The person who is substituted, when a delegate acted'),
});

export const auditEntry = z.object({
  id: z.number().int().describe('Position in the chain'),
  at: instant,
  actor: auditActor,
  action: z.string().describe('`object.verb`, e.g. `approval.approve`'),
  objectKind: z.string(),
  objectId: z.string(),
  before: z.unknown().describe('State before, null when there was none'),
  after: z.unknown().describe('State after, null when there is none'),
  reason: z.string().nullable(),
  requestId: z.string().nullable(),
  hash: z.string().describe('SHA-256 of the previous hash and this entry, hexadecimal'),
});
export type AuditEntry = z.output<typeof auditEntry>;

const auditFilter = z.object({
  actor: z.string().max(200).optional().describe('User id, system id or a part of the name'),
  action: z.string().max(100).optional().describe('Whole action or its first part: `approval`'),
  objectKind: z.string().max(100).optional(),
  objectId: z.string().max(300).optional(),
  from: askedInstant.optional().describe('At or after'),
  to: askedInstant.optional().describe('Before'),
});

export const auditList = endpoint({
  id: 'audit.list',
  area: 'audit',
  method: 'GET',
  path: '/api/audit',
  permission: 'audit.read',
  summary: 'Who did what, newest first',
  query: pageQuery.extend(auditFilter.shape),
  responses: { 200: pageOf(auditEntry) },
  errors: [],
});

export const auditExport = endpoint({
  id: 'audit.export',
  area: 'audit',
  method: 'GET',
  path: '/api/audit/entries.csv',
  permission: 'audit.read',
  summary: 'Entries by filter as CSV with their hashes, UTF-8 with BOM, semicolons; at most 50 000, newest first',
  query: auditFilter,
  responses: { 200: z.string() },
  errors: [],
});

export const auditVerify = endpoint({
  id: 'audit.verify',
  area: 'audit',
  method: 'GET',
  path: '/api/audit/verify',
  permission: 'audit.read',
  summary: 'Recomputes the hash chain from its beginning',
  responses: {
    200: z.object({
      intact: z.boolean(),
      checked: z.number().int().describe('Entries looked at'),
      brokenId: z.number().int().nullable().describe('First entry that does not fit the chain'),
      lastHash: z.string().nullable().describe('Keep it elsewhere to prove later that nothing was cut off'),
    }),
  },
  errors: [],
});

export const auditEndpoints = [auditList, auditExport, auditVerify] as const;
