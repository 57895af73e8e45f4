/**
 * Whether something grows: the slope of a straight line through measurements, by least squares, with its standard error.
 * What is measured in turn is not independent, so the error is that of as many independent ones as there seem to be:
 * n (1 − ρ) / (1 + ρ), with ρ the correlation of each residual with the next (Bayley & Hammersley 1946, equation 4, for
 * a first-order process).
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Slope {
  readonly slope: number;
  readonly standardError: number;
}

/**
 * @param points at least three, at two places or more
 * @throws RangeError where no line is determined
 */
export function slopeOf(points: readonly Point[]): Slope {
  const n = points.length;
  if (n < 3) throw new RangeError(`slopeOf: expected at least 3 points, got ${n}`);
  const mean = (read: (point: Point) => number): number => points.reduce((sum, point) => sum + read(point), 0) / n;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('slopeOf: expected points at two places or more, got one');
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residuals = points.map(({ x, y }) => y - meanY - slope * (x - meanX));
  const squares = residuals.reduce((sum, r) => sum + r * r, 0);
  const neighbours = residuals.slice(1).reduce((sum, r, i) => sum + r * residuals[i]!, 0);
  const correlation = squares > 0 ? Math.min(0.9, Math.max(0, neighbours / squares)) : 0;
  const variance = (squares / (n - 2) / spread) * ((1 + correlation) / (1 - correlation));
  return { slope, standardError: Math.sqrt(variance) };
}

/**
 * Whether a slope is above `least` by more than its error: two standard errors, one false alarm in 40.
 *
 * @param least what is taken for nothing
 */
export function grows({ slope, standardError }: Slope, least = 0): boolean {
  return !(slope - 2 * standardError <= least);
}
