/* SPDX-License-Identifier: MIT */
/* The subcommands of countersign, one file a family. */
#pragma once

#include "cli/command.h"

typedef int cli_run(const struct cli_args *args);
cli_run cli_join, cli_whoami, cli_safety_number, cli_send, cli_inbox,
    cli_follow, cli_save, cli_group_new, cli_group_add, cli_group_remove,
    cli_group_list, cli_requests, cli_accept, cli_block, cli_settings,
    cli_report, cli_reports, cli_export, cli_link, cli_join_device, cli_devices,
    cli_device_remove, cli_group_leave, cli_group_repair, cli_group_role,
    cli_group_rename, cli_group_policy, cli_group_link, cli_group_join,
    cli_group_asks, cli_group_approve, cli_group_refuse, cli_group_picture,
    cli_contacts, cli_notices, cli_appeal, cli_reply, cli_second_look,
    cli_account_leave, cli_recover, cli_recovery_show, cli_recovery_check,
    cli_recovery_renew, cli_recovery_keep, cli_recovery_forget, cli_alias,
    cli_passphrase_set, cli_passphrase_change, cli_passphrase_remove,
    cli_passphrase_limit, cli_lock, cli_wipe, cli_search, cli_conversation,
    cli_backup, cli_restore, cli_edit, cli_delete, cli_react, cli_timer,
    cli_channel_new, cli_channel_change, cli_channel_list, cli_channel_post,
    cli_channel_publish, cli_channel_drop, cli_channel_end, cli_page,
    cli_log_show, cli_log_proof, cli_log_accept;
