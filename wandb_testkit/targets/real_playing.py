"""Owns one script on its way in a real client: its processes, its server, and what it shows.

Source: as for the reference target; what a client prints is read by its own words.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_testkit import actions
from wandb_testkit.errors import NotAnOfflineRunError
from wandb_testkit.observation import ActionSeen, InitSeen, Observation, RunState, RunView
from wandb_testkit.offline_runs import read_quietly
from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.targets.arrivals import CALM_TIMEOUT_S, Arrivals, OnItsWay
from wandb_testkit.targets.client_processes import ClientProcess, ClientProcesses
from wandb_testkit.targets.client_service import ANSWER_TIMEOUT_S, QUIET, Service, wait_for_all
from wandb_testkit.targets.client_signs import asked_by, warnings_in, with_dropped_rows
from wandb_testkit.targets.server_side import ServerSide
from wandb_testkit.wire.http import Request, Response

END_TIMEOUT_S = 30.0
"""How long what a client has started may live on after it."""


class _RealProcess(ClientProcess):
    """One process of a script, with a server's address of its own.

    Attributes:
        runs: Name of a run in the script -> its id, "" if it is offline or a dummy.
        is_refused: Its key was revoked: what it sends from then on does not arrive.
        stepped: Place in the script and step of each log(step=...).
    """

    def __init__(self, action: actions.StartProcess, directory: Path, output: Path) -> None:
        super().__init__(action, directory, output)
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

    Args:
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
        self.server = server
        self.environ = environ or {}
        self.folder = folder
        self.processes = ClientProcesses(service, folder, _RealProcess, self._variables, patience_s)
        self.keys = [server.api_key]
        self.is_cut = False
        self.loopbacks: list[Loopback] = []
        self.place = -1
        self.inits: list[InitSeen] = []
        self.seen: list[ActionSeen] = []
        self._arrivals = Arrivals(server.rows)
        self._writers: dict[str, _RealProcess] = {}
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
        path = self.processes.home / ".netrc"
        if key is None:
            path.unlink(missing_ok=True)
            return
        # Each process has a port of its own; the service of 0.22 passes over "default".
        entries = (f"{machine} login user password {key}\n" for machine in ("machine 127.0.0.1", "default"))
        path.write_text("".join(entries), encoding="utf-8")
        path.chmod(0o600)

    # ------------------------------------------------------------------ processes

    def _variables(self, process: _RealProcess) -> dict[str, str]:
        loopback = Loopback(functools.partial(self._handle, process))
        self.loopbacks.append(loopback)
        variables = {"WANDB_BASE_URL": loopback.url, **QUIET, **self.environ}
        if process.action.sweep:
            parameters = {key: {"value": value} for key, value in process.action.sweep.items()}
            path = process.output.with_suffix(".yaml")
            path.write_text(json.dumps(parameters), encoding="utf-8")  # JSON is YAML
            variables["WANDB_SWEEP_PARAM_PATH"] = str(path)
        return variables

    def close(self) -> None:
        """End every process and the server."""
        self.processes.close()
        for loopback in self.loopbacks:
            loopback.close()
        self.server.close()

    # ------------------------------------------------------------------ actions

    def take(self, action: actions.Action) -> None:
        """Carry out one action, and note what it raises and warns of."""
        self.place += 1
        action = self.server.placed(action, self.processes.variables)
        if isinstance(action, actions.Init):
            self._init(action)
        else:
            WORLD[type(action)](self, action) if type(action) in WORLD else self._on_run(action)

    def _init(self, action: actions.Init) -> None:
        process = self.processes.present
        self._wait_for(*(other for other in self.processes.now.values() if other is not process))
        printed = process.printed_bytes
        asked = len(process.asked)
        answer, seen = self.processes.ask_for_init(action)
        if not answer["error"]:
            process.runs[action.run] = run_id = answer["run_id"] if answer["mode"] == "online" else ""
            self._writers[run_id] = process
        ids = {action.kwargs.get("id"), process.action.env.get("WANDB_RUN_ID"), answer.get("run_id")}
        others = {run_id for run_id in process.runs.values() if run_id not in ids}
        self.inits.append(
            dataclasses.replace(
                seen,
                asked=tuple(one for one in process.asked[asked:] if one[2] not in others),
                warnings=warnings_in(process.printed(printed)),
            )
        )

    def _on_run(self, action: Any) -> None:
        """An action on a run: passed over where the present process has none of that name."""
        process = self.processes.present
        if action.run not in process.runs:
            return
        printed = process.printed_bytes
        answer, shown = self.processes.ask_for(action)
        run_id = process.runs[action.run]
        if isinstance(action, actions.Log) and action.step is not None:
            process.stepped.append((self.place, action.step))
        is_heard = run_id and not answer["error"] and not process.is_refused
        if is_heard and process.on_its_way.note(action, run_id):
            self._arrivals.note_row(run_id)
        warnings = warnings_in(process.printed(printed))
        if answer["error"] or warnings or shown:
            self.seen.append(ActionSeen(self.place, answer["error"], warnings, shown))

    def _delete_run(self, action: actions.DeleteRun) -> None:
        self.server.delete_run(action.run_id)

    def _end_process(self, action: actions.EndProcess) -> None:
        self.processes.begin_again({"action": "end", "exit_code": action.exit_code})

    def _kill(self, action: actions.Kill) -> None:
        self._wait_for(self.processes.present)
        self.processes.begin_again({"action": "kill"})

    def _log_out(self, action: actions.LogOut) -> None:
        self._write_netrc(None)

    def _log_in(self, action: actions.LogIn) -> None:
        self.keys.append(f"key{len(self.keys)}x".ljust(40, "0"))
        self.server.log_in(action.user, self.keys[-1])
        self._write_netrc(self.keys[-1])

    def _revoke_key(self, action: actions.RevokeKey) -> None:
        self._wait_for(*self.processes.now.values())
        self.server.revoke(self.keys)
        for process in self.processes.now.values():
            process.is_refused = process.channel is not None

    def _cut_network(self, action: actions.CutNetwork) -> None:
        self._wait_for(*self.processes.now.values())
        self.is_cut = True

    def _restore_network(self, action: actions.RestoreNetwork) -> None:
        self.is_cut = False

    # ------------------------------------------------------------------ the end

    def settled(self) -> Observation:
        """What could be seen, once every run has handed over what it logged.

        Runs that are still active have to end for that; the states are those from before. Two kinds of online runs do
        not, as their end would do more: a row waits for its commit, or another process has started the run since.
        """
        left = {process.action.name: self._left(process) for process in self.processes.now.values()}
        self._wait_for(*(process for process in self.processes.now.values() if left[process.action.name]))
        self._wait_for(*self.processes.now.values(), at_most=1.0)  # the end of a run hands over the rest
        states = {run.path: (run.state, run.exit_code) for run in self.server.runs(self.inits)}
        active: Counter[str] = Counter()
        self.is_cut = False
        self.server.reinstate(self.keys)
        for name, process in self.processes.now.items():
            if process.channel is not None:
                with suppress(EOFError):
                    active.update(process.channel.ask({"action": "settle", "left": left[name]})["active"])
        runs = []
        for run in self.server.runs(self.inits):
            if run.path in states:  # a request that had failed may have been repeated meanwhile
                state, exit_code = states[run.path]
                runs.append(dataclasses.replace(run, state=state, exit_code=exit_code))
        self._close_logs()
        runs += [self.server.told(run) for run in self._offline_runs(active)]
        made = {(seen.mode, seen.run_id): number for number, seen in reversed(list(enumerate(self.inits)))}
        runs.sort(key=lambda run: made.get((run.mode, run.id), len(made)))
        told = [(process.stepped, process.printed()) for process in self.processes.begun]
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
        for process in self.processes.now.values():
            if process.channel is not None and "" in process.runs.values():
                with suppress(OSError):
                    process.channel.tell({"action": "end", "exit_code": 0})
                process.channel.wait_for_end()
        for process in self.processes.begun:
            if "" in process.runs.values():
                wait_for_all(process.output, END_TIMEOUT_S)

    def _offline_runs(self, active: Counter[str]) -> list[RunView]:
        """The offline runs of all machines; of those with the id of an active one the latest were active, too."""
        runs = []
        left = active.copy()
        for path in sorted(self.folder.glob("places/*/wandb/offline-run-*"), key=lambda path: path.name, reverse=True):
            with suppress(NotAnOfflineRunError):  # a directory that init() made before it returned the active run
                run = read_quietly(path)[0]
                if left[run.id] > 0:
                    left[run.id] -= 1
                    run = dataclasses.replace(run, state=RunState.RUNNING, exit_code=None)
                runs.append(run)
        return runs[::-1]


def _enter(playing: RealPlaying, action: actions.StartProcess) -> None:
    playing.processes.enter(action)


WORLD: Mapping[type, Callable[[RealPlaying, Any], None]] = {
    actions.StartProcess: _enter,
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
