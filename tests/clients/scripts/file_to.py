"""Upload a file to a run with the public API."""

import sys

import wandb

entity, run_id = sys.argv[1:3]
with open("f.txt", "w") as file:
    file.write("hi")
wandb.Api().run(entity + "/p/" + run_id).upload_file("f.txt")
