/**
 * Where the parameters of a tree of layers are: one path each. A layer object used in two places, and what is tied, is
 * one parameter with several paths.
 */
import { namesHint } from '../data/names.ts';
import { formatShape, sameShape } from '../program/shape.ts';
import type { AnyLayer, BufferSpec, ParameterSpec } from './types.ts';

/** One parameter or buffer of a net, under its first path. */
export interface Found<Spec> {
  readonly path: string;
  readonly spec: Spec;
  /** Its other paths. */
  readonly tied: readonly string[];
}

/** Every path of a net and what it stands for. */
export interface Inventory {
  readonly parameters: readonly Found<ParameterSpec>[];
  readonly buffers: readonly Found<BufferSpec>[];
  /** Paths of layers, outermost first: `''`, `'encoder'`, `'encoder.0'`. */
  readonly layers: ReadonlyMap<string, AnyLayer>;
  /** Any path of a parameter or buffer → its first. */
  readonly canonical: ReadonlyMap<string, string>;
}

/** `a` and `b` → `a.b`. */
export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/**
 * Walk a tree of layers.
 *
 * @throws RangeError for ties of paths that are not there, or of different shapes
 */
export function takeInventory(root: AnyLayer): Inventory {
  const layers = new Map<string, AnyLayer>();
  const first = new Map<AnyLayer, string>();
  const specs = new Map<string, ParameterSpec>();
  const buffers = new Map<string, BufferSpec>();
  const canonical = new Map<string, string>();
  const ties: { readonly alias: string; readonly original: string }[] = [];
  const walk = (layer: AnyLayer, path: string): void => {
    layers.set(path, layer);
    const known = first.get(layer);
    if (known === undefined) first.set(layer, path);
    const home = known ?? path;
    const enter = <Spec>(own: Readonly<Record<string, Spec>>, to: Map<string, Spec>): void => {
      for (const [name, spec] of Object.entries(own)) {
        canonical.set(join(path, name), join(home, name));
        if (known === undefined) to.set(join(path, name), spec);
      }
    };
    enter(layer.parameters, specs);
    enter(layer.buffers, buffers);
    for (const [name, child] of Object.entries(layer.children)) walk(child, join(path, name));
    for (const [alias, original] of Object.entries(layer.ties ?? {})) {
      ties.push({ alias: join(path, alias), original: join(path, original) });
    }
  };
  walk(root, '');
  for (const { alias, original } of ties) {
    const from = canonical.get(requirePath(alias, canonical, 'tie'))!;
    const to = canonical.get(requirePath(original, canonical, 'tie'))!;
    if (from === to) continue;
    const shapes = [specs.get(from), specs.get(to)].map((spec) => spec?.shape);
    if (!shapes[0] || !shapes[1] || !sameShape(shapes[0], shapes[1])) {
      throw new RangeError(
        `tie: '${alias}' has shape ${formatShape(shapes[0] ?? [])} and '${original}' ${formatShape(shapes[1] ?? [])}; only parameters of equal shape can be one`,
      );
    }
    specs.delete(from);
    for (const [path, at] of canonical) if (at === from) canonical.set(path, to);
  }
  const gather = <Spec>(map: ReadonlyMap<string, Spec>): Found<Spec>[] =>
    [...map].map(([path, spec]) => ({
      path,
      spec,
      tied: [...canonical].filter(([alias, at]) => at === path && alias !== path).map(([alias]) => alias),
    }));
  return { parameters: gather(specs), buffers: gather(buffers), layers, canonical };
}

/** The path itself. @throws RangeError with the nearest one where there is none */
export function requirePath(path: string, known: ReadonlyMap<string, unknown>, caller: string): string {
  if (known.has(path)) return path;
  const names = [...known.keys()].filter((each) => each !== '');
  throw new RangeError(`${caller}: there is no '${path}'; ${namesHint(path, names)}`);
}

/** Which parameters: a path, a pattern with `*` (`'encoder.*'`), several of these, or a function of the path. */
export type Selector = string | readonly string[] | ((path: string) => boolean);

/**
 * First paths of the parameters a selector means. A layer's path means all below it.
 *
 * @throws RangeError for a text that fits nothing
 */
export function select(inventory: Inventory, selector: Selector, caller: string): string[] {
  const all = inventory.parameters.map(({ path }) => path);
  if (typeof selector === 'function') {
    return inventory.parameters.filter(({ path, tied }) => [path, ...tied].some(selector)).map(({ path }) => path);
  }
  const wanted = new Set<string>();
  for (const pattern of typeof selector === 'string' ? [selector] : selector) {
    const fits = matcher(pattern);
    const found = [...inventory.canonical].filter(([path, at]) => fits(path) && all.includes(at));
    if (found.length === 0) {
      const known = new Map<string, unknown>([...inventory.canonical, ...inventory.layers]);
      requirePath(pattern, known, caller);
      throw new RangeError(`${caller}: '${pattern}' has no parameters; name a layer that has, or a parameter`);
    }
    for (const [, at] of found) wanted.add(at);
  }
  return all.filter((path) => wanted.has(path));
}

/** `*` stands for anything, dots included; a text without it for itself and what is below it. */
export function matcher(pattern: string): (path: string) => boolean {
  if (!pattern.includes('*')) return (path) => path === pattern || path.startsWith(`${pattern}.`);
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (path) => expression.test(path);
}
