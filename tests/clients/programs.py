"""Programs that are played by real clients and by the reference implementation, and must come to the same.

Name -> code, in terms of fixtures/scripts/clients/programs.py. Names say what the program is about.
"""

from __future__ import annotations

LOSSES = "for loss in (3, 1, 2): run.log({'loss': loss})"

METRICS: dict[str, str] = {
    "min": f"run.define_metric('loss', summary='min')\n{LOSSES}",
    "max-mean": f"run.define_metric('loss', summary='max,mean')\n{LOSSES}",
    "last": f"run.define_metric('loss', summary='last')\n{LOSSES}",
    "none": f"run.define_metric('loss', summary='none')\n{LOSSES}",
    "upper-case": f"run.define_metric('loss', summary='MIN')\n{LOSSES}",
    "hidden": f"run.define_metric('loss', hidden=True)\n{LOSSES}",
    "no-options": f"run.define_metric('loss')\n{LOSSES}",
    "glob": f"run.define_metric('l*', summary='min'); run.log({{'lr': 2}})\n{LOSSES}",
    "glob-slash": "run.define_metric('val/*', summary='max')\nfor i in (1, 3, 2): run.log({'val/loss': i, 'loss': i})",
    "glob-and-exact": f"run.define_metric('l*', summary='min'); run.define_metric('loss', summary='max')\n{LOSSES}",
    "exact-and-glob": f"run.define_metric('loss', summary='max'); run.define_metric('l*', summary='min')\n{LOSSES}",
    "star-of-the-client": "run.define_metric('*', summary='max')\nfor i in (2, 1): run.log({'_own': i, 'loss': i})",
    "twice": f"run.define_metric('loss', summary='min'); run.define_metric('loss', summary='max')\n{LOSSES}",
    "overwrite": (
        f"run.define_metric('loss', summary='min')\nrun.define_metric('loss', summary='max', overwrite=True)\n{LOSSES}"
    ),
    "overwrite-with-nothing": (
        f"run.define_metric('loss', summary='min', hidden=True)\nrun.define_metric('loss', overwrite=True)\n{LOSSES}"
    ),
    "joined": (
        "run.define_metric('loss', summary='min')\nrun.define_metric('loss', step_metric='epoch')\n"
        "run.log({'loss': 2, 'epoch': 1}); run.log({'loss': 1})"
    ),
    "step": (
        "run.define_metric('loss', step_metric='epoch')\n"
        "for row in ({'epoch': 1, 'loss': 3}, {'loss': 4}, {'acc': 1}, {'epoch': 2}, {'loss': 5}): run.log(row)"
    ),
    "step-that-is-a-metric": (
        "epoch = run.define_metric('epoch', hidden=True)\nrun.define_metric('loss', step_metric=epoch)\n"
        "run.log({'epoch': 1}); run.log({'loss': 3})"
    ),
    "step-without-sync": (
        "run.define_metric('loss', step_metric='epoch', step_sync=False)\n"
        "run.log({'epoch': 1, 'loss': 3}); run.log({'loss': 4})"
    ),
    "step-of-a-glob": (
        "run.define_metric('train/*', step_metric='train/step')\n"
        "run.log({'train/step': 5}); run.log({'train/loss': 1}); run.log({'loss': 1})"
    ),
    "step-shared": (
        "run.define_metric('a', step_metric='s'); run.define_metric('b', step_metric='s')\n"
        "run.log({'s': 1, 'a': 1}); run.log({'b': 1})"
    ),
    "step-before-the-definition": "run.log({'epoch': 7}); run.define_metric('loss', step_metric='epoch'); "
    "run.log({'loss': 1})",
    "pending": (
        "run.define_metric('loss', summary='min', step_metric='epoch')\nrun.log({'epoch': 1, 'loss': 3})\n"
        "run.log({'loss': 1}, commit=False); run.log({'acc': 1})"
    ),
    "strings": "run.define_metric('x', summary='min,max')\nfor x in ('a', 2, 'b', 1): run.log({'x': x})",
    "infinite": "run.define_metric('x', summary='min,max')\nfor x in (inf, 1, -inf): run.log({'x': x})",
    "set-by-hand": f"run.define_metric('loss', summary='min')\n{LOSSES}\nrun.summary['best'] = 5",
    "refused": """
tell("errors", [error(lambda: run.define_metric(*arguments)) for arguments in (
    ("",), (None,), (3,), ("a*b",), ("**",), ("a", 3), ("a", None, "yes"), ("a", None, None, "yes"),
    ("a", None, None, None, "median"), ("a", None, None, None, "min, max"), ("a", None, None, None, ["min"]),
)])
""",
    "returned": """
metric = run.define_metric("loss", step_metric="epoch", summary="min,max", hidden=True)
tell("metric", [metric.name, metric.step_metric, metric.step_sync, metric.hidden, list(metric.summary or ())])
plain = run.define_metric("acc")
tell("plain", [plain.name, plain.step_metric, plain.hidden, list(plain.summary or ())])
""",
}
"""Both generations do the same."""

