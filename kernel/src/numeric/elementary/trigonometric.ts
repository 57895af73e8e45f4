/** Trigonometric functions: those of the engine for now, gathered here so that one file decides. */

/** Sine of an angle in radians. */
export const sin = (x: number): number => Math.sin(x);
/** Cosine of an angle in radians. */
export const cos = (x: number): number => Math.cos(x);
/** Tangent of an angle in radians. */
export const tan = (x: number): number => Math.tan(x);
/** Arc tangent, between −π/2 and π/2. */
export const atan = (x: number): number => Math.atan(x);
