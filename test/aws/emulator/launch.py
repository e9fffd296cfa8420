"""Starts ministack with our patches. They stand on the code of the pinned version and are guarded by asserts, so that
another version stops here and does not run half patched."""

import os
import signal
import threading
import time
from importlib.metadata import version

VERSION = "1.5.33"
assert version("ministack") == VERSION, f"the patches are for ministack {VERSION}, not {version('ministack')}"

import access  # noqa: E402
import cloudformation_types  # noqa: E402
import commands  # noqa: E402
import faults  # noqa: E402
import inner_states  # noqa: E402
import instances  # noqa: E402
import lambda_errors  # noqa: E402


def end_with(parent):
    """A test run that was killed leaves no emulator behind."""
    while True:
        time.sleep(1)
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
            os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    from ministack.app import main

    for patch in (access, cloudformation_types, lambda_errors, instances, commands, faults, inner_states):
        patch.register()
    if os.environ.get("EMULATOR_PARENT"):
        threading.Thread(target=end_with, args=(int(os.environ["EMULATOR_PARENT"]),), daemon=True).start()
    main()
