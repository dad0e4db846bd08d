import {
  type EndpointCall,
  type EndpointContract,
  type EndpointResult,
  problem,
} from '@pult/shared/contracts/endpoint';
import { UNATTENDED_HEADER } from '@pult/shared/contracts/unattended';
import { ApiError } from './api-error.ts';
import { isAttended } from './attended.ts';

/**
 * Calls an endpoint of the contract table and returns the parsed body of its success. Throws {@link ApiError} with the
 * problem's code, or `network` without an answer, or `answer.unexpected` when the answer breaks the contract.
 */
export async function callEndpoint<const E extends EndpointContract>(
  endpoint: E,
  call: EndpointCall<E>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<EndpointResult<E>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (endpoint.method !== 'GET') headers['x-pult-csrf'] = cookieOf('pult_csrf');
  if (!isAttended()) headers[UNATTENDED_HEADER] = '1';
  let response: Response;
  try {
    response = await fetch(urlOf(endpoint.path, call.params as Params, call.query as Params), {
      method: endpoint.method,
      headers,
      credentials: 'same-origin',
      ...(options.signal ? { signal: options.signal } : {}),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError({ code: 'network', status: 0, cause });
  }
  const text = await response.text();
  const body = parseJson(text);
  if (!response.ok) {
    const known = problem.safeParse(body);
    if (known.success) throw new ApiError(known.data);
    throw new ApiError({ code: 'server.unexpected', status: response.status });
  }
  const schema = endpoint.responses[response.status];
  const parsed = schema?.safeParse(body ?? null);
  if (!parsed?.success)
    throw new ApiError({ code: 'answer.unexpected', status: response.status, cause: parsed?.error });
  return parsed.data as EndpointResult<E>;
}

type Params = Readonly<Record<string, unknown>> | undefined;

function urlOf(path: string, params: Params, query: Params): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params?.[name] ?? '')));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

function cookieOf(name: string): string {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}
