/**
 * Pooling, four windows of a row at a time, in the order of `operations/pooling.ts`.
 */
import { type PoolingForm, poolingForm } from '../../../operations/pooling.ts';
import { sizeOf } from '../../../shape.ts';
import type { Address, Code, Vector } from '../code.ts';
import type { KernelWriter, Site } from '../site.ts';
import type { Lanes } from './vectors.ts';

/** Rows of up to this many vectors of results are written out. */
const WRITTEN_OUT = 8;

/** Arrays of images, and arrays of results, that go along together: their addresses. */
interface Pointers {
  readonly images: readonly number[];
  readonly results: readonly number[];
}

/** For each four windows: where the first one's corner, and its result, are in each array. */
function eachFour(
  code: Code,
  form: PoolingForm,
  { images, results }: Pointers,
  body: (images: readonly Address[], results: readonly Address[], lanes: Lanes) => void,
): void {
  const { planes, height, width, stride, result } = form;
  const corners = images.map((address) => code.integerLocal(address));
  const places = results.map((address) => code.integerLocal(address));
  const advance = (locals: readonly number[], bytes: number) => {
    for (const local of locals) code.advance(local, bytes);
  };
  const at = (locals: readonly number[], bytes: number) => locals.map((base) => ({ base, bytes }));
  const vectors = Math.floor(result[1] / 4);
  const step = 16 * stride[1];
  code.repeat(planes, () => {
    code.repeat(result[0], () => {
      const written = vectors <= WRITTEN_OUT ? vectors : 0;
      for (let v = 0; v < written; v++) body(at(corners, step * v), at(places, 16 * v), 4);
      code.repeat(vectors - written, () => {
        body(at(corners, 0), at(places, 0), 4);
        advance(corners, step);
        advance(places, 16);
      });
      const rest = result[1] % 4;
      if (rest > 0) body(at(corners, step * written), at(places, 16 * written), rest as Lanes);
      advance(corners, 4 * stride[0] * width - step * (vectors - written));
      advance(places, 4 * result[1] - 16 * (vectors - written));
    });
    advance(corners, 4 * width * (height - result[0] * stride[0]));
  });
}

/** The places in a window, as bytes from its corner. */
function placesIn({ window, width }: PoolingForm): number[] {
  return Array.from({ length: window[0] * window[1] }, (_, place) => {
    return 4 * (Math.floor(place / window[1]) * width + (place % window[1]));
  });
}

/** One place of four neighbouring windows. */
function loadPlace(code: Code, form: PoolingForm, corner: Address, bytes: number, lanes: Lanes): Vector {
  const from = { ...corner, bytes: corner.bytes + bytes };
  const apart = 4 * form.stride[1];
  if (apart === 4) return code.load(from, lanes);
  if (apart === 8) {
    const next = lanes > 2 ? code.load({ ...from, bytes: from.bytes + 16 }, 4) : code.constant(0);
    return code.shuffle(code.load(from, 4), next, [0, 2, 4, 6]); // beyond the last window stands something else
  }
  let vector = code.loadSpread(from);
  for (let lane = 1; lane < lanes; lane++) {
    vector = code.loadLane(vector, lane, { ...from, bytes: from.bytes + apart * lane });
  }
  return vector;
}

function storePlace(code: Code, form: PoolingForm, corner: Address, bytes: number, value: Vector, lanes: Lanes): void {
  const to = { ...corner, bytes: corner.bytes + bytes };
  const apart = 4 * form.stride[1];
  if (apart === 4) code.store(to, value, lanes);
  else for (let lane = 0; lane < lanes; lane++) code.storeLane({ ...to, bytes: to.bytes + apart * lane }, value, lane);
}

/** Windows that stand side by side, two columns each. */
function isPaired({ window, stride }: PoolingForm): boolean {
  return window[1] === 2 && stride[1] === 2 && window[0] <= stride[0];
}

/** Both columns of a row of four paired windows, one window after the other. */
function storePair(code: Code, to: Address, left: Vector, right: Vector, lanes: Lanes): void {
  code.store(to, code.shuffle(left, right, [0, 4, 1, 5]), lanes === 1 ? 2 : 4);
  if (lanes > 2)
    code.store({ ...to, bytes: to.bytes + 16 }, code.shuffle(left, right, [2, 6, 3, 7]), lanes === 3 ? 2 : 4);
}

/** Into an image that starts from zeros: a value for each place of four windows, as `placesIn` has them. */
function addPlaces(code: Code, form: PoolingForm, corner: Address, values: readonly Vector[], lanes: Lanes): void {
  const places = placesIn(form);
  if (!isPaired(form)) {
    for (const [i, bytes] of places.entries()) addPlace(code, form, corner, bytes, values[i]!, lanes);
    return;
  }
  const zero = code.constant(0);
  for (let i = 0; i < places.length; i += 2) {
    const [left, right] = [values[i]!, values[i + 1]!].map((value) => code.binary('add', zero, value));
    storePair(code, { ...corner, bytes: corner.bytes + places[i]! }, left!, right!, lanes);
  }
}

