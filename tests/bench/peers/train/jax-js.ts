/**
 * jax-js's side of the training bench: a step in one jitted function, on its WebAssembly backend, one thread (it finds
 * no workers in Node). A value is given up by whom it is handed to; `ref` keeps it for another use.
 */
import { answer, given, oneHot, timeFirst } from './answers.ts';

/** What is used of jax-js. */
interface Values {
  readonly ref: Values;
  readonly shape: readonly number[];
  add(other: Values | number): Values;
  sub(other: Values | number): Values;
  mul(other: Values | number): Values;
  div(other: Values | number): Values;
  max(axis: readonly number[]): Values;
  neg(): Values;
  sum(axis?: number, options?: { keepdims: boolean }): Values;
  mean(axis?: number, options?: { keepdims: boolean }): Values;
  reshape(shape: readonly number[]): Values;
  transpose(order?: readonly number[]): Values;
  dataSync(): ArrayLike<number>;
  dispose(): void;
}
type Tree = Readonly<Record<string, Values>>;
interface JaxJs {
  init(): Promise<string[]>;
  defaultDevice(device: string): string;
  blockUntilReady<T>(tree: T): Promise<T>;
  jit<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  valueAndGrad<A extends [Tree, ...unknown[]]>(loss: (...args: A) => Values): (...args: A) => [Values, Tree];
  readonly tree: { ref<T>(tree: T): T; dispose(tree: unknown): void };
  readonly numpy: {
    array(values: ArrayLike<number>, options?: { shape: readonly number[] }): Values;
    zeros(shape: readonly number[]): Values;
    matmul(a: Values, b: Values): Values;
    sqrt(a: Values): Values;
    tanh(a: Values): Values;
    square(a: Values): Values;
    split(a: Values, parts: number, axis: number): Values[];
  };
  readonly nn: {
    relu(a: Values): Values;
    sigmoid(a: Values): Values;
    gelu(a: Values, options: { approximate: boolean }): Values;
    logSoftmax(a: Values, axis: number): Values;
    dotProductAttention(q: Values, k: Values, v: Values, options: { isCausal: boolean }): Values;
  };
  readonly lax: {
    convGeneralDilated(a: Values, b: Values, strides: readonly number[], padding: unknown): Values;
  };
}

const { course, load } = given();
const { kind, rule } = course;
const jax = load('@jax-js/jax') as JaxJs;
await jax.init();
jax.defaultDevice('wasm');
const { numpy: np, nn } = jax;

interface Batch {
  readonly x: readonly Values[];
  readonly y: Values;
}

/** Mean surprise at classes given as ones among zeros. */
function surprise(scores: Values, classes: Values): Values {
  return nn.logSoftmax(scores, -1).mul(classes).sum(-1).mean().neg();
}

function mlp(p: Tree, { x: [x], y }: Batch): Values {
  const h = nn.relu(np.matmul(x!, p.w1!).add(p.b1!));
  return surprise(np.matmul(h, p.w2!).add(p.b2!), y);
}

function convolve(x: Values, w: Values, b: Values, padding: unknown): Values {
  return nn.relu(jax.lax.convGeneralDilated(x, w, [1, 1], padding).add(b.reshape([-1, 1, 1])));
}

/** The largest of each two by two. */
function pool(x: Values, rows: number, channels: number, size: number): Values {
  return x.reshape([rows, channels, size / 2, 2, size / 2, 2]).max([3, 5]);
}

function lenet(p: Tree, { x: [x], y }: Batch): Values {
  const rows = y.shape[0]!;
  let h = pool(convolve(x!, p.c1w!, p.c1b!, 'SAME'), rows, 6, 28);
  h = pool(convolve(h, p.c2w!, p.c2b!, 'VALID'), rows, 16, 10).reshape([rows, 400]);
  h = nn.relu(np.matmul(h, p.f1w!).add(p.f1b!));
  h = nn.relu(np.matmul(h, p.f2w!).add(p.f2b!));
  return surprise(np.matmul(h, p.f3w!).add(p.f3b!), y);
}

/** There is no scan: all times are told one after another. */
function recurrent(p: Tree, { x, y }: Batch): Values {
  const rows = y.shape[0]!;
  const [wi, wh] = [p.wi!.transpose(), p.wh!.transpose()];
  let h = np.zeros([rows, 64]);
  let c = np.zeros([rows, 64]);
  for (const each of x) {
    const now = np.matmul(each, wi.ref).add(p.bi!.ref);
    const own = np.matmul(h.ref, wh.ref).add(p.bh!.ref);
    if (kind === 'rnn') {
      h.dispose();
      h = np.tanh(now.add(own));
    } else if (kind === 'gru') {
      const [xr, xz, xn] = np.split(now, 3, 1) as [Values, Values, Values];
      const [hr, hz, hn] = np.split(own, 3, 1) as [Values, Values, Values];
      const z = nn.sigmoid(xz.add(hz));
      const n = np.tanh(xn.add(nn.sigmoid(xr.add(hr)).mul(hn)));
      h = n.ref.add(z.mul(h.sub(n)));
    } else {
      h.dispose();
      const [i, f, g, o] = np.split(now.add(own), 4, 1) as [Values, Values, Values, Values];
      c = nn
        .sigmoid(f)
        .mul(c)
        .add(nn.sigmoid(i).mul(np.tanh(g)));
      h = nn.sigmoid(o).mul(np.tanh(c.ref));
    }
  }
  const loss = np.square(np.matmul(h, p.wo!).add(p.bo!).reshape([rows]).sub(y)).mean();
  jax.tree.dispose([wi, wh, c, p.bi, p.bh]);
  return loss;
}

