"""_set_logger, _WandbInit and the files of a run: directory, links, debug.log, and how long the handler lives.

Handlers are counted by kind: newer versions of pytest put one of their own on every logger that does not propagate.
"""

from __future__ import annotations

import inspect
import logging
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk import init as init_module
from wandb_testkit.sdk.init import _set_logger, _WandbInit

LOGGER = logging.getLogger("wandb")

LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z ]{7}) (?P<thread>.{10,}?):(?P<process>\d+) "
    r"\[(?P<place>[^\]]+)\](?P<tag> \[no run ID\])? (?P<message>.*)"
)
"""LOGSETUP-5, for both profiles; the tag is current's."""


def file_handlers() -> list[logging.FileHandler]:
    return [handler for handler in LOGGER.handlers if isinstance(handler, logging.FileHandler)]


def directories(place: Path) -> list[Path]:
    """The run directories below a place, the oldest first."""
    return sorted(path for path in (place / "wandb").iterdir() if path.is_dir() and not path.is_symlink())


def messages(log: Path) -> list[str]:
    found = [LINE.fullmatch(line) for line in log.read_text().splitlines()]
    return [match["message"] for match in found if match]


def debug_log(run: Any) -> Path:
    return Path(run.dir).parent / "logs" / "debug.log"


@pytest.fixture
def own_logger() -> Iterator[None]:
    """Whatever a test puts in its place, the module's logger is there again afterwards."""
    before = init_module.logger
    yield
    _set_logger(before)


# ---------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("function", "signature"),
    [
        (_set_logger, ["log_object"]),
        (_WandbInit.setup, ["self", "kwargs"]),
        (_WandbInit._enable_logging, ["self", "log_fname", "run_id=None"]),
        (_WandbInit._jupyter_teardown, ["self"]),
        (_WandbInit._jupyter_setup, ["self", "settings"]),
        (_WandbInit._log_setup, ["self", "settings"]),
    ],
)
def test_names_and_signatures_are_those_of_the_reference_page(
    function: Callable[..., Any], signature: list[str]
) -> None:
    """LOGSETUP-9"""
    parameters = inspect.signature(function).parameters.values()

    assert [
        name.name if name.default is name.empty else f"{name.name}={name.default!r}" for name in parameters
    ] == signature
    assert {name.kind for name in parameters} == {inspect.Parameter.POSITIONAL_OR_KEYWORD}


@pytest.mark.usefixtures("own_logger")
def test_set_logger_replaces_the_logger_of_the_module_and_nothing_else() -> None:
    """LOGSETUP-1"""
    before = dict(vars(init_module))
    mine = logging.getLogger("wandb.mine")

    _set_logger(mine)

    changed = {name for name, value in vars(init_module).items() if before.get(name) is not value}
    assert (changed, init_module.logger) == ({"logger"}, mine)


