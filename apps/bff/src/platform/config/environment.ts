import { AppError } from '@pult/shared/errors/app-error';
import { z } from 'zod';

const minutes = (fallback: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(60 * 24 * 30)
    .default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const roleMap = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string()));

/** Settings from the environment; `withSecretFiles` resolved `<NAME>_FILE` before. */
export const environmentSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  PULT_HOST: z.string().min(1).default('127.0.0.1'),
  PULT_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  PULT_URL: httpUrl.optional(),
  PULT_DATA_DIR: z.string().min(1).default('.data'),
  WEB_DIR: z.string().min(1).optional(),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL: count(16),
  LANDSCAPE_FILE: z.string().min(1).optional(),
  OIDC_ISSUER: httpUrl,
  OIDC_CLIENT_ID: z.string().min(1).default('pult'),
  OIDC_CLIENT_SECRET: z.string().min(1),
  OIDC_CLIENT_AUTH: z.enum(['basic', 'post']).default('basic'),
  OIDC_SCOPE: z.string().min(1).default('openid profile email'),
  OIDC_ROLES_CLAIM: z
    .string()
    .min(1)
    .default('roles')
    .transform((paths) => paths.split(',').map((path) => path.trim())),
  OIDC_ROLE_MAP: roleMap.optional(),
  SESSION_IDLE_MINUTES: minutes(120),
  SESSION_MAX_MINUTES: minutes(12 * 60),
  /** 60 at most: a role that was taken away takes effect within a minute. */
  SESSION_ROLES_SECONDS: z.coerce.number().int().min(0).max(60).default(30),
  SESSION_STALE_ROLES_MINUTES: minutes(60),
  LOGINS_PER_MINUTE: count(60),
  /** Time between «not ready» and the end of work, for a balancer in front to notice. */
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).default(0),
  INTAKE_RATE_PER_MINUTE: count(60_000),
  INTAKE_HELD_MEGABYTES: count(128),
});
export type Environment = z.output<typeof environmentSchema>;

/** One thing that is wrong with the configuration. */
export interface ConfigIssue {
  /** Where, when one error carries the issues of several sources. */
  readonly file?: string;
  readonly path: string;
  readonly message: string;
  readonly line?: number;
}

/** Parses the environment. Throws `config.invalid` with every problem at once; values never appear in it. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  // An empty value means «not set»: compose files pass variables through that way.
  const values = Object.fromEntries(
    Object.keys(environmentSchema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = environmentSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new AppError('config.invalid', { file: 'environment', issues });
}

/**
 * Reads several sources of configuration, also when one of them is wrong, so that a person sees all mistakes at once.
 * @throws AppError `config.invalid` with the issues of every source, each with its file; any other error as it is
 */
export async function gatherProblems<A, B>(
  sources: readonly [() => Promise<A>, () => Promise<B>],
  more: readonly ConfigIssue[] = [],
): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([sources[0](), sources[1]()]);
  const issues = [...more];
  for (const result of [first, second]) {
    if (result.status === 'fulfilled') continue;
    const found = issuesOf(result.reason);
    if (found === null) throw result.reason;
    issues.push(...found);
  }
  if (issues.length > 0 || first.status === 'rejected' || second.status === 'rejected')
    throw new AppError('config.invalid', { issues });
  return [first.value, second.value];
}

const isIssue = (value: unknown): value is ConfigIssue =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value;

function issuesOf(error: unknown): ConfigIssue[] | null {
  if (!(error instanceof AppError) || error.code !== 'config.invalid') return null;
  const { issues, file } = error.data;
  const from = typeof file === 'string' ? { file } : {};
  return (Array.isArray(issues) ? issues.filter(isIssue) : []).map((issue) => ({ ...from, ...issue }));
}

/** The problems of a `config.invalid` as lines for the terminal; null for any other error. */
export function configProblemLines(error: unknown): string[] | null {
  return (
    issuesOf(error)?.map(
      ({ file = 'configuration', line, path, message }) =>
        `${file}${line === undefined ? '' : `:${line}`} ${path}: ${message}`,
    ) ?? null
  );
}
