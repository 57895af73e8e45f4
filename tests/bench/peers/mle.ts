/**
 * scipy, scikit-learn and statsmodels as peers for fits, on one thread; whichever is fastest.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Peer, pythonEnvironment } from './process.ts';

const PACKAGES = ['scipy==1.17.1', 'scikit-learn==1.9.1', 'statsmodels==0.15.0'];
const program = fileURLToPath(new URL('./mle/fits.py', import.meta.url));

/** What the fastest of them found. */
export interface PeerFit {
  /** Which it is. */
  readonly name: string;
  /** The largest element of the gradient there. */
  readonly value: number;
  readonly gradient: readonly number[];
}

/** One case of the program, waiting for questions. */
export class FitPeer extends Peer {
  /** @param kind a name of KINDS in the program */
  constructor(kind: string, data: object) {
    const there = (folder: string) => existsSync(join(folder, 'bin', 'python'));
    const environment = pythonEnvironment('mle', PACKAGES.join(' '), there);
    super(`mle-${kind}`, join(environment, 'bin', 'python'), [program, kind], data, []);
  }

  /** Coefficients, and how good they are. */
  async fit(): Promise<PeerFit> {
    return ((await this.values()) as unknown as PeerFit[])[0]!;
  }
}
