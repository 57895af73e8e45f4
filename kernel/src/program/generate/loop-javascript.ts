/**
 * A loop as JavaScript: one counter where everything is read in order, else one a dimension.
 */
import { stridesOf } from '../shape.ts';
import type { LoopForm, Step } from './loop-form.ts';
import { element, type Writer } from './writer.ts';

/** Write a loop. */
export function printLoop(writer: Writer, { sizes, steps }: LoopForm): void {
  const totals = steps.filter((step) => step.kind === 'total');
  for (const total of totals) writer.line(`let ${partialNames(total).join(' = 0, ')} = 0;`);
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
}

/** (p0 + p2) + (p1 + p3), found where the rotation has left them. */
function rotated(names: readonly string[], sizes: readonly number[]): string {
  const turns = sizes.reduce((product, n) => product * n, 1) % 4;
  const at = (partial: number) => names[(partial - turns + 4) % 4]!;
  return `${at(0)} + ${at(2)}) + (${at(1)} + ${at(3)}`;
}

function partialNames({ name, partials }: Extract<Step, { kind: 'total' }>): string[] {
  return partials === 1 ? [name] : ['a', 'b', 'c', 'd'].map((letter) => `${name}${letter}`);
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
    case 'accumulate':
      writer.line(`${element(step.to.name, '', index(step.strides))} += ${texts[step.value]};`);
      return '';
    case 'scatter':
      writer.line(`${step.to.name}[${writer.refer('j', step.codes)}[${flat}]] += ${texts[step.value]};`);
      return '';
  }
}
