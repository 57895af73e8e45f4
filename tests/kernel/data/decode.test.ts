import { describe, expect, it } from 'vitest';
import { decodeText } from '#kernel/data/decode';
import type { DataError } from '#kernel/data/error';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)));

function failure(content: Uint8Array, encoding?: string): DataError {
  try {
    decodeText(content, 'f.csv', encoding);
  } catch (error) {
    return error as DataError;
  }
  throw new Error('it was decoded');
}

/** Two bytes a character, high byte first. */
const bigEndian = (text: string) =>
  Uint8Array.from([...text].flatMap((c) => [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255]));

describe('text from bytes', () => {
  it('is UTF-8 unless said otherwise, whatever the characters', () => {
    expect(decodeText(bytes('é,😀,漢'), 'f')).toBe('é,😀,漢');
    expect(decodeText(bytes([0xe9]), 'f', 'windows-1252')).toBe('é');
    expect(decodeText(bytes([0xa4]), 'f', 'iso-8859-15')).toBe('€');
  });

  it('obeys a byte order mark, also against the encoding given, and removes it', () => {
    expect(decodeText(bytes([0xef, 0xbb, 0xbf], 'ä'), 'f', 'windows-1252')).toBe('ä');
    expect(decodeText(Uint8Array.from([0xff, 0xfe, 0x61, 0, 0xe4, 0]), 'f')).toBe('aä');
    expect(decodeText(bigEndian('\uFEFFaä'), 'f')).toBe('aä');
  });

  it('takes UTF-16 without a mark when told', () => {
    expect(decodeText(Uint8Array.from([0x61, 0, 0xe4, 0]), 'f', 'utf-16le')).toBe('aä');
  });

  it('has one kind of line end', () => {
    expect(decodeText(bytes('a\r\nb\rc\nd\r\n\r\ne'), 'f')).toBe('a\nb\nc\nd\n\ne');
  });

  it('of nothing is empty', () => {
    expect(decodeText(new Uint8Array(0), 'f')).toBe('');
  });
});

describe('bytes that are not text', () => {
  it('name the line where they cease to be, whatever its line ends', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const error = failure(bytes(`a${end}b${end}c `, [0xff], ` d${end}`));
      expect(error.line).toBe(3);
      expect(error.message).toBe(
        "f.csv, line 3: not utf-8 text from here on; if it comes from an older spreadsheet, try { encoding: 'windows-1252' }",
      );
    }
  });

  it('may be cut in the middle of a character', () => {
    expect(failure(bytes('a\n', [0xe4, 0xbd])).line).toBe(2);
  });

  it('are known by zero bytes, and by the first bytes of an archive', () => {
    expect(failure(bytes('a,b\n', [0])).message).toContain('not a text file (it has zero bytes); give a CSV file');
    expect(failure(bytes([0x50, 0x4b, 3, 4, 0])).message).toContain('export it as CSV');
    expect(failure(bytes([0x1f, 0x8b, 8, 0])).message).toContain('unpack it first');
  });

  it('of an encoding nobody knows say so', () => {
    expect(failure(bytes('a'), 'utf-9').message).toContain("there is no encoding 'utf-9'; use for example");
  });
});
