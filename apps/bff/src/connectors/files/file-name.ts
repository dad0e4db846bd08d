/** Names of files: what an exchange may call a file, and how names stay apart. */

const MAX_BYTES = 200;
/** A writer that is not done calls its file so; programs that exchange files agree on little else. */
const UNDER_WAY = /(\.(tmp|temp|part|partial|filepart|crdownload|writing|lock)|~)$/i;

/**
 * Whether the name is one of a file in this very folder: no path, no hidden file, nothing that a file system or a shell
 * reads as something else.
 */
export function isPlainName(name: string): boolean {
  return (
    name !== '' &&
    !name.startsWith('.') &&
    !/[/\\:*?"<>|\p{Cc}]/u.test(name) &&
    !/[. ]$/.test(name) &&
    Buffer.byteLength(name) <= MAX_BYTES
  );
}

/** Files that are not there yet, or are not meant for others. */
export const isUnderWay = (name: string): boolean => name.startsWith('.') || UNDER_WAY.test(name);

/** The name with a mark before its extension: `order.xml`, `x` → `order~x.xml`. */
export function markedName(name: string, mark: string): string {
  const dot = name.lastIndexOf('.');
  const [base, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return `${cut(base, MAX_BYTES - Buffer.byteLength(`~${mark}${extension}`))}~${mark}${extension}`;
}

/** As many whole characters as fit into the bytes. */
function cut(text: string, bytes: number): string {
  let length = 0;
  let kept = '';
  for (const letter of text) {
    length += Buffer.byteLength(letter);
    if (length > bytes) break;
    kept += letter;
  }
  return kept;
}

/** A key as a part of a name: what a file system might take for something else becomes a hyphen. */
export const keyInName = (key: string): string => key.replace(/[^0-9A-Za-z-]+/g, '-');
