/**
 * The TypeScript compiler, loaded the way that costs least: its CommonJS file, once, in this thread alone.
 */
import { createRequire } from 'node:module';

export const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');
