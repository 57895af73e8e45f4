/**
 * The TypeScript compiler, loaded the way that costs least: its CommonJS file, once, in this thread alone; and what we
 * use of it that its types keep to themselves. The version is pinned, and `surroundings.test.ts` holds it to this.
 */
import { createRequire } from 'node:module';
import type {
  __String,
  CompilerOptions,
  DiagnosticWithLocation,
  Symbol as NamedSymbol,
  Node,
  Program,
  SourceFile,
  SymbolDisplayPart,
  TypeChecker,
} from 'typescript';

/** A name that was declared. */
export interface Declared extends NamedSymbol {
  /** Where it is assigned to for the last time; the largest number where that cannot be told. */
  lastAssignmentPos?: number;
}

/** A file that was parsed; after `bindSourceFile`, with the names of its top level. */
export interface BoundFile extends SourceFile {
  path: string;
  resolvedPath: string;
  originalFileName: string;
  /** Set for a module. */
  externalModuleIndicator?: Node | true;
  readonly parseDiagnostics: readonly DiagnosticWithLocation[];
  /** What is declared at the top level and not exported. */
  readonly locals: Map<__String, Declared>;
  /** The module, with what it exports. */
  readonly symbol?: NamedSymbol & { readonly exports?: Map<__String, Declared> };
  imports: readonly Node[];
  moduleAugmentations: readonly Node[];
  ambientModuleNames: readonly string[];
}

/** A program as its checker and the language service ask it. */
export interface OpenProgram extends Program {
  getResolvedModule(file: SourceFile, name: string, mode: unknown): { readonly resolvedModule?: object } | undefined;
}

interface Internals {
  /** Find the names of each scope; done once a file, whatever program it comes to stand in. */
  bindSourceFile(file: SourceFile, options: CompilerOptions): void;
  SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: TypeChecker,
      symbol: NamedSymbol,
      file: SourceFile,
      enclosing: Node,
      location: Node,
      meaning: number,
    ): { readonly displayParts: SymbolDisplayPart[]; readonly documentation: SymbolDisplayPart[] };
  };
  getTouchingPropertyName(file: SourceFile, position: number): Node;
}

export const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript') & Internals;