/** Into an image that starts from zeros: written where windows do not meet, added where they may. */
function addPlace(code: Code, form: PoolingForm, corner: Address, bytes: number, value: Vector, lanes: Lanes): void {
  const { window, stride } = form;
  const apart = window[0] <= stride[0] && window[1] <= stride[1];
  const before = apart ? code.constant(0) : loadPlace(code, form, corner, bytes, lanes);
  storePlace(code, form, corner, bytes, code.binary('add', before, value), lanes);
}

function largestOf(code: Code, places: readonly Vector[]): Vector {
  return places.reduce((best, x) => code.binary('max', best, x), code.constant(-Infinity));
}

function loadPlaces(code: Code, form: PoolingForm, corner: Address, lanes: Lanes): Vector[] {
  return placesIn(form).map((bytes) => loadPlace(code, form, corner, bytes, lanes));
}

/** Each place of a window with the mask of where it is the first of the largest. */
function eachChoice(
  code: Code,
  form: PoolingForm,
  image: Address,
  lanes: Lanes,
  body: (bytes: number, chosen: Vector) => void,
): void {
  const loaded = loadPlaces(code, form, image, lanes);
  const top = largestOf(code, loaded);
  let taken = code.constant(0);
  for (const [i, bytes] of placesIn(form).entries()) {
    const equal = code.binary('eq', loaded[i]!, top);
    body(bytes, code.binary('without', equal, taken));
    taken = code.binary('or', taken, equal);
  }
}

export const maxPool: KernelWriter = {
  write({ code, node, inputs, output }) {
    const form = poolingForm(inputs[0]!.shape, node.attributes);
    const pointers = { images: [inputs[0]!.address], results: [output.address] };
    eachFour(code, form, pointers, ([image], [result], lanes) => {
      code.store(result!, largestOf(code, loadPlaces(code, form, image!, lanes)), lanes);
    });
  },
};

export const averagePool: KernelWriter = {
  write({ code, node, inputs, output }) {
    const form = poolingForm(inputs[0]!.shape, node.attributes);
    const share = code.constant(1 / (form.window[0] * form.window[1]));
    const pointers = { images: [inputs[0]!.address], results: [output.address] };
    eachFour(code, form, pointers, ([image], [result], lanes) => {
      const sum = placesIn(form)
        .map((bytes) => loadPlace(code, form, image!, bytes, lanes))
        .reduce((total, x) => code.binary('add', total, x), code.constant(0));
      code.store(result!, code.binary('mul', sum, share), lanes);
    });
  },
};

function clear({ code, output }: Site): void {
  code.clearMemory({ bytes: output.address }, 4 * sizeOf(output.shape));
}

export const averagePoolInput: KernelWriter = {
  write(site) {
    const { code, node, inputs, output } = site;
    const form = poolingForm(output.shape, node.attributes);
    const share = code.constant(1 / (form.window[0] * form.window[1]));
    clear(site);
    const pointers = { images: [output.address], results: [inputs[0]!.address] };
    eachFour(code, form, pointers, ([image], [result], lanes) => {
      const part = code.binary('mul', code.load(result!, lanes), share);
      addPlaces(
        code,
        form,
        image!,
        placesIn(form).map(() => part),
        lanes,
      );
    });
  },
};

export const maxPoolInput: KernelWriter = {
  write(site) {
    const { code, node, inputs, output } = site;
    const [cotangent, image] = inputs;
    const form = poolingForm(output.shape, node.attributes);
    clear(site);
    const pointers = { images: [image!.address, output.address], results: [cotangent!.address] };
    eachFour(code, form, pointers, ([from, to], [result], lanes) => {
      const g = code.load(result!, lanes);
      const parts: Vector[] = [];
      eachChoice(code, form, from!, lanes, (_, chosen) => parts.push(code.binary('and', g, chosen)));
      addPlaces(code, form, to!, parts, lanes);
    });
  },
};

export const maxPoolPick: KernelWriter = {
  write({ code, node, inputs, output }) {
    const [values, image] = inputs;
    const form = poolingForm(values!.shape, node.attributes);
    const pointers = { images: [image!.address, values!.address], results: [output.address] };
    eachFour(code, form, pointers, ([from, value], [result], lanes) => {
      let picked = code.constant(0);
      eachChoice(code, form, from!, lanes, (bytes, chosen) => {
        picked = code.select(chosen, loadPlace(code, form, value!, bytes, lanes), picked);
      });
      code.store(result!, picked, lanes);
    });
  },
};