METRICS_OF_CURRENT: dict[str, str] = {
    "first": f"run.define_metric('loss', summary='first,last')\n{LOSSES}",
    "copy": f"run.define_metric('loss', summary='copy')\n{LOSSES}",
    "copy-and-min": f"run.define_metric('loss', summary='copy,min')\n{LOSSES}",
    "nested": "run.define_metric('a.b', summary='min')\nfor i in (3, 1, 2): run.log({'a': {'b': i, 'c': i}})",
    "nested-glob": "run.define_metric('a.*', summary='min')\nfor i in (3, 1, 2): run.log({'a': {'b': i, 'c': i}})",
    "nested-step": ("run.define_metric('a.b', step_metric='epoch')\nrun.log({'epoch': 2}); run.log({'a': {'b': 1}})"),
    "after-rows": f"{LOSSES}\nrun.define_metric('loss', summary='min,max,first'); run.log({{'loss': 5}})",
    "after-rows-alone": "run.log({'x': 1}); run.define_metric('x', summary='min'); run.log({'y': 1})",
    "after-nulls": "run.log({'x': None})\nrun.define_metric('x', summary='min,first'); run.log({'x': 2})",
    "none-after-rows": "run.log({'x': 1}); run.define_metric('x', summary='none'); run.log({'x': 2})",
    "set-by-hand": "run.define_metric('x', summary='min'); run.summary['x'] = 9; run.log({'x': 2}); run.log({'x': 3})",
    "deleted-by-hand": "run.define_metric('x', summary='min'); run.log({'x': 2}); del run.summary['x']; "
    "run.log({'x': 3}); run.log({'x': 4})",
    "nan": "run.define_metric('x', summary='min,max,first,last')\nfor x in (3, nan, 1): run.log({'x': x})",
    "none-logged": "run.define_metric('x', summary='min,last')\nfor x in (1, None): run.log({'x': x})",
    "bools": "run.define_metric('x', summary='min,last')\nfor x in (2, True, False): run.log({'x': x})",
    "no-best": "tell('errors', [error(lambda: run.define_metric('a', summary='best')), "
    "error(lambda: run.define_metric('a', goal='maximize'))])",
}

METRICS_OF_CLASSIC: dict[str, str] = {
    "best": f"run.define_metric('loss', summary='best')\n{LOSSES}",
    "best-maximize": f"run.define_metric('loss', summary='best', goal='maximize')\n{LOSSES}",
    "goals": """
tell("errors", [error(lambda: run.define_metric("a", goal=goal)) for goal in ("MAX", "minimise", "most", 3)])
""",
}

