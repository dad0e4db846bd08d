import { z } from 'zod';
import type { Permission } from '../domain/identity/permissions.ts';
import type { ErrorCode } from '../errors/error-codes.ts';

export const AREAS = [
  'landscape',
  'messages',
  'operations',
  'approvals',
  'sla',
  'analytics',
  'identity',
  'audit',
] as const;
export type Area = (typeof AREAS)[number];

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One row of the endpoint table. Guard, client, OpenAPI page and permission tests derive from it.
 * `permission` is required on purpose: nothing is open by default. `credential` endpoints are called by systems
 * with a per-system key and answer 401 to people.
 */
export interface EndpointContract {
  readonly id: string;
  readonly area: Area;
  readonly method: HttpMethod;
  /** Express style path: `/api/approvals/:approvalId`. */
  readonly path: string;
  readonly permission: Permission | 'session' | 'public' | 'credential';
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Status → schema of the body; `z.null()` for an empty answer. */
  readonly responses: Readonly<Record<number, z.ZodType>>;
  /** Codes that this endpoint may answer besides the general ones (request.invalid, session.required …). */
  readonly errors: readonly ErrorCode[];
}

/** Declares an endpoint and keeps the exact types of its schemas. */
export const endpoint = <const E extends EndpointContract>(contract: E): E => contract;

type Out<S> = S extends z.ZodType ? z.output<S> : Record<string, never>;
type In<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler receives after the guard. */
export interface EndpointInput<E extends EndpointContract> {
  readonly params: Out<E['params']>;
  readonly query: Out<E['query']>;
  readonly body: E['body'] extends z.ZodType ? z.output<E['body']> : undefined;
}

/** What a caller passes; parts without a schema are left out. */
export interface EndpointCall<E extends EndpointContract> {
  readonly params?: In<E['params']>;
  readonly query?: In<E['query']>;
  readonly body?: In<E['body']>;
}

type SuccessStatus = 200 | 201 | 202;
type SuccessKeys<E extends EndpointContract> = Extract<keyof E['responses'], SuccessStatus>;

/** Parsed body of the successful answer. */
export type EndpointResult<E extends EndpointContract> = Out<E['responses'][SuccessKeys<E>]>;
/** What a handler may return; the guard parses it and sends the parsed value. */
export type EndpointReply<E extends EndpointContract> = In<E['responses'][SuccessKeys<E>]>;

/** Instant as ISO 8601 UTC with milliseconds. */
export const instant = z.iso.datetime({ offset: false }).describe('Instant, ISO 8601 UTC');
/**
 * Instant that a caller asks about. Years beyond 2000…2100 are mistakes or attacks: the calendars end there, and the database
 * has no year 0.
 */
export const askedInstant = z.iso
  .datetime({ offset: false })
  .refine((text) => text >= '2000' && text < '2101', { error: 'year 2000 to 2100' })
  .describe('Instant, ISO 8601 UTC, years 2000 to 2100');
/** Money in roubles as a decimal string, never a float. */
export const roubles = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,4})?$/)
  .describe('Amount in roubles, decimal string');
/** Opaque cursor of a list; ends with the list. */
export const cursor = z.string().max(500).describe('Opaque page cursor');
export const pageQuery = z.object({
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Rows on a page'),
});
/** A page of rows: `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), nextCursor: cursor.nullable() });

/** RFC 9457 problem details as Pult sends them: code and data instead of sentences. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  data: z.record(z.string(), z.unknown()),
  traceId: z.string(),
});
export type Problem = z.output<typeof problem>;
