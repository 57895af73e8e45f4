/**
 * A loop as JavaScript: one counter where everything is read in order, else one a dimension.
 */
import { RUN } from '../operations/log-product.ts';
import { stridesOf } from '../shape.ts';
import type { LoopForm, Step } from './loop-form.ts';
import { element, type Writer } from './writer.ts';

/** Write a loop. */
export function printLoop(writer: Writer, { sizes, steps }: LoopForm): void {
  const totals = steps.filter((step) => step.kind === 'total');
  for (const total of totals) writer.line(`let ${partialNames(total).join(' = 0, ')} = 0;`);
  const logTotals = steps.filter((step) => step.kind === 'logTotal');
  for (const { name } of logTotals) {
    writer.line(`let ${[...four(name), ...four(`${name}_`)].join(' = 0, ')} = 0;`);
  }
  const counters = sizes.map(() => writer.fresh('i'));
  const nested = sizes.length > 1;
  const flat = nested ? writer.fresh('i') : (counters[0] ?? '0');
  if (nested) writer.line(`let ${flat} = 0;`);
  sizes.forEach((size, d) => {
    writer.open(`for (let ${counters[d]} = 0; ${counters[d]} < ${size}; ${counters[d]}++)`);
  });
  const full = stridesOf(sizes);
  const index = (strides: readonly number[]) => {
    if (!nested || strides.every((stride, d) => stride === full[d])) return flat;
    return indexText(counters, strides);
  };
  const texts: string[] = [];
  for (const step of steps) texts.push(printStep(writer, step, texts, flat, index));
  if (nested) writer.line(`${flat}++;`);
  for (const _ of sizes) writer.close();
  for (const total of totals) {
    if (total.partials === 1) continue;
    const [a, b, c, d] = partialNames(total);
    writer.line(`const ${total.name} = (${rotated([a!, b!, c!, d!], sizes)});`);
  }
  for (const { name } of logTotals) {
    const [products, sums] = [four(name), four(`${name}_`)];
    writer.line(endOfRun(writer, turned(products, sizes), sums));
    writer.line(`const ${name} = ${sums[0]} + ${sums[2]} + (${sums[1]} + ${sums[3]});`);
  }
}

/** Each sum of logarithms takes in its product. */
function endOfRun(writer: Writer, products: readonly string[], sums: readonly string[]): string {
  return sums.map((sum, p) => `${sum} += ${writer.apply('log1p', [products[p]!])};`).join(' ');
}

/** (p0 + p2) + (p1 + p3), found where the rotation has left them. */
function rotated(names: readonly string[], sizes: readonly number[]): string {
  const [a, b, c, d] = turned(names, sizes);
  return `${a} + ${c}) + (${b} + ${d}`;
}

/** Names of the four partials in order, which have moved up one place an element. */
function turned(names: readonly string[], sizes: readonly number[]): string[] {
  const turns = sizes.reduce((product, n) => product * n, 1) % 4;
  return names.map((_, partial) => names[(partial - turns + 4) % 4]!);
}

function four(name: string): string[] {
  return ['a', 'b', 'c', 'd'].map((letter) => `${name}${letter}`);
}

function partialNames({ name, partials }: Extract<Step, { kind: 'total' }>): string[] {
  return partials === 1 ? [name] : four(name);
}

function indexText(counters: readonly string[], strides: readonly number[]): string {
  const terms = strides.flatMap((stride, d) => {
    if (stride === 0) return [];
    return [stride === 1 ? counters[d]! : `${counters[d]} * ${stride}`];
  });
  return terms.join(' + ') || '0';
}

/** Write a step. @returns the text of its value, if it has one */
function printStep(
  writer: Writer,
  step: Step,
  texts: readonly string[],
  flat: string,
  index: (strides: readonly number[]) => string,
): string {
  switch (step.kind) {
    case 'outside':
      return step.text;
    case 'load':
      return writer.bind(element(step.from.name, step.from.offset, index(step.strides)));
    case 'gather':
      return writer.bind(element(step.from.name, step.from.offset, `${writer.refer('j', step.codes)}[${flat}]`));
    case 'apply':
      return writer.bind(
        writer.apply(
          step.operation,
          step.operands.map((operand) => texts[operand]!),
        ),
      );
    case 'store':
      writer.line(`${step.to.name}[${flat}] = ${texts[step.value]};`);
      return '';
    case 'total': {
      const [first, ...rest] = partialNames(step);
      if (rest.length === 0) writer.line(`${first} += ${texts[step.value]};`);
      else {
        // The partials move up one place an element, so that the first is always the one whose turn it is.
        const sum = writer.bind(`${first} + ${texts[step.value]}`);
        writer.line(`${first} = ${rest[0]}; ${rest[0]} = ${rest[1]}; ${rest[1]} = ${rest[2]}; ${rest[2]} = ${sum};`);
      }
      return '';
    }
    case 'logTotal': {
      const [a, b, c, d] = four(step.name);
      const x = texts[step.value];
      const product = writer.bind(`${a} + (${x} + ${x} * ${a})`);
      writer.line(`${a} = ${b}; ${b} = ${c}; ${c} = ${d}; ${d} = ${product};`);
      const last = 4 * RUN - 1; // whole turns: each partial is in its first place
      writer.open(`if ((${flat} & ${last}) === ${last})`);
      writer.line(endOfRun(writer, [a!, b!, c!, d!], four(`${step.name}_`)));
      writer.line(`${a} = 0; ${b} = 0; ${c} = 0; ${d} = 0;`);
      writer.close();
      return '';
    }
    case 'accumulate':
      writer.line(`${element(step.to.name, '', index(step.strides))} += ${texts[step.value]};`);
      return '';
    case 'scatter':
      writer.line(`${step.to.name}[${writer.refer('j', step.codes)}[${flat}]] += ${texts[step.value]};`);
      return '';
  }
}
