import { readFile } from 'node:fs/promises';
import { AppError } from '@pult/shared/errors/app-error';
import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { ConfigIssue } from './environment.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface YamlOptions<S extends z.ZodType> {
  readonly schema: S;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads a YAML file; see {@link parseYaml}. */
export async function loadYamlFile<S extends z.ZodType>(file: string, options: YamlOptions<S>): Promise<z.output<S>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError(
      'config.invalid',
      { file, issues: [{ path: '', message: 'the file cannot be read' }] },
      { cause },
    );
  });
  return parseYaml(text, { ...options, file });
}

/**
 * Parses YAML, replaces `${NAME}` and `${NAME:-default}` in its texts by the environment and checks the schema.
 * Throws `config.invalid` that lists every problem with its path and line: syntax, missing variables, schema.
 */
export function parseYaml<S extends z.ZodType>(text: string, options: YamlOptions<S> & { file: string }): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const issues: ConfigIssue[] = [...document.errors, ...document.warnings].map((problem) => ({
    path: '',
    line: lines.linePos(problem.pos[0]).line,
    message: problem.message,
  }));
  if (document.errors.length > 0) throw new AppError('config.invalid', { file: options.file, issues });
  issues.push(...interpolate(document, options.env, lines));
  const parsed = options.schema.safeParse(document.toJS());
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues.flatMap(perKey)) {
      issues.push({ path: pathText(path), message, ...lineOf(document, path, lines) });
    }
  }
  if (issues.length > 0 || !parsed.success) throw new AppError('config.invalid', { file: options.file, issues });
  return parsed.data;
}

/** Unknown keys each by itself, where they stand; any other problem as it is. */
const perKey = (issue: z.core.$ZodIssue): { path: readonly PropertyKey[]; message: string }[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown key' }))
    : [issue];

function interpolate(document: Document, env: YamlOptions<z.ZodType>['env'], lines: LineCounter): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value !== 'string' || !scalar.value.includes('${')) return;
      scalar.value = scalar.value.replaceAll(VARIABLE, (_whole, name: string, fallback: string | undefined) => {
        const value = env[name];
        if (value !== undefined && value !== '') return value;
        if (fallback !== undefined) return fallback;
        const line = scalar.range ? lines.linePos(scalar.range[0]).line : undefined;
        issues.push({
          path: `\${${name}}`,
          message: 'the variable is not set',
          ...(line === undefined ? {} : { line }),
        });
        return '';
      });
    },
  });
  return issues;
}

/** Line of the innermost node on the path that exists: a missing key is reported where its parent begins. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): { line?: number } {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if ((isNode(node) || isScalar(node)) && node.range) return { line: lines.linePos(node.range[0]).line };
  }
  return {};
}

/** `systems[2].id`, as people write it. */
const pathText = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
