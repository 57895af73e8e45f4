/**
 * What the wire asks of whatever runs cells. The wire knows nothing of JavaScript, the engine nothing of sockets;
 * each is tested against a mock of the other.
 */

import type { CommTraffic } from '../comms/comms.ts';

/** One cell to run. */
export interface Cell {
  /** Counts every evaluation of this kernel, from 1. Outputs, interrupts and endings name it. */
  readonly id: number;
  /** The execution count the user sees beside the cell; undefined when the cell is not kept in the history. */
  readonly count?: number;
  readonly code: string;
  /** Expressions to evaluate after the cell, by name (`user_expressions`). */
  readonly expressions: Readonly<Record<string, string>>;
  /** Whether the cell may ask for input. */
  readonly input: boolean;
  /** It was sent while another ran, as when all cells are run. */
  readonly queued?: true;
}

/** An error as Jupyter shows it. */
export interface Failure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** How a cell ended. */
export type Outcome =
  | {
      readonly status: 'ok';
      readonly expressions: Readonly<Record<string, ExpressionResult>>;
      /** The cell has asked the front end to leave. */
      readonly leaves?: true;
    }
  | ({ readonly status: 'error' } & Failure);

export type ExpressionResult =
  | { readonly status: 'ok'; readonly data: Readonly<Record<string, unknown>>; readonly metadata: object }
  | ({ readonly status: 'error' } & Failure);

/** The outputs a cell can have, by their message types. */
export type OutputType = 'display_data' | 'update_display_data' | 'clear_output' | 'execute_result' | 'error';

/** Something to show below a cell. */
export interface Output {
  /** The cell's id; an output may come long after its cell has ended. */
  readonly cell: number;
  readonly type: OutputType;
  /** The message content as JSON: encoded where it was made, signed and sent as it is. */
  readonly content: Uint8Array;
}

/** A comm message, either way. `cell` counts the front end's messages together with the cells; 0 is nobody's. */
export interface CommNote extends CommTraffic {
  readonly cell: number;
}

export type StreamName = 'stdout' | 'stderr';

/** What an engine says of its own accord. */
export interface EngineEvents {
  /** A cell has printed something, perhaps long after its end. */
  stream(cell: number, name: StreamName, text: string): void;
  output(output: Output): void;
  /** Nothing that a cell, or the handling of a message, has started is left: it will show nothing more. */
  over(cell: number): void;
  /** The session has opened, used or closed a comm. */
  comm(note: CommNote): void;
  /** A comm is open now, to `target`; without one, it has ended. */
  line(id: string, target?: string): void;
  /** The session is gone, and with it all its comms. */
  lost(): void;
  /** A cell waits for a line of input; answer with `Engine.answer`. */
  input(cell: number, prompt: string, password: boolean): void;
}

export interface Completion {
  readonly text: string;
  /** `function`, `const`, `property` …, as TypeScript names them. */
  readonly type: string;
  readonly signature?: string;
  readonly documentation?: string;
}

/** Completions for the text between two places, counted in code points. */
export interface Completions {
  readonly matches: readonly Completion[];
  readonly start: number;
  readonly end: number;
}

/** What is known of the name at a place, or undefined. */
export type Inspection = Readonly<Record<'text/plain' | 'text/markdown', string>> | undefined;

export type Completeness =
  | { readonly status: 'complete' | 'invalid' | 'unknown' }
  | { readonly status: 'incomplete'; readonly indent: string };

export interface Engine {
  /** Run a cell. Never rejects: whatever happens is an outcome. Cells are given one at a time. */
  evaluate(cell: Cell): Promise<Outcome>;
  /** Stop a cell, keeping the session's variables; with no cell, whatever keeps the engine busy. */
  interrupt(cell: number | undefined): void;
  /**
   * Hand over a comm message; ends when its handler has returned. It is handled when the session is free: between
   * cells, and while a cell awaits. An engine without it knows no comms.
   */
  comm?(note: CommNote): Promise<void>;
  /**
   * Take no more of what cells say for a while, so that they wait; `hold(false)` goes on. An engine without it gathers
   * what cannot be shown yet.
   */
  hold?(hold: boolean): void;
  /** Answer a cell that waits for input. */
  answer(value: string): void;
  /** Completions at `cursor`, in code points. Runs no user code; answers while a cell runs. */
  complete(code: string, cursor: number): Promise<Completions>;
  /** What is known at `cursor`, in code points. Runs no user code. */
  inspect(code: string, cursor: number): Promise<Inspection>;
  isComplete(code: string): Promise<Completeness>;
  /** Forget all variables: a fresh session. */
  reset(): void;
  /** End everything the engine started. */
  close(): void;
}
