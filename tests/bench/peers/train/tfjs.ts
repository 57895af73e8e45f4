/**
 * tfjs's side of the training bench: its WebAssembly backend, eager, one thread (it has no others in Node).
 *
 * LeNet-5 is not among its tasks: this backend has no kernel Conv2DBackpropFilter.
 */
import { answer, given, oneHot, timeFirst } from './answers.ts';

/** What is used of tfjs. */
interface Tensor {
  add(other: Tensor | number): Tensor;
  sub(other: Tensor | number): Tensor;
  mul(other: Tensor | number): Tensor;
  matMul(other: Tensor, transposeThis?: boolean, transposeOther?: boolean): Tensor;
  mean(axis?: number, keepDims?: boolean): Tensor;
  square(): Tensor;
  rsqrt(): Tensor;
  relu(): Tensor;
  tanh(): Tensor;
  sigmoid(): Tensor;
  softmax(): Tensor;
  reshape(shape: readonly number[]): Tensor;
  transpose(order: readonly number[]): Tensor;
  split(parts: number, axis: number): Tensor[];
  unstack(axis: number): Tensor[];
  dataSync(): ArrayLike<number>;
  dispose(): void;
}
interface Variable extends Tensor {
  assign(values: Tensor): void;
}
interface Optimizer {
  minimize(loss: () => Tensor, returnCost: boolean, variables: readonly Variable[]): Tensor | null;
}
interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  tensor(values: ArrayLike<number>, shape: readonly number[]): Tensor;
  zeros(shape: readonly number[]): Tensor;
  variable(start: Tensor): Variable;
  tidy<T>(work: () => T): T;
  readonly losses: {
    softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor;
    meanSquaredError(labels: Tensor, predictions: Tensor): Tensor;
  };
  readonly train: {
    momentum(rate: number, momentum: number): Optimizer;
    adam(rate: number, beta1: number, beta2: number, epsilon: number): Optimizer;
  };
}

type Weights = Readonly<Record<string, Variable>>;
interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly rows: number;
}

const { course, load } = given();
const { kind, rule } = course;
const tf = load('@tensorflow/tfjs') as Tfjs;
load('@tensorflow/tfjs-backend-wasm');
if (!(await tf.setBackend('wasm'))) throw new Error('tfjs cannot start its WebAssembly backend');

/** Masks what comes later. */
const mask = tf.tensor(
  Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64 > Math.floor(i / 64) ? -1e30 : 0)),
  [64, 64],
);

function mlp({ w1, b1, w2, b2 }: Weights, { x, y }: Batch): Tensor {
  return tf.losses.softmaxCrossEntropy(y, x.matMul(w1!).add(b1!).relu().matMul(w2!).add(b2!));
}

function recurrent({ wi, wh, bi, bh, wo, bo }: Weights, { x, y, rows }: Batch): Tensor {
  const inputs = x.matMul(wi!, false, true).add(bi!); // (50 · rows, gates · 64)
  let h = tf.zeros([rows, 64]);
  let c = h;
  for (const now of inputs.reshape([50, rows, -1]).unstack(0)) {
    const own = h.matMul(wh!, false, true).add(bh!);
    if (kind === 'rnn') h = now.add(own).tanh();
    else if (kind === 'gru') {
      const [xr, xz, xn] = now.split(3, 1) as [Tensor, Tensor, Tensor];
      const [hr, hz, hn] = own.split(3, 1) as [Tensor, Tensor, Tensor];
      const z = xz.add(hz).sigmoid();
      const n = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh();
      h = n.add(z.mul(h.sub(n)));
    } else {
      const [i, f, g, o] = now.add(own).split(4, 1) as [Tensor, Tensor, Tensor, Tensor];
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(c.tanh());
    }
  }
  return tf.losses.meanSquaredError(y, h.matMul(wo!).add(bo!).reshape([rows]));
}

function normalise(h: Tensor, gain: Tensor, bias: Tensor): Tensor {
  const centred = h.sub(h.mean(-1, true));
  return centred.mul(centred.square().mean(-1, true).add(1e-5).rsqrt()).mul(gain).add(bias);
}

