/**
 * Is a text well-formed XML, as far as our SVG writer can go wrong: tags nest and close, attributes are quoted,
 * every ampersand begins an entity, no forbidden character.
 */
export function isWellFormed(xml: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml) || !xml.isWellFormed()) return false;
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(xml)) return false;
  const open: string[] = [];
  const rest = xml.replace(/<(\/?)([a-zA-Z]+)((?:\s[\w:-]+="[^"<]*")*)(\/?)>/g, (_, closing, name, __, empty) => {
    if (closing) {
      if (open.pop() !== name) open.push('mismatch', 'mismatch');
    } else if (!empty) open.push(name);
    return '';
  });
  return open.length === 0 && !/[<>]/.test(rest);
}
