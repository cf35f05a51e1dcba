/* SPDX-License-Identifier: MIT */
/* The subcommands of countersign, one file a family. */
#pragma once

#include <stdio.h>

#include "base/json_writer.h"
#include "cli/command.h"
#include "client/client.h"

typedef int cli_run(const struct cli_args *args);
cli_run cli_join, cli_whoami, cli_safety_number, cli_send, cli_inbox,
    cli_follow, cli_save, cli_group_new, cli_group_add, cli_group_remove,
    cli_group_list, cli_requests, cli_accept, cli_block, cli_settings,
    cli_report, cli_reports, cli_export, cli_completion_command, cli_link,
    cli_join_device, cli_devices, cli_device_remove, cli_group_leave,
    cli_contacts, cli_notices, cli_appeal, cli_reply, cli_second_look,
    cli_account_leave;

extern const struct cli_program cli_countersign;

/* ---- home.c ------------------------------------------------------------- */

/* The folder of --home, $COUNTERSIGN_HOME or ~/.countersign; NULL: there is
 * none, and the user was told. */
const char *cli_home(const struct cli_args *args);
/*
 * Open the home and, unless ${online} is CLI_OFFLINE, connect.  If the status
 * is not 0, the user was told why.  Without a hub CLI_MAYBE and CLI_READ go on
 * and say so; CLI_READ also does so when the account is disabled or the device
 * removed, since its holder may read what is here. CLI_HELD connects for what a
 * disabled account may ask the hub.
 */
enum cli_online { CLI_OFFLINE, CLI_READ, CLI_MAYBE, CLI_ONLINE, CLI_HELD };
int cli_open(struct cs_client **out, const struct cli_args *args,
    enum cli_online online);
/* Tell the user why ${err} happened; returns the status for it. */
int cli_client_fail(const struct cs_client *c, enum cs_err err);
/* The same where there is no client yet: ${problem} is what cs_client_join()
 * said about ${home}, or empty. */
int cli_join_failed(enum cs_err err, const char *problem, const char *home);
/* Connect again after the connection broke, waiting longer each time, with the
 * home unlocked in between. */
enum cs_err cli_reconnect(struct cs_client *c);
/* How to list things: for people, or as one line of JSON each. */
struct cli_listing {
	bool json;
	enum cs_err err; /* the first failure of cli_list() */
};
/* Print ${j} as a line, and free its buffer. */
void cli_list(struct cli_listing *l, struct cs_json_writer *j);
/* Ask on the terminal.  If the status is not 0, the user was told, with
 * ${otherwise} if they said no. */
int cli_confirm(const char *question, const char *otherwise);

/* ---- notice.c ----------------------------------------------------------- */

/* Write one decision as an object without a name. */
void cli_notice_json(
    struct cs_json_writer *j, const struct cs_client_notice *n);
/* The user's language, as a tag; empty: unknown. */
const char *cli_language(void);
/* The text of --text or --file.  If the status is not 0, the user was told why.
 */
int cli_letter_text(struct cs_buf *out, const struct cli_args *args);

/* ---- export.c ----------------------------------------------------------- */

/* Write the user's own data to a file, as JSON. */
int cli_export_account(const struct cli_args *args);

/* ---- show.c ------------------------------------------------------------- */

#define CLI_MID_DIGITS 16 /* digits of a message id that people see */
/* Write one message as an object without a name. */
void cli_message_json(
    struct cs_json_writer *j, const struct cs_client_message *m);
/* Show one message, for people or as a line of JSON; ${arg} is a const bool *.
 */
enum cs_err cli_show_message(void *arg, const struct cs_client_message *m);
