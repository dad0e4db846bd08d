import { readFileSync } from 'node:fs';
import { type ConfigIssue, environmentSchema } from './environment.ts';

/** Names that Pult reads: its settings, and what a landscape names as address or credential of a system. */
const SYSTEM_VARIABLE = /(^INTAKE_TOKEN_[A-Z0-9_]+|_(URL|USER|PASSWORD|TOKEN|SECRET|BROKERS|DIR))$/;
const isOurs = (name: string): boolean => Object.hasOwn(environmentSchema.shape, name) || SYSTEM_VARIABLE.test(name);

export interface ResolvedEnvironment {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Resolves `NAME_FILE` to the content of that file as `NAME` (the habit of container secrets): settings, keys of
 * systems and credentials that the landscape names alike. A variable that is set itself wins. A file that cannot be
 * read is an issue, never an empty secret. White space around the content is cut off.
 */
export function withSecretFiles(env: Readonly<Record<string, string | undefined>>): ResolvedEnvironment {
  const values: Record<string, string | undefined> = { ...env };
  const issues: ConfigIssue[] = [];
  for (const [variable, file] of Object.entries(env)) {
    if (!variable.endsWith('_FILE') || !file) continue;
    const name = variable.slice(0, -'_FILE'.length);
    if (!isOurs(name) || env[name]) continue;
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch {
      issues.push({ file: 'environment', path: variable, message: `cannot read ${file}` });
    }
  }
  return { values, issues };
}
