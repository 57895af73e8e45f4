/**
 * One NUTS trajectory: doubling, multinomial weights and the generalised U-turn criterion (Betancourt 2017,
 * appendix A), with the extra checks across neighbouring subtrees that Stan makes.
 *
 * The recursion over subtrees is unrolled: leaf n of a subtree closes as many smaller subtrees as n has trailing
 * ones in binary (leaf 3 = 0b11 closes [2, 3] and [0 … 3]), so one waiting subtree a level is all that is kept.
 * Everything lives in memory set aside once, and nothing is allocated on the way. A trajectory can pause between
 * any two leapfrogs, so that a slow model does not hold up the notebook.
 */
import { exp } from '../../numeric/elementary/exponential.ts';
import type { Stream } from '../../numeric/random.ts';
import type { LogDensity } from '../../program/types.ts';
import { type Metric, MetricProducts } from './metric.ts';

/** Why a trajectory ended. */
export type Ending = 'turning' | 'diverging' | 'deepest tree';

/** The energy error at which a trajectory counts as divergent (Betancourt 2017; Stan's max_deltaH). */
const divergenceThreshold = 1000;
/** Weights are rescaled before e^x could overflow. */
const largestExponent = 500;

/** Sees every point of a trajectory; for pictures only. */
export type Observer = (position: Float64Array, direction: 1 | -1) => void;

/** Working memory of one chain, and the trajectory being built in it. */
export class Trajectory {
  /** The draw: position, its gradient and log density, its energy. Valid once `advance` has returned true. */
  position: Float64Array; // (d,)
  gradient: Float64Array; // (d,)
  logDensity = 0;
  energy = 0;
  ending: Ending = 'turning';
  depth = 0;
  leapfrogs = 0;
  /** Σ min(1, e^−energy error) over the leapfrogs: the statistic the step size is adapted to. */
  acceptance = 0;
  /** Energy error where the trajectory diverged. */
  energyError = 0;

  private readonly density: LogDensity;
  private readonly d: number;
  private readonly deepest: number;
  private maxDepth: number;
  private metric: Metric | undefined;
  private variance: Float64Array; // (d,) the diagonal of the inverse mass, where it is diagonal
  private products: MetricProducts | undefined; // where it is not
  private stepSize = 0;
  private stream: Stream | undefined;
  private observer: Observer | undefined;
  private readonly noise: Float64Array; // (d,)

  /** Momenta, velocities and sums of momenta, addressed by offset: slots of (p, v), then two ρ a level, then ρ. */
  private readonly memory: Float64Array;
  private readonly free: Int32Array; // offsets of the slots not in use
  private freeCount = 0;
  private readonly slots: number;

  // The two ends of the trajectory: [backward, forward].
  private readonly edgePosition: [Float64Array, Float64Array];
  private readonly edgeGradient: [Float64Array, Float64Array];
  /** M⁻¹ times the gradient, where M⁻¹ is not diagonal: one product a leapfrog gives both its half kicks. */
  private readonly edgePull: [Float64Array, Float64Array];
  private readonly edgeSlot: [number, number] = [0, 0];
  private readonly trajectoryRho: number;

  // The subtree being grown, and its waiting smaller subtrees by level.
  private readonly waitingFirst: Int32Array;
  private readonly waitingLast: Int32Array;
  private readonly waitingRho: Int32Array;
  private readonly currentRho: Int32Array;
  private leaf = 0;
  private leaves = 0; // 0: no subtree under way
  private side: 0 | 1 = 0;
  private last = 0; // slot of the newest leaf

  private energy0 = 0;
  private kinetic = 0; // pᵀ M⁻¹ p at the newest leaf
  private shift = 0; // weights are e^(−energy error − shift)
  private trajectoryWeight = 0;
  private subtreeWeight = 0;
  private proposalPosition: Float64Array; // (d,)
  private proposalGradient: Float64Array; // (d,)
  private proposalLogDensity = 0;
  private proposalEnergy = 0;

