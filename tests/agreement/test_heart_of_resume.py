"""C.5, the heart of resume as one table: the tables of the spec and the reference implementation, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import Cell, expected
from wandb_testkit.verification import complaint

PLAIN = Cell("unset", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")
STARTED_ANEW = {CLASSIC: "overwritten", CURRENT: "appended"}

Row = tuple[str, str, str]
"""Kind, server effect, resume file."""

REFUSED: Row = ("error", "untouched", "unchanged")
REFUSED_AND_WRITTEN: Row = ("error", "untouched", "written")
NEW: Row = ("new", "created", "unchanged")
NEW_AND_WRITTEN: Row = ("new", "created", "written")
RESUMED: Row = ("resumed", "continued", "unchanged")
RESUMED_AND_WRITTEN: Row = ("resumed", "continued", "written")
ANEW: Row = ("new", "", "unchanged")

# words of resume -> absent, exists, deleted
WITH_ID: Mapping[tuple[str, ...], tuple[Row, Row, Row]] = {
    ("unset", "false"): (NEW, ANEW, REFUSED),
    ("allow",): (NEW, RESUMED, REFUSED),
    ("auto", "true"): (NEW_AND_WRITTEN, RESUMED_AND_WRITTEN, REFUSED_AND_WRITTEN),
    ("never",): (NEW, REFUSED, REFUSED),
    ("must",): (REFUSED, RESUMED, REFUSED),
}
PRIORS = (("absent",), ("finished", "crashed", "running", "elsewhere"), ("deleted",))


def cells() -> list[tuple[Profile, Cell, Row]]:
    found = []
    for profile in (CLASSIC, CURRENT):
        for words, row in WITH_ID.items():
            for priors, wanted in zip(PRIORS, row, strict=True):
                kind, server, file = wanted if wanted != ANEW else ("new", STARTED_ANEW[profile], "unchanged")
                found += [
                    (profile, PLAIN._replace(resume=word, id="arg", prior=prior), (kind, server, file))
                    for word in words
                    for prior in priors
                ]
        for word, wanted in (
            ("unset", NEW),
            ("allow", NEW),
            ("never", NEW),
            ("must", REFUSED),
            ("auto", NEW_AND_WRITTEN),
        ):
            found.append((profile, PLAIN._replace(resume=word), wanted))
        found.append((profile, PLAIN._replace(resume="auto", prior="crashed"), RESUMED_AND_WRITTEN))
    return found


@pytest.mark.parametrize(
    ("profile", "cell", "wanted"),
    [
        pytest.param(profile, cell, wanted, id=f"{profile}-{cell.resume}-{cell.id}-{cell.prior}")
        for profile, cell, wanted in cells()
    ],
)
def test_what_resume_comes_to(profile: Profile, cell: Cell, wanted: Row) -> None:
    """C.5"""
    outcome = expected(cell, profile)
    kind, server, file = wanted
    # In current a run without resume takes away the file that the crashed run left (AUTO-5).
    takes_file = profile is CURRENT and cell.resume in ("unset", "false") and kind == "new"
    if takes_file and cell.prior in ("crashed", "running"):
        file = "removed"

    assert (outcome.kind, outcome.server, outcome.resume_file) == (kind, server, file)
    assert complaint(cell, profile) == ""
