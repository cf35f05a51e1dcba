/* SPDX-License-Identifier: MIT */
/* Opening the member's folder, and saying why something did not work. */
#pragma once

#include "base/json_writer.h"
#include "cli/command.h"
#include "client/client.h"

/* The folder of --home, $COUNTERSIGN_HOME or ~/.countersign; NULL: there is
 * none, and the user was told. */
const char *cli_home(const struct cli_args *args);
/*
 * Open the home and, unless ${online} is CLI_OFFLINE, connect.  If the status
 * is not 0, the user was told why.  Without a hub CLI_MAYBE and CLI_READ go on
 * and say so; CLI_READ also does so whatever else fails: the disk is full, the
 * account disabled, the device removed.  CLI_HELD connects for what a disabled
 * account may ask the hub.  CLI_LOOK and CLI_READ wait for no other command:
 * they show what is stored at this moment.
 */
enum cli_online {
	CLI_OFFLINE,
	CLI_LOOK,
	CLI_READ,
	CLI_MAYBE,
	CLI_ONLINE,
	CLI_HELD
};
int cli_open(struct cs_client **out, const struct cli_args *args,
    enum cli_online online);
/* Digits of an id of people and groups that people see. */
#define CLI_ID_DIGITS 9
/* For struct cs_client_outgoing and cs_client_people: may the user begin with
 * ${handle}?  Says yes by --new; asks on a terminal.  Without one it says no if
 * somebody is called nearly the same.  ${arg}: a bool, whether --new is given.
 */
bool cli_begin_with(void *arg, const char *handle, const char *near);
/* The second half of it, for a home that was opened with CLI_OFFLINE; closes
 * ${*c} if the status is not 0. */
int cli_connect(struct cs_client **c, enum cli_online online);
/* The end of a command: files that wait go out, if there is a line, and what
 * was said before goes on to another device, or comes from it. */
void cli_close(struct cs_client *c);
/* May ${path} be written?  What is there is replaced only if the user says so,
 * on the terminal or by --force; "-" is standard output.  If the status is not
 * 0, the user was told. */
int cli_may_write(const struct cli_args *args, const char *path);
/* Take --proxy, and have what is done now told; if the status is not 0, the
 * user was told why. */
int cli_use_proxy(const struct cli_args *args);
/* Say what a proxy looks like; returns the status for it. */
int cli_not_a_proxy(void);
/* What --name calls this device, or the machine's own name. */
const char *cli_device_name(const struct cli_args *args);
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
