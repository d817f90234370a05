"""Runs a module as a program that ends when whoever started it is gone, however they went.

``python -m bot.demo.leash MODULE ARGUMENTS…`` with a pipe on standard input: the other end is held
by the parent, so that its death, even by SIGKILL, is seen here as the end of the input.
"""

import os
import runpy
import signal
import sys
import threading

GRACE_SECONDS = 5.0
"""How long the program may take to end by itself: the bot needs well under a second."""


def main() -> None:
    """Run the module named first on the command line, with the rest as its arguments."""
    module, *arguments = sys.argv[1:]
    threading.Thread(target=_end_with_parent, name="leash", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
