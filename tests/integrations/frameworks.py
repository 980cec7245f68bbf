"""Owns the table of frameworks: which script trains with each, and what of it no two trainings have in common."""

from __future__ import annotations

from typing import NamedTuple


class Framework(NamedTuple):
    """One integration that is tried through both doors.

    Attributes:
        script: Below fixtures/scripts/integrations/frameworks.
        distributions: Whose versions the table tells.
        arguments: Of the script.
        measured: Patterns of places whose values are times and speeds: they are there, and not compared.
        by_column: Which values come together in a row depends on time with the real client; columns are compared.
        loses_rows: It logs rows that wandb drops, so that its test fails with either.
        explained: Patterns of places in which the drop-in differs, and why that is right.
        in_any_order: Its runs begin in several processes side by side; they are compared by name.
        environment: That of environment.py in which it is tried; `make deep` has those that are too large, or take too
            long, for what every change is tried with.
        timeout_s: How long pytest may take.
    """

    script: str
    distributions: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    by_column: bool = False
    loses_rows: bool = False
    explained: tuple[tuple[str, str], ...] = ()
    in_any_order: bool = False
    environment: str = "frameworks"
    timeout_s: float = 300


FRAMEWORKS: dict[str, Framework] = {
    "lightning": Framework(
        "use_lightning.py",
        ("lightning",),
        # Checkpoints hold the path of the run; nodes of a graph are addresses in memory (test_watch.py has the rest).
        measured=(r"artifacts\.model-RUN:v\d\.files\..*", r"files\.media/graph/.*", r"summary\.graph_0\.(sha256|size)"),
    ),
    "transformers": Framework(
        "use_transformers.py",
        ("transformers",),
        measured=(
            r".*(runtime|_per_second)",
            r"artifacts\.model-.*\.files\.training_args\.bin",  # holds the directory of the run
        ),
    ),
    "transformers, autolog": Framework("use_huggingface.py", ("transformers",), measured=(r".*\.size",)),
    "lightning, Fabric": Framework("use_fabric.py", ("lightning",)),
    "accelerate": Framework("use_accelerate.py", ("accelerate",)),
    "xgboost": Framework("use_xgboost.py", ("xgboost-cpu", "xgboost")),
    "lightgbm": Framework("use_lightgbm.py", ("lightgbm",)),
    "scikit-learn": Framework("use_sklearn.py", ("scikit-learn",), measured=(r".*elbow_curve.*",)),
    "keras": Framework(
        "use_keras.py",
        ("keras", "tensorflow-cpu"),
        measured=(r"artifacts\..*\.files\.model\.keras",),  # holds the time at which it was saved
        environment="large",
    ),
    "scikit-learn, wandb 0.10.33": Framework(
        "use_sklearn_classic.py", ("scikit-learn",), measured=(r".*elbow_curve.*",), environment="classic"
    ),
    "torch, wandb 0.10.33": Framework(
        "use_torch_classic.py",
        ("torch",),
        # Nodes of a graph are addresses in memory.
        measured=(r"files\.media/graph/.*", r"summary\.graph_0\.(sha256|size)"),
        environment="classic",
    ),
    "tensorflow, wandb 0.10.33": Framework("use_tensorflow_classic.py", ("tensorflow-cpu",), environment="classic"),
    "fastai 1, wandb 0.10.33": Framework(
        "use_fastai_classic.py",
        ("fastai",),
        # Nodes of a graph are addresses in memory; where the model was loaded from is printed.
        measured=(r"files\.media/graph/.*", r"summary\.graph_0\.(sha256|size)", r"output\[\]"),
        environment="classic",
    ),
    "keras, wandb 0.10.33": Framework("use_keras_classic.py", ("keras", "tensorflow-cpu"), environment="classic"),
    "openai, fine-tuning": Framework("use_openai.py", ("openai",), environment="callbacks"),
    "diffusers": Framework("use_diffusers.py", ("diffusers",), environment="callbacks"),
    "metaflow": Framework("use_metaflow.py", ("metaflow",), measured=("group",), environment="callbacks"),
    "dspy": Framework("use_dspy.py", ("dspy",), environment="callbacks"),
    "fastai": Framework("use_fastai.py", ("fastai",), measured=(r".*train_samples_per_sec",), environment="vision"),
    "ultralytics": Framework(
        "use_ultralytics.py",
        ("ultralytics",),
        # Paths below the user's home; tables hold speeds, and models the time at which they were saved.
        measured=(
            r"config\.\w+\.(project|save_dir|model|data)",
            r".*-Table\.size",
            r"artifacts\.run_RUN_model:v\d\.files\..*",
        ),
        environment="vision",
    ),
    "sacred": Framework("use_sacred.py", ("sacred",), environment="callbacks"),
    "hydra": Framework("use_hydra.py", ("hydra-core",)),
    "optuna, one run": Framework("use_optuna.py", ("optuna-integration", "optuna"), ("one",), loses_rows=True),
    "optuna, a run each": Framework("use_optuna.py", ("optuna-integration", "optuna"), ("many",), loses_rows=True),
    "stable-baselines3": Framework(
        "use_sb3.py",
        ("stable-baselines3",),
        # Event files and saved models hold times, and so does the agent itself.
        measured=(r"config\.start_time", r".*time/fps", r"summary\._step", r"files\.(events/.*|model\.zip)"),
        by_column=True,
    ),
    "ray": Framework(
        "use_ray.py",
        ("ray",),
        measured=(
            r"config\.(trial_log_path|date|pid|hostname|node_ip)",
            r"(history\[\]|summary)\.(timestamp|time_(this_iter|total)_s|time_since_restore)",
        ),
        in_any_order=True,
        environment="large",
        timeout_s=900,  # each task, actor and trial begins with an interpreter that imports ray
    ),
}
