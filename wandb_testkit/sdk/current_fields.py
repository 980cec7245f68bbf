"""Owns the settings that 0.31.0 has: the name, the type and the default of each, and how values of them are checked.

Most of them have no effect here: they are about files, processes and waits that the kit does not have. Source:
A.1, A.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.errors import ValidationError
from wandb_testkit.sdk.current_readers import (
    DEFAULT_BASE_URL,
    api_key,
    at_least_in_words,
    base_url,
    moment,
    project,
    reinit,
    resume,
    run_id,
    sweep_id,
    tags,
)
from wandb_testkit.sdk.fields import (
    Field,
    Reader,
    Wrong,
    anything,
    at_least,
    flag,
    from_json,
    function,
    integer,
    mapping,
    number,
    optional,
    path,
    text,
    texts,
    url,
    words,
    wrong,
)
from wandb_testkit.sdk.settings import ARGUMENT_OF_SETTING


def _fields(read: Reader, default: Any, names: str) -> dict[str, Field]:
    return {name: Field(read, default) for name in names.split()}


_MAYBE_FLAG, _MAYBE_INTEGER, _MAYBE_NUMBER = optional(flag), optional(integer), optional(number)
_MAYBE_TEXT, _MAYBE_PATH, _MAYBE_MAPPING = optional(text), optional(path), optional(mapping)

FIELDS: Mapping[str, Field] = {
    **_fields(
        flag,
        False,
        """
        allow_media_symlink allow_val_change console_multipart disable_code disable_git finish_timeout_raises force
        insecure_disable_ssl label_disable launch quiet relogin resumed sagemaker_disable silent stop_on_fatal_error
        table_raise_on_max_row_limit_exceeded x_cli_only_mode x_disable_machine_info x_disable_meta x_disable_stats
        x_disable_viewer x_server_side_derived_summary x_skip_transaction_log x_stats_no_cgroup x_stats_self_usage
        x_stats_track_process_tree x_sync
        """,
    ),
    **_fields(
        flag,
        True,
        """
        allow_offline_artifacts disable_git_fork_point disable_job_creation show_errors show_info show_warnings symlink
        x_file_stream_no_gzip x_primary x_save_requirements x_update_finish_state
        """,
    ),
    **_fields(
        _MAYBE_FLAG,
        None,
        """
        save_code show_colors show_emoji strict sync_tensorboard use_dot_wandb x_flow_control_custom
        x_flow_control_disabled
        """,
    ),
    **_fields(
        _MAYBE_TEXT,
        None,
        """
        app_url_override docker email entity git_commit git_remote_url git_root host identity_token_file
        job_name launch_config_path notebook_name organization run_group run_job_type run_name run_notes
        username x_jupyter_name x_jupyter_path x_jupyter_root x_label x_runqueue_item_id x_service_transport
        x_stats_dcgm_exporter x_stats_gpu_type
        """,
    ),
    **_fields(
        _MAYBE_PATH,
        None,
        """
        code_dir program program_abspath program_relpath root_dir settings_system sweep_param_path x_executable
        x_files_dir x_stats_neuron_monitor_config_path
        """,
    ),
    **_fields(text, "", "credentials_file x_stats_coreweave_metadata_base_url x_stats_coreweave_metadata_endpoint"),
    **_fields(
        _MAYBE_INTEGER,
        None,
        """
        x_file_stream_max_bytes x_file_stream_retry_max x_file_transfer_retry_max x_graphql_retry_max
        x_live_policy_rate_limit x_live_policy_wait_time x_network_buffer x_stats_cpu_count x_stats_cpu_logical_count
        x_stats_gpu_count
        """,
    ),
    **_fields(
        _MAYBE_NUMBER,
        None,
        """
        login_timeout x_file_stream_retry_wait_max_seconds x_file_stream_retry_wait_min_seconds
        x_file_stream_timeout_seconds x_file_stream_transmit_interval x_file_transfer_retry_wait_max_seconds
        x_file_transfer_retry_wait_min_seconds x_file_transfer_timeout_seconds x_graphql_retry_wait_max_seconds
        x_graphql_retry_wait_min_seconds x_graphql_timeout_seconds x_start_time
        """,
    ),
    **_fields(_MAYBE_MAPPING, None, "azure_account_url_to_access_key capture_loggers x_proxies"),
    **_fields(
        optional(from_json(mapping)),
        None,
        "x_extra_http_headers x_stats_open_metrics_endpoints x_stats_open_metrics_http_headers",
    ),
    **_fields(optional(url), None, "http_proxy https_proxy"),
    "anonymous": Field(anything, None),
    "api_key": Field(optional(api_key), None),
    "base_url": Field(base_url, DEFAULT_BASE_URL),
    "config_paths": Field(optional(texts), None),
    "console": Field(words("auto", "off", "wrap", "redirect", "wrap_raw", "wrap_emu"), "wrap"),
    "console_chunk_max_bytes": Field(at_least(integer, 0, "console_chunk_max_bytes must be non-negative"), 0),
    "console_chunk_max_seconds": Field(at_least(integer, 0, "console_chunk_max_seconds must be non-negative"), 0),
    "finish_timeout": Field(number, 0.0),
    "fork_from": Field(moment, None),
    "git_remote": Field(text, "origin"),
    "heartbeat_seconds": Field(integer, 30),
    "ignore_globs": Field(lambda value: tuple(texts(value)), ()),
    "init_timeout": Field(number, 90.0),
    "job_source": Field(optional(words("repo", "artifact", "image")), None),
    "max_end_of_run_history_metrics": Field(integer, 10),
    "max_end_of_run_summary_metrics": Field(integer, 10),
    "mode": Field(words("online", "offline", "shared", "disabled", "dryrun", "run"), "online"),
    "project": Field(optional(project), None),
    "reinit": Field(reinit, "default"),
    "resume": Field(resume, None),
    "resume_from": Field(moment, None),
    "run_id": Field(optional(run_id), None),
    "run_tags": Field(optional(tags), None),
    "stop_fn": Field(optional(function), None),
    "summary_timeout": Field(integer, 60),
    "summary_warnings": Field(integer, 5),
    "sweep_id": Field(optional(sweep_id), None),
    "x_file_stream_max_line_bytes": Field(
        optional(at_least(integer, 1, "File stream max line bytes must be greater than 0")), None
    ),
    "x_history_value_encoding": Field(text, "json"),
    "x_internal_check_process": Field(number, 8.0),
    "x_log_level": Field(integer, 20),  # logging.INFO
    "x_service_wait": Field(at_least_in_words(number, 0, "x_service_wait"), 30.0),
    "x_stats_buffer_size": Field(integer, 0),
    "x_stats_disk_paths": Field(optional(texts), ("/",)),
    "x_stats_gpu_device_ids": Field(optional(from_json(anything)), None),
    "x_stats_open_metrics_filters": Field(optional(from_json(anything)), None),
    "x_stats_pid": Field(integer, None),
    "x_stats_sampling_interval": Field(at_least_in_words(number, 0.1, "x_stats_sampling_interval"), 15.0),
    "x_sync_dir_suffix": Field(text, ""),
    "x_transaction_log_flush_interval": Field(number, 15.0),
}
"""Setting -> its type and default; None as default also where it is found out at run time."""


def public_name(name: str) -> str:
    """The name that an internal setting has today: `_disable_stats` is `x_disable_stats`."""
    return f"x{name}" if name.startswith("_") else name


def read_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of settings as 0.31 keeps them.

    Raises:
        ValidationError: Values of wrong types, and names that there are not, all in one.
        UsageError: An id, project or key that no server takes: at once, whatever else is wrong.
    """
    got: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    for name, value in values.items():
        field = FIELDS.get(name) or FIELDS.get(public_name(name))
        if field is None:
            details.append(_unknown(public_name(name), value))
            continue
        try:
            got[public_name(name)] = field.read(value)
        except Wrong as error:
            details += [_located(name, detail) for detail in error.details]
    if details:
        # pydantic goes through its fields in their order, nearly that of the alphabet, and tells unknown names last
        details.sort(key=lambda detail: (detail["type"] == "extra_forbidden", str(detail["loc"][0])))
        raise ValidationError("Settings", details) from None  # nobody need see how it was found
    return got


