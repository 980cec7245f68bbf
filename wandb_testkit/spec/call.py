"""Owns the reading of an init() call: which source gives each value, the words of the tables, and bad arguments.

Source: spec.md A.1, A.2, A.3, C.6, ID-3, CONFIG-6, RESUME-9, ANON-8, ANON-9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import config
from wandb_testkit.spec.branch import Moment, moment
from wandb_testkit.spec.model import Unspecified, Values

OUTSIDE = (
    "dir",
    "magic",
    "tensorboard",
    "sync_tensorboard",
    "monitor_gym",
    "save_code",
)
"""Arguments that the oracle does not model."""

SETTINGS: Mapping[str, str] = {
    "id": "run_id",
    "tags": "run_tags",
    "group": "run_group",
    "name": "run_name",
    "notes": "run_notes",
    "job_type": "run_job_type",
    "fork_from": "fork_from",
    "resume_from": "resume_from",
    **{name: name for name in ("project", "entity", "mode", "anonymous", "force", "reinit", "resume")},
}
"""Argument -> the setting that says the same."""

_KEYWORDS = frozenset(
    {*SETTINGS, *OUTSIDE, "config", "config_exclude_keys", "config_include_keys", "allow_val_change", "settings"}
)
KEYWORDS: Mapping[Profile, frozenset[str]] = {
    CLASSIC: _KEYWORDS - {"resume_from", "fork_from"},
    CURRENT: _KEYWORDS - {"magic"},
}
"""The keywords that init() has (A.1)."""

VARIABLES: Mapping[Profile, Mapping[str, str]] = {
    CLASSIC: {
        "WANDB_RUN_ID": "id",
        "WANDB_TAGS": "tags",
        "WANDB_RUN_GROUP": "group",
        "WANDB_NAME": "name",
        "WANDB_NOTES": "notes",
        "WANDB_JOB_TYPE": "job_type",
        "WANDB_PROJECT": "project",
        "WANDB_ENTITY": "entity",
        "WANDB_MODE": "mode",
        "WANDB_ANONYMOUS": "anonymous",
        "WANDB_RESUME": "resume",
    },
}
_ONLY_CURRENT = {
    "WANDB_REINIT": "reinit",
    "WANDB_FORCE": "force",
    "WANDB_FORK_FROM": "fork_from",
    "WANDB_RESUME_FROM": "resume_from",
}
VARIABLES = {**VARIABLES, CURRENT: {**VARIABLES[CLASSIC], **_ONLY_CURRENT}}
"""Environment variable -> the argument that says the same (A.3)."""

MODES = {"online": "online", "run": "online", "offline": "offline", "dryrun": "offline", "disabled": "disabled"}
MODES_OF: Mapping[Profile, Mapping[str, str]] = {CLASSIC: MODES, CURRENT: {**MODES, "shared": "online"}}
"""What each word of `mode` means; shared acts as online (SHARED-1)."""

RESUME_WORDS = ("auto", "allow", "must", "never")
ANONYMOUS_WORDS = {"never": "never", "false": "never", "allow": "allow", "true": "allow", "must": "must"}
REINIT_WORDS = ("default", "return_previous", "finish_previous", "create_new")
FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
MOMENTS = ("fork_from", "resume_from")
TEXTS = ("job_type", "group", "name", "notes", "project", "entity", "id")

TYPE_ERROR, USAGE_ERROR, VALIDATION_ERROR = "TypeError", "UsageError", "ValidationError"


@dataclass(frozen=True, slots=True)
class Call:
    """An init() call as it is understood.

    Attributes:
        words: Dimension of a cell -> its word, for all that the call and the environment say.
        values: Argument -> value, of whatever source; None where no source gives one.
        config: The values of `config` after include and exclude.
        error: Name of the exception's class that a bad argument raises, "" if all are good.
        moment: Where fork_from or resume_from let the run begin, None if neither is given.
        locked: Keys of `config` that a sweep has set (SWEEP-1).
    """

    words: Mapping[str, str]
    values: Mapping[str, Any]
    config: Values
    error: str
    moment: Moment | None = None
    locked: frozenset[str] = frozenset()


def read(
    kwargs: Mapping[str, Any],
    env: Mapping[str, str],
    profile: Profile,
    *,
    notebook: bool,
    sweep: Mapping[str, Any] | None = None,
) -> Call:
    """Understand an init() call.

    Args:
        sweep: The parameters of the sweep that the process is part of.
    Raises:
        Unspecified: It uses what the oracle does not model.
    """
    if not set(kwargs) <= KEYWORDS[profile]:
        return Call({}, {}, {}, TYPE_ERROR)  # Python's own, before anything else happens, so never "problem"
    outside = [name for name in OUTSIDE if kwargs.get(name) is not None]
    if outside:
        raise Unspecified(f"init({outside[0]}=...) is not part of the model")
    given = {name: value for name, value in kwargs.items() if name in SETTINGS}
    settings = _settings(kwargs.get("settings"), profile)
    variables: dict[str, Any] = {
        argument: env[variable] for variable, argument in VARIABLES[profile].items() if variable in env
    }
    if "tags" in variables:
        variables["tags"] = variables["tags"].split(",")
    sources = (given, settings, variables)
    error = next((bad for source in sources if (bad := _bad(source, profile))), "") or _bad_config(kwargs)
    if profile is CLASSIC and not error:
        error = _bad_anonymous(sources)
    if profile is CURRENT and variables.get("resume", "auto") not in RESUME_WORDS:
        error = error or VALIDATION_ERROR
    if error:
        return Call({}, {}, {}, "Exception" if profile is CLASSIC and error != USAGE_ERROR else error)
    values = _values(sources, profile)
    modes = MODES_OF[profile]
    words = {
        "resume": _resume_word(given, settings, variables, profile),
        "id": "arg" if _first((given, settings), "id") else "env" if values["id"] else "none",
        "mode_arg": modes.get(_first((given, settings), "mode"), "unset"),
        "mode_env": modes.get(variables.get("mode", ""), "unset"),
        "is_shared": "yes" if values["mode"] == "shared" else "no",
        "anonymous": _anonymous_word(kwargs, values["anonymous"], profile),
        "force": "true" if _is_true(values["force"]) else "false",
        "reinit": _reinit_word(values["reinit"], profile),
        "notebook": "yes" if notebook else "no",
    }
    own_config = config.chosen(
        config.read(kwargs.get("config")), kwargs.get("config_include_keys"), kwargs.get("config_exclude_keys")
    )
    values["allow_val_change"] = kwargs.get("allow_val_change")
    begins = _moment(words, values) if profile is CURRENT else None
    swept = config.read(sweep)
    return Call(words, values, config.with_sweep(own_config, swept, profile), "", begins, frozenset(swept))


def _moment(words: dict[str, str], values: Values) -> Moment | None:
    """Where the run begins by its own wish; the words and the id of a run that is rewound are filled in (FORK-2)."""
    moments = {name: found for name in MOMENTS if (found := moment(values[name])) is not None}
    words["moment"] = "both" if len(moments) == 2 else next(iter(moments), "none")
    words["moment_id"] = "no id"
    if len(moments) != 1:
        return None
    ((name, begins),) = moments.items()
    if words["id"] != "none":
        words["moment_id"] = "the same" if values["id"] == begins.run_id else "another"
    elif name == "resume_from":
        words["id"], values["id"] = "arg", begins.run_id
    return begins


def _settings(settings: Any, profile: Profile) -> Mapping[str, Any]:
    if settings is None:
        return {}
    names = {setting: argument for argument, setting in SETTINGS.items() if argument in KEYWORDS[profile]}
    if not isinstance(settings, Mapping) or not set(settings) <= set(names) or settings.get("resume") is not None:
        raise Unspecified(f"settings={settings!r} is not part of the model")
    return {names[setting]: value for setting, value in settings.items()}


def _first(sources: Iterable[Mapping[str, Any]], name: str) -> Any:
    return next((source[name] for source in sources if source.get(name) is not None), None)


def _values(sources: tuple[Mapping[str, Any], ...], profile: Profile) -> Values:
    """The highest source that has a value gives it; None is no value (A.2)."""
    values = {name: _first(sources, name) for name in SETTINGS}
    if profile is CLASSIC:
        values["id"] = values["id"] or None  # ID-3: "" is "not given"
    if values["job_type"] == "":
        raise Unspecified("job_type='' (META-2)")
    return values


def _resume_word(
    given: Mapping[str, Any], settings: Mapping[str, Any], variables: Mapping[str, Any], profile: Profile
) -> str:
    """The word of C.1; C.6 where the variable decides."""
    resume = given.get("resume")
    if resume is None or (resume is False and profile is CURRENT):
        variable = variables.get("resume", "")
        if profile is CURRENT:
            return variable or "unset"
        return variable if variable in RESUME_WORDS else "allow" if variable else "unset"
    if isinstance(resume, bool):
        return "true" if resume else "false"
    if resume in RESUME_WORDS:
        return str(resume)
    # RESUME-9: in classic "" acts as allow and names no run.
    return "invalid" if resume or profile is CURRENT else "allow"


def _anonymous_word(kwargs: Mapping[str, Any], value: Any, profile: Profile) -> str:
    if profile is CLASSIC:
        return ANONYMOUS_WORDS.get(value, "unset")
    return "must" if value is not None or "anonymous" in kwargs else "unset"  # ANON-9: whatever it is, also None


def _is_true(value: Any) -> bool:
    return FLAGS.get(value.lower(), False) if isinstance(value, str) else bool(value)


def _reinit_word(reinit: Any, profile: Profile) -> str:
    if reinit is None:
        return "unset"
    if profile is CURRENT and reinit in REINIT_WORDS:
        return str(reinit)
    if profile is CLASSIC:
        return "true" if reinit else "false"
    return "true" if _is_true(reinit) else "false"


def _bad(values: Mapping[str, Any], profile: Profile) -> str:
    """The exception's class for a value that its argument does not take, "" if all are good (A.1)."""
    mode = values.get("mode")
    if mode is not None and mode not in MODES_OF[profile]:
        return TYPE_ERROR if profile is CLASSIC else VALIDATION_ERROR
    if any(not isinstance(values[name], str) for name in TEXTS if values.get(name) is not None):
        return TYPE_ERROR if profile is CLASSIC else VALIDATION_ERROR
    tags = values.get("tags")
    if tags is not None and any(not isinstance(tag, str) for tag in tags):
        return TYPE_ERROR if profile is CLASSIC else VALIDATION_ERROR
    return "" if profile is CLASSIC else _bad_in_current(values)


