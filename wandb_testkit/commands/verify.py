"""Owns `wandb-testkit verify`: the spec against the reference implementation, or against a real client."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

import click

from wandb_testkit.profiles import Profile

CLIENT = "wandb=="

WAITING = 2
"""Clients per core that run side by side: they wait for time-outs more than they compute."""


@click.command(short_help="Judge the reference, or a real client, in every cell.")
@click.option("--profile", type=click.Choice(["both", *(profile.value for profile in Profile)]), default="both")
@click.option(
    "--product",
    type=click.Choice(["quotient", "full", "resume-variable", "auto", "active", "rows", "metrics"]),
    default="quotient",
    show_default=True,
    help="quotient: one cell for all that are alike (159,840). full: every cell (11,550,720). Programs: WANDB_RESUME "
    "(8,748), auto over up to three processes (109,830), several active runs (81,372), up to three log() (57,696), "
    "what define_metric() keeps (459).",
)
@click.option("-n", "workers", default="auto", show_default=True, help="Worker processes, as pytest-xdist counts them.")
@click.option("--tx", multiple=True, metavar="SPEC", help="Workers elsewhere, as pytest-xdist names them.")
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep there what is done: a run that was stopped goes on from it.",
)
@click.option(
    "--target",
    metavar="wandb==VERSION",
    help="A real client instead, in an environment of its own: it runs a covering array of cells against the fake "
    "server. Its version decides the profile: classic before 0.13.",
)
@click.option(
    "--strength",
    type=click.Choice(["0", "2", "3"]),
    default="2",
    show_default=True,
    help="With --target: cells in which every pair, or triple, of words occurs; 0 for none.",
)
@click.option(
    "--random", "number", default=0, metavar="N", help="With --target: so many cells drawn at random as well."
)
@click.option("--seed", default=0, show_default=True, help="With --target: of the random cells.")
@click.option("--sample", metavar="N", type=int, help="With --target: only N of all these cells, spread evenly.")
@click.option(
    "--result",
    metavar="FILE.json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep there what came of it, with date and versions.",
)
def verify(
    profile: str,
    product: str,
    workers: str,
    tx: tuple[str, ...],
    state: Path | None,
    target: str | None,
    strength: str,
    number: int,
    seed: int,
    sample: int | None,
    result: Path | None,
) -> None:
    """Hold an implementation of wandb.init() against the spec: the reference in every cell, or a real client.

    \b
    Example:
      wandb-testkit verify --profile classic -n 2
      wandb-testkit verify --product auto
      wandb-testkit verify --product full --state done.json
      wandb-testkit verify --target wandb==0.31.0 --random 500 --seed 1
    """
    if target is not None:
        if profile != "both" or product != "quotient" or tx or state:
            raise click.UsageError(
                "--target takes --strength, --random, --seed, --sample, --result and -n; not the rest"
            )
        sys.exit(_verify_client(target, int(strength), number, seed, sample, workers, result))
    if sample is not None or number:
        raise click.UsageError("--random and --sample go with --target wandb==VERSION")
    sys.exit(_verify_reference(profile, product, workers, tx, state, result))


def _verify_reference(
    profile: str, product: str, workers: str, tx: tuple[str, ...], state: Path | None, result: Path | None
) -> int:
    import pytest

    if importlib.util.find_spec("xdist") is not None:
        spread = [f"--tx={where}" for where in tx] + ["--dist=load"] if tx else ["-n", workers]
    elif tx or workers not in ("auto", "0", "1"):
        raise click.ClickException("several workers need pytest-xdist: pip install 'wandb_testkit[demo]'")
    else:
        click.echo("pytest-xdist is not installed, so one process does all of it", err=True)
        spread = []
    kept = [] if state is None else [f"--verify-state={state.absolute()}"]
    kept += [] if result is None else [f"--verify-result={result.absolute()}"]
    with tempfile.TemporaryDirectory(prefix="wandb-testkit-") as empty:  # so that no project's settings have a say
        path = Path(empty, "pytest.ini")
        path.write_text("[pytest]\n", encoding="utf-8")
        arguments = [
            *("--pyargs", "wandb_testkit.verification", f"--rootdir={empty}", "-c", str(path)),
            *("-p", "wandb_testkit.verification.plugin", "-p", "no:terminal", "-p", "no:cacheprovider"),
            # Whatever plugins there are beside xdist: none is to change the order, or to speak.
            *("-p", "no:randomly", "-p", "no:asyncio"),
            *(f"--verify-profile={profile}", f"--verify-product={product}", *kept, *spread),
        ]
        return pytest.main(arguments)


def _verify_client(
    target: str, strength: int, number: int, seed: int, sample: int | None, workers: str, result: Path | None
) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from wandb_testkit.verification.clients import cells_for, profile_of, verify_client
    from wandb_testkit.verification.results import keep_result

    version = target.removeprefix(CLIENT)
    if version == target or not version[:1].isdigit():
        raise click.BadParameter(
            f"{target!r}: expected a released client, such as {CLIENT}0.31.0", param_hint="--target"
        )
    if workers != "auto" and not workers.isdigit():
        raise click.BadParameter(f"{workers!r}: with --target expected a number of clients", param_hint="-n")
    count = WAITING * (os.cpu_count() or 1) if workers == "auto" else max(1, int(workers))
    products = cells_for(profile_of(version), strength=strength, number=number, seed=seed, sample=sample)
    console = Console()
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(
            f"cells on wandb {version}", total=len({cell for cells in products.values() for cell in cells})
        )

        def advance(complaint: str) -> None:
            bar.advance(task)
            if complaint:
                console.out(complaint, highlight=False)

        try:
            verdict = verify_client(version, products, workers=count, advance=advance)
        except LookupError as error:
            raise click.ClickException(str(error)) from error
    for line in verdict.lines():
        console.out(line, highlight=False)
    if result is not None:
        keep_result(result, verdict.values())
    return 1 if verdict.disagreeing else 0