SUMMARIES: dict[str, str] = {
    "by-item": "run.summary['a'] = 1; run.summary['b'] = 'text'",
    "by-attribute": "run.summary.a = 1; tell('a', run.summary.a)",
    "update": "run.summary.update({'a': 1, 'b': {'c': 2}})",
    "get": "run.summary['a'] = 1; tell('got', [run.summary.get('a'), run.summary.get('b'), run.summary.get('b', 5)])",
    "keys": "run.log({'a': 1}); run.summary['b'] = 2\n"
    "tell('keys', sorted(k for k in run.summary.keys() if k[0] != '_'))",
    "missing": "tell('errors', [error(lambda: run.summary['a']), error(lambda: run.summary.a)])",
    "delete": "run.summary['a'] = 1; run.summary['b'] = 2; del run.summary['a']",
    "over-a-logged-value": "run.log({'a': 1}); run.summary['a'] = 5; run.log({'b': 1})",
    "logged-over": "run.summary['a'] = 5; run.log({'a': 1})",
    "pending-values": "run.log({'a': 1}); run.log({'a': 2}, commit=False); tell('a', run.summary['a'])",
    "nested-by-path": "run.summary['a'] = {'b': 1}; run.summary['a']['c'] = 2",
    "nested-read": "run.summary['a'] = {'b': {'c': 1}}; tell('c', run.summary['a']['b']['c'])",
    "infinite": "run.summary['a'] = inf; run.summary['b'] = -inf",
    "list": "run.summary['a'] = [1, 2.5, 'x', None, {'b': 1}]",
    "tuple": "run.summary['a'] = (1, 2)",
    "date": "run.summary['a'] = datetime.date(2021, 1, 2); run.summary['b'] = datetime.datetime(2021, 1, 2, 3, 4, 5)",
    "bytes": "run.summary['a'] = b'text'",
    "changed-later": "value = {'b': [1]}; run.summary['a'] = value; value['b'].append(2); value['c'] = 3",
    "wrong-key": "tell('error', error(lambda: run.summary.update({3: 1})) != '')",
}

SUMMARIES_OF_CURRENT: dict[str, str] = {
    "delete-missing": "tell('error', error(lambda: run.summary.__delitem__('a')))",
    "none": "run.summary['a'] = 1; run.summary['a'] = None",
    "nan": "run.summary['a'] = 1; run.summary['a'] = nan",
    "logged-none": "run.log({'a': 1}); run.log({'a': None})",
    "logged-nan": "run.log({'a': nan}); run.log({'b': inf})",
    "leaf-of-an-update": "run.summary.update({'a': {'b': {'c': 1}, 'd': {'e': 1}}}); run.summary['a']['b']['c'] = 2",
    "delete-nested": "run.log({'a': {'b': 1, 'c': 2}}); del run.summary['a']['b']",
    "sets": "run.summary['a'] = {1}; run.summary['b'] = Decimal('1.5'); run.summary['c'] = 2**64",
    "enums": "run.summary['a'] = Colour.RED; run.summary['b'] = datetime.timedelta(days=1)",
    "logged-nested": "run.log({'a': {'b': 1}}); run.log({'a': {'c': 2}})",
    "empty-dict": "run.summary['a'] = {}; run.summary['b'] = {'c': {}}",
    "after-finish": "run.log({'a': 1}); run.finish(); tell('keys', list(run.summary.keys())); "
    "tell('error', error(lambda: run.summary.update({'b': 1})))",
}

VALUES: dict[str, str] = {
    "numbers": "run.log({'a': 1, 'b': 2.5, 'c': True, 'd': -0.0, 'e': 2**62, 'f': 1e300})",
    "texts": "run.log({'a': '', 'b': 'ä \\U0001f600', 'c': 'line\\nline'})",
    "null": "run.log({'a': None, 'b': 1})",
    "non-finite": "run.log({'a': nan, 'b': inf, 'c': -inf})",
    "nested": "run.log({'a': {'b': {'c': 1}, 'd': [1, {'e': 2}]}})",
    "odd-keys": "run.log({'a/b': 1, 'a.b': 2, ' ': 3, 'ä': 4})",
    "bytes-and-dates": "run.log({'a': b'x', 'b': datetime.date(2021, 1, 2), 'c': datetime.datetime(2021, 1, 2, 3, 4)})",
    "lists": "run.log({'a': [], 'b': [[1], [2]], 'c': (1, 2), 'd': [None, 'x']})",
    "steps": "run.log({'a': 1}, step=3); run.log({'b': 1}, step=3); run.log({'c': 1}, step=5)\n"
    "run.log({'d': 1}, step=4); run.log({'e': 1}); run.log({'f': 1}, step=9, commit=True); tell('step', run.step)",
    "commits": "run.log({'a': 1}, commit=False); run.log({'a': 2, 'b': 1}, commit=False); run.log({'c': 1}); "
    "run.log({'d': 1}, commit=False)",
    "wrong": """
tell("errors", [error(lambda: run.log(data)) for data in (3, None, "x", [1], {3: 1}, {None: 1})])
""",
    "wrong-steps": "tell('errors', [error(lambda: run.log({'a': 1}, step=step)) for step in ('x', [], {}, '3')])",
    "own-step": "run.log({'_step': 50, 'a': 1}); run.log({'a': 2})",
}

