/**
 * What each kernel is asked: the same work in its own language. client.py carries it out.
 */

/** A cell whose output, or a question whose answer, must contain `expect`. */
export interface Question {
  readonly code: string;
  readonly expect: string;
  /** For a question: how many characters the cursor stands before the end of the code. */
  readonly back?: number;
}

/** Everything one kernel runs and is asked. */
export interface Cells {
  readonly first: Question;
  /** Defines what `complete` and `inspect` ask about. */
  readonly define: string;
  readonly warmup: readonly string[];
  readonly distinct: readonly Question[];
  readonly complete: readonly Question[];
  readonly inspect: readonly Question[];
  /** Prints `line 0` to `line 9999`, a call each. */
  readonly lines: string;
  /** Shows 50,000,000 times `x` as text/plain. */
  readonly display: string;
}

export interface KernelPlan extends Cells {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How often each row is measured. */
export const rounds = { start: 10, memory: 3, cells: 100, questions: 50, lines: 5, display: 3 } as const;

const warmups = 10;

function cells<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** As many questions as are asked, of a few kinds in turn. No two are the same, so that none is answered from memory. */
function inTurn(make: (i: number) => readonly Question[]): Question[] {
  return cells(rounds.questions, (i) => make(i)[i % make(i).length]!);
}

/** A cell as students write them: a constant, a typed function, a value. No two are the same. */
function typescriptCell(i: number): Question {
  const code = `const values${i}: number[] = [1, 2, ${i}];
function mean${i}(xs: readonly number[]): number {
  return xs.reduce((sum, x) => sum + x, 0) / xs.length;
}
'mean ' + mean${i}(values${i}).toFixed(3)`;
  return { code, expect: `mean ${((3 + i) / 3).toFixed(3)}` };
}

/**
 * Cells of a TypeScript kernel.
 *
 * @param display a cell that shows 50,000,000 times `x`
 */
export function typescriptCells(display: string): Cells {
  return {
    first: { code: '40 + 2', expect: '42' },
    define: `/** The roundness of a pebble. */
function roundness(width: number, height: number): number {
  return Math.min(width, height) / Math.max(width, height);
}
const pebble = { wingspan: 2, altitude: 3 };`,
    warmup: cells(warmups, (i) => typescriptCell(1000 + i).code),
    distinct: cells(rounds.cells, typescriptCell),
    complete: inTurn((i) => [
      { code: `let a${i} = pebble.wing`, expect: 'wingspan' },
      { code: `let b${i} = Math.hyp`, expect: 'hypot' },
      { code: `let c${i} = round`, expect: 'roundness' },
    ]),
    inspect: inTurn((i) => [
      { code: `let d${i} = roundness(1, 2)`, back: 12, expect: 'The roundness of a pebble' },
      { code: `let e${i} = Math.hypot(1, 2)`, back: 8, expect: 'hypot' },
    ]),
    lines: "for (let i = 0; i < 10000; i++) console.log('line ' + i);",
    display,
  };
}

function pythonCell(i: number): Question {
  const code = `values${i}: list[float] = [1, 2, ${i}]
def mean${i}(xs: list[float]) -> float:
    return sum(xs) / len(xs)
'mean ' + f'{mean${i}(values${i}):.3f}'`;
  return { code, expect: `mean ${((3 + i) / 3).toFixed(3)}` };
}

export function pythonCells(): Cells {
  return {
    first: { code: '40 + 2', expect: '42' },
    define: `import math
class Pebble:
    wingspan = 2
    altitude = 3
pebble = Pebble()
def roundness(width: float, height: float) -> float:
    """The roundness of a pebble."""
    return min(width, height) / max(width, height)`,
    warmup: cells(warmups, (i) => pythonCell(1000 + i).code),
    distinct: cells(rounds.cells, pythonCell),
    complete: inTurn((i) => [
      { code: `a${i} = pebble.wing`, expect: 'wingspan' },
      { code: `b${i} = math.hyp`, expect: 'hypot' },
      { code: `c${i} = round`, expect: 'roundness' },
    ]),
    inspect: inTurn((i) => [
      { code: `d${i} = roundness(1, 2)`, back: 12, expect: 'The roundness of a pebble' },
      { code: `e${i} = math.hypot(1, 2)`, back: 8, expect: 'hypot' },
    ]),
    lines: "for i in range(10000): print(f'line {i}')",
    display: "from IPython.display import display\ndisplay({'text/plain': 'x' * 50_000_000}, raw=True)",
  };
}
