"""Owns what to do instead of a name of wandb that the drop-in refuses, by the name or the beginning of it."""

from __future__ import annotations

_SERVER = "or run the real client against the fake server: pytest --wandb-fake=server"
_LAUNCH = "W&B Launch is outside of the kit; mock it where it is used."
_INSIDE = (
    "It belongs to the inside of wandb; code that needs it can be tested with the real client: --wandb-fake=server."
)

_EVAL_TABLE = "Its rows go to Weave, which is outside of the kit, and none to the run; log a wandb.Table."
_FASTAI = "It is for fastai 1; fastai 2 has a callback of its own: from fastai.callback.wandb import WandbCallback."
_TF1 = f"It is a hook for estimators of TensorFlow 1; use wandb.init(sync_tensorboard=True), {_SERVER}."

ADVICE: dict[str, str] = {
    "wandb.EvalTable": _EVAL_TABLE,
    "wandb.data_types.EvalTable": _EVAL_TABLE,
    "wandb.integration.fastai": _FASTAI,
    "wandb.integration.kfp": (
        "It puts code into the components of a pipeline when that is compiled; test the functions without it, with "
        f"wandb.init() in them, {_SERVER}."
    ),
    "wandb.integration.prodigy": f"Log the data set as a wandb.Table, {_SERVER}.",
    "wandb.integration.weave": f"Weave is outside of the kit, {_SERVER}.",
    "wandb.integration.tensorflow": _TF1,
    "wandb.integration.torch": "Use wandb.watch() and wandb.unwatch().",
    "wandb.integration.magic": "Use wandb.init(magic=...).",
    "wandb.wandb_torch": "Use wandb.watch() and wandb.unwatch().",
    "wandb.data_types.val_to_json": "Log the value, and look at the row of the recorded run.",
    "wandb.data_types.history_dict_to_json": "Log the row, and look at it in the recorded run.",
    "wandb.tensorflow": _TF1,
    "wandb.jupyter": "What init() does in a notebook is there without it: fake(notebook=True).",
    "wandb.docker": "Mock it where images are built.",
    "wandb.profiler": _INSIDE,
    "wandb.analytics": _INSIDE,
    "wandb.proto": _INSIDE,
    "wandb.vendor": _INSIDE,
    "wandb.filesync": _INSIDE,
    "wandb.compat": _INSIDE,
    "wandb.old": _INSIDE,
    "wandb.superagent": _INSIDE,
    "wandb.plots.ExplainText": "Log what eli5 shows: wandb.Html(explainer.show_prediction().data).",
    "wandb.plots.NER": 'Log what spaCy draws: wandb.Html(spacy.displacy.render(doc, style="ent", page=True)).',
    "wandb.plots.POS": 'Log what spaCy draws: wandb.Html(spacy.displacy.render(doc, style="dep", page=True)).',
    "wandb.set_trace": "Use breakpoint().",
    "wandb.util.sentry_": "Nothing is told to W&B from a test; mock it where it is called.",
    "wandb.util.vendor_": _INSIDE,
    "wandb.util.Lazy": _INSIDE,
    "wandb.util.image_id_from_k8s": "It asks a cluster; mock it where it is called.",
    "wandb.util.download_file_from_url": "Use run.file(name).download().",
    "wandb.apis.public.Automation": "Automations are outside of the kit; mock them where they are made.",
    "wandb.apis.public.Job": _LAUNCH,
    "wandb.apis.public.QueuedRun": _LAUNCH,
    "wandb.apis.public.RunQueue": _LAUNCH,
    "wandb.apis.public.SlackIntegrations": "Integrations of the service are outside of the kit.",
    "wandb.apis.public.WebhookIntegrations": "Integrations of the service are outside of the kit.",
    "wandb.apis.public.Integrations": "Integrations of the service are outside of the kit.",
    "Api.sync_tensorboard": "Write the events in a run of init(sync_tensorboard=True).",
    "Api.create_registry": "Make it where the world is: fake.server.add_organization(registries=...).",
    "Api.create_custom_chart": "Log a table with wandb.plot_table() and the id of a chart that is there.",
    "Api.run_queue": _LAUNCH,
    "Api.create_run_queue": _LAUNCH,
    "Api.upsert_run_queue": _LAUNCH,
    "Api.queued_run": _LAUNCH,
    "Api.job": _LAUNCH,
    "Api.list_jobs": _LAUNCH,
}
"""The longest beginning of a name counts."""


def of(whole: str) -> str:
    """What to do instead, with a space at its end; "" where nothing is known."""
    known = [name for name in ADVICE if whole.startswith(name)]
    return f"{ADVICE[max(known, key=len)]} " if known else ""
