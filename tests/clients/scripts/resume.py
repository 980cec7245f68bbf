"""Start a run by id with a mode of resume ("none" for no such argument), log some rows, and tell how it went."""

import json
import sys

import wandb

run_id, mode, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
told = {"error": None}
try:
    run = wandb.init(project="p", id=run_id, resume=None if mode == "none" else mode, config={mode: 1})
except Exception as error:
    told["error"] = type(error).__name__
else:
    told["resumed"] = bool(run.resumed)
    for i in range(rows):
        run.log({"by_" + mode: i})
    run.finish()
print("RESULT " + json.dumps(told))
