/**
 * `input('Name? ')` and `password()`: the cell waits, as in Python, while the guard thread listens for the answer.
 */
import { Interrupted } from './run.ts';
import { inputStates, type Shared, slots } from './shared.ts';

export type Ask = (prompt: string, password: boolean) => string;

/**
 * Make the function that asks.
 *
 * @param request sends the question to the front end
 * @param allowed whether the front end of the running cell can answer
 */
export function asker(
  shared: Shared,
  request: (prompt: string, password: boolean) => void,
  allowed: () => boolean,
): Ask {
  return (prompt, password) => {
    if (!allowed()) {
      throw new Error('input: nobody is there to answer (the front end that runs this cell takes no input)');
    }
    Atomics.store(shared.slots, slots.input, inputStates.waiting);
    request(prompt, password);
    Atomics.wait(shared.slots, slots.input, inputStates.waiting);
    const state = Atomics.exchange(shared.slots, slots.input, inputStates.none);
    if (state !== inputStates.answered) throw new Interrupted();
    const length = Atomics.load(shared.slots, slots.inputLength);
    return Buffer.from(shared.input.subarray(0, length)).toString('utf8');
  };
}