/** tfjs has none with a gradient. */
function gelu(x: Tensor): Tensor {
  return x
    .mul(
      x
        .add(x.mul(x).mul(x).mul(0.044715))
        .mul(Math.sqrt(2 / Math.PI))
        .tanh()
        .add(1),
    )
    .mul(0.5);
}

/** Rows are positions of all texts, so that each linear layer is one product of matrices. */
function transformer(p: Weights, { x, y, rows }: Batch): Tensor {
  const split = (part: Tensor) => part.reshape([rows, 64, 4, 16]).transpose([0, 2, 1, 3]);
  let h = x.matMul(p.wte!).reshape([rows, 64, 64]).add(p.wpe!).reshape([-1, 64]);
  for (const i of [0, 1]) {
    const q = (name: string) => p[`${i}.${name}`]!;
    const a = normalise(h, q('ln1g'), q('ln1b')).matMul(q('qkv')).add(q('qkvb'));
    const [queries, keys, values] = a.split(3, 1).map(split) as [Tensor, Tensor, Tensor];
    const weights = queries.matMul(keys, false, true).mul(0.25).add(mask).softmax();
    const o = weights.matMul(values).transpose([0, 2, 1, 3]).reshape([-1, 64]);
    h = h.add(o.matMul(q('proj')).add(q('projb')));
    const f = gelu(normalise(h, q('ln2g'), q('ln2b')).matMul(q('fc')).add(q('fcb')));
    h = h.add(f.matMul(q('fc2')).add(q('fc2b')));
  }
  return tf.losses.softmaxCrossEntropy(y, normalise(h, p.lnfg!, p.lnfb!).matMul(p.head!));
}

/** A batch as tensors; classes and tokens are spread beforehand, for this backend has no gradient of a gather. */
function tensors({ x, y, rows }: ReturnType<typeof course.all>): Batch {
  if (kind === 'mlp') return { x: tf.tensor(x, [rows, 64]), y: tf.tensor(oneHot(y, 10), [rows, 10]), rows };
  if (kind === 'transformer') {
    const shape = [rows * 64, 65];
    return { x: tf.tensor(oneHot(x, 65), shape), y: tf.tensor(oneHot(y, 65), shape), rows };
  }
  return { x: tf.tensor(timeFirst(x, rows, 50, 2), [50 * rows, 2]), y: tf.tensor(y, [rows]), rows };
}

const loss = kind === 'mlp' ? mlp : kind === 'transformer' ? transformer : recurrent;

/** A net at its first weights. @returns what takes a step, and the weights */
function fresh() {
  const weights = Object.fromEntries(
    [...course.weights()].map(({ name, values, shape }) => [name, tf.variable(tf.tensor(values, shape))]),
  );
  const variables = Object.values(weights);
  const { rate, decay } = rule;
  const optimizer = rule.name === 'momentum' ? tf.train.momentum(rate, 0.9) : tf.train.adam(rate, 0.9, 0.999, 1e-8);
  const step = (batch: Batch, returnCost: boolean): Tensor | null => {
    if (decay === 0) return optimizer.minimize(() => loss(weights, batch), returnCost, variables);
    // Decoupled decay is of the weights before the step, at which the gradient is taken too.
    const before = tf.tidy(() => variables.map((each) => each.mul(rate * decay)));
    const cost = optimizer.minimize(() => loss(weights, batch), returnCost, variables);
    for (const [i, each] of variables.entries()) {
      tf.tidy(() => each.assign(each.sub(before[i]!)));
      before[i]!.dispose();
    }
    return cost;
  };
  return { step, weights };
}

/** The number in a tensor, which is given back. */
function read(tensor: Tensor): number {
  const value = tensor.dataSync()[0]!;
  tensor.dispose();
  return value;
}

async function train(): Promise<readonly [number, number]> {
  const { step, weights } = fresh();
  let first: number | undefined;
  let last = Number.NaN;
  for (const each of course.batches()) {
    const batch = tensors(each);
    last = read(step(batch, true)!);
    first ??= last;
    batch.x.dispose();
    batch.y.dispose();
  }
  if (kind !== 'transformer') last = read(tf.tidy(() => loss(weights, tensors(course.all()))));
  return [first!, last];
}

const running = fresh();
const timed = course.timed().map(tensors);
let at = 0;

async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i++) running.step(timed[at++ % timed.length]!, false);
}

await answer({ train, steps });