def _bad_anonymous(sources: tuple[Mapping[str, Any], ...]) -> str:
    """ANON-8: the argument is looked at when the run is to be online, the variable always."""
    looked_at = sources if MODES[_first(sources, "mode") or "online"] == "online" else sources[-1:]
    words = [source["anonymous"] for source in looked_at if source.get("anonymous") is not None]
    return TYPE_ERROR if any(word not in ANONYMOUS_WORDS for word in words) else ""


def _bad_in_current(values: Mapping[str, Any]) -> str:
    reinit = values.get("reinit")
    if reinit is not None and not isinstance(reinit, bool) and reinit not in REINIT_WORDS and reinit not in FLAGS:
        return VALIDATION_ERROR
    if any(not 1 <= len(tag) <= 64 for tag in values.get("tags") or ()):
        return VALIDATION_ERROR
    if any(moment(values[name]) is None for name in MOMENTS if values.get(name) is not None):
        return VALIDATION_ERROR
    run_id, project = values.get("id"), values.get("project") or ""
    if run_id is not None and (not run_id or run_id != run_id.strip() or set(run_id) & set(":;,#?/'")):
        return USAGE_ERROR
    if len(project) > 128 or set(project) & set("/\\#?%:"):
        return USAGE_ERROR
    return ""


def _bad_config(kwargs: Mapping[str, Any]) -> str:
    if kwargs.get("config_include_keys") and kwargs.get("config_exclude_keys"):
        return USAGE_ERROR
    values = kwargs.get("config")
    if values is None or isinstance(values, Mapping):
        return TYPE_ERROR if any(not isinstance(key, str) for key in values or ()) else ""
    if isinstance(values, (list, int)):
        return TYPE_ERROR
    raise Unspecified(f"config={values!r} is not part of the model")
