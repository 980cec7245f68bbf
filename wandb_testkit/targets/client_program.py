"""Runs in the interpreter of a real wandb client: carries out actions that arrive as JSON, and tells what it saw.

Standard library and wandb only, or whatever module is named instead and has an API like wandb's; the kit is not
importable there. The client is imported once, and each process of a script is a fork of that: importing costs seconds,
and what a process of the SDK remembers must not reach the next one.

    python client_program.py HOST PORT TOKEN [MODULE]

With "late" as a last word each process imports the module by itself: some read their variables when they are imported.

The parent's line "fork" has the variables and the directory of a new process, which connects by itself and then takes
one action a line. Each answer is one line. Where there is no fork, this program cannot serve (RealTarget says so).
"""

from __future__ import annotations

import ast
import fcntl
import importlib
import importlib.util
import io
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Line = dict[str, Any]

READ_TIMEOUT_S = 10.0
"""How long a client is waited for that is asked what it knows itself."""

KEPT: list[object] = []
"""Connections that stay open until the interpreter has gone: their end says that the client is done."""


class Channel:
    """One connection to who asks: a line of JSON each way."""

    def __init__(self, host: str, port: int, token: str, name: str) -> None:
        self._socket = socket.create_connection((host, port))
        self._file = self._socket.makefile("rwb")
        self.send({"token": token, "name": name, "pid": os.getpid()})

    def send(self, line: Line) -> None:
        """Send one line."""
        self._file.write(json.dumps(line, default=str).encode() + b"\n")
        self._file.flush()

    def receive(self) -> Line | None:
        """The next line, None at the end."""
        text = self._file.readline()
        return json.loads(text) if text else None

    def close(self) -> None:
        """Close it, in this process only."""
        self._file.close()
        self._socket.close()


class Process:
    """One process of a script."""

    def __init__(self, wandb: Any, channel: Channel) -> None:
        self.wandb = wandb
        self.channel = channel
        self.runs: dict[str, Any] = {}
        self.finished: list[Any] = []

    def serve(self) -> int:
        """Carry out actions until the process is to end; its exit code."""
        while True:
            line = self.channel.receive()
            if line is None:
                return 0
            if line["action"] == "end":
                return int(line["exit_code"])
            if line["action"] == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            self.channel.send(self._carry_out(line))

    def _carry_out(self, line: Line) -> Line:
        verb: Callable[[Line], Line] = getattr(self, f"on_{line['action']}")
        _forget_what_was_said()
        try:
            return {"error": "", "message": "", **verb(line)}
        except BaseException as error:  # whatever user code would have to catch
            return {"error": type(error).__name__, "message": f"{error}\n{error.__cause__ or ''}".strip(), **self._at()}

    def _at(self) -> Line:
        return {"wandb_run": self._name_of(getattr(self.wandb, "run", None))}

    def _name_of(self, run: Any) -> str:
        return next((name for name, known in self.runs.items() if known is run), "") if run is not None else ""

    def on_init(self, line: Line) -> Line:
        """`wandb.init(**kwargs)`."""
        run = self.wandb.init(**ast.literal_eval(line["kwargs"]))  # JSON has no tuples, and text alone for keys
        self.runs[line["run"]] = run
        return {**_told_of(run), "returned": self._name_of(run), **self._at()}

    def on_log(self, line: Line) -> Line:
        """`run.log(data)`, with step and commit where they were given."""
        more = {name: line[name] for name in ("step", "commit") if line[name] is not None}
        self.runs[line["run"]].log(line["data"], **more)
        return {}

    def on_update_config(self, line: Line) -> Line:
        """`run.config.update(values)`."""
        more = {} if line["allow_val_change"] is None else {"allow_val_change": line["allow_val_change"]}
        self.runs[line["run"]].config.update(line["values"], **more)
        return {}

    def on_set_summary(self, line: Line) -> Line:
        """`run.summary.update(values)`."""
        self.runs[line["run"]].summary.update(line["values"])
        return {}

    def on_define_metric(self, line: Line) -> Line:
        """`run.define_metric(name, ...)`, with what was given."""
        more = {name: line[name] for name in ("summary", "step_metric", "hidden", "goal") if line[name] is not None}
        self.runs[line["run"]].define_metric(line["name"], **more)
        return {}

    def on_save_file(self, line: Line) -> Line:
        """Write a file and `run.save(name, policy="now")`."""
        os.makedirs(os.path.dirname(line["name"]) or ".", exist_ok=True)
        with open(line["name"], "w", encoding="utf-8") as file:
            file.write(line["content"])
        self.runs[line["run"]].save(line["name"], policy="now")
        return {}

    def on_alert(self, line: Line) -> Line:
        """`run.alert(title, text, level)`."""
        more = {} if line["level"] is None else {"level": line["level"]}
        self.runs[line["run"]].alert(title=line["title"], text=line["text"], **more)
        return {}

    def on_mark_preempting(self, line: Line) -> Line:
        """`run.mark_preempting()`."""
        self.runs[line["run"]].mark_preempting()
        return {}

    def on_edit_run(self, line: Line) -> Line:
        """Name, notes and tags."""
        for name in ("name", "notes", "tags"):
            if line[name] is not None:
                value = tuple(line[name]) if name == "tags" else line[name]
                setattr(self.runs[line["run"]], name, value)
        return {}

    def on_look(self, line: Line) -> Line:
        """What a program can read of its run."""
        run = self.runs[line["run"]]
        shown: Line = self._at()
        if hasattr(run, "config"):
            shown["config"] = dict(run.config.items())
        if hasattr(run, "summary"):
            try:
                with _at_most(READ_TIMEOUT_S):
                    keys = run.summary.keys()  # no mapping
                    shown["summary"] = {key: _plain(run.summary[key]) for key in keys}
            except Exception:
                shown["summary"] = "raises"  # of a run that has ended: in 0.10 it raises, in 0.15 it never answers
        if not _told_of(run)["is_dummy"]:
            for name in ("name", "notes", "tags", "group", "job_type", "resumed"):
                if hasattr(run, name):
                    shown[name] = getattr(run, name)
            try:
                shown["step"] = run.step
            except Exception:
                shown["step"] = "raises"  # of a shared run (SHARED-1)
        return {"shown": shown}

    def on_finish(self, line: Line) -> Line:
        """`run.finish(exit_code)`."""
        more = {} if line["exit_code"] is None else {"exit_code": line["exit_code"]}
        self.runs[line["run"]].finish(**more)
        self.finished.append(self.runs[line["run"]])
        return {}

    def on_settle(self, line: Line) -> Line:
        """End the runs that are active, but those in `left`, to hand over what was logged; tell which were active."""
        active = []
        for name, run in list(self.runs.items()):
            ended = getattr(run, "_is_finished", False) or getattr(run, "_atexit_cleanup_called", False)
            ended = ended or any(run is one for one in self.finished)
            if not _told_of(run)["is_dummy"] and not ended:
                active.append(_told_of(run)["run_id"])
                if name in line.get("left", ()):
                    continue
                with suppress(Exception):  # a client that cannot end a run has shown that in the views
                    run.finish()
        return {"active": active}


