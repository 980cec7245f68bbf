"""The page of the parity scripts is up to date with the scripts there are."""

from __future__ import annotations

import re

from tests.parity.__main__ import PAGE, what_it_does
from tests.parity.explained import EXPLAINED
from tests.parity.playing import scripts


def test_every_script_is_in_the_table_with_what_it_does() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert rows == [(script.stem, what_it_does(script)) for script in scripts()]


def test_reasons_are_given_for_scripts_there_are() -> None:
    assert set(EXPLAINED) <= {script.stem for script in scripts()}
