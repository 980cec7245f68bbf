"""The names of a run beside log and save: alerts, restore, code, preemption, pages, console.

The specification has no clause on most of them: what is pinned here was observed with 0.10.33 and 0.31.0, and the
programs of tests/clients play it against both.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import types
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import PreemptingRecord, RunPath
from wandb_testkit.sdk.alert import AlertLevel


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---------------------------------------------------------------------- alerts


@pytest.mark.parametrize(
    ("arguments", "level", "wait_s"),
    [
        ({}, "INFO", 60.0),
        ({"level": "WARN"}, "WARN", 60.0),
        ({"level": AlertLevel.ERROR}, "ERROR", 60.0),
        ({"level": ""}, "INFO", 60.0),
        ({"wait_duration": 5}, "INFO", 5.0),
        ({"wait_duration": 0.5}, "INFO", 0.5),
        ({"wait_duration": timedelta(minutes=2)}, "INFO", 120.0),
        ({"wait_duration": 0}, "INFO", 60.0),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["online", "offline"])
def test_an_alert_is_recorded(fake: wt.World, arguments: dict[str, Any], level: str, wait_s: float, mode: str) -> None:
    fake.init(mode=mode).alert("title", "text", **arguments)

    assert fake.run.alerts == [{"title": "title", "text": "text", "level": level, "wait_s": wait_s}]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("t", "x", "bad"), ValueError, "level='bad'.*'INFO', 'WARN', or 'ERROR'"),
        (("t", "x", "info"), ValueError, "level='info'"),
        (("t", "x", 3), ValueError, "level=3"),
        ((1, "x"), TypeError, "title=1"),
        (("t", None), TypeError, "text=None"),
    ],
)
def test_a_wrong_alert_is_refused_in_words(
    fake: wt.World, arguments: tuple[Any, ...], error: type[Exception], words: str
) -> None:
    run = fake.init()

    with pytest.raises(error, match=words):
        run.alert(*arguments)

    assert fake.run.alerts == []


def test_a_wait_that_is_no_time_span_is_a_value_error_in_classic_and_a_type_error_in_current(
    classic: wt.World, current: wt.World
) -> None:
    for world, error in ((classic, ValueError), (current, TypeError)):
        run: Any = world.init()
        with pytest.raises(error, match="wait_duration='long'"):
            run.alert("t", "x", wait_duration="long")


@pytest.mark.parametrize("call", ["alert", "mark_preempting", "log_code"])
def test_what_tells_the_server_something_is_refused_after_finish(fake: wt.World, call: str) -> None:
    """LOG-6"""
    run: Any = fake.init(id="abc")
    run.finish()

    with pytest.raises(fake.session.behaviour.finished_error, match=f"{call} after finish.*'abc'"):
        getattr(run, call)(*(("t", "x") if call == "alert" else ()))


# ---------------------------------------------------------------------- preemption


@pytest.mark.parametrize(("exit_code", "state"), [(None, "preempting"), (0, "finished"), (1, "preempted")])
def test_a_run_that_is_preempted_did_not_fail(fake: wt.World, exit_code: int | None, state: str) -> None:
    run = fake.init(id="abc")
    run.mark_preempting()
    run.log({"a": 1})
    if exit_code is not None:
        run.finish(exit_code)

    assert (fake.run.state, fake.run.exit_code, fake.run.history["a"]) == (state, exit_code, [1])


def test_a_preempted_run_is_running_again_when_it_is_resumed(fake: wt.World) -> None:
    run = fake.init(id="abc")
    run.log({"a": 1})
    run.mark_preempting()
    fake.server.crash_run("abc")
    before = fake.run.state
    run.finish(1)

    fake.init(id="abc", resume="must").log({"a": 2})

    assert (before, fake.run.state, fake.run.history["a"]) == ("preempted", "running", [1, 2])


def test_a_run_that_has_ended_is_not_preempted_any_more(fake: wt.World) -> None:
    fake.init(id="abc", project="p").finish()

    fake.server.apply(PreemptingRecord(RunPath("testkit-user", "p", "abc")), api_key=fake.api_key)

    assert fake.run.state == "finished"


# ---------------------------------------------------------------------- restore


def with_file(fake: wt.World, folder: Path) -> Any:
    (folder / "f.txt").write_text("from the run")
    run = fake.init(id="saver", project="p")
    run.save("f.txt", policy="now")
    run.finish()
    return fake.init(project="p")


@pytest.mark.parametrize("path", ["testkit-user/p/saver", "testkit-user/p/runs/saver", "p/saver", "saver", "/p/saver/"])
def test_a_file_of_another_run_comes_back(fake: wt.World, folder: Path, path: str) -> None:
    run = with_file(fake, folder)

    with run.restore("f.txt", run_path=path) as file:
        read = file.read()

    assert read == "from the run"
    assert Path(file.name) == Path(run.dir) / "f.txt"


def test_a_file_of_this_run_comes_back(fake: wt.World, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "f.txt").write_text("mine")
    run = fake.init()
    run.save("deep/f.txt", policy="now")

    with run.restore("deep/f.txt", root=str(folder / "there")) as file:  # type: ignore[union-attr] # it is there
        assert file.read() == "mine"

    assert (folder / "there" / "deep" / "f.txt").read_text() == "mine"


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(fake: wt.World, folder: Path) -> None:
    run = with_file(fake, folder)
    (folder / "f.txt").write_text("local")

    with run.restore("f.txt", "saver", root=".") as kept:
        read = kept.read()
    with run.restore("f.txt", "saver", replace=True, root=".") as fresh:
        replaced = fresh.read()

    assert (read, replaced) == ("local", "from the run")
    assert (folder / "f.txt").read_text() == "from the run"


def test_what_is_not_there_is_refused_by_name(fake: wt.World, folder: Path) -> None:
    run = with_file(fake, folder)

    with pytest.raises(ValueError, match=r"nope\.txt.*saver"):
        run.restore("nope.txt", "saver")
    with pytest.raises(wt.CommError, match="testkit-user/p/nobody"):
        run.restore("f.txt", "nobody")
    with pytest.raises(ValueError, match="'entity/project/id'"):
        run.restore("f.txt", "a/b/c/d")


def test_another_users_run_is_refused(fake: wt.World) -> None:
    fake.server.add_user("other")

    with pytest.raises(wt.CommError, match="other"):
        fake.init().restore("f.txt", "other/p/abc")


def test_an_offline_run_asks_the_server_for_runs_that_it_has(fake: wt.World, folder: Path) -> None:
    """MODE-3"""
    with_file(fake, folder).finish()
    run = fake.init(mode="offline", project="p", id="local")

    with run.restore("f.txt", "testkit-user/p/saver", root="there") as file:  # type: ignore[union-attr] # it is there
        read = file.read()

    assert read == "from the run"
    with pytest.raises(wt.CommError, match="local"):
        run.restore("f.txt", root="elsewhere")


def test_without_a_key_nothing_is_restored(make_world: Callable[..., wt.World], profile: Profile) -> None:
    run = make_world(profile, logged_in=False).init(mode="offline")

    with pytest.raises(wt.UsageError, match="no API key"):
        run.restore("f.txt")


# ---------------------------------------------------------------------- code


@pytest.fixture
def code(folder: Path) -> Path:
    for name in ("train.py", "lib/net.py", "lib/data.txt", "Dockerfile.gpu", "requirements.txt", "wandb/x.py"):
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder / "src"


@pytest.mark.parametrize(
    ("profile", "name", "files"),
    [
        (CLASSIC, "source-abc", ["lib/net.py", "train.py"]),
        (CURRENT, "source-p-train.py", ["Dockerfile.gpu", "lib/net.py", "requirements.txt", "train.py"]),
    ],
    ids=str,
)
def test_code_is_kept_with_the_run(
    fake: wt.World, code: Path, monkeypatch: pytest.MonkeyPatch, name: str, files: list[str]
) -> None:
    """CODE-1"""
    monkeypatch.chdir(code)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(code / "train.py"), raising=False)
    run: Any = fake.init(id="abc", project="p")

    logged = run.log_code().wait()

    assert (logged.name, logged.type, logged.version) == (f"{name}:v0", "code", "v0")
    assert fake.run.artifacts[name].files == {file: file.encode() for file in files}
    assert fake.run.files == {}
    assert fake.run.client["config"].get("code_path") == (name if fake.profile is CURRENT else None)


def test_functions_choose_what_is_code(current: wt.World, code: Path) -> None:
    run: Any = current.init(project="p")

    run.log_code(
        code, "mine", lambda path: path.endswith(".txt"), lambda path, root: os.path.relpath(path, root)[0] == "l"
    )

    assert list(current.run.artifacts["mine"].files) == ["requirements.txt"]
    assert current.run.client["config"]["code_path"] == "mine"


def test_where_there_is_no_code_none_is_kept(fake: wt.World) -> None:
    run: Any = fake.init()

    assert run.log_code(".") is None
    assert run.log_code(None) is None
    assert len(fake.run.warnings) == 2
    assert dict(fake.run.artifacts) == {}


# ---------------------------------------------------------------------- pages, and what is shown of a run


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_pages(classic: wt.World, current: wt.World, mode: str) -> None:
    """MODE-3"""
    old: Any = classic.init(project="p", mode=mode, entity="testkit-user")
    new: Any = current.init(project="p", mode=mode, entity="testkit-user")

    page = "https://wandb.ai/testkit-user/p" if mode == "online" else None
    page_now = "https://forge.coreweave.com/wandb/testkit-user/p" if mode == "online" else None
    assert (old.get_project_url(), new.project_url) == (page, page_now)
    assert (old.get_sweep_url(), new.sweep_url) == (("", "") if page else (None, None))
    assert old.get_url() == (f"{page}/runs/{old.id}" if page else None)
    assert old.project_name() == "p"


def test_the_page_of_a_sweep(make_world: Callable[..., wt.World], profile: Profile) -> None:
    run: Any = make_world(profile, environ={"WANDB_SWEEP_ID": "s1"}).init()

    url = run.sweep_url if profile is CURRENT else run.get_sweep_url()

    pages = {CLASSIC: "https://wandb.ai", CURRENT: "https://forge.coreweave.com/wandb"}[profile]
    assert url == f"{pages}/testkit-user/uncategorized/sweeps/s1"


@pytest.mark.parametrize(
    ("environ", "pages"),
    [
        ({"WANDB_BASE_URL": "https://api.acme.com"}, "https://app.acme.com"),
        ({"WANDB_BASE_URL": "http://localhost:8080"}, "http://localhost:8080"),
        ({"WANDB_BASE_URL": "https://api.wandb.ai"}, "https://forge.coreweave.com/wandb"),
        ({"WANDB_APP_URL": "https://pages.acme.com/"}, "https://pages.acme.com"),
    ],
)
def test_pages_are_where_the_servers_are(
    make_world: Callable[..., wt.World], environ: dict[str, str], pages: str
) -> None:
    run: Any = make_world(CURRENT, environ=environ).init(project="p", id="abc")

    assert run.url == f"{pages}/testkit-user/p/runs/abc"


def test_a_run_is_shown_as_html(current: wt.World) -> None:
    run: Any = current.init(project="p", id="abc")

    frame = run.to_html(100)

    page = "https://forge.coreweave.com/wandb/testkit-user/p/runs/abc?jupyter=true"
    assert frame == f"<iframe src='{page}' style='border:none;width:100%;height:100px;'></iframe>"
    assert run.to_html(hidden=True).startswith("<button")
    assert run._repr_mimebundle_() == {"text/html": run.to_html(hidden=True)}
    assert run.display() is False


def test_an_offline_run_is_shown_by_its_name(current: wt.World) -> None:
    run: Any = current.init(project="p", id="abc", mode="offline")

    assert run.to_html() == "&lt;Run p/abc&gt;"


def test_a_run_is_displayed_in_a_notebook(make_world: Callable[..., wt.World], monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    display = types.SimpleNamespace(display=shown.append, HTML=lambda text: ("HTML", text))
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(display=display))
    world = make_world(CURRENT, notebook=True)
    run: Any = world.init()

    told = run.display(height=50)
    silent = world.init(settings={"silent": True}, reinit=True)

    assert (told, shown) == (True, [("HTML", run.to_html(50))])
    assert silent.display() is False


def test_settings_are_a_copy(current: wt.World) -> None:
    run: Any = current.init(project="p", id="abc", name="mine", tags=["a"])

    settings = run.settings
    settings.project = "other"

    assert (run.settings.project, run.settings.run_id, run.settings.run_name) == ("p", "abc", "mine")
    assert (run.settings.mode, run.settings.entity, run.project) == ("online", "testkit-user", "p")


def test_config_static_is_the_config_as_it_was(fake: wt.World) -> None:
    run = fake.init(config={"a": 1})
    static = run.config_static
    run.config.b = 2

    assert (static["a"], static.a, list(static.keys()), str(static)) == (1, 1, ["a"], "{'a': 1}")
    for change in (lambda: setattr(static, "a", 2), lambda: static.__setitem__("a", 2), lambda: static.b):
        with pytest.raises(AttributeError):
            change()
    with pytest.raises(KeyError):
        static["b"]


def test_what_is_told_of_the_client_is_kept_apart_from_config(current: wt.World) -> None:
    """CONFIG-12"""
    run: Any = current.init(config={"a": 1})

    run.pin_config_keys(["a"])
    run.define_metric("loss", summary="min")

    assert current.run.config == {"a": 1}
    assert current.run.client["config"]["pinned_keys"] == ["a"]
    assert current.run.client["config"]["m"] == [{"1": "loss", "6": [3], "7": [1]}]


def test_status_means_that_everything_has_arrived(current: wt.World) -> None:
    run: Any = current.init()
    run.log({"a": 1})

    status = run.status()

    assert (status.sync_items_total, status.sync_items_pending, status.sync_time) == (0, 0, None)


@pytest.mark.parametrize("name", ["flush", "batch_rows", "wandb_dir"])
def test_what_wandb_does_not_have_is_not_there(fake: wt.World, name: str) -> None:
    assert not hasattr(fake.init(), name)


@pytest.mark.parametrize("url", ["gs://bucket/x", "s3://bucket/x"])
def test_the_url_of_a_cloud_storage_saves_nothing(fake: wt.World, url: str) -> None:
    assert fake.init().save(url) == []
    assert any(url in warning and "cloud storage" in warning for warning in fake.run.warnings)


# ---------------------------------------------------------------------- console


@contextlib.contextmanager
def printing() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Streams of our own in the place of those that pytest watches."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


def test_what_is_printed_is_the_tests_own_unless_it_is_asked_for(fake: wt.World) -> None:
    with printing() as (out, _), fake.init():
        print("mine")

    assert (out.getvalue(), fake.run.output) == ("mine\n", [])
    assert "write" not in out.__dict__


@pytest.mark.parametrize("console", ["wrap", "redirect", "auto"])
def test_a_run_that_asks_hears_what_is_printed(fake: wt.World, console: str) -> None:
    with printing() as (out, err):
        with fake.init(settings=wt.Settings(console=console)):
            print("one")
            print("two", file=sys.stderr)
            print("three ", end="")
            print("goes on")
            print("12345\rab\rX")
            sys.stdout.writelines(["a\n", "b\n"])
            print("a\r\nb")
            print("no end", end="")
        print("after")

    assert fake.run.output == ["one", "two", "three goes on", "Xb345", "a", "b", "a", "b", "no end"]
    assert out.getvalue().endswith("no endafter\n")
    assert err.getvalue() == "two\n"
    assert "write" not in out.__dict__


@pytest.mark.parametrize("console", [None, "off"])
def test_off_hears_nothing(fake: wt.World, console: str | None) -> None:
    with printing(), fake.init(settings=wt.Settings(console=console)):
        print("one")

    assert fake.run.output == []


def test_the_variable_asks_too(make_world: Callable[..., wt.World], profile: Profile) -> None:
    world = make_world(profile, environ={"WANDB_CONSOLE": "wrap"})

    with printing(), world.init():
        print("one")

    assert world.run.output == ["one"]


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, wt.ValidationError)], ids=str)
def test_a_console_that_does_not_exist_is_refused(fake: wt.World, error: type[Exception]) -> None:
    """ERR-2, ERR-3"""
    with pytest.raises(error) as raised:
        fake.init(settings={"console": "loud"})

    told = f"{raised.value} {raised.value.__cause__}"
    assert "console" in told
    assert "loud" in told


def test_a_resumed_run_goes_on_after_its_old_lines(fake: wt.World) -> None:
    """RESUME-7"""
    for word in ("one", "two"):
        with printing(), fake.init(id="abc", resume="allow", settings={"console": "wrap"}):
            print(word)

    assert fake.run.output == ["one", "two"]


def test_a_world_that_is_closed_hears_no_more(make_world: Callable[..., wt.World], profile: Profile) -> None:
    world = make_world(profile)
    with printing() as (out, _):
        world.init(settings={"console": "wrap"})
        world.close()
        print("after")

    assert out.getvalue() == "after\n"
    assert "write" not in out.__dict__


def test_two_runs_hear_the_same_and_leave_in_any_order(current: wt.World) -> None:
    with printing() as (out, _):
        first = current.init(settings={"console": "wrap"})
        second = current.init(settings={"console": "wrap"}, reinit="create_new")
        print("both")
        first.finish()
        print("second")
        second.finish()
        print("nobody")

    assert [run.output for run in current.runs] == [["both"], ["both", "second"]]
    assert out.getvalue() == "both\nsecond\nnobody\n"


def test_a_stream_that_lets_nobody_listen_is_warned_about(fake: wt.World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        __slots__ = ()

        def write(self, text: str) -> int:
            return len(text)

    monkeypatch.setattr(sys, "stdout", Closed())
    fake.init(settings={"console": "wrap"}).finish()
    monkeypatch.undo()

    assert any("sys.stdout lets nobody listen" in warning for warning in fake.run.warnings)


def test_logs_may_be_written_without_printing(current: wt.World, capsys: pytest.CaptureFixture[str]) -> None:
    run: Any = current.init()

    run.write_logs("one\ntwo")
    run.write_logs("three\n")
    run.finish()
    run.write_logs("after finish()")

    assert current.run.output == ["one", "two", "three"]
    assert capsys.readouterr().out == ""
