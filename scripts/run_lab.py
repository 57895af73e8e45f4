"""JupyterLab for `npm start`, ending when the process that started it is gone, however that went.

The starter holds the other end of our stdin: when it dies, even by SIGKILL, the pipe closes, and JupyterLab is told
to stop as if by TERM, which shuts its kernels down first.
"""

import os
import signal
import sys
import threading
import time

from jupyterlab.labapp import main

# Before JupyterLab has put its own handler in place, TERM simply ends the process; after, stopping takes a moment.
SECONDS_BEFORE_GIVING_UP = 15


def end_with_starter():
    """Wait for the end of stdin, then stop."""
    while os.read(0, 4096):  # not sys.stdin: its lock, held here, would be missed when the interpreter shuts down
        pass
    if os.name == "nt":
        signal.raise_signal(signal.SIGTERM)  # os.kill would end the process without a farewell
    else:
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_BEFORE_GIVING_UP)
    os._exit(1)


threading.Thread(target=end_with_starter, daemon=True).start()
sys.exit(main())
