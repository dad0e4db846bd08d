/** The landscape of the demonstration with ELMA3 in the place of ELMA365: connector and questions about requests speak the other dialect. */

/** Uid under which the stand's ELMA3 keeps approval requests (apps/stand/src/elma3/server.ts). */
const REQUESTS_TYPE = '6c1f6a1e-6f0d-4a4e-9a55-0d6b7f7c3a01';

/** Filled in by Pult, not here. */
const ADDRESS = ['$', '{ELMA_URL:-http://127.0.0.1:4110}'].join('');

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Replaces the connector of ELMA365. Works by lines, so that the comments of the file stay. @throws Error when there is not exactly one */
export function withElma3(landscape: string): string {
  const lines = landscape.split('\n');
  const starts = lines.flatMap((line, at) => (/^ *protocol: elma365$/.test(line) ? [at] : []));
  const connectors = starts.filter((at) => lines[at - 1]?.trim() === 'connector:');
  const [start] = connectors;
  if (start === undefined || connectors.length !== 1)
    throw new Error(`the landscape has ${connectors.length} connectors of ELMA365, not one`);
  const indent = indentOf(lines[start] ?? '');
  const end = lines.findIndex((line, at) => at > start && indentOf(line) < indent);
  const connector = [
    'protocol: elma3',
    `url: ${ADDRESS}`,
    'userEnv: ELMA_USER',
    'passwordEnv: ELMA_PASSWORD',
    'applicationTokenEnv: ELMA_APPLICATION_TOKEN',
    `requestsType: ${REQUESTS_TYPE}`,
    'limits: { concurrency: 4, timeoutMs: 30s, pollMs: 10s }',
  ].map((line) => ' '.repeat(indent) + line);
  return questions([...lines.slice(0, start), ...connector, ...lines.slice(end)]).join('\n');
}

/** Questions to ELMA speak of an entity; the names of fields are the same in both dialects (docs/protocols/elma3.md). */
function questions(lines: readonly string[]): string[] {
  let isElma = false;
  return lines.map((line) => {
    const [, before = '', name = '', value = ''] = /^( *(?:- )?)(\w+): (.+)$/.exec(line) ?? [];
    if (name === 'protocol') isElma = value === 'elma365';
    if (!isElma) return line;
    if (name === 'protocol') return `${before}protocol: elma3`;
    return name === 'app' ? `${before}app: ${REQUESTS_TYPE}` : line;
  });
}
