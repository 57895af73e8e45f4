/** The staged model builder, the constraint transforms, and the compiled model that estimators work on. */
import '../program/operators.ts'; // what the operators inside stages are rewritten to call

export type { Assembled, AssembledTerm } from './assemble.ts';
export { compileModel } from './compile.ts';
export type {
  CompiledDerived,
  CompiledModel,
  CompiledParameter,
  DensityOptions,
  Term,
} from './compiled.ts';
export { model } from './model.ts';
export type {
  AnyModel,
  DataValue,
  DerivedOf,
  DerivedValuesOf,
  Draws,
  DrawsOf,
  Model,
  ObservedOf,
  ParametersOf,
  Scope,
  ValueOf,
  ValuesOf,
  WithLikelihood,
} from './types.ts';