def read_one_by_one(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the arguments of init() and for variables, which are set one after the other: the first wrong one
    is told alone."""
    got: dict[str, Any] = {}
    for name, value in values.items():
        try:
            got[name] = FIELDS[name].read(value)
        except (KeyError, Wrong):
            got.update(read_fields({name: value}))
    return got


def check(values: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse settings that 0.31 refuses (A.1), and give them as it keeps them: False as resume says nothing.

    Raises:
        ValidationError: A wrong type, or none of the words there are.
        UsageError: An id or project that no server takes (ID-3).
    """
    return _given(read_fields(values))


def check_one_by_one(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for variables, of which the first that is wrong is told alone."""
    return _given(read_one_by_one(values))


def check_arguments(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the arguments of init(); `allow_val_change` is not looked at (F.3), a str is no tag (TAGS-1)."""
    if isinstance(values.get("run_tags"), str):
        values = {**values, "run_tags": tuple(values["run_tags"])}
    if "allow_val_change" not in values:
        return check_one_by_one(values)
    others = {name: value for name, value in values.items() if name != "allow_val_change"}
    return {**check_one_by_one(others), "allow_val_change": values["allow_val_change"]}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _located(name: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    where = ARGUMENT_OF_SETTING.get(name, name)
    return {**detail, "loc": (public_name(name), *detail["loc"]), "hint": f"{detail['hint']} [{where}; A.1]"}


def _unknown(name: str, value: Any) -> dict[str, Any]:
    import difflib

    near = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f"Did you mean {near[0]!r}? [A.1]" if near else "0.31 has no such setting; leave it out [A.1]"
    return wrong("extra_forbidden", "Extra inputs are not permitted", value, hint, at=(name,)).details[0]
