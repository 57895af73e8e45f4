/**
 * How a result draws itself in a notebook.
 *
 * Rooms below `figure` make results; `figure` knows how to draw them. So that imports keep pointing one
 * way, a result class extends `Displayable` and names its kind, and `figure` registers a renderer for it.
 */
import type { MimeBundle } from './host.ts';

/** The hook Deno's kernel introduced and ours honours: an object that gives its own MIME bundle. */
export const jupyterDisplay: unique symbol = Symbol.for('Jupyter.display') as never;

type Renderer = (result: never) => MimeBundle | Promise<MimeBundle>;
const renderers = new Map<string, Renderer>();

/** Say how results of this kind are drawn; a second registration replaces the first. */
export function registerRenderer<R extends Displayable>(
  kind: R['kind'],
  render: (result: R) => MimeBundle | Promise<MimeBundle>,
): void {
  renderers.set(kind, render as Renderer);
}

/** A result a notebook can draw. `toString()` is its plain text, always available. */
export abstract class Displayable {
  /** Names the renderer, e.g. `'posterior'`. */
  abstract readonly kind: string;

  /** The bundle for the notebook: the registered figure, or the plain text where none is registered. */
  [jupyterDisplay](): MimeBundle | Promise<MimeBundle> {
    const render = renderers.get(this.kind);
    return render ? render(this as never) : { 'text/plain': this.toString() };
  }
}

/** On a bundle: the metadata of its parts, media type → e.g. `{ width, height }` of a PNG. Not a media type itself. */
const bundleMetadata: unique symbol = Symbol.for('Jupyter.metadata') as never;

/** The bundle, with metadata a front end wants beside it. */
export function withMetadata(bundle: MimeBundle, metadata: Readonly<Record<string, unknown>>): MimeBundle {
  return Object.defineProperty({ ...bundle }, bundleMetadata, { value: metadata });
}

/** Metadata of a bundle's parts, for the `metadata` field of a message; empty where none was given. */
export function metadataOf(bundle: MimeBundle): Readonly<Record<string, unknown>> {
  return (bundle as { [bundleMetadata]?: Readonly<Record<string, unknown>> })[bundleMetadata] ?? {};
}
