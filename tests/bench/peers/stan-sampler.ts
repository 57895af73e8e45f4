/**
 * Stan's own NUTS as a peer: the programs of the gradient bench behind another driver, four chains, two at a time.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench, PeerMissing } from './process.ts';
import { compileTimed } from './stan.ts';

const chains = 4;
const atATime = 2;

interface ChainAnswer {
  readonly cpu: number;
  readonly leapfrogs: number;
  readonly names: readonly string[];
}

export class StanSampler {
  readonly #executable: string;
  readonly #data: string;
  /** Seconds the compilers took, whenever that was. */
  readonly build: number;

  constructor(program: string, data: object) {
    const { executable, seconds } = compileTimed(program, 'sampler');
    this.#executable = executable;
    this.build = seconds;
    this.#data = join(bench, `${program}.sampler.json`);
    writeFileSync(this.#data, JSON.stringify(data));
  }

  /** Four chains of `draws` draws after as many of warm-up; parameters and lp__ as doubles into `out`. */
  async sample(seed: number, draws: number, out: string) {
    const began = performance.now();
    const answers: ChainAnswer[] = [];
    const waiting = Array.from({ length: chains }, (_, chain) => chain);
    const work = async () => {
      for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift()) {
        answers[chain] = await this.#chain(seed, chain, draws, `${out}.${chain}`);
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    const seconds = (performance.now() - began) / 1000;
    writeFileSync(out, Buffer.concat(answers.map((_, chain) => readFileSync(`${out}.${chain}`))));
    return {
      seconds,
      cpu: answers.reduce((sum, { cpu }) => sum + cpu, 0),
      build: this.build,
      leapfrogs: answers.reduce((sum, { leapfrogs }) => sum + leapfrogs, 0),
      names: [...answers[0]!.names.map(named), 'log density'],
    };
  }

  #chain(seed: number, chain: number, draws: number, out: string): Promise<ChainAnswer> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#executable, [this.#data, `${seed}`, `${chain + 1}`, `${draws}`, out]);
      let text = '';
      let errors = '';
      child.stdout.on('data', (chunk) => {
        text += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        errors += String(chunk);
      });
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve(JSON.parse(text) as ChainAnswer);
        else reject(new PeerMissing(`Stan's sampler ended with ${code}: ${errors.trim().split('\n').at(-1)}`));
      });
    });
  }
}

/** `beta.1` → `beta[0]`. */
function named(name: string): string {
  const [base, ...indices] = name.split('.');
  return indices.length === 0 ? base! : `${base}[${indices.map((i) => Number(i) - 1).join(',')}]`;
}
