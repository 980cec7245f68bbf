"""Owns the names of the settings that 0.10.33 and 0.31.0 have: any other is refused (A.1).

Most of them have no effect here: they are about files, processes and waits that the kit does not have.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


IN_BOTH = _names(
    """
    allow_val_change anonymous api_key base_url code_dir config_paths console disable_code docker email entity
    force git_remote heartbeat_seconds host ignore_globs label_disable mode notebook_name program
    program_relpath project reinit relogin resume root_dir run_group run_id run_job_type run_name run_notes
    run_tags sagemaker_disable save_code show_colors show_emoji show_errors show_info show_warnings silent
    strict summary_warnings sweep_id sweep_param_path symlink username
    """
)

CLASSIC_NAMES = IN_BOTH | _names(
    """
    _args _cli_only_mode _cuda _disable_meta _disable_stats _disable_viewer _except_exit _executable
    _internal_check_process _internal_queue_timeout _jupyter_name _jupyter_path _jupyter_root _kaggle _os
    _python _save_requirements disabled files_dir_spec log_dir_spec log_internal_spec log_symlink_internal_spec
    log_symlink_user_spec log_user_spec magic problem resume_fname_spec settings_system_spec
    settings_workspace_spec start_method summary_errors sync_dir_spec sync_file_spec sync_symlink_latest_spec
    system_sample_seconds system_samples tmp_dir_spec
    """
)

CURRENT_NAMES = IN_BOTH | _names(
    """
    allow_media_symlink allow_offline_artifacts app_url_override azure_account_url_to_access_key capture_loggers
    console_chunk_max_bytes console_chunk_max_seconds console_multipart credentials_file disable_git
    disable_git_fork_point disable_job_creation finish_timeout finish_timeout_raises fork_from git_commit
    git_remote_url git_root http_proxy https_proxy identity_token_file init_timeout insecure_disable_ssl
    job_name job_source launch launch_config_path login_timeout max_end_of_run_history_metrics
    max_end_of_run_summary_metrics organization program_abspath quiet resume_from resumed settings_system
    stop_fn stop_on_fatal_error summary_timeout sync_tensorboard table_raise_on_max_row_limit_exceeded
    use_dot_wandb x_cli_only_mode x_disable_machine_info x_disable_meta x_disable_stats x_disable_viewer
    x_executable x_extra_http_headers x_file_stream_max_bytes x_file_stream_max_line_bytes x_file_stream_no_gzip
    x_file_stream_retry_max x_file_stream_retry_wait_max_seconds x_file_stream_retry_wait_min_seconds
    x_file_stream_timeout_seconds x_file_stream_transmit_interval x_file_transfer_retry_max
    x_file_transfer_retry_wait_max_seconds x_file_transfer_retry_wait_min_seconds
    x_file_transfer_timeout_seconds x_files_dir x_flow_control_custom x_flow_control_disabled
    x_graphql_retry_max x_graphql_retry_wait_max_seconds x_graphql_retry_wait_min_seconds
    x_graphql_timeout_seconds x_history_value_encoding x_internal_check_process x_jupyter_name x_jupyter_path
    x_jupyter_root x_label x_live_policy_rate_limit x_live_policy_wait_time x_log_level x_network_buffer
    x_primary x_proxies x_runqueue_item_id x_save_requirements x_server_side_derived_summary x_service_transport
    x_service_wait x_skip_transaction_log x_start_time x_stats_buffer_size x_stats_coreweave_metadata_base_url
    x_stats_coreweave_metadata_endpoint x_stats_cpu_count x_stats_cpu_logical_count x_stats_dcgm_exporter
    x_stats_disk_paths x_stats_gpu_count x_stats_gpu_device_ids x_stats_gpu_type
    x_stats_neuron_monitor_config_path x_stats_no_cgroup x_stats_open_metrics_endpoints
    x_stats_open_metrics_filters x_stats_open_metrics_http_headers x_stats_pid x_stats_sampling_interval
    x_stats_self_usage x_stats_track_process_tree x_sync x_sync_dir_suffix x_transaction_log_flush_interval
    x_update_finish_state
    """
)
