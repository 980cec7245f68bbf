"""Workers of torch's DataLoader and ranks of DDP log runs of their own: with --wandb-fake, and the real client too."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WORK = """
    import os

    import torch
    import torch.distributed
    import wandb


    class Rows(torch.utils.data.Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, at):
            return torch.tensor([float(at)])


    def begin(number):
        with wandb.init(project="p", name=f"worker {number}", config={"pid": os.getpid()}) as run:
            run.log({"number": number})


    def rank(number, port):
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        torch.distributed.init_process_group("gloo", rank=number, world_size=2)
        model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with wandb.init(project="p", group="ddp", name=f"rank {number}", config={"pid": os.getpid()}) as run:
            for step in range(4):
                loss = ((model(torch.tensor([[1.0]])) - 2) ** 2).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                run.log({"loss": loss.item()})
        torch.distributed.destroy_process_group()
"""

TEST = """
    import os
    import socket

    import pytest
    import torch
    import torch.multiprocessing

    import wandb_testkit as wt
    from work import Rows, begin, rank


    @pytest.mark.parametrize("method", ["fork", "spawn"])
    def test_workers(FIXTURE, method):
        loader = torch.utils.data.DataLoader(
            Rows(), batch_size=2, num_workers=2, worker_init_fn=begin, multiprocessing_context=method
        )
        assert len(list(loader)) == 4
        runs = FIXTURE.runs
        assert sorted((run.name, run.state, tuple(run.history["number"])) for run in runs) == [
            ("worker 0", "finished", (0,)),
            ("worker 1", "finished", (1,)),
        ]
        assert len({os.getpid(), *(run.config["pid"] for run in runs)}) == 3


    def test_ranks(FIXTURE):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        # Forked: each spawned rank would import torch again; a spawned worker is tried above.
        torch.multiprocessing.start_processes(rank, args=(port,), nprocs=2, start_method="fork")
        runs = FIXTURE.runs
        assert sorted((run.name, run.group, run.state) for run in runs) == [
            ("rank 0", "ddp", "finished"),
            ("rank 1", "ddp", "finished"),
        ]
        for run in runs:
            assert run.history.steps("loss") == [0, 1, 2, 3]
            wt.assert_decreasing(run, "loss")
        assert runs[0].history["loss"] != [] and len({run.config["pid"] for run in runs}) == 2
"""


@pytest.mark.parametrize(
    ("option", "fixture"), [("--wandb-fake", "wandb_fake"), ("--wandb-fake=server", "wandb_server")], ids=lambda v: v
)
def test_workers_and_ranks_log_to_the_world_of_their_test(tmp_path: Path, option: str, fixture: str) -> None:
    (tmp_path / "work.py").write_text(textwrap.dedent(WORK))
    (tmp_path / "test_it.py").write_text(textwrap.dedent(TEST).replace("FIXTURE", fixture))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "wandb_testkit.pytest_plugin", option, "-q", "-p", "no:randomly"]

    done = subprocess.run(
        [*command, "-W", "ignore::wandb_testkit.pytest_plugin.LeftoverWarning"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
