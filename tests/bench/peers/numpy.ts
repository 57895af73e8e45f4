/**
 * numpy and scipy as a peer for dense linear algebra: OpenBLAS on one thread.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Peer, pythonEnvironment } from './process.ts';

const SCIPY = 'scipy==1.17.1'; // brings numpy
const program = fileURLToPath(new URL('./numpy/algebra.py', import.meta.url));

/** One case of the program, waiting for questions. */
export class NumpyPeer extends Peer {
  /** @param kind what is computed: a name of KINDS in the program */
  constructor(name: string, kind: string, data: object) {
    const environment = pythonEnvironment('numpy', SCIPY, (folder) => existsSync(join(folder, 'bin', 'python')));
    super(`matmul-${name.replaceAll(' ', '-')}`, join(environment, 'bin', 'python'), [program, kind], data, []);
  }
}