  constructor(density: LogDensity, maxDepth: number) {
    const d = density.dimension;
    const vector = () => new Float64Array(d);
    this.density = density;
    this.d = d;
    this.deepest = maxDepth;
    this.maxDepth = maxDepth;
    this.variance = vector();
    this.noise = vector();
    this.position = vector();
    this.gradient = vector();
    this.proposalPosition = vector();
    this.proposalGradient = vector();
    this.edgePosition = [vector(), vector()];
    this.edgeGradient = [vector(), vector()];
    this.edgePull = [vector(), vector()];

    // Two ends a waiting level, two of the trajectory, one leaf being written, two of the subtree being closed.
    this.slots = 2 * (maxDepth + 1) + 5;
    const sums = 2 * (maxDepth + 1) + 1;
    this.memory = new Float64Array(d * (2 * this.slots + sums));
    this.free = new Int32Array(this.slots);
    const rho = (k: number) => d * (2 * this.slots + k);
    const levels = Array.from({ length: maxDepth + 1 }, (_, level) => level);
    this.waitingFirst = new Int32Array(levels.length);
    this.waitingLast = new Int32Array(levels.length);
    this.waitingRho = Int32Array.from(levels, (level) => rho(2 * level));
    this.currentRho = Int32Array.from(levels, (level) => rho(2 * level + 1));
    this.trajectoryRho = rho(sums - 1);
  }

  /** Draw a momentum and stand at the start; `advance` does the rest. */
  begin(
    start: { readonly position: Float64Array; readonly gradient: Float64Array; readonly logDensity: number },
    stepSize: number,
    metric: Metric,
    stream: Stream,
    observer?: Observer,
    maxDepth: number = this.deepest,
  ): void {
    const { d, memory } = this;
    this.stepSize = stepSize;
    this.maxDepth = Math.min(maxDepth, this.deepest);
    if (this.metric?.directions !== metric.directions || this.metric?.variance !== metric.variance) {
      this.metric = metric;
      this.products = metric.directions ? new MetricProducts(metric) : undefined;
    }
    const { variance } = metric;
    this.variance = variance;
    this.stream = stream;
    this.observer = observer;
    this.freeCount = 0;
    for (let k = this.slots - 1; k >= 0; k--) this.free[this.freeCount++] = 2 * d * k;
    this.position.set(start.position);
    this.gradient.set(start.gradient);
    for (const side of [0, 1] as const) {
      this.edgePosition[side].set(start.position);
      this.edgeGradient[side].set(start.gradient);
    }

    const slot = this.takeSlot();
    const kinetic = this.products ? this.drawIn(this.products, slot, stream) : this.drawDiagonal(slot, stream);
    for (let i = 0; i < d; i++) memory[this.trajectoryRho + i] = memory[slot + i]!;
    this.edgeSlot[0] = slot;
    this.edgeSlot[1] = slot;
    this.logDensity = start.logDensity;
    this.energy0 = 0.5 * kinetic - start.logDensity;
    this.energy = this.energy0;
    this.shift = 0;
    this.trajectoryWeight = 1;
    this.depth = 0;
    this.leaves = 0;
    this.leapfrogs = 0;
    this.acceptance = 0;
    this.energyError = 0;
  }

  /** A momentum of normal(0, M), M = 1 / variance, and its velocity into a slot. @returns pᵀ M⁻¹ p */
  private drawDiagonal(slot: number, stream: Stream): number {
    const { d, memory, variance, noise } = this;
    stream.normals(noise);
    let kinetic = 0;
    for (let i = 0; i < d; i++) {
      const p = noise[i]! / Math.sqrt(variance[i]!);
      const v = variance[i]! * p;
      memory[slot + i] = p;
      memory[slot + d + i] = v;
      kinetic += p * v;
    }
    return kinetic;
  }

  /** The same where M⁻¹ is not diagonal; and the pull at the start. */
  private drawIn(products: MetricProducts, slot: number, stream: Stream): number {
    const { d, memory, edgePull } = this;
    const momentum = memory.subarray(slot, slot + d);
    const velocity = memory.subarray(slot + d, slot + 2 * d);
    products.drawMomentum(stream, momentum);
    products.inverseMass(momentum, velocity);
    products.inverseMass(this.gradient, edgePull[0]);
    edgePull[1].set(edgePull[0]);
    let kinetic = 0;
    for (let i = 0; i < d; i++) kinetic += momentum[i]! * velocity[i]!;
    return kinetic;
  }