@pytest.mark.usefixtures("own_logger")
def test_a_logger_that_was_set_gets_the_handler(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-1, LOGSETUP-5"""
    mine = logging.getLogger("wandb-of-mine")
    _set_logger(mine)

    with fake.init(dir=tmp_path):
        kinds = [type(handler) for handler in mine.handlers]
        assert (kinds, file_handlers()) == ([logging.FileHandler], [])

    assert not [handler for handler in mine.handlers if isinstance(handler, logging.FileHandler)]


# ---------------------------------------------------------------------- setup


ARGUMENTS: dict[str, Any] = {
    "settings": None,
    "config": {"lr": 0.1},
    "config_include_keys": None,
    "config_exclude_keys": None,
    "anonymous": None,
    "force": None,
    "monitor_gym": None,
    "tensorboard": None,
    "sync_tensorboard": None,
}


def test_setup_completes_and_freezes_the_settings_and_takes_out_what_is_none(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-2"""
    starting = _WandbInit(fake.session)
    kwargs = {**ARGUMENTS, "project": "p", "id": "abc", "dir": str(tmp_path)}

    starting.setup(kwargs)

    settings = starting.settings
    assert kwargs == {"project": "p", "id": "abc", "dir": str(tmp_path)}
    assert (settings["project"], settings.run_id, settings.mode) == ("p", "abc", "online")
    assert starting.config == {"lr": 0.1}
    assert len(file_handlers()) == 1
    with pytest.raises(TypeError, match=r"project='q'.*frozen.*\[LOGSETUP-2\]"):
        settings["project"] = "q"
    with pytest.raises(TypeError, match="frozen"):
        settings.project = "q"
    with pytest.raises(AttributeError, match=r"no value for 'notes'.*project"):
        _ = settings.notes
    starting.teardown()


def test_setup_chooses_what_nobody_gave(fake: wt.World) -> None:
    """LOGSETUP-2, ID-2"""
    starting = _WandbInit(fake.session)

    starting.setup({"project": "p"})

    assert re.fullmatch("[0-9a-z]{8}", starting.settings.run_id)
    assert starting.init().id == starting.settings.run_id


def test_without_a_session_it_is_that_of_the_world_in_force(fake: wt.World) -> None:
    """LOGSETUP-9"""
    starting = _WandbInit()

    starting.setup({})

    assert starting.init() is fake.session.run


# ---------------------------------------------------------------------- the directory


@pytest.mark.parametrize(("mode", "prefix"), [("online", "run"), ("offline", "offline-run")])
def test_the_directory_has_its_name_from_the_time_and_the_id(
    fake: wt.World, tmp_path: Path, mode: str, prefix: str
) -> None:
    """LOGSETUP-3, MODE-3, MODE-4"""
    with freeze_time("2021-03-04 05:06:07"):
        stamp = datetime.now().strftime("%Y%m%d_%H%M%S")
        fake.init(dir=tmp_path, id="abc", mode=mode)

    (made,) = directories(tmp_path)
    below = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_dir()}
    assert made.name == f"{prefix}-{stamp}-abc"
    assert below == {"files", "logs", "tmp", os.path.join("tmp", "code")}


def test_the_clock_is_that_of_the_world(make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path) -> None:
    """LOGSETUP-3, LOGSETUP-5"""

    class Clock:
        def time(self) -> float:
            return 1_000_000_000.25

    make_world(profile, clock=Clock()).init(dir=tmp_path, id="abc")

    (made,) = directories(tmp_path)
    then = datetime.fromtimestamp(1_000_000_000)
    assert made.name == f"run-{then:%Y%m%d_%H%M%S}-abc"
    assert (made / "logs" / "debug.log").read_text().startswith(f"{then:%Y-%m-%d %H:%M:%S},250 ")


@pytest.mark.parametrize("way", ["dir", "variable", "root"])
def test_a_named_place_gets_real_files_at_once(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path, way: str
) -> None:
    """LOGSETUP-3"""
    environ = {"WANDB_DIR": str(tmp_path)} if way == "variable" else {}
    world = make_world(profile, environ=environ, root=tmp_path if way == "root" else None)

    world.init(dir=tmp_path if way == "dir" else None)

    (made,) = directories(tmp_path)
    assert file_handlers()[0].baseFilename == str(made / "logs" / "debug.log")


