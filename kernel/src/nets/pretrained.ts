/**
 * Layers that start with numbers found before: transfer learning and feature extraction.
 */
import { loadAsset } from '../host/assets.ts';
import { formatShape, sameShape } from '../program/shape.ts';
import { decodeSafetensors, type Tensor } from './checkpoint/safetensors.ts';
import { relu } from './layers/activations.ts';
import { conv2d, maxPool2d } from './layers/convolution.ts';
import { sequential } from './layers/sequential.ts';
import { flatten, reshape } from './layers/shape.ts';
import type { Network } from './net.ts';
import { join, takeInventory } from './paths.ts';
import type { AnyLayer, BufferSpec, Layer, ParameterSpec, Value } from './types.ts';

/** Numbers by path: of a safetensors file, or of a net. */
export type Weights = Readonly<Record<string, Pick<Tensor, 'shape' | 'values'>>>;

/**
 * The same layer, whose parameters and buffers start with these numbers instead of being drawn.
 *
 * @param weights numbers by the layer's own paths, or a net of the same architecture
 * @throws RangeError for a path that is missing, and for another shape
 * @example
 * const body = pretrained(encoder(), decodeCheckpoint(bytes).tensors);
 * const net = network(sequential({ body, head: linear(64, 3) }), { input: [64] });
 * net.freeze('body'); // feature extraction; without it, fine-tuning
 */
export function pretrained<L extends AnyLayer>(layer: L, weights: Weights | Network<Value>): L {
  const { canonical } = takeInventory(layer);
  const given = 'inventory' in weights ? (path: string) => (weights as Network<Value>).get(path) : weightIn(weights);
  const made = new Map<AnyLayer, AnyLayer>();
  const renew = (old: AnyLayer, path: string): AnyLayer => {
    const known = made.get(old);
    if (known !== undefined) return known; // used twice: still one
    const found = (name: string, shape: readonly number[]) => {
      const first = canonical.get(join(path, name))!;
      const tensor = given(first);
      if (sameShape(tensor.shape, shape)) return tensor.values;
      throw new RangeError(
        `pretrained: '${first}' has shape ${formatShape(shape)} in the layer and ${formatShape(tensor.shape)} in the weights`,
      );
    };
    const parameters = mapValues(old.parameters, (spec: ParameterSpec, name): ParameterSpec => {
      const values = Float64Array.from(found(name, spec.shape));
      return { ...spec, initialise: { name: 'pretrained', options: {}, values: () => values } };
    });
    const buffers = mapValues(
      old.buffers,
      (spec: BufferSpec, name): BufferSpec => ({ ...spec, values: Float64Array.from(found(name, spec.shape)) }),
    );
    const children = mapValues(old.children, (child: AnyLayer, name) => renew(child, join(path, name)));
    const fresh = { ...old, parameters, buffers, children };
    made.set(old, fresh);
    return fresh;
  };
  return renew(layer, '') as L;
}

function weightIn(weights: Weights) {
  return (path: string) => {
    const tensor = Object.hasOwn(weights, path) ? weights[path] : undefined;
    if (tensor !== undefined) return tensor;
    const some = Object.keys(weights).slice(0, 8).join(', ');
    throw new RangeError(`pretrained: the weights have no '${path}'; they have ${some || 'none'}`);
  };
}

function mapValues<A, B>(from: Readonly<Record<string, A>>, f: (value: A, name: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, f(value, name)]));
}

/** What the shipped backbone is, untrained: three convolutions over 8 × 8 images, 128 features. */
export function digitsFeatures(): Layer {
  return sequential(
    reshape(1, 8, 8),
    conv2d(1, 16, 3, { padding: 1 }),
    relu(),
    conv2d(16, 32, 3, { padding: 1 }),
    relu(),
    maxPool2d(2),
    conv2d(32, 32, 3, { padding: 1 }),
    relu(),
    maxPool2d(2),
    flatten(),
  );
}

/**
 * A small convolutional backbone trained on the digits 0 to 6 of `digits()`, which has never seen 7, 8 or 9: from 64
 * pixels (divided by 16) to 128 features; 14,048 parameters, 57 kB, made by tests/kernel/nets/make-digits-backbone.ts.
 *
 * @throws Error where the file that ships with the library cannot be read
 * @example
 * const net = network(sequential({ backbone: await digitsBackbone(), head: linear(128, 3) }), { input: [64] });
 * net.freeze('backbone');
 */
export async function digitsBackbone(): Promise<Layer> {
  const name = 'digits-backbone.safetensors';
  return pretrained(digitsFeatures() as AnyLayer, decodeSafetensors(await loadAsset(name), name).tensors) as Layer;
}
