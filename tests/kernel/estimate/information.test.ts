import { describe, expect, it } from 'vitest';
import { analyseInformation, conditionalOn, deltaMethod } from '#kernel/estimate/information';

const matrix = (...rows: number[][]) => Float64Array.from(rows.flat());

describe('what the information says', () => {
  it('its inverse is the covariance', () => {
    // [[4, 2], [2, 3]]⁻¹ = [[3, −2], [−2, 4]] / 8
    const { covariance, openDirections, upwardDirections } = analyseInformation(matrix([4, 2], [2, 3]), 2)!;
    [3 / 8, -2 / 8, -2 / 8, 4 / 8].forEach((v, i) => {
      expect(covariance[i]).toBeCloseTo(v, 14);
    });
    expect(openDirections).toEqual([]);
    expect(upwardDirections).toEqual([]);
  });

  it('does not depend on units: a condition number of 1 for coordinates of very different scale', () => {
    const { conditionNumber, openDirections } = analyseInformation(matrix([1e-20, 0], [0, 1e20]), 2)!;
    expect(conditionNumber).toBeCloseTo(1, 12);
    expect(openDirections).toEqual([]);
  });

  it('names the direction along which nothing bends', () => {
    const { openDirections, conditionNumber } = analyseInformation(matrix([1, 1, 0], [1, 1, 0], [0, 0, 2]), 3)!;
    expect(openDirections).toHaveLength(1);
    const [a, b, c] = openDirections[0]!;
    expect(a! / b!).toBeCloseTo(-1, 12);
    expect(c).toBeCloseTo(0, 12);
    expect(conditionNumber).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps apart what is only nearly collinear', () => {
    const { openDirections } = analyseInformation(matrix([1, 1 - 1e-8], [1 - 1e-8, 1]), 2)!;
    expect(openDirections).toEqual([]);
  });

  it('tells a saddle', () => {
    expect(analyseInformation(matrix([1, 0], [0, -1]), 2)!.upwardDirections).toHaveLength(1);
  });

  it('is nothing where a second derivative is not finite', () => {
    expect(analyseInformation(matrix([1, 0], [0, Number.NaN]), 2)).toBeUndefined();
  });
});

describe('the delta method', () => {
  it('is J C Jᵀ', () => {
    const information = analyseInformation(matrix([4, 2], [2, 3]), 2)!;
    const covariance = deltaMethod(matrix([1, 1], [2, 0]), 2, 2, information);
    // var(a + b) = (3 − 4 + 4)/8, cov(a + b, 2a) = 2(3 − 2)/8, var(2a) = 12/8
    [3 / 8, 2 / 8, 2 / 8, 12 / 8].forEach((v, i) => {
      expect(covariance[i]).toBeCloseTo(v, 14);
    });
  });

  it('gives NaN to what an open direction changes, and a figure to what it leaves alone', () => {
    const information = analyseInformation(matrix([1, 1], [1, 1]), 2)!; // only a + b is determined
    const covariance = deltaMethod(matrix([1, 0], [1, 1]), 2, 2, information);
    expect(covariance[0]).toBeNaN();
    expect(covariance[1]).toBeNaN();
    expect(covariance[3]).toBeCloseTo(1, 12);
  });

  it('does not lose a figure to rounding in an open direction', () => {
    const information = analyseInformation(matrix([1, 1, 0], [1, 1, 0], [0, 0, 4]), 3)!;
    const touched = {
      ...information,
      openDirections: information.openDirections.map((d) => Float64Array.of(d[0]!, d[1]!, 1e-15)),
    };
    expect(deltaMethod(matrix([0, 0, 1]), 1, 3, touched)[0]).toBeCloseTo(0.25, 12);
  });

  it('gives NaN to what a coordinate at its edge changes, and the others what is theirs given the edge', () => {
    const known = conditionalOn(new Set([1]), matrix([4, 1], [1, 1]), 2)!;
    const covariance = deltaMethod(matrix([1, 0], [0, 1]), 2, 2, known);
    expect(covariance[0]).toBeCloseTo(0.25, 12); // 1/4, and not the 1/3 of the whole matrix's inverse
    expect(covariance[3]).toBeNaN();
  });
});
