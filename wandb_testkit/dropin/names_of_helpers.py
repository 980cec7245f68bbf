"""Owns the part of the table of names that is about helpers: `wandb.util`, the terminal, the printer."""

from __future__ import annotations

from wandb_testkit.dropin.entries import BOTH, CLASSIC, CURRENT, Name, State, from_module
from wandb_testkit.profiles import Profile


def _of_profile(*names: str, profiles: tuple[Profile, ...] = BOTH) -> dict[str, Name]:
    """Helpers that each profile has in its own way."""
    return {name: Name(f"wandb_testkit.dropin.util_{{profile}}:{name}", profiles) for name in names}


UTIL: dict[str, Name] = {
    **from_module(
        "dropin.util",
        *("POW_10_BYTES", "POW_2_BYTES", "VALUE_BYTES_LIMIT", "from_human_size"),
        *("get_full_typename", "has_num", "host_from_path", "is_fastai_tensor_typename", "is_matplotlib_typename"),
        *("is_numpy_array", "is_pandas_data_frame", "is_pandas_data_frame_typename", "is_plotly_figure_typename"),
        *("is_plotly_typename", "is_pytorch_tensor", "is_pytorch_tensor_typename", "is_tf_tensor_typename"),
        *("isatty", "load_yaml", "make_safe_for_json", "to_forward_slash_path", "to_native_slash_path"),
        "uri_from_path",
    ),
    **from_module(
        "dropin.util",
        *("MAX_LINE_BYTES", "get_optional_module", "make_artifact_name_safe", "pd_available", "random_string"),
        profiles=CURRENT,
    ),
    **from_module("dropin.util", "MAX_LINE_SIZE", profiles=CLASSIC),
    **from_module(
        "dropin.util_names",
        *("auto_project_name", "class_colors", "docker_image_regex", "find_runner", "guess_data_type"),
        "image_from_docker_args",
    ),
    **from_module(
        "dropin.util_names",
        *("DOCKER_IMAGE_NAME_SEPARATOR", "LAUNCH_JOB_ARTIFACT_SLOT_NAME", "alias_is_version_index", "api_to_app_url"),
        *("check_windows_valid_filename", "get_local_path_or_none", "is_unicode_safe", "is_uri"),
        *("local_file_uri_to_path", "make_docker_image_name_safe", "make_file_path_upload_safe"),
        *("parse_artifact_string", "time_string_to_seconds"),
        profiles=CURRENT,
    ),
    **from_module(
        "dropin.util_names",
        *("b64_to_hex_id", "bytes_to_hex", "get_log_file_path", "hex_to_b64_id", "parse_sweep_id", "wandb_dir"),
        profiles=CLASSIC,
    ),
    **from_module(
        "dropin.util_values",
        *("JSONEncoderUncompressed", "convert_plots", "ensure_matplotlib_figure", "get_h5_typename"),
        *("is_tf_eager_tensor_typename", "is_tf_tensor", "json_dump_uncompressed", "matplotlib_contains_images"),
        *("matplotlib_to_plotly", "maybe_compress_history", "maybe_compress_summary", "parse_tfjob_config"),
    ),
    **from_module(
        "dropin.util_values",
        *("artifact_to_json", "check_dict_contains_nested_artifact", "dump", "dumps", "get_jax_tensor"),
        *("is_jax_tensor_typename", "load", "load_json_yaml_dict", "loads", "parse_backend_error_messages"),
        "sample_with_exponential_decay_weights",
        profiles=CURRENT,
    ),
    **from_module(
        "dropin.util_system",
        *("ImportMetaHook", "add_import_hook", "async_call", "check_and_warn_old", "read_many_from_queue"),
    ),
    **from_module(
        "dropin.util_system",
        *("InstalledDistribution", "get_core_path", "import_module_lazy", "make_tarfile", "working_set"),
        profiles=CURRENT,
    ),
    **from_module(
        "dropin.util_system",
        *("launch_browser", "md5_file", "mkdir_exists_ok", "stopwatch_now"),
        profiles=CLASSIC,
    ),
    **_of_profile(
        *(
            "WandBHistoryJSONEncoder",
            "WandBJSONEncoder",
            "WandBJSONEncoderOld",
            "app_url",
            "downsample",
            "fsync_open",
            "get_module",
        ),
        *("json_dump_safer", "json_dumps_safer", "json_dumps_safer_history", "json_friendly", "json_friendly_val"),
        *("make_json_if_not_number", "prompt_choices", "rand_alphanumeric", "to_human_size"),
    ),
    "terminput": Name("wandb_testkit.dropin.terminal:terminput", CURRENT),
    "CommError": Name("wandb_testkit.errors:CommError", CLASSIC),
    "UsageError": Name("wandb_testkit.errors:UsageError", CURRENT),
    "WandbCoreNotAvailableError": Name("wandb_testkit.errors:WandbCoreNotAvailableError", CURRENT),
}

TERM: dict[str, Name] = {
    "termsetup": Name("wandb_testkit.dropin.terminal:termsetup", BOTH, State.RECORDED),
    **from_module("dropin.terminal", "ERROR_STRING", "LOG_STRING", "WARN_STRING"),
    **from_module("dropin.terminal", "LOG_STRING_NOCOLOR", "PRINTED_MESSAGES", profiles=CLASSIC),
    **from_module(
        "dropin.terminal",
        *("DynamicBlock", "NotATerminalError", "SupportsLeveledLogging", "can_use_terminput", "confirm"),
        *("dynamic_text", "terminput"),
        profiles=CURRENT,
    ),
}

_LEVELS = ("CRITICAL", "DEBUG", "ERROR", "FATAL", "INFO", "NOTSET", "WARN", "WARNING")

PRINTER: dict[str, Name] = {
    **from_module("dropin.printer", *_LEVELS, "DynamicText", profiles=CURRENT),
    **{
        name: Name(f"wandb_testkit.dropin.printer:{name}", CURRENT, State.RECORDED)
        for name in ("Printer", "new_printer")
    },
}
