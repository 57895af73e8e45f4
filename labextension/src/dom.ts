/**
 * HTML elements by function calls. Strings become text nodes, so a label is never markup.
 */

type Attributes = Readonly<Record<string, string | undefined>>;

/** An element with attributes (undefined ones left out) and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  children: readonly (Node | string)[],
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

let counter = 0;

/** An id no other element of the page has. */
export function uniqueId(what: string): string {
  counter += 1;
  return `estimand-${what}-${counter}`;
}

/**
 * A group of controls. JupyterLab's notebook shortcuts (arrows, letters) must not fire while one of them has the
 * focus.
 */
export function controls(attributes: Attributes, children: readonly (Node | string)[]): HTMLDivElement {
  return element('div', { 'data-lm-suppress-shortcuts': 'true', ...attributes }, children);
}
