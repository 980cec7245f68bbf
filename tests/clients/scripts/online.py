"""Log rows of every kind, set a summary, print, save a file, define a metric, finish."""

import sys

import wandb

run = wandb.init(
    project="p",
    id=sys.argv[1],
    name="my name",
    notes="my notes",
    tags=["a", "b"],
    group="g",
    job_type="train",
    config={"lr": 0.1, "net": {"depth": 3}},
)
run.define_metric("loss", summary="min")
for i in range(3):
    run.log({"loss": 1.0 / (i + 1), "m/n": i, "d": {"e": i}})
run.log({"odd": float("nan")})
run.log({"late": 1}, step=9)
run.summary["best"] = 7
run.config.update({"late": True})
print("a line of the user")
with open("f.txt", "w") as file:
    file.write("hi")
wandb.save("f.txt")
run.finish()