VALUES_OF_CURRENT: dict[str, str] = {
    "empty": "run.log({}); run.log({'a': {}}); run.log({'': 1}); run.log({'b': 1})",
    "other-types": "run.log({'a': {1}, 'b': Decimal('1.50'), 'c': Fraction(1, 3), 'd': 1j, 'e': len, 'f': Colour.RED})",
    "huge-ints": "run.log({'a': 2**63, 'b': -2**63, 'c': 2**63 - 1, 'd': 10**400})",
    "more-types": "run.log({'a': Path('/x'), 'b': UUID(int=5), 'c': bytearray(b'x')})\n"
    "run.log({'a': datetime.timedelta(hours=5), 'b': datetime.time(1, 2), 'c': frozenset({2})})\n"
    "tell('pure', error(lambda: run.log({'a': PurePath('/x')})))",
    "wrong-values": "tell('error', error(lambda: run.log({'a': object(), 'b': 1})))",
    "wrong-in-current": "tell('errors', [error(lambda: run.log({'a': 1}, step=step)) for step in (2.0, True, 1.5)])",
}

VALUES_OF_CLASSIC: dict[str, str] = {
    "empty": "run.log({}); run.log({'a': {}}); run.log({'b': 1})",
}

NAMES: dict[str, str] = {
    "alerts": """
run.alert("t", "x")
run.alert("t", "x", "ERROR", 5)
run.alert("t", "x", wandb.AlertLevel.WARN, datetime.timedelta(minutes=2))
run.alert("t", "x", wait_duration=0)
wandb.alert("t", "x", level="WARN", wait_duration=0.5)
tell("errors", [error(call) for call in (
    lambda: run.alert("t", "x", level="bad"), lambda: run.alert("t", "x", level="info"),
    lambda: run.alert("t", "x", level=3), lambda: run.alert(1, "x"), lambda: run.alert("t", 2),
    lambda: run.alert("t", "x", wait_duration="long"),
)])
""",
    "preempting": "run.log({'a': 1}); run.mark_preempting(); run.log({'a': 2})",
    "preempted": "run.mark_preempting(); run.finish(1)",
    "config-static": """
run.config.a = 1
static = run.config_static
tell("read", [str(static), static["a"], static.a, sorted(static.keys())])
tell("errors", [error(call) for call in (
    lambda: setattr(static, "a", 2), lambda: static.__setitem__("a", 3), lambda: static["z"], lambda: static.z
)])
""",
    "restore": """
def read(restore, *arguments, **options):
    with restore(*arguments, **options) as file:
        return file.read()
with open("f.txt", "w") as file:
    file.write("from the run")
run.save("f.txt")
path = run.path
run.finish()
run = wandb.init(project="p", id="restoring")
tell("read", read(run.restore, "f.txt", run_path=path, root="there"))
with open("there/f.txt", "w") as file:
    file.write("local")
tell("kept", read(run.restore, "f.txt", run_path=path, root="there"))
tell("replaced", read(wandb.restore, "f.txt", run_path=path, root="there", replace=True))
tell("errors", [error(call) for call in (
    lambda: run.restore("nope.txt", run_path=path), lambda: run.restore("f.txt", run_path="p/nope"),
)])
run.finish()
tell("without a run", [error(lambda: wandb.restore("f.txt")), read(wandb.restore, "f.txt", path, root="other")])
""",
    "urls": """
page = run.url.partition("/testkit-user")[2]
tell("pages", [page, (run.project_url if hasattr(run, "project_url") else run.get_project_url())[-2:]])
tell("sweep", run.sweep_url if hasattr(run, "sweep_url") else run.get_sweep_url())
""",
}

