"""The picture of the house as a table: which room may import which, and every import of every module is checked.

Runtime imports are binding, wherever in a module they stand. An import under TYPE_CHECKING may also go to any room of
the module's own column: it is there for the reader, and ties nothing together.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "wandb_testkit"
ROOT = Path(__file__).parents[1] / PACKAGE

WORDS = frozenset(
    {
        *("actions", "artifact_records", "artifact_view", "errors", "faults", "forks", "frozen"),
        *("history_view", "observation", "ports", "profiles", "records", "table_view"),
    }
)
"""Standard library only, no rules: these thirteen are one room."""

IMPLEMENTATION: dict[str, set[str]] = {
    "wire": {"words"},
    "transport": {"wire", "words"},
    "server": {"wire", "words"},
    "server.pages": {"server", "report", "wire", "words"},
    "recorder": {"words"},
    "surroundings": {"words"},
    "children": {"wire", "words"},
    "network": {"words"},
    "sdk": {"transport", "wire", "words"},
    "wiring": {"transport", "server", "sdk", "words"},
    "processes": {"children", "sdk", "transport", "surroundings", "words"},
    "parenthood": {"processes", "sdk", "server", "transport", "recorder", "surroundings", "words"},
    "world": {"processes", "parenthood", "children", "wiring", "sdk", "server", "recorder", "surroundings", "words"},
    "dropin": {"children", "network", "world", "sdk", "words"},
    "installation": {"dropin", "world", "sdk", "words"},
    "offline_runs": {"server", "surroundings", "wire", "words"},
    "syncing": {"offline_runs", "words"},
    "replaying": {"server", "words"},
}
JUDGEMENT: dict[str, set[str]] = {
    "spec": {"words"},
    "strategies": {"spec", "words"},
    "conformance": {"strategies", "spec", "report", "words"},
}
READERS: dict[str, set[str]] = {
    "report": {"words"},
    "matching": {"words"},
    "assertions": {"matching", "words"},
    "stable_view": {"words"},
    "recorded_runs": {"words"},
    "snapshots": {"stable_view", "words"},
}
"""Rooms that see runs as values, and neither who made them nor who judges them."""

ENTRIES = frozenset({"cli", "commands", "clausebook", "pytest_plugin", "plugin", "targets", "verification"})
"""Entry points: they may see all."""

ROOMS: dict[str, set[str]] = {"words": set(), **IMPLEMENTATION, **JUDGEMENT, **READERS}

INSIDE_A_FUNCTION = {
    ("world", "recorded_runs"): "fake.replay(path) reads a recording",
    ("world", "replaying"): "fake.replay() puts recorded runs on the world's server",
    ("server", "server.pages"): "the ASGI server's own app has pages; a FakeServer has none",
    ("world", "dropin"): "an artifact's runs, files and collections are objects of the drop-in's public API",
    ("world", "report"): "%wandb shows the page of a run of the world in force",
}
"""Imports against the picture, and why: they may stand inside a function only, so that the caller alone pays."""

THIRD_PARTY: dict[str, set[str]] = {
    "conformance.programs": {"hypothesis"},
    "conformance.items": {"pytest"},
    "conformance.test_conformance": {"pytest"},
    "commands": {"click", "pytest", "rich", "uvicorn"},
    "cli": {"click", "packaging", "rich"},
    "conformance.terminal": {"rich"},
    "dropin.controller": {"yaml"},
    "dropin.public.sweeps": {"yaml"},
    "dropin.sweep_agent": {"yaml"},
    "dropin.util": {"yaml"},
    "dropin.util_values": {"numpy", "yaml"},
    "plugin": {"pytest"},
    "pytest_plugin": {"pytest"},
    "report.terminal": {"rich"},
    "sdk.config_files": {"yaml"},
    "sdk.magic": {"yaml"},
    "server.document_size": {"graphql"},
    "server.executor": {"graphql"},
    "server.mounts.responses": {"requests", "responses"},
    "server.resolvers.sweeps": {"yaml"},
    "server.sweep_search": {"sweeps"},
    "snapshots": {"syrupy"},
    "strategies": {"hypothesis"},
    "targets.clients": {"packaging"},
    "targets.foreign_server": {"requests", "urllib3"},
    "targets.swanlab_log": {"yaml"},
    "transport.connection": {"requests", "urllib3"},
    "transport.patience": {"urllib3"},
    "verification": {"pytest", "rich"},
    "wire.messages": {"google"},
    "wire.record_codec": {"google"},
}
"""The edges of the house: module or room -> what it may import from outside."""

WITH_PUBLIC_NAMES = {"", "conformance", "spec", "strategies", "verification"}
"""Packages whose `__init__` lists names for others: the top one, and those that users import from."""

CHOOSES_BY_PROFILE = ("sdk.classic", "sdk.current", "world", "dropin")
"""Modules and rooms of the implementation that know one profile from the other; to the rest it is a value."""


class Import(NamedTuple):
    """One import of a module: what it takes, and where it stands."""

    importer: str
    imported: str
    is_for_types: bool
    is_in_function: bool

    @property
    def rooms(self) -> tuple[str, str]:
        return room_of(self.importer), room_of(self.imported)


def room_of(module: str) -> str:
    if f"{module}.".startswith("server.pages."):
        return "server.pages"  # a room within a room: it shows runs with the drawing of the reports
    first = module.split(".")[0]
    return "words" if first in WORDS else first


def modules() -> list[tuple[str, Path]]:
    """Every module below the package: its dotted name without the package's, and its file."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.append((".".join(part for part in parts if part != "__init__"), path))
    return found


