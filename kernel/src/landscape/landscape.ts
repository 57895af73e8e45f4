/**
 * The landscape of a model over two of its parameters: choose the window, compute the heights, mark the estimates.
 */
import { type Estimate, map, mle, type Posterior } from '../estimate/index.ts';
import { type CommonOptions, checkNames, checkWhole } from '../estimate/options.ts';
import { type AnyModel, type CompiledModel, compileModel } from '../model/index.ts';
import { evenGrid, type Range } from './grid.ts';
import { scan } from './scan.ts';
import { positionOf } from './support.ts';
import { Landscape, type LandscapeMark, type LandscapePath } from './surface.ts';
import { type Axes, axesOf, centreOf, drawsOf, rangesOf } from './window.ts';

export interface LandscapeOptions extends CommonOptions {
  /** Two scalars of the model, for the x and the y axis: `['alpha', 'theta[2]']`. */
  readonly parameters: readonly [x: string, y: string];
  /** The likelihood (default), or the posterior: likelihood times priors, not normalised. */
  readonly of?: 'likelihood' | 'posterior';
  /** The middle of the window and the values of the parameters held fixed (default: the MLE, or the MAP). */
  readonly around?: Estimate;
  /** Values of single parameters held fixed, instead of those of `around`, by scalar name. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** `'fixed'` (default) cuts through the landscape; `'profiled'` climbs to the best of the others at each point. */
  readonly others?: 'fixed' | 'profiled';
  /**
   * Ends of an axis by parameter name. Default: `reach` standard errors around and the bulk of the draws; where neither
   * is known, as at a bound, until the log density is 8 below its top.
   */
  readonly range?: Readonly<Record<string, Range>>;
  /** Standard errors on each side of the middle, > 0 (default 4). */
  readonly reach?: number;
  /** Points along each axis, 8 to 128 (default 60). */
  readonly size?: number;
  /** Estimates to mark, by label (default: the one in the middle). */
  readonly estimates?: Readonly<Record<string, Estimate>>;
  /** Draws to show. */
  readonly draws?: Posterior;
  /**
   * Ways over the ground by label, each the points in order, natural scale: the trajectory of a sampler, the iterates of
   * an optimiser. At most 20.
   */
  readonly paths?: Readonly<Record<string, { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> }>>;
}

/** Every option, for the check of misspelt names. */
const optionNames = [
  ...['parameters', 'of', 'around', 'fixed', 'others', 'range', 'reach', 'size', 'estimates', 'draws', 'paths'],
  ...['seed', 'signal', 'onProgress'],
];

/**
 * The log likelihood or log posterior over two parameters.
 *
 * A cut (`others: 'fixed'`) shows the log density as it is; a profile follows the ridge, so that its regions are the
 * likelihood-ratio regions of the two parameters (Wilks 1938). Interrupted, it keeps the points it has.
 *
 * @throws RangeError for a name that is no scalar of the model, a range that is empty, a size out of range
 * @example
 * await landscape(line, { parameters: ['alpha', 'beta'], others: 'profiled', draws: posterior });
 */
export async function landscape<M extends AnyModel>(model: M, options: LandscapeOptions): Promise<Landscape> {
  checkNames('landscape', options, optionNames);
  const began = performance.now();
  const compiled = compileModel(model);
  const { of = 'likelihood', others = 'fixed', reach = 4 } = options;
  if (of !== 'likelihood' && of !== 'posterior') {
    throw new RangeError(`landscape: of must be 'likelihood' or 'posterior', got ${String(of)}`);
  }
  if (others !== 'fixed' && others !== 'profiled') {
    throw new RangeError(`landscape: others must be 'fixed' or 'profiled', got ${String(others)}`);
  }
  if (!(reach > 0)) throw new RangeError(`landscape: reach must be positive, got ${String(reach)}`);
  const size = checkWhole('landscape', 'size', options.size ?? 60, 8, 128);
  const axes = axesOf(compiled, options.parameters);
  const paths = pathsOf(options.paths ?? {});
  const around = options.around ?? (await estimateAround(model, of, options));
  const centre = centreOf(compiled, around, options.fixed ?? {}, axes);
  const draws = options.draws && drawsOf(options.draws, compiled, axes);

  const density = compiled.density({ prior: of === 'posterior', jacobian: false });
  const ranges = rangesOf(compiled, axes, around, centre, draws, { range: options.range, reach, density });
  const [x, y] = axes.map((index, k) => ({ name: compiled.names[index]!, grid: evenGrid(ranges[k]!, size) }));
  const { values, ending } = await scan(compiled, axes, [x!.grid, y!.grid], centre, density, others, options);
  const rest = compiled.names.filter((_, i) => !axes.includes(i));
  return new Landscape({
    of,
    others: rest.length === 0 ? 'none' : others,
    fixed: others === 'fixed' ? rest.map((name) => ({ name, value: centre[compiled.names.indexOf(name)]! })) : [],
    x: x!,
    y: y!,
    values,
    marks: marksOf(options.estimates ?? { [around.method.toUpperCase()]: around }, compiled, axes, centre, of, others),
    ...(draws ? { draws: { x: draws[0]!, y: draws[1]! } } : {}),
    paths,
    ending,
    seconds: (performance.now() - began) / 1000,
  });
}

function estimateAround<M extends AnyModel>(
  model: M,
  of: LandscapeOptions['of'],
  { seed, signal }: CommonOptions,
): Promise<Estimate> {
  const common = { ...(seed === undefined ? {} : { seed }), ...(signal ? { signal } : {}) };
  // Which of the two is possible is checked when it runs; to the type checker any model may lack a likelihood.
  return of === 'likelihood' ? mle(model as never, common) : map(model as never, common);
}

/** Paths as they are kept. @throws RangeError for coordinates of different lengths, and more paths than one can tell apart */
function pathsOf(paths: NonNullable<LandscapeOptions['paths']>): LandscapePath[] {
  const entries = Object.entries(paths);
  if (entries.length > 20) throw new RangeError(`landscape: at most 20 paths can be shown, got ${entries.length}`);
  return entries.map(([label, { x, y }]) => {
    if (x.length !== y.length || x.length === 0) {
      throw new RangeError(
        `landscape: path '${label}' needs as many x as y, at least one; got ${x.length} and ${y.length}`,
      );
    }
    return { label, x: Float64Array.from(x), y: Float64Array.from(y) };
  });
}

/** Estimates as points; the height is known where the mark lies on the very cut or profile that was drawn. */
function marksOf(
  estimates: Readonly<Record<string, Estimate>>,
  compiled: CompiledModel,
  axes: Axes,
  centre: Float64Array,
  of: 'likelihood' | 'posterior',
  others: 'fixed' | 'profiled',
): LandscapeMark[] {
  return Object.entries(estimates).map(([label, estimate]) => {
    const scalars = Float64Array.from(
      compiled.names,
      (name) => estimate.values[estimate.names.indexOf(name)] ?? Number.NaN,
    );
    const [x, y] = axes.map((index) => scalars[index]!);
    const onCut = compiled.names.every((_, i) => axes.includes(i as never) || scalars[i] === centre[i]);
    const onProfile = others === 'profiled' && estimate.method === (of === 'likelihood' ? 'mle' : 'map');
    const position = onCut || onProfile ? positionOf(compiled, scalars) : undefined;
    const logDensity = position && compiled.density({ prior: of === 'posterior', jacobian: false }).value(position);
    return { kind: estimate.method, label, x: x!, y: y!, ...(logDensity === undefined ? {} : { logDensity }) };
  });
}
