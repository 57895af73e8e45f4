/**
 * A family with its arguments: shapes, supports, and the way from a family's scalar functions to arrays.
 */
import { exp, log } from '../numeric/elementary.ts';
import type { Stream } from '../numeric/random.ts';
import { asExpression, broadcastTo, type Expression, where } from '../program/index.ts';
import { formatShape, sameShape, sizeOf } from '../program/shape.ts';
import type { Arg, Expr, Shape, shape } from '../program/types.ts';
import { blocksOf, checkArguments, commonShape, knownSize, rankOf } from './arguments.ts';
import { type Bound, familyBounds, supportOf } from './bounds.ts';
import { checkData } from './check-data.ts';
import { logDensityAt } from './density-at.ts';
import { draw } from './draw.ts';
import { knownValues, stretch } from './known.ts';
import type {
  BoundArguments,
  BoundValues,
  Distribution,
  Family,
  Kind,
  ParameterValues,
  SizedShape,
  Structure,
  Support,
} from './types.ts';

interface Parts {
  readonly family: Family;
  readonly parameters: Readonly<Record<string, Expression>>;
  readonly shape: Shape;
  readonly structure: Structure;
  readonly bounds: readonly Bound[];
}

type Values = number | Float64Array<ArrayBuffer>;

const asExpr = (expression: Expression): Expr => expression as unknown as Expr;

