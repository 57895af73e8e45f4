/** What the tests of static pictures look for in an SVG. */

const dash = (attributes: string) => attributes.includes('stroke-dasharray');

/** Centres of the circles, px. */
export function circles(svg: string): { x: number; y: number }[] {
  return [...svg.matchAll(/<circle cx="([-\d.]+)" cy="([-\d.]+)"/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

/** What is written, in order. */
export function words(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) => content!);
}

/** Points of the lines of this colour, px: an array a path; `dashed` leaves out the others. */
export function lines(svg: string, stroke: string, dashed?: boolean): { x: number; y: number }[][] {
  return [...svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke="(#\w+)"([^>]*)/g)]
    .filter(([, , colour, rest]) => colour === stroke && (dashed ?? dash(rest!)) === dash(rest!))
    .map(([, d]) => [...d!.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) })));
}