  /** Go on for at most `budget` leapfrogs; true when the trajectory is complete. */
  advance(budget: number): boolean {
    let left = budget;
    while (true) {
      if (this.leaves === 0) {
        if (this.depth >= this.maxDepth) return this.end('deepest tree');
        this.side = this.stream!.uniform() > 0.5 ? 1 : 0;
        this.last = this.edgeSlot[this.side];
        this.leaf = 0;
        this.leaves = 2 ** this.depth;
        this.subtreeWeight = 0;
      }
      while (this.leaf < this.leaves) {
        if (left-- <= 0) return false;
        if (!this.growLeaf()) return this.end('diverging');
        if (!this.closeSubtrees()) return this.end('turning');
        this.leaf++;
      }
      this.leaves = 0;
      if (!this.join()) return this.end('turning');
    }
  }

  private end(ending: Ending): true {
    this.ending = ending;
    return true;
  }

  private takeSlot(): number {
    return this.free[--this.freeCount]!;
  }

  private giveBack(slot: number): void {
    this.free[this.freeCount++] = slot;
  }

  /** One leapfrog from the newest leaf, its weight, and whether it becomes the subtree's proposal. */
  private growLeaf(): boolean {
    const { side } = this;
    const q = this.edgePosition[side];
    const g = this.edgeGradient[side];
    const to = this.takeSlot();
    const epsilon = side === 1 ? this.stepSize : -this.stepSize;
    this.kinetic = 0;
    const logDensity = this.products
      ? this.leapIn(this.products, this.last, to, epsilon)
      : this.leapDiagonal(this.last, to, epsilon);
    this.last = to;
    this.leapfrogs++;
    this.observer?.(q, side === 1 ? 1 : -1);

    const energy = 0.5 * this.kinetic - logDensity;
    const gain = this.energy0 - energy; // minus the energy error
    if (!(gain >= -divergenceThreshold && gain < Number.POSITIVE_INFINITY)) {
      this.energyError = -gain;
      return false;
    }
    if (gain - this.shift > largestExponent) {
      const factor = exp(this.shift - gain);
      this.trajectoryWeight *= factor;
      this.subtreeWeight *= factor;
      this.shift = gain;
    }
    const weight = exp(gain - this.shift);
    this.acceptance += gain >= 0 ? 1 : this.shift === 0 ? weight : exp(gain);

    // Uniform progressive sampling inside a subtree (Betancourt 2017, A.3.1).
    this.subtreeWeight += weight;
    if (this.leaf === 0 || this.stream!.uniform() * this.subtreeWeight < weight) {
      this.proposalPosition.set(q);
      this.proposalGradient.set(g);
      this.proposalLogDensity = logDensity;
      this.proposalEnergy = energy;
    }
    return true;
  }

  /** Half a kick, a drift, half a kick (Neal 2011, eq. 5.18–5.20), diagonal metric. @returns the log density there */
  private leapDiagonal(from: number, to: number, epsilon: number): number {
    const { d, memory, variance, side } = this;
    const q = this.edgePosition[side];
    const g = this.edgeGradient[side];
    const half = 0.5 * epsilon;
    for (let i = 0; i < d; i++) {
      const p = memory[from + i]! + half * g[i]!;
      memory[to + i] = p;
      q[i] = q[i]! + epsilon * (variance[i]! * p);
    }
    const logDensity = this.density.valueAndGradient(q, g);
    let kinetic = 0;
    for (let i = 0; i < d; i++) {
      const p = memory[to + i]! + half * g[i]!;
      const v = variance[i]! * p;
      memory[to + i] = p;
      memory[to + d + i] = v;
      kinetic += p * v;
    }
    this.kinetic = kinetic;
    return logDensity;
  }

  /** The same where M⁻¹ is not diagonal: momenta and velocities are kicked side by side. */
  private leapIn(products: MetricProducts, from: number, to: number, epsilon: number): number {
    const { d, memory, side } = this;
    const q = this.edgePosition[side];
    const g = this.edgeGradient[side];
    const pull = this.edgePull[side];
    const half = 0.5 * epsilon;
    for (let i = 0; i < d; i++) {
      const v = memory[from + d + i]! + half * pull[i]!;
      memory[to + i] = memory[from + i]! + half * g[i]!;
      memory[to + d + i] = v;
      q[i] = q[i]! + epsilon * v;
    }
    const logDensity = this.density.valueAndGradient(q, g);
    products.inverseMass(g, pull);
    let kinetic = 0;
    for (let i = 0; i < d; i++) {
      const p = memory[to + i]! + half * g[i]!;
      const v = memory[to + d + i]! + half * pull[i]!;
      memory[to + i] = p;
      memory[to + d + i] = v;
      kinetic += p * v;
    }
    this.kinetic = kinetic;
    return logDensity;
  }

