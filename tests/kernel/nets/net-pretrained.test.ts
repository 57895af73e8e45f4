/**
 * Transfer learning: layers that start with numbers found before, and the backbone that ships.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digits } from '#kernel/data/sets/digits';
import { installAssetReader } from '#kernel/host/assets';
import { decodeSafetensors } from '#kernel/nets/checkpoint/safetensors';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm } from '#kernel/nets/layers/normalisation';
import { sequential } from '#kernel/nets/layers/sequential';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { type Network, network } from '#kernel/nets/net';
import { adam } from '#kernel/nets/optimisers/adam';
import { sgd } from '#kernel/nets/optimisers/sgd';
import { digitsBackbone, digitsFeatures, pretrained } from '#kernel/nets/pretrained';
import type { AnyLayer, Layer, Value } from '#kernel/nets/types';
import { key, Stream } from '#kernel/numeric/random';

const wave = (count: number, phase = 0) => Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));
const asset = new URL('../../../kernel/assets/digits-backbone.safetensors', import.meta.url);

describe('a pretrained layer', () => {
  const made = () => sequential({ body: linear(3, 4), norm: batchNorm(4) });
  const trained = () => {
    const net = network(made(), { input: [3], seed: 5 });
    const step = net.trainingStep({ loss: meanSquaredError(), optimiser: sgd({ rate: 0.1 }), batchSize: 8 });
    for (let i = 1; i <= 10; i++) step.run({ x: wave(24), y: wave(32, 1) }, { step: i });
    return net;
  };

  it('starts where a net ended, running statistics included, and gives what it gave', () => {
    const before = trained();
    const after = network(pretrained(made() as AnyLayer, before as unknown as Network<Value>) as Layer, {
      input: [3],
      seed: 9,
    });
    for (const path of ['body.weight', 'norm.running_var']) expect(after.get(path)).toEqual(before.get(path));
    expect(after.predict(wave(24)).values).toEqual(before.predict(wave(24)).values);
  });

  it('is a part of another net; the rest is drawn as ever', () => {
    const before = trained();
    const body = pretrained(made() as AnyLayer, before as unknown as Network<Value>);
    const whole = network(sequential({ body, head: linear(4, 2) }), { input: [3], seed: 1 });
    const fresh = network(sequential({ body: made(), head: linear(4, 2) }), { input: [3], seed: 1 });
    expect(whole.get('body.body.weight')).toEqual(before.get('body.weight'));
    expect(whole.get('head.weight')).toEqual(fresh.get('head.weight'));
  });

  it('a layer used twice stays one', () => {
    const shared = linear(3, 3);
    const net = network(sequential(shared, shared), { input: [3] });
    const again = network(
      pretrained(sequential(shared, shared) as AnyLayer, net as unknown as Network<Value>) as Layer,
      {
        input: [3],
      },
    );
    expect(again.count()).toBe(12);
    expect(again.get('1.weight')).toEqual(net.get('0.weight'));
  });

  it('weights that do not fit are refused by name', () => {
    const weights = { weight: { shape: [2, 3], values: wave(6) }, bias: { shape: [2], values: wave(2) } };
    expect(() => pretrained(linear(3, 4) as AnyLayer, weights)).toThrow(
      /pretrained: 'weight' has shape \[4, 3\] in the layer and \[2, 3\] in the weights/,
    );
    expect(() => pretrained(linear(3, 2) as AnyLayer, { weight: weights.weight })).toThrow(
      /the weights have no 'bias'; they have weight/,
    );
  });
});

describe('the backbone that ships', () => {
  const { pixels, digit } = digits();
  const unseen = [...digit.codes.keys()].filter((image) => digit.codes[image]! >= 7);
  const image = (at: number) => Array.from(pixels.subarray(64 * at, 64 * at + 64), (ink) => ink / 16);
  const bytes = new Uint8Array(readFileSync(asset));

  it('is small, and says what it was trained on', () => {
    expect(bytes.length).toBeLessThan(300_000);
    const { metadata, tensors } = decodeSafetensors(bytes, 'the backbone');
    expect(metadata.data).toMatch(/digits 0 to 6.*CC BY 4\.0/);
    expect(Object.keys(tensors).toSorted()).toEqual(network(digitsFeatures(), { input: [64] }).trainable.toSorted());
  });

  it('is read where the library runs', async () => {
    installAssetReader(async (url) => {
      expect(url.pathname).toMatch(/assets\/digits-backbone\.safetensors$/);
      return bytes as Uint8Array<ArrayBuffer>;
    });
    try {
      const net = network(await digitsBackbone(), { input: [64] });
      expect([net.count(), net.predict(image(0)).shape]).toEqual([14048, [128]]);
    } finally {
      installAssetReader(undefined);
    }
  });

  /** Ten examples each of 7, 8 and 9, and all others of these. */
  const stream = new Stream(key(3));
  const few: number[] = [];
  for (const code of [7, 8, 9]) {
    const mine = unseen.filter((at) => digit.codes[at] === code);
    for (let i = 0; i < 10; i++) few.push(mine.splice(stream.integer(mine.length), 1)[0]!);
  }
  const rest = unseen.filter((at) => !few.includes(at));
  const labelsOf = (images: readonly number[]) => images.map((at) => digit.codes[at]! - 7);
  const built = async () => {
    const net = network(sequential({ backbone: await digitsBackbone(), head: linear(128, 3) }), {
      input: [64],
      seed: 1,
    });
    net.freeze('backbone');
    return net;
  };
  const accuracy = (net: Network) => {
    const { values } = net.predict(rest.map(image));
    const right = labelsOf(rest).filter((label, i) => {
      const row = [...values.slice(3 * i, 3 * i + 3)];
      return row.indexOf(Math.max(...row)) === label;
    });
    return right.length / rest.length;
  };
  const teach = (net: Network) => {
    const step = net.trainingStep({
      loss: crossEntropy(),
      optimiser: adam({ rate: 0.01 }),
      batchSize: 30,
      reproducible: true,
    });
    const batch = { x: few.flatMap(image), y: labelsOf(few) };
    for (let i = 1; i <= 200; i++) step.run(batch, { step: i });
    return step;
  };

  it('tells digits apart that it never saw, by a dense layer of 387 parameters on its features', async () => {
    const net = await built();
    const features = net.get('backbone.3.weight').values;
    expect(net.count({ trainable: true })).toBe(387);
    teach(net);
    expect(accuracy(net)).toBeGreaterThan(0.93);
    expect(net.get('backbone.3.weight').values).toEqual(features);
  });

  it('costs less a step frozen than trained (processor time, the best of five in turn)', async () => {
    const steps = [await built(), await built()].map((net, i) => {
      if (i === 1) net.unfreeze();
      return teach(net);
    });
    const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < 5; round++) {
      steps.forEach((step, i) => {
        const start = process.cpuUsage();
        for (let k = 0; k < 40; k++) step.execute({ step: 300 + k });
        const { user, system } = process.cpuUsage(start);
        best[i] = Math.min(best[i]!, user + system);
      });
    }
    expect(best[0]! / best[1]!).toBeLessThan(0.7);
  });
});
