/**
 * A cell sees the names of earlier cells through imports, and the compiler says so: `(alias) function f(): void`, and
 * on the next line `import f`. To the user `f` is simply a function.
 */

/** '(alias) const a: number\nimport a' → 'const a: number'; 'import fs' → 'module fs' */
export function withoutAlias(signature: string): string {
  if (/^import \S+$/.test(signature)) return signature.replace('import', 'module');
  if (!signature.startsWith('(alias) ')) return signature;
  return signature.slice('(alias) '.length).replace(/\n(?:import|export) .*$/s, '');
}

/** What a name behind an import is: 'const a: number' → 'const' */
export function kindOf(signature: string): string {
  return /^(?:function|const|let|var|class|interface|type|enum|module|namespace)\b/.exec(signature)?.[0] ?? 'function';
}
