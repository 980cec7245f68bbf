"""Read runs with the public API, edit one, delete one, and tell what was seen."""

import json
import sys

import wandb

entity = sys.argv[1]
api = wandb.Api()
run = api.run(entity + "/p/first")
told = {
    "state": run.state,
    "name": run.name,
    "tags": run.tags,
    "config": dict(run.config),
    "loss": run.summary["loss"],
    "history": run.history(pandas=False),
    "history of keys": run.history(keys=["loss"], pandas=False),
    "scan": list(run.scan_history()),
    "scan of keys": list(run.scan_history(keys=["loss"], page_size=2)),
    "last step": run.lastHistoryStep,
    "files": sorted(file.name for file in run.files()),
    "all": [one.id for one in api.runs(entity + "/p", order="+created_at")],
    "finished": [one.id for one in api.runs(entity + "/p", filters={"state": "finished"}, order="+created_at")],
    "slow": [one.id for one in api.runs(entity + "/p", filters={"config.lr": {"$lt": 0.5}}, order="+created_at")],
    "best first": [one.id for one in api.runs(entity + "/p", order="+summary_metrics.loss")],
}
with run.file("f.txt").download(replace=True) as file:
    told["file"] = file.read()
try:
    api.run(entity + "/p/nothing").state  # noqa: B018 - newer clients ask the server only now
except Exception as error:
    told["no such run"] = type(error).__name__
run.tags.append("edited")
run.config["new"] = 2
run.update()
run.summary.update({"added": 5})
api.run(entity + "/p/third").delete()
print("RESULT " + json.dumps(told))
