import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from '../errors/error-codes.ts';
import { type EndpointContract, problem } from './endpoint.ts';

type Json = Record<string, unknown>;

/** Codes that any endpoint behind the guard may answer. */
const GUARD_ERRORS: readonly ErrorCode[] = ['request.invalid', 'server.unexpected', 'database.unavailable'];
const SESSION_ERRORS: readonly ErrorCode[] = ['session.required', 'permission.denied'];
const BODY_ERRORS: readonly ErrorCode[] = ['request.not_json', 'request.too_large', 'request.unsupported_media_type'];
const CREDENTIAL_ERRORS: readonly ErrorCode[] = ['credential.invalid', 'rate.limited', 'server.overloaded'];

const needsPerson = (endpoint: EndpointContract): boolean =>
  endpoint.permission !== 'public' && endpoint.permission !== 'credential';

/** Every code that an endpoint may answer: its own and those of the guard. */
export function errorsOf(endpoint: EndpointContract): ErrorCode[] {
  const codes = new Set<ErrorCode>([...endpoint.errors, ...GUARD_ERRORS]);
  const add = (more: readonly ErrorCode[]): void => {
    for (const code of more) codes.add(code);
  };
  if (needsPerson(endpoint)) add(SESSION_ERRORS);
  if (needsPerson(endpoint) && endpoint.method !== 'GET') codes.add('session.csrf_failed');
  if (endpoint.permission === 'credential') add(CREDENTIAL_ERRORS);
  if (endpoint.body !== undefined) add(BODY_ERRORS);
  return [...codes];
}

/**
 * The endpoint table as an OpenAPI 3.1 document. The extension `x-permission` of an operation says who may call it.
 * @param version of the product
 */
export function openApiDocument(endpoints: readonly EndpointContract[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = openApiPath(endpoint.path);
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Pult API', version, description: 'Integration operations console' },
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'pult_session' },
        credential: { type: 'http', scheme: 'bearer', description: 'Key of one system' },
      },
    },
  };
}

/** `/a/:id` → `/a/{id}`. */
const openApiPath = (path: string): string => path.replaceAll(/:([A-Za-z0-9_]+)/g, '{$1}');

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

function operation(endpoint: EndpointContract): Json {
  const parameters = [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')];
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.area],
    'x-permission': endpoint.permission,
    security: securityOf(endpoint),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
          },
        }),
    responses: { ...successesOf(endpoint), ...problemsOf(endpoint) },
  };
}

function securityOf(endpoint: EndpointContract): Json[] {
  if (endpoint.permission === 'public') return [];
  return endpoint.permission === 'credential' ? [{ credential: [] }] : [{ session: [] }];
}

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
    ...(typeof property === 'object' && property.description !== undefined
      ? { description: property.description }
      : {}),
  }));
}

function successesOf(endpoint: EndpointContract): Json {
  return Object.fromEntries(
    Object.entries(endpoint.responses).map(([status, schema]) => [
      status,
      schema instanceof z.ZodNull
        ? { description: 'No content' }
        : { description: 'Done', content: { 'application/json': { schema: schemaOf(schema, 'output') } } },
    ]),
  );
}

function problemsOf(endpoint: EndpointContract): Json {
  const codesByStatus = Map.groupBy(errorsOf(endpoint), (code) => ERROR_STATUS[code]);
  return Object.fromEntries(
    [...codesByStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
