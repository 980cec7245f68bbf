"""Bytes are text in UTF-8, in config, rows and the summary; where they are not, the error of wandb names the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import Profile


@pytest.fixture(params=list(Profile), ids=str)
def run(request: pytest.FixtureRequest) -> Any:
    with wt.fake(profile=request.param, environ={}) as world:
        yield world.init()


def test_text_in_utf_8_is_text(run: Any) -> None:
    """CONFIG-1, LOG-5, SUMMARY-1"""
    run.config.update({"c": b"abc"})
    run.log({"r": "é".encode()})
    run.summary["s"] = b"abc"

    view = wt.current().run
    assert (view.config["c"], view.history.last("r"), view.summary["s"]) == ("abc", "é", "abc")


@pytest.mark.parametrize(
    ("use", "place"),
    [
        (lambda run: run.config.update({"lr": b"\xff"}), r"config\['lr'\]"),
        (lambda run: run.config.update({"d": {"lr": [0, b"\xff"]}}), r"config\['d'\]\['lr'\]\[1\]"),
        (lambda run: run.log({"a": b"\xff"}), r"log\(\): row\['a'\]"),
        (lambda run: run.summary.update({"a": b"\xff"}), r"summary\['a'\]"),
    ],
)
def test_what_is_no_text_is_named(run: Any, use: Callable[[Any], object], place: str) -> None:
    """CONFIG-1; the class of the exception was observed with both clients"""
    with pytest.raises(UnicodeDecodeError, match=rf"can't decode byte 0xff .*{place} are bytes .*value.hex\(\)"):
        use(run)


@pytest.mark.parametrize(("profile", "cause"), [("current", UnicodeDecodeError), ("classic", Exception)])
def test_a_config_that_is_no_text_is_refused_by_init(profile: str, cause: type[Exception]) -> None:
    """ERR-2"""
    with wt.fake(profile=profile, environ={}) as world, pytest.raises(cause) as raised:
        world.init(config={"lr": b"\xff\xfe"})

    error: BaseException = raised.value.__cause__ or raised.value
    assert type(error) is UnicodeDecodeError
    assert "config['lr']" in str(error)


@pytest.mark.parametrize("profile", list(Profile), ids=str)
@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"config_exclude_keys": "lr"}, {"lrx": 4}),
        ({"config_include_keys": "lr"}, {"lr": 1, "l": 2, "r": 3}),
        ({"config_exclude_keys": ("lr",)}, {"l": 2, "r": 3, "lrx": 4}),
    ],
)
def test_names_given_as_one_text_mean_all_that_are_part_of_it(
    profile: Profile, arguments: dict[str, Any], kept: dict[str, int]
) -> None:
    """CONFIG-6; observed with 0.10.33, 0.22.3 and 0.31.0"""
    with wt.fake(profile=profile, environ={}) as world:
        run = world.init(config={"lr": 1, "l": 2, "r": 3, "lrx": 4}, **arguments)

        assert (world.run.config, dict(run.config.items())) == (kept, kept)
