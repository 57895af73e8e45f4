/**
 * The errors of syntax in a text.
 */
import type { DiagnosticWithLocation, SourceFile } from 'typescript';

/** The parser keeps its errors in a field its types do not mention; the public way to them costs a compilation. */
export function parseFaults(file: SourceFile): readonly DiagnosticWithLocation[] {
  return (file as SourceFile & { readonly parseDiagnostics: readonly DiagnosticWithLocation[] }).parseDiagnostics;
}
