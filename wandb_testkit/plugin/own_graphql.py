"""Owns which `graphql` the fake server uses in the process of an old client, which brings another one of that name.

wandb 0.10 to 0.12 import graphql-core 1.1 from a directory of their own; the server needs graphql-core 3. The server
gets its own under another name, and `import graphql` stays the client's.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

ALIAS = "wandb_testkit_graphql"
NAME = "graphql"
USER = "wandb_testkit.server.executor"
"""The one module that imports it (tests/test_architecture.py)."""


def keep_apart() -> None:
    """Let the server import graphql-core 3 under a name of its own, unless it has imported it already."""
    if USER in sys.modules:
        return
    ours = _imported_as_alias()
    missing = object()
    theirs: object = sys.modules.get(NAME, missing)
    sys.modules[NAME] = ours
    try:
        importlib.import_module(USER)
    finally:
        if theirs is missing:
            del sys.modules[NAME]
        else:
            sys.modules[NAME] = theirs  # type: ignore[assignment] # whatever was there


def _imported_as_alias() -> ModuleType:
    found = PathFinder.find_spec(NAME, sys.path)
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the fake server needs graphql-core: pip install 'graphql-core>=3.2.4'", name=NAME)
    spec = spec_from_file_location(ALIAS, found.origin, submodule_search_locations=found.submodule_search_locations)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"graphql-core cannot be imported from {found.origin}", name=NAME)
    module = module_from_spec(spec)
    sys.modules[ALIAS] = module
    spec.loader.exec_module(module)
    return module