  /** Merge the newest leaf with every waiting subtree it completes; false at a U-turn. */
  private closeSubtrees(): boolean {
    let first = this.last;
    const last = this.last;
    let rho = this.last; // ρ of a single point is its momentum
    let level = 0;
    for (; (this.leaf >> level) & 1; level++) {
      const leftFirst = this.waitingFirst[level]!;
      const leftLast = this.waitingLast[level]!;
      const leftRho = level === 0 ? leftFirst : this.waitingRho[level]!;
      // The sum goes where the next level keeps it: waiting, or about to be merged again.
      const next = (this.leaf >> (level + 1)) & 1 ? this.currentRho[level + 1]! : this.waitingRho[level + 1]!;
      const straight =
        level === 0
          ? this.pairGoesOn(leftFirst, last, next)
          : this.goesOn(leftFirst, leftLast, leftRho, first, last, rho, next);
      if (!straight) return false;
      if (level > 0) {
        this.giveBack(leftLast);
        this.giveBack(first);
      }
      first = leftFirst;
      rho = next;
    }
    this.waitingFirst[level] = first;
    this.waitingLast[level] = last;
    return true;
  }

  /** Add the finished subtree to the trajectory; false when the whole has turned. */
  private join(): boolean {
    const { side, depth } = this;
    const near = this.edgeSlot[side];
    const far = this.edgeSlot[side === 1 ? 0 : 1];
    const first = this.waitingFirst[depth]!;
    const last = this.waitingLast[depth]!;
    this.depth++;

    // Biased progressive sampling: the new half is preferred (Betancourt 2017, A.3.2).
    if (this.stream!.uniform() * this.trajectoryWeight < this.subtreeWeight) {
      [this.position, this.proposalPosition] = [this.proposalPosition, this.position];
      [this.gradient, this.proposalGradient] = [this.proposalGradient, this.gradient];
      this.logDensity = this.proposalLogDensity;
      this.energy = this.proposalEnergy;
    }
    this.trajectoryWeight += this.subtreeWeight;

    const rho = this.trajectoryRho;
    const straight =
      depth === 0
        ? this.pairGoesOn(far, last, rho)
        : this.goesOn(far, near, rho, first, last, this.waitingRho[depth]!, rho);
    if (depth > 0) {
      this.giveBack(near);
      this.giveBack(first);
    }
    this.edgeSlot[side] = last;
    return straight;
  }

  /** The criterion for two neighbouring points; their ρ is written to `out`. */
  private pairGoesOn(a: number, b: number, out: number): boolean {
    const { d, memory } = this;
    let start = 0;
    let end = 0;
    for (let i = 0; i < d; i++) {
      const rho = memory[a + i]! + memory[b + i]!;
      memory[out + i] = rho;
      start += memory[a + d + i]! * rho;
      end += memory[b + d + i]! * rho;
    }
    return start > 0 && end > 0;
  }

  /**
   * The criterion over two joined subtrees, and over each with the nearest point of the other (which catches a
   * U-turn that falls between them). It is symmetric, so the direction of time does not matter.
   */
  private goesOn(
    leftFirst: number,
    leftLast: number,
    leftRho: number,
    rightFirst: number,
    rightLast: number,
    rightRho: number,
    out: number,
  ): boolean {
    const { d, memory } = this;
    let wholeStart = 0;
    let wholeEnd = 0;
    let leftStart = 0;
    let leftEnd = 0;
    let rightStart = 0;
    let rightEnd = 0;
    for (let i = 0; i < d; i++) {
      const l = memory[leftRho + i]!;
      const r = memory[rightRho + i]!;
      const rho = l + r;
      const leftAndNext = l + memory[rightFirst + i]!;
      const rightAndNext = r + memory[leftLast + i]!;
      const v1 = memory[leftFirst + d + i]!;
      const v2 = memory[leftLast + d + i]!;
      const v3 = memory[rightFirst + d + i]!;
      const v4 = memory[rightLast + d + i]!;
      memory[out + i] = rho;
      wholeStart += v1 * rho;
      wholeEnd += v4 * rho;
      leftStart += v1 * leftAndNext;
      leftEnd += v3 * leftAndNext;
      rightStart += v2 * rightAndNext;
      rightEnd += v4 * rightAndNext;
    }
    return wholeStart > 0 && wholeEnd > 0 && leftStart > 0 && leftEnd > 0 && rightStart > 0 && rightEnd > 0;
  }
}
