"""The disabled run of each profile beside the real one: expressions that must look alike, exceptions included."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import SCRIPTS, VERSIONS, Client
from wandb_testkit.installation import install
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import World, fake

BOTH = """
run.disabled
run.resumed
run.step
run.name[:6]
bool(run)
len(run)
int(run)
float(run)
complex(run)
str(run) == ''
iter(run)
list(run)
tuple(run)
sorted(run)
'a' in run
'' in run
3 in run
hash(run) and None
isinstance(run, str)
run == 1
run == run
run != run
run < 1
run <= 1
run > 1
run >= 1
1 == run
1 < run
'x' == run
run + 1
run - 1
run * 2
run / 2
run // 2
run % 2
run ** 2
run @ 2
run << 1
run >> 1
run & 1
run | 1
run ^ 1
1 + run
1 - run
2 * run
2 / run
'%s' % run
'a' + run
run + 'a'
divmod(run, 2)
pow(run, 2)
-run
+run
abs(run)
~run
round(run)
operator.iadd(run, 1)
operator.isub(run, 1)
operator.imul(run, 2)
operator.itruediv(run, 2)
operator.ifloordiv(run, 2)
operator.ior(run, 2)
operator.index(run)
[1, 2][run]
range(run)
range(3)[:run]
run()
run(1, x=2)
run[0]
run['k']
run[None]
run[[1]]
run[1:2]
run.__setitem__('k', 3)
run.__setitem__([1], 3)
run.__delitem__('k')
setattr(run, 'mine', 3)
(setattr(run, 'mine', 3), run.mine)
(setattr(run, 'mine', 3), run['mine'])
(setattr(run, 'id', 'x'), run.id)
(setattr(run, 'name', 'x'), run.name)
(setattr(run, 'step', 5), run.step)
(setattr(run, 'config', 5), run.config)
delattr(run, 'mine')
(setattr(run, 'mine', 3), delattr(run, 'mine'))
run.nope
run.nope.nope
run.nope is run.nope
run.nope(1)
run.__nope__
hasattr(run, 'nope')
hasattr(run, '__nope__')
getattr(run, 'nope', 7)
f'{run:>3}'
'{}'.format(run)
json.dumps(run)
run.upper()
run.join('ab') if isinstance(run, str) else None
run.encode()
__import__('copy').copy(run) and None
__import__('copy').deepcopy(run) and None
__import__('pickle').dumps(run) and None
run.__enter__()
run.__exit__(None, None, None)
run.__exit__(ValueError, ValueError(), None)
run.log({'x': 1})
run.log({'x': 1}, 3)
run.log({'x': 1}, step=3, commit=False)
run.log()
run.log(3)
run.log(None)
run.log([('x', 1)])
(run.log({'x': 1}), run.log({'x': 2, 'y': 3}, step=1), dict(run.summary))
(run.log({'x': {'y': 1}}), run.summary.x.y, run.summary['x']['y'])
(run.log({'x': 1}), run.step)
run.summary
run.summary.nope
run.summary['nope']
(setattr(run.summary, 'x', 1), run.summary['x'])
(setattr(run.summary, 'x', 1), delattr(run.summary, 'x'), dict(run.summary))
run.summary.update({'x': 1})
run.summary.get('nope')
len(run.summary)
list(run.summary.keys())
run.config
dict(run.config)
run.config['a']
run.config.a
run.config.nope
run.config['nope']
run.config.update({'a': 2})
run.config.update({'a': 2}, allow_val_change=True)
(run.config.update({'b': 2}), run.config.b)
setattr(run.config, 'a', 1)
setattr(run.config, 'a', 2)
run.config.d['x']
run.config.keys()
run.save()
run.save('x')
run.save('x', policy='nope')
run.watch(3)
run.alert('t', 'x')
run.alert()
run.log_artifact('x')
run.log_artifact('x').wait().version
run.use_artifact('x')
run.restore('x')
run.define_metric('loss')
run.define_metric('loss').name
run.define_metric()
run.join()
run.mark_preempting()
run.log_code()
run.finish()
run.finish(3)
run.finish(exit_code=3)
(run.finish(), wandb.run)
(run.finish(), run.finish())
(run.finish(), run.log({'x': 1}), dict(run.summary))
wandb.run is run
wandb.config is run.config
(wandb.log({'x': 1}), dict(run.summary))
(wandb.finish(), wandb.run)
(wandb.init(mode='disabled') is run, wandb.run is run)
"""

ONLY: Mapping[Profile, str] = {
    CLASSIC: """
run.id == 'abc'
len(run.id)
run.name == 'dummy-' + run.id
run.dir
run.project
run.entity
run.tags
run.notes
run.url
run.starting_step
run.offline
run.path
run.group
run['config'] is run.config
run['log']({'x': 1})
run + 1 is run
run.plot_table('a', 'b', 'c', 'd')
""",
    CURRENT: """
run.id
run.name
run.dir.startswith(__import__('tempfile').gettempdir())
run.project
run.entity
run.tags
run.notes
run.url
run.project_url
run.sweep_url
run.sweep_id
run.starting_step
run.offline
run.path
run.group
run.job_type
run.start_time > 0
setattr(run, 'notes', 'm')
(setattr(run, 'notes', 'm'), run.notes)
setattr(run, 'tags', ('u',))
(setattr(run, 'tags', ('u',)), run.tags)
run.unwatch()
run.finish_artifact('x')
run.upsert_artifact('x')
run.link_artifact('x', 'y')
run.link_model('x', 'y')
run.log_model('x')
run.use_model('x')
run.write_logs('x')
run.status()
isinstance(run, wandb.Run)
""",
}

REAL: Mapping[Profile, str] = {CLASSIC: "0.10.33", CURRENT: "0.31.0"}

KNOWN: Mapping[Profile, Mapping[str, str]] = {
    CLASSIC: {},
    CURRENT: {
        "'%s' % run": "the real text is an address",
        "'{}'.format(run)": "the real text is an address",
        "__import__('pickle').dumps(run) and None": "a disabled run of ours belongs to a process of a world",
    },
}
"""Expressions that are to look otherwise, and why."""


def expressions(profile: Profile) -> list[str]:
    return f"{BOTH.strip()}\n{ONLY[profile].strip()}".splitlines()


def seen_here() -> Callable[[Any, Any, str], Any]:
    """The function of the script that tells how an expression looks."""
    spec = importlib.util.spec_from_file_location("disabled_script", SCRIPTS / "disabled.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.seen  # type: ignore[no-any-return]


@pytest.mark.parametrize("profile", [profile for profile in REAL if REAL[profile] in VERSIONS], ids=str)
def test_a_disabled_run_looks_as_the_real_one(world: World, profile: Profile, tmp_path: Path) -> None:
    """DISABLED-2, DISABLED-3, DISABLED-4, DISABLED-5, DISABLED-6, DISABLED-7, DISABLED-8, DISABLED-9"""
    asked = expressions(profile)
    real = Client(REAL[profile], world, tmp_path).play("disabled.py", json.dumps(asked)).told
    see = seen_here()
    ours = {}
    with install(profile=profile), fake(profile=profile, environ={}, notebook=False) as here:
        wandb = importlib.import_module("wandb")
        for expression in asked:
            here.session = here.process(environ={}, notebook=False)
            ours[expression] = see(wandb, wandb.init, expression)

    assert len(real) == len(set(asked)) > 100
    known = KNOWN[profile]
    differing = {e: (real[e], ours[e]) for e in asked if real[e] != ours[e]}
    assert {e: pair for e, pair in differing.items() if e not in known} == {}
    assert set(known) == set(differing)
