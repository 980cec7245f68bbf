"""One process that runs a script with the drop-in module, and writes what came of it to a file.

`python -m tests.parity.dropin_process PROFILE SCRIPT FILE`
"""

from __future__ import annotations

import pickle
import runpy
import sys
import traceback
from pathlib import Path
from types import TracebackType

from tests.parity.comparing import plain
from tests.parity.furnishing import furnish
from wandb_testkit.dropin.install import install
from wandb_testkit.plugin.judgement import lost_data
from wandb_testkit.world import fake


def main(profile: str, script: str, file: str) -> int:
    """Run it as the interpreter would; what it prints is its own."""
    with fake(profile=profile) as world, install(profile=profile):
        furnish(world)
        sys.argv[:] = [script]
        exit_code, error = 0, ""
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as leaving:
            exit_code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        except BaseException as raised:
            exit_code, error = 1, traceback.format_exception_only(raised)[-1].strip()
            traceback.print_exception(type(raised), raised, _of_script(raised, script))
        world.finish_unfinished(exit_code)
        Path(file).write_bytes(pickle.dumps((error, [plain(run) for run in world.runs], lost_data(world))))
    return exit_code


def _of_script(raised: BaseException, script: str) -> TracebackType | None:
    """The traceback from the script on, as the interpreter would show it."""
    trace = raised.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != script:
        trace = trace.tb_next
    return trace


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
