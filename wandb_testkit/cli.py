"""Owns the command line, `wandb-testkit`: it reads words and options, and asks the rooms to do the rest."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from wandb_testkit.commands.conform import conform
from wandb_testkit.commands.knobs import knobs
from wandb_testkit.commands.record import record
from wandb_testkit.commands.verify import verify
from wandb_testkit.profiles import CURRENT, Profile

PACKAGE = Path(__file__).parent

DEMO_COMMAND = ("-m", "pytest", "--wandb-fake", "-n", "2", "--wandb-report=report.html")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wandb_testkit")
def main() -> None:
    """Test kit for code that meets Weights & Biases.

    \b
    Example:
      wandb-testkit demo
    """


@main.command(short_help="Test a real training project, and show its runs.")
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Put the project there and leave it there; a new or an empty folder.",
)
def demo(keep: Path | None) -> None:
    """Test a real training project with --wandb-fake, and show the runs that were recorded.

    The project, scikit-learn's digits with a resumable training script, is copied into a temporary folder. What its
    tests need and you do not have is installed for the demo alone; your environment stays as it is.

    \b
    Example:
      wandb-testkit demo --keep digits
    """
    with _demo_folder(keep) as folder, tempfile.TemporaryDirectory(prefix="wandb-testkit-") as scratch:
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "output", "wandb")
        shutil.copytree(_demo_project(), folder, dirs_exist_ok=True, ignore=ignored)
        libraries = Path(scratch, "libraries")
        _install_missing(folder / "requirements-test.txt", libraries)
        click.secho(f"$ cd {folder}\n$ python {' '.join(DEMO_COMMAND)}", dim=True)
        environment = _demo_environment(libraries, scratch)
        exit_code = subprocess.run([sys.executable, *DEMO_COMMAND], cwd=folder, env=environment).returncode
        report = folder / "report.html"
        if report.exists():
            _show_report(report)
            click.echo(f"The same as a page: {report.as_uri()}")
    sys.exit(exit_code)


@main.command(short_help="Show runs in the terminal, with a chart per metric.")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
def view(path: Path) -> None:
    """Show runs in the terminal: what was logged, and a chart per metric.

    PATH is a report of pytest --wandb-report=FILE.html, a recording of wandb-testkit record, or the directory of an
    offline run.

    \b
    Example:
      wandb-testkit view report.html
      wandb-testkit view recording.json
      wandb-testkit view wandb/offline-run-20261125_101500-abc
    """
    if path.suffix.lower() in (".html", ".htm"):
        _show_report(path)
        return
    from wandb_testkit.commands.record import show_path

    show_path(path)


main.add_command(record)


@main.command(short_help="Run a server that real wandb clients can log to.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Others than this machine need --api-key.")
@click.option(
    "--store",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep runs, files and accounts there; without it they are gone when the server stops.",
)
@click.option(
    "--api-key",
    metavar="KEY",
    envvar="WANDB_TESTKIT_API_KEY",
    help="Accept this key alone, and ask for it on the pages too; 40 characters or more. Without it any key will do.",
)
def serve(port: int, host: str, store: Path | None, api_key: str | None) -> None:
    """Run a server that real wandb clients can log to, with a page that shows their runs while they log.

    The page is at the URL that is printed; the two export lines point a client at it. Stop it with Ctrl-C. A store is
    written before a client gets its answer, and holds no key.

    \b
    Example:
      wandb-testkit serve --port 8080 --store runs.db
    """
    from wandb_testkit.commands.serve import run_server

    run_server(host, port, store, api_key)


@main.command(short_help="Print what wandb.init() has to do.")
@click.argument("names", metavar="[CLAUSE]...", nargs=-1)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    help="classic is the reference page of 2021, current is wandb 0.31.  [default: current; for clauses both]",
)
@click.option("--markdown", is_flag=True, help="Print the Markdown text itself.")
@click.option("--clauses", is_flag=True, help="The clauses: what each says, where it is carried out, its tests.")
@click.option("--missing", is_flag=True, help="The clauses that no test holds; exit code 1 if there are any.")
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the clauses as one self-contained page.",
)
def spec(
    names: tuple[str, ...], profile: str | None, markdown: bool, clauses: bool, missing: bool, html: Path | None
) -> None:
    """Print what wandb.init() has to do: as decision tables, or clause by clause.

    Named clauses (RESUME-4, A.1.mode) and families (RESUME) are printed alone. Tests are looked for in the checkout of
    wandb_testkit that the command runs in.

    \b
    Example:
      wandb-testkit spec --profile classic --markdown > init.md
      wandb-testkit spec RESUME-4 AUTO
      wandb-testkit spec --html clauses.html
    """
    if names or clauses or missing or html is not None:
        known = None if profile is None else Profile(profile)
        _show_clauses(names, known, markdown=markdown, missing=missing, html=html)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    from wandb_testkit.spec import markdown as spec_markdown

    text = spec_markdown(Profile(profile or CURRENT))
    if markdown:
        click.echo(text, nl=False)
    else:
        Console().print(Markdown(text))


main.add_command(knobs)
main.add_command(verify)
main.add_command(conform)


@main.command(short_help="Upload offline runs, of this kit or of wandb.")
@click.argument("directories", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--url",
    envvar="WANDB_BASE_URL",
    default="https://api.wandb.ai",
    show_default=True,
    show_envvar=True,
    help="A server that speaks W&B's protocol.",
)
@click.option("--api-key", envvar="WANDB_API_KEY", show_envvar=True, help="Whose account the runs go to.")
@click.option("--include-synced", is_flag=True, help="Upload runs again that were uploaded before.")
def sync(directories: tuple[Path, ...], url: str, api_key: str | None, include_synced: bool) -> None:
    """Upload offline runs, logged by this kit or by the real wandb.

    Each DIR is the directory of a run. What was uploaded is marked as `wandb sync` marks it, and not uploaded again.

    \b
    Example:
      wandb-testkit sync wandb/offline-run-20261125_101500-abc --url http://127.0.0.1:8080
    """
    from wandb_testkit.commands.sync import upload

    if not api_key:
        raise click.UsageError("an API key is needed to upload runs: give --api-key, or set WANDB_API_KEY")
    sys.exit(0 if upload(directories, url, api_key, include_synced=include_synced) else 1)


def _show_clauses(
    names: tuple[str, ...], profile: Profile | None, *, markdown: bool, missing: bool, html: Path | None
) -> None:
    from wandb_testkit.clausebook import text
    from wandb_testkit.clausebook.html import write_page
    from wandb_testkit.clausebook.trace import chosen, traces

    if markdown:
        if names or profile or missing or html:
            raise click.UsageError("--clauses --markdown prints the whole page, and takes no other choice")
        click.echo(text.markdown(), nl=False)
        return
    try:
        traced = chosen(traces(), names, profile)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    if html is not None:
        write_page(html, traced)
        click.echo(f"The clauses as a page: {html.absolute().as_uri()}")
    if missing:
        if any(trace.tests is None for trace in traced):
            raise click.ClickException(text.NO_TESTS)
        click.echo(text.missing(traced), nl=False)
        sys.exit(any(trace.is_missing for trace in traced))
    if html is None:
        click.echo(text.listing(traced), nl=False)


def _show_report(file: Path) -> None:
    from rich.console import Console

    from wandb_testkit.report.html import read_html
    from wandb_testkit.report.terminal import show

    try:
        entries = read_html(file)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    show(entries, Console())


def _demo_project() -> Path:
    """The demo project: in the wheel beside this file, in a checkout among the fixtures."""
    packaged = PACKAGE / "demo_project"
    return packaged if packaged.is_dir() else PACKAGE.parent / "fixtures" / "demo"


@contextmanager
def _demo_folder(keep: Path | None) -> Iterator[Path]:
    """A folder to work in; of a temporary one, only the report is left afterwards."""
    if keep is not None:
        if keep.exists() and any(keep.iterdir()):
            raise click.BadParameter(f"{keep} is not empty; name a folder that is new or empty", param_hint="--keep")
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="wandb-testkit-demo-")).resolve()
    try:
        yield folder
    finally:
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != "report.html":
                path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def _demo_environment(libraries: Path, scratch: str) -> dict[str, str]:
    """The environment of the demo's pytest, without what the user has set for pytest and W&B in other projects."""
    foreign = ("WANDB_", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = [str(libraries), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTEST_DEBUG_TEMPROOT": scratch,
        "OMP_NUM_THREADS": "1",  # the workers share the cores already, and the matrices are small
    }


def _install_missing(requirements: Path, libraries: Path) -> None:
    """Install what the demo's tests need and is not there yet into a folder of the demo's own."""
    lines = [line for line in requirements.read_text().splitlines() if line and not line.startswith("#")]
    missing = [line for line in lines if not _is_met(line)]
    if not missing:
        return
    click.echo(f"Installing {', '.join(missing)} for this demo alone ...")
    libraries.mkdir()
    # pytest-xdist brings a pytest with it; it has to be the one that is already running here.
    constraints = libraries / "constraints.txt"
    constraints.write_text(f"pytest=={importlib.metadata.version('pytest')}\n")
    command = [*_installer(), "--quiet", "--target", str(libraries), "--constraint", str(constraints), *missing]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        tool = "pip" if "-m" in command else "uv"
        raise click.ClickException(
            f"{result.stdout.strip()}\n\nThe demo's tests need {', '.join(missing)}, and {tool} could not install "
            "that. Install it yourself and run the demo again: pip install 'wandb_testkit[demo]'"
        )


def _installer() -> list[str]:
    """The command that installs packages for this interpreter: pip, or uv, whose environments have no pip."""
    uv = shutil.which("uv")
    if uv is not None and importlib.util.find_spec("pip") is None:
        return [uv, "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]


def _is_met(line: str) -> bool:
    from packaging.requirements import Requirement

    requirement = Requirement(line)
    try:
        return requirement.specifier.contains(importlib.metadata.version(requirement.name), prereleases=True)
    except importlib.metadata.PackageNotFoundError:
        return False


if __name__ == "__main__":
    main()
