/**
 * JAX as a peer: jitted, timed inside one compiled loop, so that no call from Python is counted.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Peer, pythonEnvironment } from './process.ts';

const JAX = 'jax==0.10.2';
const program = fileURLToPath(new URL('./jax/models.py', import.meta.url));

/** One JAX model on one data set, waiting for questions. */
export class JaxPeer extends Peer {
  constructor(name: string, data: object, positions: readonly Float64Array[]) {
    const environment = pythonEnvironment('jax', JAX, (folder) => existsSync(join(folder, 'bin', 'python')));
    super(name, join(environment, 'bin', 'python'), [program, name], data, positions);
  }
}
