/**
 * Checkpoints: what they keep, how they are written, and what they refuse.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Files, writeWhole } from '#kernel/nets/checkpoint/file';
import {
  applyCheckpoint,
  checkpoints,
  decodeCheckpoint,
  decodeSafetensors,
  encodeCheckpoint,
  encodeSafetensors,
  loadNet,
  saveNet,
} from '#kernel/nets/checkpoint/index';
import {
  adam,
  batchNorm,
  crossEntropy,
  dropout,
  linear,
  network,
  plateau,
  relu,
  sequential,
  type TrainOptions,
} from '#kernel/nets/index';
import { earlyStopping, type StepEvent, train } from '#kernel/nets/train/index';

const folder = mkdtempSync(join(tmpdir(), 'estimand-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = () => join(folder, `net-${files++}.safetensors`);

const small = (seed = 1, hidden = 6) =>
  network(sequential(linear(2, hidden), batchNorm(hidden), relu(), dropout(0.2), linear(hidden, 3)), {
    input: [2],
    seed,
  });
const all = (net: ReturnType<typeof small>) =>
  [...net.inventory.parameters, ...net.inventory.buffers].map(({ path }) => [path, [...net.get(path).values]]);
const data = {
  x: Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]),
  y: Array.from({ length: 40 }, (_, i) => i % 3),
};
const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  loss: crossEntropy(),
  optimiser: adam({ rate: 0.02 }),
  epochs: 6,
  batchSize: 8,
  validation: 0.2,
  schedule: plateau({ patience: 0 }),
  ...more,
});

describe('a net in a file', () => {
  it('comes back with parameters and running means, to the bit', async () => {
    const [net, other, path] = [small(), small(2), fresh()];
    await train(net, data, options());
    await saveNet(net, path, { metadata: { data: 'waves' } });
    const { metadata, seed, run } = await loadNet(other, path);
    expect(all(other)).toEqual(all(net));
    expect([metadata, seed, run.epoch]).toEqual([{ data: 'waves' }, 1, 0]);
  });
  it('in double precision too', async () => {
    const make = (seed: number) => network(linear(2, 1), { input: [2], precision: 'double', seed });
    const [net, other, path] = [make(1), make(2), fresh()];
    await saveNet(net, path);
    await loadNet(other, path);
    expect(other.get('weight')).toEqual(net.get('weight'));
    expect(decodeSafetensors(readFileSync(path)).tensors.weight!.values).toBeInstanceOf(Float64Array);
  });
  it('holds nothing of an optimiser where no run is given', async () => {
    const net = small();
    await train(net, data, options({ epochs: 1 }));
    const names = Object.keys(decodeSafetensors(encodeCheckpoint(net)).tensors);
    expect(names.filter((name) => name.includes('/'))).toEqual([]);
  });
  it("of another program's is read into a net with the same paths", () => {
    const net = network(sequential(linear(2, 3)), { input: [2] });
    const bytes = new Uint8Array(readFileSync(new URL('./plain.safetensors', import.meta.url)));
    const { tensors } = decodeSafetensors(bytes);
    const { '0.weight': weight, '0.bias': bias } = tensors as Record<string, NonNullable<(typeof tensors)[string]>>;
    applyCheckpoint(
      net,
      decodeCheckpoint(encodeSafetensors({ tensors: { '0.weight': weight!, '0.bias': bias! }, metadata: {} })),
    );
    expect(net.get('0.weight').values[1]).toBeCloseTo(Math.sin(1), 6);
  });
});

describe('a run in a file', () => {
  it.each([
    ['after an epoch', 10],
    ['in the middle of one', 7],
  ])('%s goes on in a fresh net with the bits of an unbroken one', async (_, at) => {
    const more = () => ({ callbacks: [earlyStopping({ patience: 2 })], epochs: 9 });
    const unbroken = small();
    const whole = await train(unbroken, data, options(more()));

    const [first, second, path] = [small(), small(99), fresh()];
    const controller = new AbortController();
    const stop = {
      name: 'stop',
      step: (_run: unknown, { step }: StepEvent) => {
        if (step === at) controller.abort();
      },
    };
    const part = more();
    const broken = await train(
      first,
      data,
      options({ ...part, callbacks: [...part.callbacks, stop, checkpoints(path)], signal: controller.signal }),
    );
    expect(broken.ending).toBe('interrupted');
    // The fresh net has another seed: what is random comes from the run's.
    const resume = await loadNet(second, path);
    expect(resume.run.step).toBe(at);
    const same = small();
    applyCheckpoint(same, resume);
    const rest = await train(same, data, options({ ...more(), resume }));
    expect(rest.rows).toEqual(whole.rows);
    expect(rest.reason).toBe(whole.reason);
    expect(all(same)).toEqual(all(unbroken));
  });
  it('keeps the hyper-parameters and the seed', async () => {
    const [net, path] = [small(7), fresh()];
    await train(net, data, options({ epochs: 1, clip: { norm: 2 }, callbacks: [checkpoints(path)] }));
    const { settings, seed } = decodeCheckpoint(readFileSync(path));
    expect(seed).toBe(7);
    expect(settings).toMatchObject({
      optimiser: { name: 'adam', rate: 0.02, betas: [0.9, 0.999] },
      loss: { name: 'crossEntropy' },
      schedule: { name: 'plateau', patience: 0 },
      batchSize: 8,
      clip: { norm: 2 },
      seed: 7,
    });
  });
});

describe('checkpoints as training goes', () => {
  const epochOf = (path: string) => decodeCheckpoint(readFileSync(path)).run.epoch;
  it('are written after every so many epochs', async () => {
    const [path, seen] = [fresh(), [] as number[]];
    const look = () => void seen.push(existsSync(path) ? epochOf(path) : 0);
    await train(small(), data, options({ epochs: 5, callbacks: [checkpoints(path, { every: 2 }), look] }));
    expect(seen).toEqual([0, 2, 2, 4, 4]);
  });
  it('of the best epoch alone', async () => {
    const path = fresh();
    const history = await train(
      small(),
      data,
      options({
        epochs: 8,
        schedule: ({ epoch }) => 0.01 * 2 ** epoch,
        callbacks: [checkpoints(path, { best: 'validation loss' })],
      }),
    );
    expect(epochOf(path)).toBe(history.best('validation loss').epoch);
  });
  it('say what there is that could be best', async () => {
    const bad = checkpoints(fresh(), { best: 'accuracy' });
    await expect(train(small(), data, options({ callbacks: [bad] }))).rejects.toThrow(
      "checkpoints: there is no 'accuracy' to be best; there are loss, validation loss",
    );
    expect(() => checkpoints('x', { every: 0 })).toThrow('every must be a whole number ≥ 1, got 0');
  });
});

describe('another architecture', () => {
  it.each([
    ['another width', small(1, 5), "'0.weight' has shape [6, 2] in the file and [5, 2] in the net"],
    [
      'fewer layers',
      network(sequential(linear(2, 6)), { input: [2] }),
      "the net has no '1.bias', '1.running_mean', '1.running_var', '1.weight', '4.bias' and 1 more",
    ],
    [
      'more layers',
      network(sequential(linear(2, 6), batchNorm(6), relu(), dropout(0.2), linear(6, 3), relu(), linear(3, 3)), {
        input: [2],
      }),
      "the file has no '6.weight', '6.bias'",
    ],
  ])('of %s: says what differs, and changes nothing', (_, net, difference) => {
    const before = net.inventory.parameters.map(({ path }) => [...net.get(path).values]);
    const checkpoint = decodeCheckpoint(encodeCheckpoint(small()));
    expect(() => applyCheckpoint(net, checkpoint)).toThrow(RangeError);
    expect(() => applyCheckpoint(net, checkpoint)).toThrow('checkpoint: it is of another architecture: ');
    expect(() => applyCheckpoint(net, checkpoint)).toThrow(difference);
    expect(net.inventory.parameters.map(({ path }) => [...net.get(path).values])).toEqual(before);
  });
  it('is not one for the count of batches that PyTorch keeps beside running means, and nothing else', () => {
    const net = small(2);
    const whole = decodeCheckpoint(encodeCheckpoint(small()));
    const count = (shape: readonly number[]) => ({ shape, values: Float64Array.of(12) });
    const withCount = (path: string, shape: readonly number[] = []) => ({
      ...whole,
      tensors: { ...whole.tensors, [path]: count(shape) },
    });
    applyCheckpoint(net, withCount('1.num_batches_tracked'));
    expect([...net.get('0.weight').values]).toEqual([...whole.tensors['0.weight']!.values]);
    for (const other of [
      withCount('0.num_batches_tracked'),
      withCount('num_batches_tracked'),
      withCount('1.num_batches_tracked', [1]),
    ]) {
      expect(() => applyCheckpoint(net, other)).toThrow(/the net has no '.*num_batches_tracked'/);
    }
  });
  it('of a later version', () => {
    const bytes = encodeSafetensors({ tensors: {}, metadata: { estimand: JSON.stringify({ version: 2 }) } });
    expect(() => decodeCheckpoint(bytes, 'new.safetensors')).toThrow(
      'new.safetensors is of version 2, read are those up to 1',
    );
  });
});

describe('writing whole or not at all', () => {
  const failing = (at: 'writeFile' | 'sync' | 'rename', code: string): { files: Files; removed: string[] } => {
    const removed: string[] = [];
    const fail = (name: string) => async () => {
      if (name === at) throw Object.assign(new Error(`${code}: it failed`), { code });
    };
    return {
      removed,
      files: {
        open: async () => ({ writeFile: fail('writeFile'), sync: fail('sync'), close: async () => undefined }) as never,
        rename: fail('rename'),
        rm: async (path) => void removed.push(path),
      },
    };
  };
  it.each([
    ['writeFile', 'ENOSPC', 'there is no room for its 0.0 MB (ENOSPC); free some'],
    ['sync', 'ENOSPC', 'there is no room'],
    ['sync', 'EIO', 'EIO: it failed'],
    ['rename', 'EACCES', 'writing there is not permitted (EACCES)'],
  ] as const)(
    'where %s fails with %s, the earlier file is as it was and nothing lies beside it',
    async (at, code, why) => {
      const path = fresh();
      writeFileSync(path, 'the earlier one');
      const { files, removed } = failing(at, code);
      const written = writeWhole(path, new Uint8Array(10), files);
      await expect(written).rejects.toThrow(`checkpoint: ${path} was not written: ${why}`);
      await expect(written).rejects.toThrow('An earlier file is as it was');
      expect(readFileSync(path, 'utf8')).toBe('the earlier one');
      expect(removed).toHaveLength(1);
      expect(removed[0]).not.toBe(path);
    },
  );
  it('a disk that is really full leaves the earlier file, and nothing beside it', () => {
    // A limit on the size of files stands in for the full disk: the kernel refuses the write half-way.
    const path = fresh();
    writeFileSync(path, 'the earlier one');
    const program = `
      import { writeWhole } from ${JSON.stringify(new URL('../../../../kernel/src/nets/checkpoint/file.ts', import.meta.url).href)};
      process.on('SIGXFSZ', () => undefined);
      await writeWhole(${JSON.stringify(path)}, new Uint8Array(5e6)).then(() => console.log('written'), (error) => console.log(error.message));
    `;
    const said = execFileSync(
      'bash',
      ['-c', 'ulimit -f 100; exec "$0" --input-type=module -e "$1"', process.execPath, program],
      {
        encoding: 'utf8',
      },
    );
    expect(said).toContain('was not written: EFBIG');
    expect(readFileSync(path, 'utf8')).toBe('the earlier one');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
  it('a folder that is not there is said', async () => {
    await expect(saveNet(small(), join(folder, 'none', 'x.safetensors'))).rejects.toThrow(
      'there is no such folder; make it first',
    );
  });
  it('a file that is not there, or not whole, is said', async () => {
    await expect(loadNet(small(), join(folder, 'none.safetensors'))).rejects.toThrow('there is no such file');
    const path = fresh();
    writeFileSync(path, encodeCheckpoint(small()).subarray(0, 400));
    await expect(loadNet(small(), path)).rejects.toThrow(`safetensors: ${path} ends in its header`);
  });
});
