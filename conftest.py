"""What every test of this repository may use, and how far Hypothesis goes.

The profile "ci" is the ordinary one: the same examples every time. `--hypothesis-profile=deep` looks for new ones.
"""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import browser
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

pytest_plugins = ["pytester"]

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=_QUIET)
settings.register_profile("deep", max_examples=1_000, deadline=None, suppress_health_check=_QUIET)
settings.load_profile("ci")


def pytest_configure() -> None:
    """Let Ctrl-C be heard: who runs in the background of a shell ignores it, and hands that on to every program."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    """A headless Chromium, for pages."""
    program = browser.program()
    if program is None:
        pytest.skip("no Chromium is installed here")
    opened = browser.Browser(program, tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture(params=[CLASSIC, CURRENT], ids=str)
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each profile in turn."""
    chosen: Profile = request.param
    return chosen
