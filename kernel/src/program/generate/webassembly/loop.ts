/**
 * A loop as WebAssembly: four elements a turn as two vectors of two lanes, then what is left one vector or one lane
 * at a time with the same code. The partial sums of a total are the four lanes.
 */
import { isCheap } from '../../operations/cost.ts';
import { RUN } from '../../operations/log-product.ts';
import { comesInRuns, flattened, type LoopForm, lengthOf, type Memory, type Step } from '../loop-form.ts';
import type { Assembler } from './assembler.ts';
import { type Address, Code, type Vector } from './code.ts';
import { bounded, writeElementwise } from './elementwise.ts';
import { F64, I32, signed, unsigned } from './encoder.ts';
import { log1p } from './logarithm.ts';

/** Loops of fewer elements cost more to call than they gain. */
export const SHORT_LOOP = 32;

/** Loops over several dimensions of more elements stay JavaScript: positions would take more memory than numbers. */
const LONG_NESTED = 2 ** 18;
/** And so do those of fewer, where nothing in them is dear: their code would take longer to compile than it gains. */
const CHEAP_NESTED = 2 ** 12;

/** True when a loop is worth printing: a rule of the loop alone. */
export function isWorthPrinting(form: LoopForm): boolean {
  const length = lengthOf(form);
  if (form.sizes.length === 1 || length < SHORT_LOOP) return length >= SHORT_LOOP;
  const dear = form.steps.some(
    (step) => step.kind === 'logTotal' || (step.kind === 'apply' && !isCheap(step.operation)),
  );
  return length <= LONG_NESTED && (dear || length >= CHEAP_NESTED);
}

/** What the code around a printed loop has to call: a function, its arguments, and where the totals are afterwards. */
export interface PrintedLoop {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly totals: readonly { readonly name: string; readonly from: Float64Array }[];
}

/** Print a loop. @returns undefined where some of its memory is not the module's */
export function printLoop(assembler: Assembler, loop: LoopForm): PrintedLoop | undefined {
  const form = flattened(loop);
  const given = argumentsOf(form.steps);
  const printer = new Printer(assembler, form, given);
  if (!printer.place()) return undefined;
  printer.print();
  const name = assembler.define(printer.code);
  return { name, arguments: given.map(({ text }) => text), totals: printer.totals };
}

interface Argument {
  readonly text: string;
  readonly type: typeof F64 | typeof I32;
}

/** Numbers and offsets that are variables of the code around the loop. */
function argumentsOf(steps: readonly Step[]): Argument[] {
  const found = new Map<string, Argument>();
  const add = (text: string, type: Argument['type']) => {
    if (!isLiteral(text)) found.set(`${type} ${text}`, { text, type });
  };
  for (const step of steps) {
    if (step.kind === 'outside') add(step.text, F64);
    if (step.kind === 'load' || step.kind === 'gather') add(step.from.offset, I32);
  }
  return [...found.values()];
}

/** True for the text of a number, which may stand in parentheses. */
function isLiteral(text: string): boolean {
  return text === '' || !Number.isNaN(numberIn(text)) || text === 'NaN';
}

function numberIn(text: string): number {
  return Number(text.replace(/^\((.*)\)$/, '$1'));
}

type Apply = Extract<Step, { kind: 'apply' }>;
type Scatter = Extract<Step, { kind: 'scatter' }>;

/** Elements of one piece of code: a vector of two, or a single one. */
interface Piece {
  /** Bytes after where the counter stands. */
  readonly after: number;
  readonly lanes: 1 | 2;
  /** Which of the two registers of a total. */
  readonly register: 0 | 1;
}

class Printer {
  readonly code: Code;
  readonly totals: { readonly name: string; readonly from: Float64Array }[] = [];
  readonly #assembler: Assembler;
  readonly #steps: readonly Step[];
  readonly #length: number;
  readonly #given: readonly Argument[];
  /** Byte addresses of memory and of codes. */
  readonly #places = new Map<Float64Array | Int32Array, number>();
  /** Partial sums of the totals, in the order of their steps. */
  readonly #registers = new Map<Step, readonly [Vector, Vector]>();
  /** Products of the current run, of the totals of logarithms. */
  readonly #products = new Map<Step, readonly [Vector, Vector]>();
  /** Sums of the current run of equal codes, and the row they belong to, of scatters whose codes come in runs. */
  readonly #runs = new Map<Step, { readonly sum: Vector; readonly row: number }>();
  /** Rows that the pieces being written have found, by codes and lane. */
  readonly #rows = new Map<string, number>();
  /** Counter plus a variable offset, by its text. */
  readonly #bases = new Map<string, number>();

  constructor(assembler: Assembler, form: LoopForm, given: readonly Argument[]) {
    this.#assembler = assembler;
    this.#steps = form.steps;
    this.#length = lengthOf(form);
    this.#given = given;
    this.code = new Code(given.map(({ type }) => type));
  }