NAMES_OF_CURRENT: dict[str, str] = {
    "pinned": "run.pin_config_keys(['a', 'b'])",
    "written-logs": "run.write_logs('one\\ntwo'); run.write_logs('three\\n'); run.write_logs('')",
    "settings": "tell('settings', [run.settings.project, run.settings.run_id, run.settings.mode])",
    "status": "run.log({'a': 1}); status = run.status(); tell('status', [status.sync_items_pending, status.sync_time])",
    "shown": "tell('display', run.display()); tell('html', run.to_html(100).partition('/testkit-user')[2]); "
    "tell('mime', run._repr_mimebundle_()['text/html'].partition('http')[0])",
}

NAMES_OF_CLASSIC: dict[str, str] = {
    "shown": "tell('mime', run._repr_mimebundle_()['text/html'].partition('/testkit-user')[2]); "
    "tell('name', run.project_name())",
}

_UPDATES = (
    "for values in {}: run.config.update(values, allow_val_change=True)\ntell('config', dict(run.config.items()))"
)

CONFIGS: dict[str, str] = {
    name: _UPDATES.format(updates)
    for name, updates in {
        "empty": "({'a': {}}, {'b': {'c': {}}, 'd': {'e': {}, 'f': 1}}, {'g': [{}], 'h': [], 'i': {'k': None}})",
        "empty-over-a-dict": "({'a': {'x': 1}}, {'a': {}}, {'a': {'y': {}}}, {'a': {'x': {}}})",
        "empty-over-a-value": "({'a': 1, 'b': 1, 'c': None}, {'a': {}, 'b': {'c': {}}, 'c': {}})",
        "value-over-a-dict": "({'a': {'x': {'y': 1}}, 'b': {'x': 1}}, {'a': {'x': None}, 'b': 2})",
        "dict-over-a-dict": "({'a': {'x': {'y': 1, 'z': 2}, 'v': 3}}, {'a': {'x': {'y': 3}}})",
        "dict-over-a-value": "({'a': {'b': {'c': 1}}}, {'a': {'b': 7}}, {'a': {'b': {'e': 1}}})",
        "dict-over-a-list": "({'a': [1, {'x': 1}]}, {'a': [{'y': 1}], 'b': [1]}, {'b': {'c': 1}})",
    }.items()
}
CONFIGS["defaults"] = (
    "run.config.update({'k': {}})\n"
    "run.config.setdefaults({'k': {'z': 1}, 'm': {}, 'n': {'o': {}}, 'q': {'r': {}, 's': 1}})\n"
    "tell('config', dict(run.config.items()))"
)
CONFIGS["no-text"] = (
    "tell('error', error(lambda: run.config.update({'a': b'\\xff'}))); run.config.update({'b': b'text'})"
)

ARRAYS_OF_CURRENT: dict[str, str] = {
    "rows": """
import numpy as np
run.log({"a": np.float32(0.5), "b": np.int64(3), "c": np.array([1, 2]), "d": np.array([[1.5]]), "e": np.bool_(True)})
run.log({"f": np.zeros(40), "g": np.array(2.0), "h": np.nan, "i": np.array([]), "j": np.str_("x")})
run.log({"k": np.array(["a", "b"]), "l": np.datetime64("2021-01-02"), "m": {"n": np.arange(3)}, "o": [np.int8(1)]})
""",
    "summary": """
import numpy as np
for key, value in {"a": np.float32(0.5), "b": np.arange(3), "c": np.arange(40), "d": np.float64("nan"),
                   "e": np.int8(3), "f": np.bool_(False)}.items():
    run.summary[key] = value
""",
    "config": """
import numpy as np
run.config.update({"a": np.float32(0.5), "b": np.arange(3), "c": np.int8(3), "d": np.bool_(True), "e": [np.int64(1)]})
""",
    "metrics": """
import numpy as np
run.define_metric("x", summary="min,max,mean")
for x in (np.float32(2), np.float32(1), np.array([1, 2, 3])):
    run.log({"x": x})
""",
}
"""0.10.33 does not know numpy 2."""
