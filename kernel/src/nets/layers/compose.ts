/**
 * Layers made of layers by a function of one's own; residual connections; parameters shared by two layers.
 */
import type { Expr } from '../../program/index.ts';
import { formatShape, sameShape } from '../../program/shape.ts';
import type { AnyLayer, BufferSpec, Layer, ParameterSpec, Scope, Value } from '../types.ts';
import { defineLayer } from './layer.ts';

/** Children as functions. */
type Called<C extends Readonly<Record<string, AnyLayer>>> = {
  readonly [K in keyof C]: C[K] extends Layer<infer Out, infer In> ? (...inputs: In) => Out : never;
};

/** What a layer of one's own has besides its children. */
export interface OwnLayerOptions {
  /** What it is called; default 'layer'. */
  readonly kind?: string;
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  readonly buffers?: Readonly<Record<string, BufferSpec>>;
  readonly integerInput?: boolean;
}

/**
 * A layer with a forward function of one's own over other layers.
 *
 * @param children layers by name; paths begin with these names
 * @param forward is given the children as functions (with the layer's own scope among them, as `scope`), and the inputs
 * @example
 * const net = layer({ encoder: linear(64, 8), head: linear(8, 10) }, ({ encoder, head }, x) => head(relu(encoder(x))));
 * @example
 * const scaled = layer({}, ({ scope }, x) => x.mul(scope.parameter('gain')), {
 *   parameters: { gain: { shape: [64], initialise: initialisers.ones() } },
 * });
 */
export function layer<
  const C extends Readonly<Record<string, AnyLayer>>,
  Out extends Value,
  In extends readonly unknown[] = [x: Expr],
>(
  children: C,
  forward: (inside: Called<C> & { readonly scope: Scope }, ...inputs: In) => Out,
  { kind = 'layer', ...options }: OwnLayerOptions = {},
): Layer<Out, In> {
  if (Object.hasOwn(children, 'scope')) {
    throw new RangeError("layer: 'scope' is the name of the scope itself; call the child something else");
  }
  return defineLayer<Out, In>({
    kind,
    ...options,
    children,
    apply(scope, ...inputs) {
      const called = Object.keys(children).map((name) => [
        name,
        (...given: readonly unknown[]) => scope.call<Value>(name, ...given),
      ]);
      return forward({ ...Object.fromEntries(called), scope } as Called<C> & { scope: Scope }, ...inputs);
    },
  });
}

/**
 * x + f(x) (He et al. 2016); with a projection, projection(x) + f(x), where f changes the shape.
 *
 * @param body f; its parameters begin with `body.`
 * @throws RangeError when built, where the shapes differ
 * @example residual(sequential(linear(64, 64), relu(), linear(64, 64)));
 */
export function residual(body: Layer, { projection }: { readonly projection?: Layer } = {}): Layer {
  return defineLayer({
    kind: 'residual',
    children: projection === undefined ? { body } : { body, projection },
    apply(scope, x: Expr): Expr {
      const changed = scope.call('body', x);
      const kept = projection === undefined ? x : scope.call('projection', x);
      if (!sameShape(changed.shape, kept.shape)) {
        throw new RangeError(
          `the layer inside gives shape ${formatShape(changed.shape)} and is added to ${formatShape(kept.shape)}; make them equal, or give a projection`,
        );
      }
      return kept.add(changed);
    },
  });
}

/**
 * The same layer with two of its parameters made one: it is counted once, and its gradient is the sum over both uses.
 *
 * @param alias the path that becomes another name
 * @param original the path that stays
 * @throws RangeError when built, for an unknown path and for different shapes
 * @example
 * const model = tie(sequential({ embed: embedding(27, 16), head: linear(16, 27, { bias: false }) }), 'head.weight', 'embed.weight');
 */
export function tie<L extends AnyLayer>(whole: L, alias: string, original: string): L {
  return { ...whole, ties: { ...whole.ties, [alias]: original } };
}
