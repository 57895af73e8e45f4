/** The staged model builder, the constraint transforms, and the compiled model that estimators work on. */
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
