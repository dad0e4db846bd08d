/**
 * XML of partners, read as data and nothing else: no document type, no entities of its own, bounded in size, depth and number
 * of elements before a parser sees it. What is refused here is refused in words.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export class EdiError extends Error {
  readonly problems: readonly string[];

  /** @param problems every one of them, in words for a person */
  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** An element: text, attributes and children by name, in their order. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

const MAX_CHARS = 8 * 1024 * 1024;
const MAX_DEPTH = 24;
const MAX_ELEMENTS = 200_000;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  // The five of XML and characters by number; a document type is refused before, so there are no others.
  processEntities: { enabled: true, maxTotalExpansions: 100_000, maxExpandedLength: MAX_CHARS },
});

/** @throws EdiError */
export function readXml(text: string): Element {
  if (text.length > MAX_CHARS) throw new EdiError(['файл больше 8 МБ']);
  // A file that was made long and not filled, or broke on its way: no database takes the character.
  if (text.includes('\0')) throw new EdiError(['в файле есть нулевые байты: он повреждён или не дописан']);
  if (/<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text))
    throw new EdiError(['в файле есть описание типа или сущности (DOCTYPE, ENTITY): такие файлы не читаются']);
  checkShape(text);
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new EdiError([`это не XML: ${valid.err.msg.slice(0, 200)} (строка ${valid.err.line})`]);
  let nodes: unknown;
  try {
    nodes = parser.parse(text);
  } catch (error) {
    throw new EdiError([`это не XML: ${(error instanceof Error ? error.message : String(error)).slice(0, 200)}`]);
  }
  const root = elementsOf(nodes)[0];
  if (root === undefined) throw new EdiError(['в файле нет ни одного элемента']);
  return root;
}

/** Counts tags without a parser: what would exhaust it never reaches it. */
function checkShape(text: string): void {
  let [depth, count] = [0, 0];
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const next = text.charAt(at + 1);
    if (next === '!' || next === '?') {
      const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : '>';
      const stop = text.indexOf(end, at + 2);
      if (stop === -1) throw new EdiError(['это не XML: файл обрывается']);
      at = stop;
      continue;
    }
    const stop = text.indexOf('>', at);
    if (stop === -1) throw new EdiError(['это не XML: файл обрывается']);
    if (next === '/') depth -= 1;
    else {
      count += 1;
      if (text.charAt(stop - 1) !== '/') depth += 1;
    }
    if (depth > MAX_DEPTH) throw new EdiError([`вложенность больше ${MAX_DEPTH}`]);
    if (count > MAX_ELEMENTS) throw new EdiError([`элементов больше ${MAX_ELEMENTS}`]);
    at = stop;
  }
  if (depth > 0) throw new EdiError(['это не XML: файл обрывается']);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function elementsOf(nodes: unknown): Element[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    if (!isRecord(node)) return [];
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const inside = node[name];
    const attributes = isRecord(node[':@']) ? node[':@'] : {};
    return [
      {
        name,
        text: textOf(inside),
        attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
        children: elementsOf(inside),
      },
    ];
  });
}

const textOf = (nodes: unknown): string =>
  Array.isArray(nodes)
    ? nodes
        .map((node: unknown) => (isRecord(node) && '#text' in node ? String(node['#text']) : ''))
        .join('')
        .trim()
    : '';

/** The first child of a name, at the end of a path of names. */
export function child(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>(
    (at, name) => at?.children.find((one) => one.name.toLowerCase() === name.toLowerCase()),
    element,
  );
}

/** Text at the end of a path; null when there is none. */
export const valueAt = (element: Element | undefined, ...path: readonly string[]): string | null =>
  child(element, ...path)?.text || null;

export const childrenOf = (element: Element | undefined, name: string): Element[] =>
  element?.children.filter((one) => one.name.toLowerCase() === name.toLowerCase()) ?? [];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Text inside XML; what XML cannot carry is left out. */
export const escaped = (text: string): string =>
  text.replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '').replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