def test_a_world_in_memory_touches_neither_the_disk_nor_the_logger(
    fake: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOGSETUP-3, LOGSETUP-5: nothing is there until somebody asks for it"""
    monkeypatch.chdir(tmp_path)
    before = (LOGGER.level, LOGGER.propagate, list(LOGGER.handlers))

    with fake.init() as run:
        run.log({"loss": 1})
        during = (LOGGER.level, LOGGER.propagate, list(LOGGER.handlers))

    assert during == before
    assert list(tmp_path.iterdir()) == []


def test_who_asks_for_the_directory_gets_all_of_it(fake: wt.World) -> None:
    """LOGSETUP-3, LOGSETUP-4, LOGSETUP-6"""
    run: Any = fake.init(id="abc")

    place = Path(run.dir).parents[1]

    latest = place / "latest-run"
    assert latest.resolve() == Path(run.dir).parent
    assert file_handlers()[0].baseFilename == str(debug_log(run))
    assert "run started, returning control to user process" in messages(place / "debug.log")


def test_a_finished_run_has_a_log_and_no_handler_when_it_is_asked_for_late(fake: wt.World) -> None:
    """LOGSETUP-7"""
    run: Any = fake.init()
    run.finish()

    log = debug_log(run)

    assert f"finishing run {run.path}" in messages(log)
    assert file_handlers() == []


def test_a_hidden_wandb_directory_is_used_if_it_exists(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-3"""
    (tmp_path / ".wandb").mkdir()

    run: Any = fake.init(dir=tmp_path)

    assert Path(run.dir).parents[1] == tmp_path / ".wandb"


@freeze_time("2021-03-04 05:06:07")
def test_current_adds_a_number_where_the_directory_exists(current: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-3"""
    for _ in range(3):
        current.init(dir=tmp_path, id="abc").finish()

    first, second, third = (path.name for path in directories(tmp_path))
    assert (second, third) == (f"{first}-1", f"{first}-2")
    assert os.readlink(tmp_path / "wandb" / "latest-run") == third


@freeze_time("2021-03-04 05:06:07")
def test_classic_goes_on_in_a_directory_that_exists(classic: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-3"""
    for _ in range(2):
        classic.init(dir=tmp_path, id="abc").finish()

    (only,) = directories(tmp_path)
    assert messages(only / "logs" / "debug.log").count("run started, returning control to user process") == 2


@freeze_time("2021-03-04 05:06:07")
def test_offline_runs_never_share_a_directory(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-3, MODE-3: what is in it is all there is of them"""
    for _ in range(2):
        fake.init(dir=tmp_path, id="abc", mode="offline").finish()

    first, second = (path.name for path in directories(tmp_path))
    assert second == f"{first}-1"


# ---------------------------------------------------------------------- links


def links(place: Path) -> dict[str, str]:
    return {path.name: os.readlink(path) for path in (place / "wandb").iterdir() if path.is_symlink()}


def test_links_are_relative_and_replaced_by_every_init(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-4"""
    shown = []
    for run_id in ("a", "b"):
        fake.init(dir=tmp_path, id=run_id).finish()
        shown.append(links(tmp_path))

    assert shown == [
        {
            "latest-run": path.name,
            "debug.log": os.path.join(path.name, "logs", "debug.log"),
            "debug-internal.log": os.path.join(path.name, "logs", "debug-internal.log"),
        }
        for path in directories(tmp_path)
    ]
    assert (tmp_path / "wandb" / "debug-internal.log").read_text()


def test_links_show_the_latest_run_also_if_an_earlier_one_is_asked_for_later(current: wt.World) -> None:
    """LOGSETUP-4"""
    first: Any = current.init()
    second: Any = current.init(reinit="create_new")

    place = Path(second.dir).parents[1]
    _ = first.dir

    assert (place / "latest-run").resolve() == Path(second.dir).parent


def test_current_makes_no_links_where_they_are_not_wanted(current: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-4"""
    current.init(dir=tmp_path, settings={"symlink": False})

    assert links(tmp_path) == {}


def test_what_is_no_link_is_replaced_too(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-4"""
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "debug.log").write_text("old")
    (tmp_path / "wandb" / "latest-run").mkdir()  # no file may take the place of a directory

    fake.init(dir=tmp_path)

    assert set(links(tmp_path)) == {"debug.log", "debug-internal.log"}
    assert sorted(path.name for path in (tmp_path / "wandb").glob("latest-run*")) == ["latest-run"]


# ---------------------------------------------------------------------- the log


def test_enable_logging_adds_a_file_handler_at_info(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-5"""
    starting = _WandbInit(fake.session)
    log = tmp_path / "my.log"

    starting._enable_logging(str(log))
    LOGGER.debug("too quiet")
    LOGGER.info("heard")
    starting.teardown()
    LOGGER.info("too late")

    (line,) = log.read_text().splitlines()
    found = LINE.fullmatch(line)
    assert found is not None
    assert (found["level"], found["thread"], int(found["process"])) == ("INFO   ", "MainThread", os.getpid())
    assert found["place"].startswith("test_logging_setup.py:test_enable_logging_adds_a_file_handler_at_info():")
    assert found["message"] == "heard"
    assert (LOGGER.level, LOGGER.propagate) == (logging.DEBUG, False)


def test_the_run_id_is_in_the_bracket_of_classic(classic: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-5"""
    starting = _WandbInit(classic.session)

    starting._enable_logging(str(tmp_path / "my.log"), run_id="abc")
    LOGGER.info("heard")
    record = logging.LogRecord("wandb", logging.INFO, "f.py", 1, "", (), None)
    assert file_handlers()[0].filter(record)
    starting.teardown()

    assert " [abc:test_logging_setup.py:" in (tmp_path / "my.log").read_text()
    assert record.__dict__["run_id"] == "abc"


def test_log_setup_writes_no_run_id_in_classic(classic: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-5"""
    classic.init(dir=tmp_path, id="abc")

    assert file_handlers()[0].filters == []


def test_the_files_of_current_hold_the_records_of_their_run_and_of_no_run(current: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-5"""
    runs: list[Any] = [current.init(dir=tmp_path, id=run_id, reinit="create_new") for run_id in ("a", "b")]
    LOGGER.info("whose?")
    for run in runs:
        run.finish()

    for run, other in ((runs[0], runs[1]), (runs[1], runs[0])):
        lines = debug_log(run).read_text().splitlines()
        heard = messages(debug_log(run))
        assert f"finishing run {run.path}" in heard
        assert f"finishing run {other.path}" not in heard
        assert [line for line in lines if "[no run ID]" in line] == [line for line in lines if "whose?" in line] != []


def test_current_has_its_lines_in_the_format_without_a_tag(current: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-5"""
    run: Any = current.init(dir=tmp_path)

    last = debug_log(run).read_text().splitlines()[-1]

    assert last.endswith(")] run started, returning control to user process") or re.search(
        r"\(\):\d+\] run started, returning control to user process$", last
    )


def test_early_records_come_first_then_where_the_files_are(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path
) -> None:
    """LOGSETUP-6"""
    world = make_world(profile, environ={"WANDB_API_KEY": "secret00" * 5, "WANDB_NAME": "n"})
    world.session.load_environment()
    world.session.warn("early", "an early 100% warning")
    early = world.session.log.early

    first: Any = world.init(dir=tmp_path)
    first.finish()
    second: Any = world.init(dir=tmp_path)

    logs = [debug_log(run) for run in (first, second)]
    named = [
        [f"Logging user logs to {log}", f"Logging internal logs to {log.with_name('debug-internal.log')}"]
        for log in logs
    ]
    assert early[-1] == "an early 100% warning"
    assert messages(logs[0])[: len(early) + 2] == [*early, *named[0]]
    assert messages(logs[1])[:2] == named[1]
    assert "WANDB_API_KEY" in early[0]
    assert "secret" not in logs[0].read_text()


def test_notes_that_wait_for_a_file_are_bounded(fake: wt.World) -> None:
    """LOGSETUP-6"""
    for number in range(1_500):
        fake.session.log.info("note %s", number)

    assert (len(fake.session.log.early), fake.session.log.early[0]) == (1_000, "note 500")


# ---------------------------------------------------------------------- how long


@pytest.mark.parametrize("variables", [{"WANDB_SILENT": "true"}, {"WANDB_CONSOLE": "off"}], ids=str)
def test_nothing_that_a_user_says_ends_logging_while_the_run_is_active(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path, variables: dict[str, str]
) -> None:
    """F.2.22, LOGSETUP-7"""
    world = make_world(profile, environ=variables)

    run = world.init(dir=tmp_path, settings={"silent": True})
    world.session.setup({"silent": True})
    run.log({"a": 1})

    (handler,) = file_handlers()
    assert handler.stream is not None
    run.finish()
    assert file_handlers() == []


def test_runs_one_after_the_other_leave_their_files_and_no_handler(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-7"""
    open_files = []
    for number in range(5):
        with fake.init(dir=tmp_path, id=f"r{number}"):
            (handler,) = file_handlers()
            open_files.append(handler)

    assert file_handlers() == []
    assert {handler.stream for handler in open_files} == {None}  # closed
    assert len(list((tmp_path / "wandb").glob("run-*/logs/debug.log"))) == 5
    assert (LOGGER.level, LOGGER.propagate) == (logging.DEBUG, False)


def test_reinit_leaves_one_handler(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-7, REINIT-3"""
    for _ in range(3):
        run: Any = fake.init(dir=tmp_path, reinit=True)

    assert [handler.baseFilename for handler in file_handlers()] == [str(debug_log(run))]


@pytest.mark.parametrize("resume", ["must", "never"])
def test_a_failed_init_leaves_no_handler(fake: wt.World, tmp_path: Path, resume: str) -> None:
    """LOGSETUP-7, ERR-4"""
    fake.server.add_run("there")

    with pytest.raises(wt.UsageError):
        fake.init(dir=tmp_path, id="there" if resume == "never" else "gone", resume=resume)
    assert file_handlers() == []
    fake.init(dir=tmp_path, id="next")

    assert len(file_handlers()) == 1
    (failed,) = (path for path in directories(tmp_path) if not path.name.endswith("next"))
    assert any(text.startswith("error in init(): ") for text in messages(failed / "logs" / "debug.log"))


def test_a_returned_active_run_has_no_side_effects(classic: wt.World, tmp_path: Path) -> None:
    """REINIT-10, DEV-12"""
    run = classic.init(dir=tmp_path, id="abc", resume="auto")
    before = {str(path): path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    handlers = list(LOGGER.handlers)

    again = classic.init(dir=tmp_path, id="other", resume="auto", mode="offline")

    assert again is run
    assert {str(path): path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert list(LOGGER.handlers) == handlers


def test_a_disabled_run_has_neither_files_nor_handler(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-7, DISABLED-1"""
    fake.init(dir=tmp_path, mode="disabled")

    assert (list(tmp_path.iterdir()), file_handlers()) == ([], [])


def test_records_do_not_reach_the_handlers_of_the_user(fake: wt.World, tmp_path: Path) -> None:
    """LOGSETUP-8"""
    heard: list[logging.LogRecord] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    root = logging.getLogger()
    ear = Ear()
    root.addHandler(ear)
    before = (root.level, list(root.handlers))
    try:
        with fake.init(dir=tmp_path):
            LOGGER.warning("for the file only")
        after = (root.level, list(root.handlers))
    finally:
        root.removeHandler(ear)

    assert [record for record in heard if record.name.startswith("wandb")] == []
    assert after == before


def test_a_world_gives_the_logger_back(make_world: Callable[..., wt.World], tmp_path: Path) -> None:
    """LOGSETUP-7: there is no way back, but for the end of the world"""
    before = (LOGGER.level, LOGGER.propagate)
    outer, inner = (wt.fake(profile=profile, environ={}).enter() for profile in (CLASSIC, CURRENT))

    outer.init(dir=tmp_path)
    inner.init(dir=tmp_path)  # neither run is finished
    outer.close()
    with_one = (LOGGER.level, LOGGER.propagate, len(file_handlers()))
    inner.close()

    assert with_one == (logging.DEBUG, False, 1)
    assert (LOGGER.level, LOGGER.propagate, file_handlers()) == (*before, [])
