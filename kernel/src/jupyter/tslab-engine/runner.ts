/**
 * Cells run by tslab's executor, inside our session: what it tells its console becomes the cell's value or its error,
 * what `tslab.display` shows goes our way, and code that is to be stopped is stopped as in the other engine.
 */
import { rewriteExpressions } from '../../program/rewrite/index.ts';
import type { Completeness, Completions, Inspection } from '../engine/engine.ts';
import type { Question } from '../engine/protocol.ts';
import { toCodePoints, toUnits } from '../language/code-points.ts';
import { encodeBundle } from '../repl/format.ts';
import type { Repl } from '../repl/repl.ts';
import type { Run } from '../repl/run.ts';
import type { Runner, Start } from '../repl/runner.ts';
import { shownBundle } from './bundle.ts';
import { refusal } from './errors.ts';
import { loadCompiler, plainImports, replaceFiles, type WatchedFiles } from './files.ts';
import {
  type Converted,
  type Converter,
  type DisplayContent,
  type Executor,
  findTslab,
  loadTslab,
  type Tslab,
} from './tslab.ts';

/** TypeScript's numbers for an import of what is not there. */
const missingModule = new Set([2307, 2792]);

/** The course of one piece of code. */
interface Course {
  readonly name: string;
  /** What it ended with, unless it went well. */
  thrown?: unknown;
}

export class TslabRunner implements Runner {
  readonly #session: Repl;
  readonly #folder: string;
  /** By the run: a cell that was given up may still come to its end while the next one runs. */
  readonly #courses = new WeakMap<Run, Course>();
  #loaded: { readonly tslab: Tslab; readonly executor: Executor } | undefined;
  /**
   * What the session's cells have declared, as the compiler writes it down. tslab forgets the names of a cell that
   * fails or is interrupted; what they were given is there, so they are known.
   */
  #declared = '';

  /** @param folder the notebook's */
  constructor(session: Repl, folder: string) {
    this.#session = session;
    this.#folder = folder;
  }

