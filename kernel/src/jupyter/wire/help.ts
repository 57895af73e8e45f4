/**
 * `name?` and `?name`, as Jupyter users ask for help. Neither is TypeScript, so no cell loses its meaning.
 */
const question = /^\s*(?:\?{1,2}\s*([\w$.]+)|([\w$.]+)\s*\?{1,2})\s*;?\s*$/;

/** The name a cell asks about, or undefined: `mean?` → 'mean' */
export function helpTopic(code: string): string | undefined {
  const [, before, after] = question.exec(code) ?? [];
  return before ?? after;
}