function normalise(h: Values, gain: Values, bias: Values): Values {
  const centred = h.ref.sub(h.mean(-1, { keepdims: true }));
  const variance = np.square(centred.ref).mean(-1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(gain)
    .add(bias);
}

/** Rows are positions of all texts, so that each linear layer is one product of matrices. */
function transformer(p: Tree, { x: [x], y }: Batch): Values {
  const rows = y.shape[0]! / 64;
  let h = np.matmul(x!, p.wte!).reshape([rows, 64, 64]).add(p.wpe!).reshape([-1, 64]);
  for (const i of [0, 1]) {
    const q = (name: string) => p[`${i}.${name}`]!;
    const a = np.matmul(normalise(h.ref, q('ln1g'), q('ln1b')), q('qkv')).add(q('qkvb'));
    const [queries, keys, values] = np.split(a, 3, 1).map((part) => part.reshape([rows, 64, 4, 16]));
    const o = nn.dotProductAttention(queries!, keys!, values!, { isCausal: true }).reshape([-1, 64]);
    h = h.add(np.matmul(o, q('proj')).add(q('projb')));
    const f = np.matmul(normalise(h.ref, q('ln2g'), q('ln2b')), q('fc')).add(q('fcb'));
    h = h.add(np.matmul(nn.gelu(f, { approximate: true }), q('fc2')).add(q('fc2b')));
  }
  return surprise(np.matmul(normalise(h, p.lnfg!, p.lnfb!), p.head!), y);
}

/** A batch as arrays; recurrent nets get one of each time, classes and tokens are spread beforehand. */
function arrays({ x, y, rows }: ReturnType<typeof course.all>): Batch {
  const array = (values: ArrayLike<number>, shape: readonly number[]) => np.array(values, { shape });
  if (kind === 'mlp') return { x: [array(x, [rows, 64])], y: array(oneHot(y, 10), [rows, 10]) };
  if (kind === 'lenet') return { x: [array(x, [rows, 1, 28, 28])], y: array(oneHot(y, 10), [rows, 10]) };
  if (kind === 'transformer') {
    return { x: [array(oneHot(x, 65), [rows * 64, 65])], y: array(oneHot(y, 65), [rows * 64, 65]) };
  }
  const times = timeFirst(x, rows, 50, 2);
  const width = rows * 2;
  const each = Array.from({ length: 50 }, (_, t) => array(times.slice(t * width, (t + 1) * width), [rows, 2]));
  return { x: each, y: array(y, [rows]) };
}

const loss = { mlp, lenet, rnn: recurrent, gru: recurrent, lstm: recurrent, transformer }[kind];
const valueAndGrad = jax.valueAndGrad(loss);

/** Weights, the means that the rule keeps of their gradients, and the powers of the means' factors. */
interface State {
  readonly weights: Tree;
  readonly first: Tree;
  readonly second: Tree;
  readonly powers: Tree;
}

function descend({ weights, first, second, powers }: State, gradient: Tree): State {
  const { rate, decay } = rule;
  const next = { weights: {}, first: {}, second: {} } as Record<'weights' | 'first' | 'second', Record<string, Values>>;
  const after: Tree =
    rule.name === 'momentum' ? powers : { first: powers.first!.mul(0.9), second: powers.second!.mul(0.999) };
  for (const [name, weight] of Object.entries(weights)) {
    const g = gradient[name]!;
    if (rule.name === 'momentum') {
      const m = first[name]!.mul(0.9).add(g);
      next.weights[name] = weight.sub(m.ref.mul(rate));
      next.first[name] = m;
    } else {
      const m = first[name]!.mul(0.9).add(g.ref.mul(0.1));
      const v = second[name]!.mul(0.999).add(np.square(g).mul(0.001));
      const size = np.sqrt(v.ref.div(after.second!.ref.mul(-1).add(1))).add(1e-8);
      const change = m.ref.div(after.first!.ref.mul(-1).add(1)).div(size);
      next.weights[name] = weight.mul(1 - rate * decay).sub(change.mul(rate));
      next.first[name] = m;
      next.second[name] = v;
    }
  }
  return { ...next, powers: after };
}

const step = jax.jit((state: State, batch: Batch): [State, Values] => {
  const [value, gradient] = valueAndGrad(jax.tree.ref(state.weights), batch);
  return [descend(state, gradient), value];
});

/** The state before the first step. */
function fresh(): State {
  const start = [...course.weights()];
  const zeros = () => Object.fromEntries(start.map(({ name, shape }) => [name, np.zeros(shape)]));
  const adam = rule.name === 'adam';
  return {
    weights: Object.fromEntries(start.map(({ name, values, shape }) => [name, np.array(values, { shape })])),
    first: zeros(),
    second: adam ? zeros() : {},
    powers: adam ? { first: np.array([1]), second: np.array([1]) } : {},
  };
}

/** The number in an array, which is given back. */
function read(value: Values): number {
  return value.dataSync()[0]!;
}

async function train(): Promise<readonly [number, number]> {
  let state = fresh();
  let first: number | undefined;
  let last = Number.NaN;
  for (const batch of course.batches()) {
    const [after, value] = step(state, arrays(batch));
    state = after;
    last = read(value);
    first ??= last;
  }
  if (kind !== 'transformer') last = read(jax.jit(loss)(jax.tree.ref(state.weights), arrays(course.all())));
  jax.tree.dispose(state);
  return [first!, last];
}

let running = fresh();
const timed = course.timed().map(arrays);
let at = 0;

async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const [after, value] = step(running, jax.tree.ref(timed[at++ % timed.length]!));
    // Read at each step, as in training: steps that nobody waits for pile up, and take several times as long.
    read(value);
    running = after;
  }
  await jax.blockUntilReady(running);
}

await answer({ train, steps });
