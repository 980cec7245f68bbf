"""Owns which names `wandb.env` has in which profile."""

from __future__ import annotations

from wandb_testkit.dropin.entries import CLASSIC, CURRENT, Name, from_module

_CONSTANTS = (
    "AGENT_DISABLE_FLAPPING AGENT_KILL_DELAY AGENT_MAX_INITIAL_FAILURES AGENT_REPORT_INTERVAL ANONYMOUS API_KEY ARGS "
    "BASE_URL CACHE_DIR CONFIG_DIR CONFIG_PATHS CRASH_NOSYNC_TIME DEBUG DESCRIPTION DIR DISABLE_CODE DISABLE_SSL "
    "DOCKER ENTITY ERROR_REPORTING HOST HTTP_TIMEOUT IGNORE INITED JOB_TYPE JUPYTER MAGIC MODE NAME NOTEBOOK_NAME "
    "NOTES PROGRAM PROJECT RESUME RUN_DIR RUN_GROUP RUN_ID RUN_STORAGE_ID SAVE_CODE SHOW_RUN SILENT SWEEP_ID "
    "SWEEP_PARAM_PATH TAGS USERNAME USER_EMAIL USE_V1_ARTIFACTS"
)
_CONSTANTS_OF_CURRENT = (
    "APP_URL ARTIFACT_DIR ARTIFACT_FETCH_FILE_URL_BATCH_SIZE CORE_DEBUG CREDENTIALS_FILE DATA_DIR DISABLE_GIT "
    "ENABLE_DCGM_PROFILING FILE_PUSHER_TIMEOUT GIT_COMMIT GIT_REMOTE_URL GIT_ROOT IDENTITY_TOKEN_FILE INIT_TIMEOUT "
    "LAUNCH_QUEUE_ENTITY LAUNCH_QUEUE_NAME LAUNCH_TRACE_ID ORGANIZATION QUIET SERVICE"
)
_FUNCTIONS_OF_CURRENT = (
    "core_debug dcgm_profiling_enabled disable_git get_app_url get_artifact_dir get_artifact_fetch_file_url_batch_size "
    "get_credentials_file get_data_dir get_file_pusher_timeout get_launch_queue_entity get_launch_queue_name "
    "get_launch_trace_id get_organization is_offline is_quiet is_silent"
)
_FUNCTIONS = (
    "error_reporting_enabled get_agent_kill_delay get_agent_max_initial_failures get_agent_report_interval get_args "
    "get_base_url get_cache_dir get_config_paths get_crash_nosync_time get_description get_dir get_docker get_entity "
    "get_error_reporting get_ignore get_magic get_project get_run get_show_run get_tags "
    "get_use_v1_artifacts get_user_email get_username is_debug set_entity set_project should_save_code "
    "ssl_disabled strtobool"
)

NAMES: dict[str, Name] = {
    **from_module("dropin.env_variables", *_CONSTANTS.split()),
    **from_module("dropin.env_variables", *_CONSTANTS_OF_CURRENT.split(), profiles=CURRENT),
    **from_module("dropin.env_variables", "START_METHOD", profiles=CLASSIC),
    **from_module("dropin.env", *_FUNCTIONS.split()),
    **from_module("dropin.env", *_FUNCTIONS_OF_CURRENT.split(), profiles=CURRENT),
    **{name: Name(f"wandb_testkit.dropin.env:{name}_of()") for name in ("get_http_timeout", "immutable_keys")},
}