def imports_of(module: str, path: Path) -> Iterator[Import]:
    def walk(node: ast.AST, for_types: bool, in_function: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, for_types, in_function)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            for alias in node.names:
                yield Import(module, f"{node.module}.{alias.name}", for_types, in_function)
        for child in ast.iter_child_nodes(node):
            is_guarded = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and child in node.body
            is_inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from walk(child, for_types or is_guarded, in_function or is_inside)

    return walk(ast.parse(path.read_text(encoding="utf-8")), False, False)


def all_imports() -> list[Import]:
    return [found for module, path in modules() for found in imports_of(module, path)]


IMPORTS = all_imports()
OWN = [
    found._replace(imported=found.imported.removeprefix(f"{PACKAGE}."))
    for found in IMPORTS
    if found.imported.split(".")[0] == PACKAGE and found.imported != PACKAGE
]
OUTSIDE = [found for found in IMPORTS if found.imported.split(".")[0] not in {PACKAGE, *sys.stdlib_module_names}]


def column_of(room: str) -> dict[str, set[str]]:
    return next((column for column in (IMPLEMENTATION, JUDGEMENT, READERS) if room in column), {})


def is_allowed(found: Import) -> bool:
    importer, imported = found.rooms
    if importer == "" or importer in ENTRIES or importer == imported or imported in ROOMS[importer]:
        return True
    if found.is_for_types and imported in column_of(importer):
        return True
    return found.is_in_function and found.rooms in INSIDE_A_FUNCTION


def test_every_room_is_in_the_picture() -> None:
    rooms = {room_of(module) for module, _ in modules()} - {""}

    assert rooms - {*ROOMS, *ENTRIES} == set()


def test_imports_go_down_only() -> None:
    wrong = [found for found in OWN if not is_allowed(found)]

    assert wrong == []


def test_exceptions_are_still_needed() -> None:
    needed = {found.rooms for found in OWN if found.rooms in INSIDE_A_FUNCTION and not found.is_for_types}

    assert needed == set(INSIDE_A_FUNCTION)


@pytest.mark.parametrize(("column", "other"), [(IMPLEMENTATION, JUDGEMENT), (JUDGEMENT, IMPLEMENTATION)])
def test_the_two_columns_never_touch(column: dict[str, set[str]], other: dict[str, set[str]]) -> None:
    crossing = [found for found in OWN if found.rooms[0] in column and found.rooms[1] in other]

    assert crossing == []


def test_server_and_transport_meet_in_ports_only() -> None:
    meeting = [found for found in OWN if set(found.rooms) == {"server", "transport"}]

    assert meeting == []


def test_the_picture_has_no_way_back() -> None:
    def below(room: str) -> set[str]:
        return {room, *(lower for next_room in ROOMS[room] for lower in below(next_room))}

    assert all(room not in below(lower) for room, lowers in ROOMS.items() for lower in lowers)


def test_third_party_imports_stay_at_the_edges() -> None:
    def may(found: Import) -> bool:
        homes = [home for home in THIRD_PARTY if f"{found.importer}.".startswith(f"{home}.")]
        return any(found.imported.split(".")[0] in THIRD_PARTY[home] for home in homes)

    wrong = [found for found in OUTSIDE if not may(found)]
    unused = {
        (home, name)
        for home, names in THIRD_PARTY.items()
        for name in names
        if not any(
            f"{found.importer}.".startswith(f"{home}.") and found.imported.split(".")[0] == name for found in OUTSIDE
        )
    }

    assert wrong == []
    assert unused == set()


def test_the_top_package_imports_nothing_of_ours_at_run_time() -> None:
    eager = [found for found in OWN if found.importer == "" and not found.is_for_types]

    assert eager == []


def test_only_packages_that_users_import_have_public_names() -> None:
    listing = {
        module
        for module, path in modules()
        if any(
            isinstance(node, ast.Name) and node.id == "__all__" and isinstance(node.ctx, ast.Store)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }

    assert listing == WITH_PUBLIC_NAMES


def test_a_profile_is_a_value_and_not_a_question() -> None:
    asking = []
    for module, path in modules():
        chooses = any(f"{module}.".startswith(f"{home}.") for home in CHOOSES_BY_PROFILE)
        if room_of(module) not in IMPLEMENTATION or chooses:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if named in ("CLASSIC", "CURRENT"):
                asking.append((module, node.lineno))  # type: ignore[attr-defined] # names and attributes have lines
            if isinstance(node, ast.Compare) and "profile" in ast.unparse(node):
                asking.append((module, node.lineno))

    assert asking == []
