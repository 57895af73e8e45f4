/**
 * Why a log density is not finite at a position: which terms, at which elements, computed from which values.
 */
import { compile, explainNonFinite, type LogDensity, type NonFinite, Program } from '../program/index.ts';
import type { Graph } from '../program/node.ts';
import type { Assembled, AssembledTerm } from './assemble.ts';
import { elementIndex } from './names.ts';

interface Position {
  readonly assembled: Assembled;
  /** Names of the constrained elements, and their values. */
  readonly names: readonly string[];
  readonly values: Float64Array;
  readonly density: LogDensity;
  /** The same as its terms were told, datum by datum: without rewrites. */
  readonly plain: LogDensity;
  /** The parameter that an unconstrained coordinate belongs to. */
  readonly ownerOf: (coordinate: number) => string;
}

/** More values than this are not listed. */
const longest = 12;

/** Sentences for an error message; the first says whether the log density is finite. */
export function explain(position: Float64Array, told: Position): string {
  const { assembled, names, values, density } = told;
  const total = density.value(position);
  const lines = assembled.terms.map((term) => explainTerm(term, position, assembled)).filter((line) => line !== '');
  const shown = names.slice(0, longest).map((name, i) => `${name} = ${number(values[i]!)}`);
  const more = names.length > longest ? `, and ${names.length - longest} more` : '';
  const at = names.length === 0 ? '' : ` at ${shown.join(', ')}${more}`;
  if (lines.length > 0) return [`The log density is ${number(total)}${at}:`, ...lines].join('\n');
  const slope = explainSlope(position, told);
  return slope === '' ? `The log density is ${number(total)}${at}, which is finite.` : slope;
}

/** `effect ~ normal(theta, se) is −∞ at [3] (effect = 7, mean theta = NaN, sd se = 11)`. */
function explainTerm({ label, elements, reasons }: AssembledTerm, at: Float64Array, assembled: Assembled): string {
  const inputs = [{ name: 'position', shape: assembled.position.shape }];
  const outputs = [elements, ...reasons.map(({ value }) => value)];
  const program = compile({ inputs, outputs });
  const [found, ...parts] = program.run({ position: at }) as [Float64Array];
  const bad = found.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return '';
  const because = reasons.map((reason, i) => {
    const part = (parts as Float64Array[])[i]!;
    return `${reason.label} = ${number(part[part.length === found.length ? bad : 0]!)}`;
  });
  const place = elements.shape.length === 0 ? '' : ` at ${elementIndex(bad, elements.shape)}`;
  const reason = explainNonFinite(program, { position: at })?.reason;
  const values = because.length === 0 ? '' : ` (${because.join(', ')})`;
  return `  ${label} is ${number(found[bad]!)}${place}${values}${reason === undefined ? '' : `: ${reason}`}`;
}

/** The first slope that is not finite, and the operation that made it so. */
function explainSlope(position: Float64Array, { density, plain, ownerOf }: Position): string {
  const gradient = new Float64Array(density.dimension);
  density.valueAndGradient(position, gradient);
  const bad = gradient.findIndex((slope) => !Number.isFinite(slope));
  if (bad < 0) return '';
  const found = [plain, density].map(({ graph }) => graph && reasonIn(graph, position)).find(Boolean);
  const because = found === undefined ? '' : `: ${found.message}`;
  return `The log density is finite, but its slope along ${ownerOf(bad)} (unconstrained coordinate ${bad}) is ${number(gradient[bad]!)}${because}.`;
}

function reasonIn(graph: Graph, position: Float64Array): NonFinite | undefined {
  return explainNonFinite(new Program(graph, 'interpreter'), { [graph.inputs[0]!.name]: position });
}

/** Six digits are enough to recognise a value. */
function number(x: number): string {
  if (x === Infinity) return '∞';
  if (x === -Infinity) return '−∞';
  return String(Number(x.toPrecision(6)));
}
