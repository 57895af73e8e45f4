/**
 * `npm run bench -- matmul`: dense linear algebra in our programs against numpy and scipy on one thread. Before anything
 * is timed, checksums of the results must agree.
 */
import { interleave } from '../measure.ts';
import { NumpyPeer } from '../peers/numpy.ts';
import type { Measurement } from '../report.ts';
import { cases, checksum } from './cases.ts';

/** Measure every case, or those named. */
export async function measureMatmul(names: readonly string[]): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const name of names.length > 0 ? names : Object.keys(cases)) {
    const make = Object.hasOwn(cases, name) ? cases[name] : undefined;
    if (make === undefined) throw new Error(`no case '${name}'; there are ${Object.keys(cases).join(', ')}`);
    const { kind, data, work, result, tolerance } = make();
    const peer = new NumpyPeer(name, kind, data);
    try {
      work();
      const ours = checksum(result());
      const [theirs] = await peer.values();
      if (!(Math.abs(ours - theirs!.value) <= tolerance * result().length)) {
        throw new Error(`${name}: our checksum is ${ours}, numpy's ${theirs!.value}`);
      }
      measurements.push({ name, pairs: await interleave(work, (reps) => peer.time(reps)) });
    } finally {
      peer.close();
    }
  }
  return measurements;
}
