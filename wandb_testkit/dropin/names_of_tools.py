"""Owns the part of the table of names that is not about runs and data: public API, sweeps, helpers, telemetry."""

from __future__ import annotations

from wandb_testkit.dropin import env_names, names_of_helpers
from wandb_testkit.dropin.entries import BOTH, CLASSIC, CURRENT, Name, State, Table, from_module, own
from wandb_testkit.profiles import Profile


def _public(name: str, profiles: tuple[Profile, ...] = BOTH) -> Name:
    """A class of the public API that the profile has in a shape of its own."""
    return Name(f"wandb_testkit.dropin.public.{{profile}}:{name}", profiles)


def _of(module: str, name: str, profiles: tuple[Profile, ...] = BOTH, state: State = State.FULL) -> Name:
    return Name(f"wandb_testkit.dropin.{module}:{name}", profiles, state)


_API = _public("Api")
_INTERNAL_API = _of("tools", "InternalApi")
_SWEEP, _AGENT, _CONTROLLER = own("sweep"), own("agent"), own("controller")
_TELEMETRY = {
    "context": _of("telemetry", "context", state=State.RECORDED),
    "TelemetryRecord": _of("telemetry", "TelemetryRecord", state=State.RECORDED),
    "TelemetryImports": _of("telemetry", "TelemetryImports", state=State.RECORDED),
    "list_telemetry_imports": _of("telemetry", "list_telemetry_imports", CURRENT),
}
_PAGINATOR = _of("public.paging", "Paginator")
_ATTRS = _of("public.attrs", "Attrs")
_HISTORY_SCAN = _of("public.history", "HistoryScan")
_SUMMARY = _of("public.summary", "HTTPSummary")
_CONSOLE = {name: _of("public.logs", name, CURRENT) for name in ("ConsoleLogLine", "ConsoleLogs")}
_FILE = _public("File")
_FILES = _public("Files")
_PROJECT = _public("Project")
_PROJECTS = _public("Projects")
_SWEEP_CLASS = _public("Sweep")
_SWEEPS = _of("public.sweeps", "Sweeps", CURRENT)
_AGENT_RUNS = _of("public.sweeps", "AgentRuns", CURRENT)
_AGENT_CLASS = _of("public.sweeps", "Agent", CURRENT)
_USER = _of("public.members", "User")
_TEAM = _of("public.members", "Team", CURRENT)
_MEMBER = _of("public.members", "Member", CURRENT)


def _now(name: Name) -> Name:
    return name._replace(profiles=CURRENT)