  /** Load tslab, if that is not done. No interrupt stops it half-way. @throws TslabMissing */
  load(): { readonly tslab: Tslab; readonly executor: Executor } {
    this.#session.during(() => {
      this.#loaded ??= this.#load();
    });
    return this.#loaded!;
  }

  #load(): { readonly tslab: Tslab; readonly executor: Executor } {
    const place = findTslab(this.#folder, process.env.ESTIMAND_TSLAB);
    const compiler = loadCompiler(place);
    const files = replaceFiles(compiler, place);
    const plain = (source: string): string => plainImports(compiler, source);
    const tslab = loadTslab(place);
    tslab.jupyter.lastWriteDisplayData = (content, update) => this.#display(content, update === true);
    const make = (isBrowser: boolean): Converter =>
      this.#adapt(() => tslab.createConverter({ isJS: false, isBrowser }), plain, files);
    const node = make(false);
    let browser: Converter | undefined;
    const converters = {
      node,
      get browser(): Converter {
        browser ??= make(true);
        return browser;
      },
      close: () => {},
    };
    const executor = tslab.createExecutor(this.#folder, converters, {
      log: (value) => {
        this.#session.run().value = value;
      },
      error: (thrown) => {
        const course = this.#courses.get(this.#session.run());
        if (course && !('thrown' in course)) course.thrown = thrown;
      },
    });
    return { tslab, executor };
  }

  prepare(name: string, code: string): Start {
    const { executor } = this.load();
    this.#session.sources.add(name, { label: name, text: code }, () => (place) => place);
    return (run, ended) => {
      const course: Course = { name };
      this.#courses.set(run, course);
      const end = (ok: boolean): void => ended(() => (ok ? { ok } : { ok, thrown: course.thrown }));
      run.stopped.catch(() => executor.interrupt());
      const begin = (): void => void executor.execute(code).then(end, (thrown: unknown) => fail(thrown));
      const fail = (thrown: unknown): void => ended(() => ({ ok: false, thrown }));
      this.#session.guarded(begin, (ending) => {
        if (!ending.ok) fail(ending.thrown);
      });
    };
  }

  /** tslab's converter, with the compiler kept from being stopped half-way, and operators of model stages put in. */
  #adapt(make: () => Converter, plain: (source: string) => string, files: WatchedFiles): Converter {
    const modules = new Map<string, Readonly<Parameters<Converter['addModule']>>>();
    let converter = make();
    /** It remembers what was not there, and does not look again. */
    let mistaken = false;
    const undisturbed = <T>(work: () => T): T => {
      let result: { readonly value: T } | undefined;
      this.#session.during(() => {
        files.refresh();
        result = { value: work() };
      });
      return result!.value;
    };
    const convert = (source: string): Converted => {
      if (mistaken) {
        converter.close();
        converter = make();
        for (const module of modules.values()) converter.addModule(...module);
      }
      const converted = converter.convert(this.#declared, plain(source));
      mistaken = converted.diagnostics.some(({ code }) => missingModule.has(code));
      return converted;
    };
    return {
      convert: (_previous, source) => this.#finish(undisturbed(() => convert(source))),
      complete: (_previous, source, position) => converter.complete(this.#declared, plain(source), position),
      inspect: (_previous, source, position) => converter.inspect(this.#declared, plain(source), position),
      addModule: (name, content, metadata) => {
        const module = [name, plain(content), metadata] as const;
        modules.set(name, module);
        const diagnostics = undisturbed(() => converter.addModule(...module));
        // tslab keeps a module that its compiler objects to, and only tells.
        if (diagnostics.length > 0) this.#session.late(refusal(diagnostics, this.#session.run().name));
        return [];
      },
      close: () => converter.close(),
    };
  }

  #finish(converted: Converted): Converted {
    const course = this.#courses.get(this.#session.run());
    if (!course) return converted;
    if (converted.diagnostics.length > 0) {
      course.thrown = refusal(converted.diagnostics, course.name);
      return converted;
    }
    this.#declared = converted.declOutput ?? '';
    if (converted.output === undefined) return converted;
    const output = rewriteExpressions(converted.output).code;
    // tslab gives no way back to the written lines: tracebacks show those that run.
    this.#session.sources.add(course.name, { label: course.name, text: output }, () => (place) => place);
    const sideOutputs = converted.sideOutputs?.map(({ path, data }) => ({ path, data: rewriteExpressions(data).code }));
    return {
      ...converted,
      output: `${output}\n//# sourceURL=${course.name}`,
      hasToplevelAwait: converted.hasToplevelAwait === true || /\bfor await\b/.test(output), // tslab overlooks these
      ...(sideOutputs ? { sideOutputs } : {}),
    };
  }

  #display({ data, metadata, transient }: DisplayContent, update: boolean): void {
    const [media = 'text/plain'] = Object.keys(data);
    const bundle = encodeBundle(shownBundle(media, data[media]), () => `[${media}]`);
    const type = update ? 'update_display_data' : 'display_data';
    this.#session.show(this.#session.run().cell, type, { data: bundle, metadata, transient });
  }

  /** Look up names, as tslab does. null where it has nothing to say, or is not there. */
  tell(question: Question): Completions | Inspection | Completeness | null {
    try {
      const { tslab, executor } = this.load();
      switch (question.about) {
        case 'completion':
          return complete(executor, question.code, question.cursor);
        case 'inspection':
          return inspect(tslab, executor, question.code, question.cursor) ?? null;
        case 'completeness': {
          const { completed, indent = '' } = tslab.isCompleteCode(question.code);
          return completed ? { status: 'complete' } : { status: 'incomplete', indent };
        }
      }
    } catch {
      return null; // no tslab, of which every cell tells; or its compiler stumbled over half a line
    }
  }
}

function complete(executor: Executor, code: string, cursor: number): Completions {
  const { start, end, candidates, original } = executor.complete(code, toUnits(code, cursor));
  const kinds = new Map(original?.entries.map(({ name, kind }) => [name, kind]));
  return {
    matches: candidates.map((text) => ({ text, type: kinds.get(text) ?? '' })),
    start: toCodePoints(code, start),
    end: toCodePoints(code, end),
  };
}

function inspect(tslab: Tslab, executor: Executor, code: string, cursor: number): Inspection {
  const info = executor.inspect(code, toUnits(code, cursor));
  if (!info) return undefined;
  const signature = (info.displayParts ?? []).map(({ text }) => text).join('');
  if (signature === 'any') return undefined; // a name that nobody has declared
  const plain = tslab.printQuickInfo(info);
  const rest = plain.slice(signature.length).trim();
  const fenced = `\`\`\`typescript\n${signature}\n\`\`\``;
  return { 'text/plain': plain, 'text/markdown': rest === '' ? fenced : `${fenced}\n\n${rest}` };
}