/** The implementation of `Distribution`; immutable. Constructors give it the type of its shape. */
export class FamilyDistribution {
  declare readonly [shape]: () => Shape;
  readonly family: Family;
  readonly kind: Kind;
  readonly parameters: Readonly<Record<string, Expression>>;
  readonly shape: Shape;
  readonly support: Support;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.family = parts.family;
    this.kind = parts.family.kind;
    this.parameters = parts.parameters;
    this.shape = parts.shape;
    this.support = supportOf(parts.family, parts.structure, parts.bounds);
  }

  /** A family with arguments in the order of its parameters. */
  static of(family: Family, args: readonly Arg[], eventShape: Shape = []): FamilyDistribution {
    const { parameters, shape } = checkArguments(family, args);
    return new FamilyDistribution({
      family,
      parameters,
      shape: [...shape, ...eventShape],
      structure: family.structure ?? 'real',
      bounds: familyBounds(family, parameters),
    });
  }

  /**
   * A distribution made of this one: another family, these parameters and bounds besides its own.
   *
   * @throws RangeError when the shapes do not fit
   */
  derive(
    family: Family,
    added: Readonly<Record<string, Expression>>,
    bounds: readonly Bound[] = [],
  ): FamilyDistribution {
    const common = commonShape(family.name, { distribution: this.#placeholder(), ...added });
    const parameters = { ...this.parameters, ...added };
    return new FamilyDistribution({
      ...this.#parts,
      family,
      parameters,
      shape: common,
      bounds: [...this.#parts.bounds, ...bounds],
    });
  }

  /** Whether it is as its family made it: variates of one number, not restricted by `.bounded` or an order. */
  get isPlain(): boolean {
    const { family, structure, bounds } = this.#parts;
    return !family.sampleEvent && structure === 'real' && bounds.every(({ origin }) => origin === 'family');
  }

  /** The same distribution whose elements must do something together. */
  structured(structure: Structure, bounds: readonly Bound[] = []): FamilyDistribution {
    return new FamilyDistribution({ ...this.#parts, structure, bounds: [...this.#parts.bounds, ...bounds] });
  }

  size<const N extends readonly (number | Expr<[]>)[]>(...sizes: N): Distribution<SizedShape<N, Shape>, Kind> {
    const known = sizes.map((size) => knownSize(this.family.name, size));
    const sized = new FamilyDistribution({ ...this.#parts, shape: [...known, ...this.shape] });
    return sized as unknown as Distribution<SizedShape<N, Shape>, Kind>;
  }

  bounded({ lower, upper }: BoundArguments): FamilyDistribution {
    const name = `${this.family.name}.bounded`;
    const added: Bound[] = [];
    const parts: Record<string, Expression> = { distribution: asExpression(broadcastTo(0, this.shape)) };
    for (const [side, bound] of [['lower', lower] as const, ['upper', upper] as const]) {
      if (bound === undefined) continue;
      const value = asExpression(bound);
      if (knownValues(bound)?.some((v) => Number.isNaN(v))) {
        throw new RangeError(`${name}: ${side} is NaN; give a number, or leave the bound out`);
      }
      parts[side] = value;
      added.push({ side, value: asExpr(value), open: false, origin: 'user' });
    }
    const common = commonShape(name, parts);
    if (!sameShape(common, this.shape)) {
      throw new RangeError(
        `${name}: the bounds have shape ${formatShape(common)}, the distribution ${formatShape(this.shape)}; give it that many elements with .size(...) first`,
      );
    }
    const bounded = new FamilyDistribution({ ...this.#parts, bounds: [...this.#parts.bounds, ...added] });
    const { support } = bounded;
    const order = support.lower && support.upper ? knownValues(support.lower.lt(support.upper)) : undefined;
    if (order?.includes(0)) {
      throw new RangeError(`${name}: nothing lies between the bounds; the lower one must be below the upper one`);
    }
    return bounded;
  }

  checkData(x: Arg, name = 'the data'): void {
    const { family, shape, support } = this;
    checkData(x, name, { family: family.name, shape, integer: support.integer ?? false, bounds: this.#parts.bounds });
  }

  logDensity(x: Arg): Expr {
    const value = asExpression(x);
    const { family } = this;
    if (this.kind === 'int') this.checkData(x);
    const inside = asExpr(value);
    const common = commonShape(`${family.name}.logDensity`, { x: value, distribution: this.#placeholder() });
    const parameters = this.parameters as unknown as Record<string, Expr>;
    if (family.eventRank) {
      const batch = common.slice(0, common.length - family.eventRank);
      const density = family.logDensity(
        sameShape(inside.shape, common) ? inside : broadcastTo(inside, common),
        parameters,
      );
      return sameShape(density.shape, batch) ? density : broadcastTo(density, batch);
    }
    const density = family.logDensity(inside, parameters);
    const masked = this.#conditions(inside).reduce((sum, condition) => where(condition, sum, -Infinity), density);
    return sameShape(masked.shape, common) ? masked : broadcastTo(masked, common);
  }

  /** What x must satisfy; conditions that known numbers satisfy everywhere are left out. */
  #conditions(x: Expr): Expr[] {
    const conditions = this.#parts.bounds.map(({ side, value, open }) => {
      if (side === 'lower') return open ? x.gt(value) : x.ge(value);
      return open ? x.lt(value) : x.le(value);
    });
    if (this.support.integer) conditions.push(x.eq(x.floor()));
    return conditions.filter((condition) => !knownValues(condition)?.every((holds) => holds === 1));
  }

  #placeholder(): Expression {
    return asExpression(broadcastTo(0, this.shape));
  }

  sample(stream: Stream, values: ParameterValues = {}, bounds: BoundValues = {}): Float64Array<ArrayBuffer> {
    const vectors = this.family.sampleEvent !== undefined;
    const range = (side: 'lower' | 'upper'): Float64Array | undefined => {
      const own = this.#parts.bounds.filter((bound) => bound.side === side && bound.origin === 'user');
      if (own.length === 0) return undefined;
      const given = bounds[side];
      const bound = this.support[side]!;
      const known = given === undefined ? knownValues(bound) : typeof given === 'number' ? [given] : given;
      if (known === undefined) this.#unknown('sample', `the ${side} bound`);
      return stretch(known, known.length === 1 ? [] : bound.shape, this.shape);
    };
    const lower = range('lower');
    const upper = range('upper');
    return draw(stream, {
      family: this.family,
      structure: this.#parts.structure,
      size: sizeOf(this.shape),
      last: this.shape.at(-1) ?? 1,
      event: sizeOf(this.#event()),
      parameters: vectors ? {} : this.#columns('sample', values),
      blocks: vectors ? this.#blocks('sample', values) : () => ({}),
      ...(lower === undefined ? {} : { lower }),
      ...(upper === undefined ? {} : { upper }),
    });
  }

  pdf(x: number | ArrayLike<number>): Values {
    const logs = this.logPdf(x);
    return typeof logs === 'number' ? exp(logs) : logs.map((value) => exp(value));
  }

  logPdf(x: number | ArrayLike<number>): Values {
    this.#values('logPdf'); // throws where a parameter is traced
    const logs = logDensityAt(this as unknown as Distribution, x);
    return logs.length === 1 && this.shape.length === (this.family.eventRank ?? 0) ? logs[0]! : logs.slice();
  }

  cdf(x: number): Values {
    const ofNumbers = (): Values => {
      const { cdf } = this.#functions('cdf');
      return this.#each('cdf', (parameters) => cdf(x, parameters));
    };
    return this.#tails('cdf', x, 0) ?? ofNumbers();
  }

  upperCdf(x: number): Values {
    const ofNumbers = (): Values => {
      const { cdf, upperCdf } = this.#functions('cdf');
      return this.#each('upperCdf', (parameters) => (upperCdf ? upperCdf(x, parameters) : 1 - cdf(x, parameters)));
    };
    return this.#tails('upperCdf', x, 1) ?? ofNumbers();
  }

  logCdf(x: number): Values {
    const ofNumbers = (): Values => {
      const { cdf, logCdf } = this.#functions('cdf');
      return this.#each('logCdf', (parameters) => (logCdf ? logCdf(x, parameters) : log(cdf(x, parameters))));
    };
    return this.#tails('logCdf', x, 0, log) ?? ofNumbers();
  }

  quantile(p: number): Values {
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`${this.family.name}.quantile: expected a probability between 0 and 1, got ${p}`);
    }
    if (this.family.quantileEvent) {
      const { quantileEvent } = this.#functions('quantileEvent');
      return this.#eachEvent('quantile', (out, parameters) => out.fill(quantileEvent(p, parameters)));
    }
    const { quantile } = this.#functions('quantile');
    return this.#each('quantile', (parameters) => quantile(p, parameters));
  }

  /** A tail of a variate with parameters that are vectors; undefined for other families. */
  #tails(name: string, x: number, side: 0 | 1, f = (p: number) => p): Values | undefined {
    if (this.family.tailsEvent === undefined) return undefined;
    const { tailsEvent } = this.#functions('tailsEvent');
    return this.#eachEvent(name, (out, parameters) => out.fill(f(tailsEvent(x, parameters)[side])));
  }

  mean(): Values {
    const { meanEvent } = this.family;
    return meanEvent ? this.#eachEvent('mean', meanEvent) : this.#each('mean', this.#functions('mean').mean);
  }

  variance(): Values {
    const { varianceEvent } = this.family;
    return varianceEvent
      ? this.#eachEvent('variance', varianceEvent)
      : this.#each('variance', this.#functions('variance').variance);
  }

  /** The dimensions of one variate. */
  #event(): Shape {
    return this.shape.slice(this.shape.length - (this.family.eventRank ?? 0));
  }

  /** The family, known to have this function. @throws Error when it has not, or when the distribution is restricted */
  #functions<F extends keyof Family>(name: F): Family & Required<Pick<Family, F>> {
    if (this.family[name] === undefined) throw new Error(`${this.family.name} has no ${name}`);
    if (this.#parts.bounds.some((bound) => bound.origin === 'user') || this.#parts.structure !== 'real') {
      throw new Error(
        `${this.family.name}: the ${name.replace('Event', '')} of a bounded or ordered distribution is not known in closed form; draw samples instead`,
      );
    }
    return this.family as Family & Required<Pick<Family, F>>;
  }

  #unknown(name: string, what: string): never {
    throw new Error(
      `${this.family.name}.${name}: the value of ${what} is not known while a model is traced; give numbers`,
    );
  }

  /** Each parameter's values, row-major, as many as it has elements, or one for all of them. */
  #values(name: string, values: ParameterValues = {}): [parameter: string, known: ArrayLike<number>, shape: Shape][] {
    return Object.entries(this.parameters).map(([parameter, expression]) => {
      const given = values[parameter];
      const known = given === undefined ? knownValues(asExpr(expression)) : typeof given === 'number' ? [given] : given;
      if (known === undefined) this.#unknown(name, parameter);
      if (known.length !== 1 && known.length !== expression.size) {
        throw new RangeError(
          `${this.family.name}.${name}: expected ${expression.size} values of ${parameter}, got ${known.length}`,
        );
      }
      return [parameter, known, known.length === 1 ? expression.shape.map(() => 1) : expression.shape];
    });
  }

  /** Each parameter's values, one an element of the whole shape. */
  #columns(name: string, values: ParameterValues = {}): Record<string, Float64Array> {
    const each = this.#values(name, values);
    return Object.fromEntries(each.map(([parameter, known, shape]) => [parameter, stretch(known, shape, this.shape)]));
  }

  /** Each parameter's values for variate i: scalars, vectors or matrices. */
  #blocks(name: string, values: ParameterValues = {}): (i: number) => Record<string, Float64Array> {
    const batch = this.shape.slice(0, this.shape.length - this.#event().length);
    const each = this.#values(name, values).map(([parameter, known, shape]) => {
      const numbers = known instanceof Float64Array ? known : Float64Array.from(known);
      return [parameter, blocksOf(numbers, shape, rankOf(this.family, parameter), batch)] as const;
    });
    return (i) => Object.fromEntries(each.map(([parameter, block]) => [parameter, block(i)]));
  }

  #eachEvent(name: string, f: (out: Float64Array, parameters: Record<string, Float64Array>) => void): Values {
    const blocks = this.#blocks(name);
    const size = sizeOf(this.#event());
    const out = new Float64Array(sizeOf(this.shape));
    for (let i = 0; i * size < out.length; i++) f(out.subarray(i * size, (i + 1) * size), blocks(i));
    return this.shape.length === 0 ? out[0]! : out;
  }

  #each(name: string, f: (parameters: Record<string, number>) => number): Values {
    const columns = Object.entries(this.#columns(name));
    const out = new Float64Array(sizeOf(this.shape));
    for (let i = 0; i < out.length; i++) {
      out[i] = f(Object.fromEntries(columns.map(([parameter, column]) => [parameter, column[i]!])));
    }
    return this.shape.length === 0 ? out[0]! : out;
  }
}