NAMES: Table = {
    "wandb": {
        "Api": _API,
        "PublicApi": _API._replace(profiles=CLASSIC),
        "InternalApi": _INTERNAL_API._replace(profiles=CLASSIC),
        "api": _of("tools", "internal_api()"),
        "sweep": _SWEEP,
        "agent": _AGENT,
        "controller": _CONTROLLER,
        "attach": _of("tools", "attach", CURRENT),
        "_attach": _of("tools", "attach", CURRENT),
        "require": _of("tools", "require", CURRENT),
        "ensure_configured": _of("tools", "ensure_configured"),
        "termsetup": _of("tools", "termsetup", state=State.RECORDED),
        "patched": _of("tools", "patched_libraries()"),
        "helper": Name("wandb.sdk.wandb_helper:"),
    },
    "wandb.apis": {
        "PublicApi": _API._replace(profiles=CLASSIC),
        "InternalApi": _INTERNAL_API._replace(profiles=CLASSIC),
        "termwarn": own("termwarn", CLASSIC, State.RECORDED),
    },
    "wandb.apis.internal": {"Api": _INTERNAL_API._replace(profiles=CLASSIC)},
    "wandb.apis.public": {
        "Api": _API,
        "Run": _public("Run"),
        "Runs": _public("Runs"),
        "File": _FILE,
        "Files": _FILES,
        "Project": _PROJECT,
        "Projects": _PROJECTS,
        "Sweep": _SWEEP_CLASS,
        "Sweeps": _SWEEPS,
        "AgentRuns": _AGENT_RUNS,
        "User": _USER,
        "Team": _TEAM,
        "Member": _MEMBER,
        "HistoryScan": _HISTORY_SCAN,
        **{name: _of("public.artifacts", name) for name in ("ArtifactCollection", "ArtifactType")},
        "RunArtifacts": _public("RunArtifacts"),
        **{
            name: _of("public.artifacts", name, CURRENT)
            for name in ("ArtifactCollections", "ArtifactTypes", "Artifacts")
        },
        "ArtifactFiles": _of("public.around_artifacts", "ArtifactFiles", CURRENT),
        "HTTPSummary": _SUMMARY._replace(profiles=CLASSIC),
        "Paginator": _PAGINATOR._replace(profiles=CLASSIC),
        "Attrs": _ATTRS._replace(profiles=CLASSIC),
        **_CONSOLE,
        **{
            name: _of("public.exports", name, CURRENT)
            for name in ("DownloadHistoryResult", "IncompleteRunHistoryError")
        },
        "ProjectArtifactCollections": _public("ProjectArtifactCollections"),
        **{name: _of("public.registries", name, CURRENT) for name in ("Registries", "Registry")},
        "ProjectArtifactTypes": _of("public.artifacts", "ArtifactTypes", CLASSIC),
        "ArtifactVersions": _of("public.artifacts", "Artifacts", CLASSIC),
        "Artifact": Name("wandb_testkit.sdk.artifacts.classic:Artifact", CLASSIC),
        "WBValue": Name("wandb.data_types:WBValue", CLASSIC),
        "InternalApi": _INTERNAL_API._replace(profiles=CLASSIC),
        "__version__": Name("wandb_testkit.dropin.originals:shown_version()", CLASSIC),
        "normalize_exceptions": Name("wandb_testkit.dropin.public.asking:normalized", CLASSIC),
        "termlog": own("termlog", CLASSIC, State.RECORDED),
    },
    "wandb.apis.public.api": {"Api": _now(_API)},
    "wandb.apis.public.runs": {"Run": _public("Run", CURRENT), "Runs": _public("Runs", CURRENT)},
    "wandb.apis.public.files": {"File": _now(_FILE), "Files": _now(_FILES)},
    "wandb.apis.public.projects": {"Project": _now(_PROJECT), "Projects": _now(_PROJECTS)},
    "wandb.apis.public.sweeps": {"Sweep": _now(_SWEEP_CLASS), "Sweeps": _SWEEPS, "Agent": _AGENT_CLASS},
    "wandb.apis.public.users": {"User": _now(_USER)},
    "wandb.apis.public.teams": {"Team": _TEAM, "Member": _MEMBER},
    "wandb.apis.public.history": {"HistoryScan": _now(_HISTORY_SCAN)},
    "wandb.apis.public.console_logs": _CONSOLE,
    "wandb.apis.public.summary": {"HTTPSummary": _now(_SUMMARY)},
    "wandb.apis.attrs": {"Attrs": _now(_ATTRS)},
    "wandb.apis.paginator": {
        "Paginator": _now(_PAGINATOR),
        "SizedPaginator": _of("public.paging", "SizedPaginator", CURRENT),
    },
    "wandb.env": env_names.NAMES,
    "wandb.errors.term": names_of_helpers.TERM,
    "wandb.util": names_of_helpers.UTIL,
    "wandb.trigger": from_module("dropin.trigger", "call", "register", "reset", "unregister"),
    "wandb.sdk": {
        "helper": Name("wandb.sdk.wandb_helper:"),
        "require": _of("tools", "require", CURRENT),
        "sweep": _SWEEP._replace(profiles=CURRENT),
        "controller": _CONTROLLER._replace(profiles=CURRENT),
    },
    "wandb.sdk.lib": {"SummaryDisabled": _of("summary_disabled", "SummaryDisabled")},
    "wandb.sdk.lib.disabled": {"SummaryDisabled": _of("summary_disabled", "SummaryDisabled")},
    "wandb.sdk.lib.printer": names_of_helpers.PRINTER,
    "wandb.sdk.lib.telemetry": _TELEMETRY,
    "wandb.sdk.wandb_helper": {"parse_config": _of("tools", "parse_config")},
    "wandb.sdk.wandb_require": {"require": _of("tools", "require", CURRENT)},
    "wandb.sdk.wandb_sweep": {
        "sweep": _SWEEP._replace(profiles=CURRENT),
        "controller": _CONTROLLER._replace(profiles=CURRENT),
    },
    "wandb.wandb_agent": {"agent": _AGENT},
    "wandb.wandb_controller": {
        "sweep": _SWEEP._replace(profiles=CLASSIC),
        "controller": _CONTROLLER._replace(profiles=CLASSIC),
        "ControllerError": _of("controller", "ControllerError", CLASSIC),
    },
    "wandb.agents.pyagent": {"pyagent": own("pyagent")},
    "wandb.agents": {},
}

MODULES_OF_ONE_PROFILE: dict[str, Profile] = {
    "wandb.apis.internal": Profile.CLASSIC,
    "wandb.wandb_controller": Profile.CLASSIC,  # 0.31 has it where the package `sweeps` is installed
    **{
        module: Profile.CURRENT
        for module in (
            *(f"wandb.apis.public.{part}" for part in ("api", "runs", "files", "projects", "sweeps", "users", "teams")),
            *(f"wandb.apis.public.{part}" for part in ("history", "console_logs", "summary")),
            *("wandb.apis.attrs", "wandb.apis.paginator", "wandb.sdk.lib.printer"),
            *("wandb.sdk.wandb_require", "wandb.sdk.wandb_sweep"),
        )
    },
}

BY_IMPORT_ONLY = frozenset({"wandb.apis.public.summary"})
"""Modules that `import wandb` does not bring along."""
