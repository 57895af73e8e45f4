import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLock } from '../../scripts/lib/lock.mjs';
import { root, stateFolder } from '../../scripts/lib/paths.mjs';
import { contentHash, filesUnder, stampedStep } from '../../scripts/lib/steps.mjs';

let folder = '';
beforeAll(() => {
  mkdirSync(join(stateFolder, 'tmp'), { recursive: true });
  folder = mkdtempSync(join(stateFolder, 'tmp', 'steps '));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A step over a folder of its own, that counts its work and makes an output. */
function countingStep(name: string, fails = () => false) {
  const inputs = mkdtempSync(join(folder, 'inputs-'));
  writeFileSync(join(inputs, 'a.txt'), 'one');
  const output = join(folder, `${name}.out`);
  const count = { work: 0 };
  const step = stampedStep({
    name: `test ${name} ${process.pid}`,
    inputs: [relative(root, inputs)],
    hasOutput: () => existsSync(output),
    work: async () => {
      count.work += 1;
      writeFileSync(output, 'made');
      if (fails()) throw new Error('broken off');
    },
  });
  afterAll(() => rmSync(join(stateFolder, 'stamps', `test-${name}-${process.pid}`), { force: true }));
  return { step, inputs, output, count };
}

describe('a stamped step', () => {
  it('is done after its work, and due again when a file changes, appears or goes', async () => {
    const { step, inputs } = countingStep('inputs');
    expect(step.isDone()).toBe(false);
    await step.work();
    expect(step.isDone()).toBe(true);

    writeFileSync(join(inputs, 'a.txt'), 'two');
    expect(step.isDone()).toBe(false);
    writeFileSync(join(inputs, 'a.txt'), 'one');
    expect(step.isDone()).toBe(true);
    writeFileSync(join(inputs, 'b.txt'), '');
    expect(step.isDone()).toBe(false);
    rmSync(join(inputs, 'b.txt'));
    expect(step.isDone()).toBe(true);
  });

  it('is due again when what it made is gone', async () => {
    const { step, output } = countingStep('output');
    await step.work();
    rmSync(output);
    expect(step.isDone()).toBe(false);
  });

  it('is due again when it was broken off, even after an earlier success', async () => {
    let fails = false;
    const { step, count } = countingStep('broken', () => fails);
    await step.work();
    fails = true;
    await expect(step.work()).rejects.toThrow('broken off');
    expect(step.isDone()).toBe(false);
    expect(count.work).toBe(2);
  });
});

describe('the hash of inputs', () => {
  it('leaves out what tools make, and sees files that are absent', () => {
    const inputs = mkdtempSync(join(folder, 'hash-'));
    const path = relative(root, inputs);
    writeFileSync(join(inputs, 'a.ts'), '1');
    const before = contentHash([path]);
    mkdirSync(join(inputs, 'node_modules'));
    writeFileSync(join(inputs, 'node_modules', 'x.js'), '2');
    writeFileSync(join(inputs, 'a.executed.ipynb'), '3');
    expect(contentHash([path])).toBe(before);
    expect(contentHash([path, `${path}/none`])).not.toBe(before);
  });

  it('knows the same content under another name as another input', () => {
    const inputs = mkdtempSync(join(folder, 'name-'));
    const path = relative(root, inputs);
    writeFileSync(join(inputs, 'a.ts'), '1');
    const before = contentHash([path]);
    writeFileSync(join(inputs, 'b.ts'), '1');
    rmSync(join(inputs, 'a.ts'));
    expect(contentHash([path])).not.toBe(before);
    expect(filesUnder(inputs)).toEqual(['b.ts']);
  });
});

/** Another process that takes the lock, says so, and keeps it until its stdin closes. */
const HOLDER = `
  const { withLock } = await import(process.argv[1]);
  await withLock(process.argv[2], async () => {
    process.stdout.write('held');
    await new Promise((done) => process.stdin.on('end', done).resume());
  }, () => {});
`;

function holdLock(path: string) {
  const lock = new URL('../../scripts/lib/lock.mjs', import.meta.url).href;
  const args = ['--input-type=module', '-e', HOLDER, lock, path];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const held = new Promise((resolve) => child.stdout.once('data', resolve));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return { child, held, gone };
}

describe('the lock', () => {
  const folders: string[] = [];
  const lockPath = () => {
    const made = mkdtempSync(join(tmpdir(), 'lock '));
    folders.push(made);
    return join(made, 'lock');
  };
  afterAll(() => {
    for (const made of folders) rmSync(made, { recursive: true });
  });

  it('lets a second process wait until the first is through, and says whom it waits for', async () => {
    const path = lockPath();
    const { child, held, gone } = holdLock(path);
    await held;
    const events: string[] = [];
    const waited = withLock(
      path,
      async () => events.push('second'),
      (owner) => {
        events.push(`waits for ${owner}`);
        child.stdin.end();
      },
    );
    await gone;
    await waited;
    expect(events).toEqual([`waits for ${child.pid}`, 'second']);
    expect(existsSync(path)).toBe(false);
  });

  it('is taken over from a process that died with it', async () => {
    const path = lockPath();
    const { child, held, gone } = holdLock(path);
    await held;
    child.kill('SIGKILL');
    await gone;
    expect(Number(readFileSync(path, 'utf8'))).toBe(child.pid);
    await expect(
      withLock(
        path,
        async () => 'taken',
        () => {},
      ),
    ).resolves.toBe('taken');
  });

  it('is released when the work fails', async () => {
    const path = lockPath();
    const failing = async () => {
      throw new Error('no');
    };
    await expect(withLock(path, failing, () => {})).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});
