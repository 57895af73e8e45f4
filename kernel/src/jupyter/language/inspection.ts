/**
 * What is known of the name at a cursor: its type, and what its author wrote of it.
 */
import type { JSDocTagInfo, Node, QuickInfo, SourceFile } from 'typescript';
import type { Inspection } from '../engine/engine.ts';
import { withoutAlias } from './alias.ts';
import { toUnits } from './code-points.ts';
import type { NotebookSession, OpenCell } from './session.ts';
import { ts } from './typescript.ts';

/** @param cursor in code points */
export function inspect(session: NotebookSession, code: string, cursor: number): Inspection {
  const open = session.open(code);
  const info = find(open, code, toUnits(code, cursor));
  if (!info) return undefined;
  const type = withoutAlias(ts.displayPartsToString(info.displayParts));
  if (type === 'any') return undefined; // a name that nobody has declared
  const text = ts.displayPartsToString(info.documentation).trim();
  const tags = info.tags ?? [];
  return {
    'text/plain': [type, text, ...tags.map(plainTag)].filter(Boolean).join('\n\n'),
    'text/markdown': [`\`\`\`typescript\n${type}\n\`\`\``, text, ...tags.map(markdownTag)].filter(Boolean).join('\n\n'),
  };
}

/** At the cursor, just before it, or the function in whose parentheses it stands. */
function find(open: OpenCell, code: string, at: number): QuickInfo | undefined {
  const ask = (place: number): QuickInfo | undefined => (place < 0 ? undefined : look(open, place));
  const wordBefore = /[\p{ID_Continue}$]$/u.test(code.slice(0, at));
  return (wordBefore ? ask(at - 1) : undefined) ?? ask(at) ?? ask(callee(open.file, at) ?? -1);
}

/** Behind an import, what stands at the declaration: it alone has the author's text. */
function look({ service, file }: OpenCell, place: number): QuickInfo | undefined {
  const info = service.getQuickInfoAtPosition(file.fileName, place);
  if (info?.displayParts?.[1]?.text !== 'alias') return info;
  const declaration = service.getDefinitionAtPosition(file.fileName, place)?.[0];
  if (!declaration) return info;
  return service.getQuickInfoAtPosition(declaration.fileName, declaration.textSpan.start) ?? info;
}

/** The end of the name of the innermost call around a place. */
function callee(file: SourceFile, at: number): number | undefined {
  let found: number | undefined;
  const visit = (node: Node): void => {
    if (node.pos > at || node.end < at) return;
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
    if (isCall && node.expression.end < at) found = node.expression.end - 1;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function tagText(tag: JSDocTagInfo): string {
  return ts.displayPartsToString(tag.text).trim();
}

function plainTag(tag: JSDocTagInfo): string {
  return `@${tag.name} ${tagText(tag)}`.trim();
}

function markdownTag(tag: JSDocTagInfo): string {
  const text = tagText(tag);
  if (tag.name === 'example' && !text.includes('```')) return `*@example*\n\`\`\`typescript\n${text}\n\`\`\``;
  if (tag.name !== 'param') return `*@${tag.name}* ${text}`.trim();
  const [name = '', ...rest] = text.split(' ');
  return `*@param* \`${name}\` ${rest.join(' ')}`.trim();
}