  /** Find all memory. False where some is not the module's. */
  place(): boolean {
    for (const step of this.#steps) {
      if ('from' in step && !this.#placed(step.from.array)) return false;
      if ('to' in step && !this.#placed(step.to.array)) return false;
      if ('codes' in step && !this.#placed(step.codes)) return false;
      if (step.kind === 'total' || step.kind === 'logTotal') {
        const from = this.#assembler.allocate(1);
        if (!this.#placed(from)) return false;
        this.totals.push({ name: step.name, from });
      }
    }
    return true;
  }

  #placed(array: Float64Array | Int32Array): boolean {
    const at = this.#assembler.addressOf(array);
    if (at !== undefined) this.#places.set(array, at);
    return at !== undefined;
  }

  print(): void {
    const { code } = this;
    for (const step of this.#steps) {
      if (step.kind === 'total' || step.kind === 'logTotal') {
        this.#registers.set(step, [code.variable(), code.variable()]);
      }
      if (step.kind === 'logTotal') this.#products.set(step, [code.variable(), code.variable()]);
      if (step.kind === 'scatter' && comesInRuns(step.codes)) this.#beginRuns(step);
    }
    const counter = code.counter(); // in bytes
    const whole = this.#length - (this.#length % 4);
    code.loop(counter, 8 * whole, 32, () => {
      this.#offsets(counter);
      this.#pieces(counter, { after: 0, lanes: 2, register: 0 }, { after: 16, lanes: 2, register: 1 });
      // The counter stands at the first of four elements.
      if (this.#products.size > 0) code.whenAllSet(counter, 32 * (RUN - 1), () => this.#endRuns());
    });
    const rest = this.#length % 4;
    this.#offsets(counter);
    if (rest >= 2) this.#pieces(counter, { after: 0, lanes: 2, register: 0 });
    if (rest === 1) this.#pieces(counter, { after: 0, lanes: 1, register: 0 });
    if (rest === 3) this.#pieces(counter, { after: 16, lanes: 1, register: 1 });
    this.#endRuns();
    for (const [step, run] of this.#runs) this.#endRun(step as Scatter, run);
    this.#finishTotals();
  }

  /** counter + 8 · offset for every offset that is a variable. */
  #offsets(counter: number): void {
    const { code } = this;
    this.#given.forEach(({ text, type }, parameter) => {
      if (type !== I32) return;
      const known = this.#bases.get(text) ?? code.local(I32);
      this.#bases.set(text, known);
      code.get(parameter);
      code.raw(0x41, 0x03, 0x74); // times 8
      code.get(counter);
      code.raw(0x6a);
      code.set(known);
    });
  }

  /** Step by step for all pieces, so that the processor has independent work at hand. */
  #pieces(counter: number, ...pieces: readonly Piece[]): void {
    const values = pieces.map((): Vector[] => []);
    this.#rows.clear();
    for (const step of this.#steps) {
      pieces.forEach((piece, i) => {
        values[i]!.push(this.#step(step, values[i]!, counter, piece));
      });
    }
  }

  #step(step: Step, values: readonly Vector[], counter: number, piece: Piece): Vector {
    const { code } = this;
    const none = code.constant(0);
    switch (step.kind) {
      case 'outside': {
        const parameter = this.#given.findIndex(({ text, type }) => text === step.text && type === F64);
        return parameter >= 0 ? code.spread(parameter) : code.constant(numberIn(step.text));
      }
      case 'load':
        return code.load(this.#address(step.from, counter, piece.after), piece.lanes);
      case 'gather':
        return this.#gather(step, counter, piece);
      case 'apply':
        return this.#bounded(step, values) ?? this.#apply(step, values, piece.lanes);
      case 'store': {
        const to = { base: counter, bytes: this.#places.get(step.to.array)! + piece.after };
        if (piece.lanes === 2) code.store(to, values[step.value]!);
        else code.storeLane(to, values[step.value]!, 0);
        return none;
      }
      case 'total': {
        const register = this.#registers.get(step)![piece.register];
        const sum = code.binary('add', register, values[step.value]!);
        code.assign(register, piece.lanes === 2 ? sum : code.shuffle(sum, register, 0, 3));
        return none;
      }
      case 'logTotal': {
        const product = this.#products.get(step)![piece.register];
        const x = values[step.value]!;
        const next = code.binary('add', product, code.binary('add', x, code.binary('mul', x, product)));
        code.assign(product, piece.lanes === 2 ? next : code.shuffle(next, product, 0, 3));
        return none;
      }
      case 'scatter':
        this.#scatter(step, values[step.value]!, counter, piece);
        return none;
      case 'accumulate':
        throw new Error('internal: a loop over several dimensions that was not flattened');
    }
  }

  #address({ array, offset }: Memory, counter: number, after: number): Address {
    const start = this.#places.get(array)! + after;
    const base = this.#bases.get(offset);
    return base === undefined ? { base: counter, bytes: start + 8 * Number(offset) } : { base, bytes: start };
  }

  /** A local with the byte offset of the row that a lane reads or adds to, a variable offset included. */
  #row(codes: Int32Array, lane: number, counter: number, { after }: Piece, offset: string): number {
    const { code } = this;
    const key = `${this.#places.get(codes)} ${after} ${lane} ${offset}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = code.local(I32);
    this.#rows.set(key, row);
    code.get(counter);
    code.raw(0x41, 0x01, 0x76); // codes have four bytes
    code.raw(0x28, 2, ...unsigned(this.#places.get(codes)! + after / 2 + 4 * lane));
    const parameter = this.#given.findIndex(({ text, type }) => text === offset && type === I32);
    if (parameter >= 0) {
      code.get(parameter);
      code.raw(0x6a);
    }
    code.raw(0x41, 0x03, 0x74);
    code.set(row);
    return row;
  }

  #gather({ from, codes }: Extract<Step, { kind: 'gather' }>, counter: number, piece: Piece): Vector {
    const fixed = this.#bases.has(from.offset) ? 0 : 8 * Number(from.offset);
    const bytes = this.#places.get(from.array)! + fixed;
    const first = this.code.load({ base: this.#row(codes, 0, counter, piece, from.offset), bytes }, 1);
    if (piece.lanes === 1) return first;
    return this.code.loadLane(first, 1, { base: this.#row(codes, 1, counter, piece, from.offset), bytes });
  }

  /** The sum of the first run starts from what is in memory. */
  #beginRuns(step: Scatter): void {
    const { code } = this;
    const row = code.local(I32);
    code.raw(0x41, ...signed(8 * step.codes[0]!));
    code.set(row);
    const bytes = this.#places.get(step.to.array)!;
    this.#runs.set(step, { sum: code.copy(code.load({ base: row, bytes }, 1)), row });
  }

  #endRun({ to }: Scatter, { sum, row }: { readonly sum: Vector; readonly row: number }): void {
    this.code.storeLane({ base: row, bytes: this.#places.get(to.array)! }, sum, 0);
  }

  /** One lane after the other: two may go to the same place. Runs of equal codes are added up in a register. */
  #scatter(step: Scatter, value: Vector, counter: number, piece: Piece): void {
    const { code } = this;
    const { to, codes } = step;
    const bytes = this.#places.get(to.array)!;
    const run = this.#runs.get(step);
    for (let lane = 0; lane < piece.lanes; lane++) {
      const row = this.#row(codes, lane, counter, piece, '');
      const address = { base: row, bytes };
      const term = lane === 0 ? value : code.shuffle(value, value, 1, 1);
      if (run) {
        code.whenDifferent(row, run.row, () => {
          this.#endRun(step, run);
          code.assign(run.sum, code.load(address, 1));
          code.get(row);
          code.set(run.row);
        });
        code.assign(run.sum, code.binary('add', run.sum, term));
        continue;
      }
      code.storeLane(address, code.binary('add', code.load(address, 1), term), 0);
    }
  }

  /** A minimum or maximum with a number that is written out. */
  #bounded({ operation, operands }: Apply, values: readonly Vector[]): Vector | undefined {
    if (operation !== 'minimum' && operation !== 'maximum') return undefined;
    for (const [x, other] of [operands, [...operands].reverse()]) {
      const step = this.#steps[other!]!;
      if (step.kind === 'outside' && isLiteral(step.text)) {
        return bounded(this.code, operation, values[x!]!, numberIn(step.text));
      }
    }
    return undefined;
  }

  #apply({ operation, operands }: Apply, values: readonly Vector[], lanes: 1 | 2): Vector {
    const given = operands.map((operand) => values[operand]!);
    return writeElementwise(this.code, this.#assembler, operation, given, lanes);
  }

  /** The logarithms of the products so far, into the sums. */
  #endRuns(): void {
    const { code } = this;
    for (const [step, products] of this.#products) {
      products.forEach((product, i) => {
        const sum = this.#registers.get(step)![i]!;
        code.assign(sum, code.binary('add', sum, log1p(code, product)));
        code.assign(product, code.constant(0));
      });
    }
  }

  /** (p0 + p2) + (p1 + p3) into memory. */
  #finishTotals(): void {
    const { code } = this;
    let next = 0;
    for (const [first, second] of this.#registers.values()) {
      const pairs = code.binary('add', first, second);
      const sum = code.binary('add', pairs, code.shuffle(pairs, pairs, 1, 1));
      const { from } = this.totals[next++]!;
      code.storeLane({ bytes: this.#assembler.addressOf(from)! }, sum, 0);
    }
  }
}
