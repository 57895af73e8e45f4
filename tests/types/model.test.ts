import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

const folder = dirname(fileURLToPath(import.meta.url));
const checked = join(folder, 'model.types.ts');
const snippet = join(folder, 'snippet.ts'); // exists in memory only

const head = `
import { bernoulliLogit, normal } from '#kernel/distributions/index';
import { mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
`;

/** Line → what an editor must show there, as the first line of its message. */
const refused: readonly (readonly [code: string, message: RegExp])[] = [
  [
    'model().data({ y: [1] }).parameters({ mu: normal(0, 1) }).observe(({ mi }) => ({ y: normal(mi, 1) }));',
    /^Property 'mi' does not exist on type/,
  ],
  ['model().data({ y: [1] }).parameters({ y: normal(0, 1) });', /"'y' is already a name of this model"/],
  [
    'model().parameters({ mu: normal(0, 1) }).parameters(({ mu }) => ({ mu: normal(mu, 1) }));',
    /"'mu' is already a name of this model"/,
  ],
  ['model().parameters({ k: bernoulliLogit(0) });', /"'k' is discrete: a parameter must be continuous"/],
  ['model().data({ y: [1] }).observe(() => ({ yy: normal(0, 1) }));', /"'yy' is not in \.data"/],
  [
    'model().parameters({ a: normal(0, 1) }).derived(({ a }) => ({ a: a.exp() }));',
    /"'a' is already a name of this model"/,
  ],
  ['model().data({ y: [1] }).with({ y: 3 });', /"'y' is of another kind than in \.data"/],
  ['model().data({ y: [1] }).with({ z: [3] });', /"'z' is not in \.data"/],
  ['model().data({ y: new Map() });', /"'y' is neither numbers nor a factor"/],
  [
    'model().data({} as Record<string, number[]>);',
    /"the type checker does not know these columns: name them, as in csv\(path, \{ iq: 'number' \}\)"/,
  ],
  [
    'void mle(model().parameters({ a: normal(0, 1) }));',
    /"this model observes nothing: add \.observe or \.logDensity"/,
  ],
];

let program: ts.Program;

beforeAll(() => {
  const { config } = ts.readConfigFile(join(folder, '../tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, references: [] }, ts.sys, join(folder, '..'));
  const text = head + refused.map(([code]) => code).join('\n');
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => file === snippet || fileExists.call(host, file);
  host.getSourceFile = (file, ...rest) =>
    file === snippet
      ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2023)
      : getSourceFile.call(host, file, ...rest);
  program = ts.createProgram([checked, snippet], { ...options, composite: false, incremental: false }, host);
});

const messages = (file: string): { line: number; message: string }[] => {
  const source = program.getSourceFile(file)!;
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start = 0, messageText }) => ({
    line: source.getLineAndCharacterOfPosition(start).line,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
};

describe('the types of a model', () => {
  it('hold where they should, and refuse what is marked @ts-expect-error', () => {
    expect(messages(checked)).toEqual([]);
    expect(readFileSync(checked, 'utf8').match(/@ts-expect-error/g)!.length).toBeGreaterThanOrEqual(15);
  });

  it.each(refused.map(([code, message], i) => [code, message, i] as const))(
    'an editor shows one sentence for %s',
    (_, expected, i) => {
      const line = head.split('\n').length - 1 + i;
      const found = messages(snippet).filter((each) => each.line === line);
      expect(found).toHaveLength(1);
      expect(found[0]!.message.split('\n').slice(0, 2).join('\n')).toMatch(expected);
    },
  );

  it('cost little: twelve stages stay within a budget of type instantiations', () => {
    messages(checked);
    expect(program.getInstantiationCount()).toBeLessThan(200_000);
  });
});
