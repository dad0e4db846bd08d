import { readFileSync } from 'node:fs';
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

/** Settings from the environment. Every name may come as `<NAME>_FILE` with the path of a file that holds the value. */
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
  OIDC_ROLES_CLAIM: z.string().min(1).default('roles'),
  OIDC_ROLE_MAP: roleMap.optional(),
  SESSION_IDLE_MINUTES: minutes(120),
  SESSION_MAX_MINUTES: minutes(12 * 60),
  LOGINS_PER_MINUTE: count(60),
  INTAKE_RATE_PER_MINUTE: count(60_000),
  INTAKE_HELD_MEGABYTES: count(128),
});
export type Environment = z.output<typeof environmentSchema>;

/** One thing that is wrong with the configuration. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
}

/** Parses the environment. Throws `config.invalid` with every problem at once; values never appear in it. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const issues: ConfigIssue[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(environmentSchema.shape)) {
    const value = settingOf(env, name, issues);
    // An empty value means «not set»: compose files pass variables through that way.
    if (value !== undefined && value !== '') values[name] = value;
  }
  const parsed = environmentSchema.safeParse(values);
  if (!parsed.success) {
    issues.push(...parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })));
  }
  if (issues.length > 0 || !parsed.success) throw new AppError('config.invalid', { file: 'environment', issues });
  return parsed.data;
}

function settingOf(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  issues: ConfigIssue[],
): string | undefined {
  const file = env[`${name}_FILE`];
  // LANDSCAPE_FILE is a name of its own, not a secret in a file.
  if (env[name] !== undefined || file === undefined) return env[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    issues.push({ path: `${name}_FILE`, message: `cannot read ${file}` });
    return undefined;
  }
}

const isIssue = (value: unknown): value is ConfigIssue =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value;

/** The problems of a `config.invalid` as lines for the terminal; null for any other error. */
export function configProblemLines(error: unknown): string[] | null {
  if (!(error instanceof AppError) || error.code !== 'config.invalid') return null;
  const { issues, file } = error.data;
  const from = typeof file === 'string' ? file : 'configuration';
  return (Array.isArray(issues) ? issues.filter(isIssue) : []).map(
    (issue) => `${from}${issue.line === undefined ? '' : `:${issue.line}`} ${issue.path}: ${issue.message}`,
  );
}