def _told_of(run: Any) -> Line:
    is_dummy = (
        "Disabled" in type(run).__name__
        or "Dummy" in type(run).__name__
        or bool(getattr(run, "disabled", False))
        or getattr(run, "mode", "") == "disabled"
    )
    if is_dummy:
        return {"is_dummy": True, "run_id": str(run.id), "resumed": False, "starting_step": 0, "mode": "disabled",
                "entity": str(getattr(run, "entity", ""))}  # fmt: skip
    offline = run.offline if hasattr(run, "offline") else getattr(getattr(run, "_settings", None), "_offline", False)
    return {
        "is_dummy": False,
        "run_id": getattr(run, "id", ""),
        "resumed": bool(getattr(run, "resumed", False)),
        "starting_step": getattr(run, "starting_step", 0),
        "mode": "offline" if offline else "online",
        "entity": getattr(run, "entity", "") or "",
    }


def _forget_what_was_said() -> None:
    """Let the client warn again: some texts it says once a process, and each action is asked what it warns of."""
    term = sys.modules.get("wandb.errors.term")
    for name in ("_printed_messages", "PRINTED_MESSAGES"):
        said: set[str] = getattr(term, name, set())
        said.clear()


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError where this takes longer."""

    def give_up(number: int, frame: object) -> None:
        raise TimeoutError(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _plain(value: Any) -> Any:
    return {key: _plain(value[key]) for key in value.keys()} if hasattr(value, "keys") else value  # noqa: SIM118


def _enter_shell() -> None:
    """Become a bare IPython shell, which both generations take for a notebook (REINIT-4)."""
    importlib.import_module("IPython.core.interactiveshell").InteractiveShell.instance()


def _become(line: Line, host: str, port: int, token: str, module: str) -> int:
    """A new process of the script, from its first action to its exit code."""
    os.environ.clear()
    os.environ.update(line["env"])
    os.chdir(line["directory"])
    output = os.open(line["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    fcntl.flock(output, fcntl.LOCK_EX)  # until all have ended that print to it: this process, and what it starts
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - as long as the process
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)
    if line["notebook"]:
        _enter_shell()
    channel = Channel(host, port, token, line["name"])
    KEPT.append(channel)
    try:
        imported = importlib.import_module(module)
    except BaseException as error:
        channel.receive()
        channel.send({"not_imported": _why(error)})
        return 1
    return Process(imported, channel).serve()


def _imported(module: str, late: bool) -> Line:
    """The version of the module, and why it cannot be used if that is so; with `late`, whether it is there at all."""
    try:
        if late:
            there = importlib.util.find_spec(module) is not None
            return {"version": "", "not_imported": "" if there else f"there is no module {module!r}"}
        imported = importlib.import_module(module)  # not the drop-in: another interpreter
        version = getattr(imported, "__version__", "")
        return {"version": version, "not_imported": "" if hasattr(imported, "init") else "it has no init()"}
    except BaseException as error:
        return {"version": "", "not_imported": _why(error)}


def _why(error: BaseException) -> str:
    """An error, and the line of the module that it comes from."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    last = frames[-1]
    where = "" if last.filename == __file__ else f" ({os.path.basename(last.filename)}, line {last.lineno})"
    return f"{type(error).__name__}: {error}{where}"


def _collect_ended() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main() -> int:
    """Serve until the connection ends."""
    host, port, token = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    module = sys.argv[4] if len(sys.argv) > 4 else "wandb"
    del sys.path[0]  # the kit's modules beside this file, which are not to be met under their bare names
    told = _imported(module, "late" in sys.argv[5:])
    sys.stdout.flush()
    control = Channel(host, port, token, "control")
    control.send(told)
    if told["not_imported"]:
        return 1
    while True:
        line = control.receive()
        _collect_ended()
        if line is None:
            return 0
        if os.fork() == 0:
            control.close()
            return _become(line, host, port, token, module)


if __name__ == "__main__":
    exit_code = main()
    sys.exit(exit_code)  # looked up now: the client has put its own in the place of sys.exit
