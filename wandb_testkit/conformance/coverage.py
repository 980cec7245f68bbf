"""Owns what the cases leave out: the clauses that a script cannot show, and why."""

from __future__ import annotations

from collections.abc import Mapping

_SHELL = "it is about callbacks and display hooks of an IPython shell"
_LOGS = "it is about log files, links and logging handlers of the client's own process"
_DISK = "it is about directories on the disk"
_LIBRARY = "it needs another library beside the client"
_EXPRESSION = "it is about Python expressions on an object, which are no actions of a script"
_MAGIC = "magic changes what other libraries do"
_PAGE = "it is about how the reference page is to be read"

NOT_VISIBLE: Mapping[str, str] = {
    "A.1.dir": _DISK,
    "A.1.magic": _MAGIC,
    "A.1.tensorboard": _LIBRARY,
    "A.1.sync_tensorboard": _LIBRARY,
    "A.1.monitor_gym": _LIBRARY,
    "A.1.save_code": "it is about the file that the program is in",
    "INIT-3": "it is about child processes; every case may be run over any transport",
    "RESUME-12": "no action damages a stored run",
    "AUTO-8": "no action damages the resume file",
    "AUTO-10": _DISK,
    "MODE-7": _EXPRESSION,
    "FORCE-4": "it needs somebody at a terminal",
    "ANON-5": "urls and host names are no part of an observation",
    "CONFIG-2": _EXPRESSION,
    "CONFIG-3": _LIBRARY,
    "CONFIG-4": _DISK,
    "CONFIG-11": _EXPRESSION,
    "DISABLED-3": _EXPRESSION,
    "DISABLED-7": _EXPRESSION,
    "DISABLED-9": "a with block is no action of a script",
    "DISABLED-10": "the setting disabled is not among those that scripts set",
    "GLOBAL-3": "the module's own finish() is no action of a script",
    "LOG-5": "values that are no JSON, and rows that are no mappings, cannot be written in a script",
    "LOG-7": "threads and forks are no actions of a script",
    "FINISH-4": "a with block is no action of a script",
    "FINISH-7": "join() is no action of a script",
    **{f"JUPYTER-{number}": _SHELL for number in range(1, 7)},
    **{f"LOGSETUP-{number}": _LOGS for number in range(1, 10)},
    "DIR-1": _DISK,
    "DIR-2": _DISK,
    "CODE-1": "it is about the file that the program is in",
    **{f"TB-{number}": _LIBRARY for number in (1, 2, 3)},
    **{f"GYM-{number}": _LIBRARY for number in (1, 2)},
    **{f"MAGIC-{number}": _MAGIC for number in (1, 2, 3)},
    "DEV-16": _MAGIC,
    "DEV-18": "no action damages the resume file",
    "DEV-19": "the defaults file is on the disk",
    "DEV-20": _SHELL,
    "F.2.17": _DISK,
    "F.2.19": "config files are on the disk",
    "F.2.22": _LOGS,
    "F.2.23": "it is about child processes; every case may be run over any transport",
    "F.2.24": _PAGE,
    "F.2.25": _PAGE,
    "F.3.8": "the variable names files on the disk",
}
"""Number of a clause -> why no script shows it."""
