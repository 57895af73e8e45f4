/**
 * The engine process of the `repl` engine: runs cells for the wire process, and nothing else.
 */
import { warmStripper } from '../repl/strip.ts';
import { startSession } from './session.ts';

startSession();
warmStripper();
