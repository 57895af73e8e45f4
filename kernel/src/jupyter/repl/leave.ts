/**
 * `exit` and `quit`, alone or called: a console ends, as with other kernels (`ask_exit` among the payloads of the reply).
 * A notebook knows no such end, so its reader is told where sessions are ended.
 */
import { jupyterDisplay } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';

const advice =
  'A console ends here. In a notebook the session goes on, with its variables: the Kernel menu has Shut Down Kernel, ' +
  'and Restart Kernel to begin anew.';

/** What the two names stand for: shown as a cell's value, it asks to leave. */
export interface Leave {
  (): Leave;
  [jupyterDisplay](): MimeBundle;
}

/** @param ask notes that the front end is to be asked to leave once the cell has ended */
export function leaver(ask: () => void): Leave {
  const leave: Leave = Object.assign(() => leave, {
    [jupyterDisplay]: () => {
      ask();
      return { 'text/plain': advice };
    },
  });
  return leave;
}
