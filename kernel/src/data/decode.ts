/**
 * Bytes → text, with no silent damage: a byte that is not of the encoding is an error that names the line.
 */
import { DataError } from './error.ts';

/**
 * Decode a text file. A byte order mark (UTF-8, UTF-16) is obeyed and removed; line ends become `\n`, in quoted
 * fields too.
 *
 * @param encoding a label of the WHATWG Encoding standard; default UTF-8
 * @throws DataError for bytes that are not text of that encoding
 */
export function decodeText(bytes: Uint8Array, source: string, encoding?: string): string {
  const label = encodingOfMark(bytes) ?? encoding ?? 'utf-8';
  if (!/utf-?16/i.test(label) && bytes.subarray(0, 65_536).includes(0)) {
    throw new DataError(source, `not a text file (it has zero bytes)${archiveHint(bytes)}; give a CSV file`);
  }
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    throw new DataError(source, `there is no encoding '${label}'; use for example 'utf-8' or 'windows-1252'`);
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    const readable = new TextDecoder(label).decode(bytes);
    const line = readable.slice(0, readable.indexOf('\uFFFD')).split(/\r\n?|\n/).length;
    const remedy = `if it comes from an older spreadsheet, try { encoding: 'windows-1252' }${archiveHint(bytes)}`;
    throw new DataError(source, `not ${label} text from here on; ${remedy}`, { line });
  }
  return text.replace(/\r\n?/g, '\n');
}

function encodingOfMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  return undefined;
}

/** The first bytes of gzip are 1f 8b, those of a ZIP archive (and so of .xlsx) 'PK'. */
function archiveHint(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return ' and looks gzip-compressed: unpack it first';
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return ' and looks like a ZIP archive or a spreadsheet: export it as CSV';
  return '';
}
