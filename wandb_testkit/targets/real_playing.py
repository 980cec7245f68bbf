"""Owns one script on its way in a real client: its processes, its server, and what it shows.

Source: as for the reference target; what a client prints is read by its own words.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_testkit import actions
from wandb_testkit.errors import NotAnOfflineRunError
from wandb_testkit.observation import TIME_KEYS, ActionSeen, InitSeen, Observation, RunState, RunView
from wandb_testkit.offline_runs import read_quietly
from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.targets.arrivals import CALM_TIMEOUT_S, Arrivals, OnItsWay
from wandb_testkit.targets.client_service import ANSWER_TIMEOUT_S, QUIET, Channel, Service, wait_for_all
from wandb_testkit.targets.client_signs import asked_by, warnings_in, with_dropped_rows
from wandb_testkit.targets.server_side import ServerSide
from wandb_testkit.wire.http import Request, Response

END_TIMEOUT_S = 30.0
"""How long what a client has started may live on after it."""


class _RealProcess:
    """One process of a script: it begins with its first action, so that it meets the world as it is then.

    Attributes:
        runs: Name of a run in the script -> its id, "" if it is offline or a dummy.
        is_refused: Its key was revoked: what it sends from then on does not arrive.
        stepped: Place in the script and step of each log(step=...).
    """

    def __init__(self, action: actions.StartProcess, directory: Path, output: Path) -> None:
        self.action = action
        self.directory = directory
        self.output = output
        self.channel: Channel | None = None
        self.asked: list[tuple[str, str, str]] = []
        self.runs: dict[str, str] = {}
        self.on_its_way = OnItsWay()
        self.is_refused = False
        self.stepped: list[tuple[int, int]] = []

    def printed(self, since: int = 0) -> str:
        """What it has printed from a place on."""
        if not self.output.exists():
            return ""
        return self.output.read_bytes()[since:].decode(errors="replace")

    @property
    def printed_bytes(self) -> int:
        return self.output.stat().st_size if self.output.exists() else 0


class RealPlaying:
    """One script on its way.

    Attributes:
        server: What the client's requests reach.
        environ: Variables of every process of the script.
        patience_s: How long the client may take for one action.
    """

    def __init__(
        self,
        service: Service,
        server: ServerSide,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        patience_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self.service = service
        self.server = server
        self.environ = environ or {}
        self.patience_s = patience_s
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.keys = [server.api_key]
        self.is_cut = False
        self.loopbacks: list[Loopback] = []
        self.processes: dict[str, _RealProcess] = {}
        self.present = ""
        self.place = -1
        self.inits: list[InitSeen] = []
        self.seen: list[ActionSeen] = []
        self._outputs = 0
        self._arrivals = Arrivals(server.rows)
        self._writers: dict[str, _RealProcess] = {}
        self._begun: list[_RealProcess] = []
        self._write_netrc(self.keys[0])

    # ------------------------------------------------------------------ the server's side

    def _handle(self, process: _RealProcess, request: Request) -> Response:
        with self._arrivals.answered:  # one request at a time, so that what it leads to is told from the rest
            response, asked = (Response(0), asked_by(request)) if self.is_cut else self.server.answer(request)
            process.asked += asked
            self._arrivals.answered.notify_all()
        return response

    def _wait_for(self, *processes: _RealProcess, at_most: float = CALM_TIMEOUT_S) -> None:
        """Let what these processes did arrive: what a client sends late is lost when it is killed."""
        delay = max((process.on_its_way.take() for process in processes), default=0.0)
        if not self.is_cut:
            self._arrivals.wait_for_rows()
            self._arrivals.wait_for_calm(min(delay, at_most))

    def _write_netrc(self, key: str | None) -> None:
        path = self.home / ".netrc"
        if key is None:
            path.unlink(missing_ok=True)
            return
        # Each process has a port of its own; the service of 0.22 passes over "default".
        entries = (f"{machine} login user password {key}\n" for machine in ("machine 127.0.0.1", "default"))
        path.write_text("".join(entries), encoding="utf-8")
        path.chmod(0o600)

    # ------------------------------------------------------------------ processes

    @property
    def process(self) -> _RealProcess:
        """The process that acts now; the nameless one is there as soon as it is needed."""
        if self.present not in self.processes:
            self._enter(actions.StartProcess(self.present))
        return self.processes[self.present]

    def _variables(self) -> Mapping[str, str]:
        """Those that the script gave the present process."""
        process = self.processes.get(self.present)
        return {} if process is None else process.action.env

    def _enter(self, action: actions.StartProcess) -> None:
        if action.name not in self.processes:
            self.processes[action.name] = self._new(action)
        self.present = action.name

    def _new(self, action: actions.StartProcess) -> _RealProcess:
        directory = self.folder / "places" / action.directory
        directory.mkdir(parents=True, exist_ok=True)
        self._outputs += 1
        self._begun.append(_RealProcess(action, directory, self.folder / f"output{self._outputs}"))
        return self._begun[-1]

    def _channel(self) -> Channel:
        process = self.process
        if process.channel is None:
            environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
            loopback = Loopback(functools.partial(self._handle, process))
            self.loopbacks.append(loopback)
            url = loopback.url
            environ |= {"HOME": str(self.home), "WANDB_BASE_URL": url, **QUIET, **self.environ, **process.action.env}
            if process.action.sweep:
                parameters = {key: {"value": value} for key, value in process.action.sweep.items()}
                path = process.output.with_suffix(".yaml")
                path.write_text(json.dumps(parameters), encoding="utf-8")  # JSON is YAML
                environ["WANDB_SWEEP_PARAM_PATH"] = str(path)
            process.channel = self.service.fork(
                {
                    "name": process.action.name,
                    "env": environ,
                    "directory": str(process.directory),
                    "output": str(process.output),
                    "notebook": process.action.notebook,
                }
            )
            process.channel.be_patient(self.patience_s)
        return process.channel

    def _again(self, told: Mapping[str, Any]) -> None:
        """The present process ends, and the same program is ready to start again."""
        process = self.process
        if process.channel is not None:
            process.channel.tell(told)
            process.channel.wait_for_end()
            process.channel.close()
        self.processes[self.present] = self._new(process.action)

    def close(self) -> None:
        """End every process and the server."""
        for process in self.processes.values():
            if process.channel is not None:
                process.channel.kill()
                process.channel.close()
        for loopback in self.loopbacks:
            loopback.close()
        self.server.close()

    # ------------------------------------------------------------------ actions

    def take(self, action: actions.Action) -> None:
        """Carry out one action, and note what it raises and warns of."""
        self.place += 1
        action = self.server.placed(action, self._variables())
        if isinstance(action, actions.Init):
            self._init(action)
        else:
            WORLD[type(action)](self, action) if type(action) in WORLD else self._on_run(action)

    def _init(self, action: actions.Init) -> None:
        process = self.process
        self._wait_for(*(other for other in self.processes.values() if other is not process))
        before = self._remembered()
        printed = process.printed_bytes
        asked = len(process.asked)
        answer = self._channel().ask({"action": "init", "run": action.run, "kwargs": repr(dict(action.kwargs))})
        if not answer["error"]:
            process.runs[action.run] = run_id = answer["run_id"] if answer["mode"] == "online" else ""
            self._writers[run_id] = process
        ids = {action.kwargs.get("id"), process.action.env.get("WANDB_RUN_ID"), answer.get("run_id")}
        others = {run_id for run_id in process.runs.values() if run_id not in ids}
        self.inits.append(
            InitSeen(
                run=action.run,
                error=answer["error"],
                message=answer["message"],
                returned=answer.get("returned", ""),
                is_dummy=answer.get("is_dummy", False),
                run_id=answer.get("run_id", ""),
                resumed=answer.get("resumed", False),
                starting_step=answer.get("starting_step", 0),
                mode=answer.get("mode", "-"),
                entity=answer.get("entity", ""),
                wandb_run=answer["wandb_run"],
                asked=tuple(one for one in process.asked[asked:] if one[2] not in others),
                resume_file=(before, self._remembered()),
                warnings=warnings_in(process.printed(printed)),
            )
        )

    def _on_run(self, action: Any) -> None:
        """An action on a run: passed over where the present process has none of that name."""
        process = self.process
        if action.run not in process.runs:
            return
        printed = process.printed_bytes
        line = {"action": re.sub(r"(?<!^)(?=[A-Z])", "_", type(action).__name__).lower()}
        answer = self._channel().ask({**line, **{field.name: _sendable(getattr(action, field.name))
                                                 for field in dataclasses.fields(action)}})  # fmt: skip
        run_id = process.runs[action.run]
        if isinstance(action, actions.Log) and action.step is not None:
            process.stepped.append((self.place, action.step))
        is_heard = run_id and not answer["error"] and not process.is_refused
        if is_heard and process.on_its_way.note(action, run_id):
            self._arrivals.note_row(run_id)
        shown = answer.get("shown", {})
        if shown:
            shown["tags"] = tuple(shown["tags"]) if shown.get("tags") is not None else shown.get("tags")
            if isinstance(shown.get("summary"), dict):
                shown["summary"] = {key: value for key, value in shown["summary"].items() if key not in TIME_KEYS}
        warnings = warnings_in(process.printed(printed))
        if answer["error"] or warnings or shown:
            self.seen.append(ActionSeen(self.place, answer["error"], warnings, shown))

    def _remembered(self) -> str | None:
        path = self.process.directory / "wandb" / "wandb-resume.json"
        try:
            remembered: str | None = json.loads(path.read_text(encoding="utf-8")).get("run_id")
        except (FileNotFoundError, ValueError, AttributeError):
            return None
        return remembered

    def _delete_run(self, action: actions.DeleteRun) -> None:
        self.server.delete_run(action.run_id)

    def _end_process(self, action: actions.EndProcess) -> None:
        self._again({"action": "end", "exit_code": action.exit_code})

    def _kill(self, action: actions.Kill) -> None:
        self._wait_for(self.process)
        self._again({"action": "kill"})

    def _log_out(self, action: actions.LogOut) -> None:
        self._write_netrc(None)

    def _log_in(self, action: actions.LogIn) -> None:
        self.keys.append(f"key{len(self.keys)}x".ljust(40, "0"))
        self.server.log_in(action.user, self.keys[-1])
        self._write_netrc(self.keys[-1])

    def _revoke_key(self, action: actions.RevokeKey) -> None:
        self._wait_for(*self.processes.values())
        self.server.revoke(self.keys)
        for process in self.processes.values():
            process.is_refused = process.channel is not None

    def _cut_network(self, action: actions.CutNetwork) -> None:
        self._wait_for(*self.processes.values())
        self.is_cut = True

    def _restore_network(self, action: actions.RestoreNetwork) -> None:
        self.is_cut = False

    # ------------------------------------------------------------------ the end

    def settled(self) -> Observation:
        """What could be seen, once every run has handed over what it logged.

        Runs that are still active have to end for that; the states are those from before. Two kinds of online runs do
        not, as their end would do more: a row waits for its commit, or another process has started the run since.
        """
        left = {process.action.name: self._left(process) for process in self.processes.values()}
        self._wait_for(*(process for process in self.processes.values() if left[process.action.name]))
        self._wait_for(*self.processes.values(), at_most=1.0)  # the end of a run hands over the rest
        states = {run.path: (run.state, run.exit_code) for run in self.server.runs(self.inits)}
        active: set[str] = set()
        self.is_cut = False
        self.server.reinstate(self.keys)
        for name, process in self.processes.items():
            if process.channel is not None:
                with suppress(EOFError):
                    active |= set(process.channel.ask({"action": "settle", "left": left[name]})["active"])
        runs = []
        for run in self.server.runs(self.inits):
            if run.path in states:  # a request that had failed may have been repeated meanwhile
                state, exit_code = states[run.path]
                runs.append(dataclasses.replace(run, state=state, exit_code=exit_code))
        self._close_logs()
        for run in self._offline_runs():
            if run.id in active:
                run = dataclasses.replace(run, state=RunState.RUNNING, exit_code=None)
            runs.append(self.server.told(run))
        made = {(seen.mode, seen.run_id): number for number, seen in reversed(list(enumerate(self.inits)))}
        runs.sort(key=lambda run: made.get((run.mode, run.id), len(made)))
        told = [(process.stepped, process.printed()) for process in self._begun]
        return Observation(tuple(self.inits), tuple(runs), tuple(with_dropped_rows(self.seen, told)))

    def _left(self, process: _RealProcess) -> list[str]:
        """The runs of a process that must not end."""
        return [
            name
            for name, run_id in process.runs.items()
            if run_id and (run_id in process.on_its_way.open_rows or self._writers[run_id] is not process)
        ]

    def _close_logs(self) -> None:
        """End the processes that have an offline run: its log is whole when they have ended, and what they started."""
        for process in self.processes.values():
            if process.channel is not None and "" in process.runs.values():
                with suppress(OSError):
                    process.channel.tell({"action": "end", "exit_code": 0})
                process.channel.wait_for_end()
        for process in self._begun:
            if "" in process.runs.values():
                wait_for_all(process.output, END_TIMEOUT_S)

    def _offline_runs(self) -> list[RunView]:
        runs = []
        for path in sorted(self.folder.glob("places/*/wandb/offline-run-*")):
            with suppress(NotAnOfflineRunError):  # a directory that init() made before it returned the active run
                runs.append(read_quietly(path)[0])
        return runs


def _sendable(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


WORLD: Mapping[type, Callable[[RealPlaying, Any], None]] = {
    actions.StartProcess: RealPlaying._enter,
    actions.EndProcess: RealPlaying._end_process,
    actions.Kill: RealPlaying._kill,
    actions.DeleteRun: RealPlaying._delete_run,
    actions.LogOut: RealPlaying._log_out,
    actions.LogIn: RealPlaying._log_in,
    actions.RevokeKey: RealPlaying._revoke_key,
    actions.CutNetwork: RealPlaying._cut_network,
    actions.RestoreNetwork: RealPlaying._restore_network,
}
"""How each action is carried out that is not one on a run; those are the client program's."""
