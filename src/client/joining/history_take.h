/* SPDX-License-Identifier: MIT */
/*
 * Taking what was said from the device that let this one in.  It is fetched
 * into a file of the home, part by part, checked, and restored like a backup:
 * all of it, or nothing.  What breaks off is continued by the next command.
 */
#pragma once

#include "client/joining/archive.h"

/* It is to come, by ${key}.  Inside of the open transaction. */
CS_CHECKED enum cs_err client_history_await(
    struct cs_client *c, const struct client_archive_key *key);

enum client_taking {
	CLIENT_TAKING_NOTHING, /* nothing is to come */
	CLIENT_TAKING_WAITS,   /* for the other device */
	CLIENT_TAKING_DONE     /* it came, or it was refused: a line in the
				* inbox says so */
};
/* Say that this device is ready, or take what has come. */
CS_CHECKED enum cs_err client_history_take(enum client_taking *out,
    struct cs_client *c, const struct cs_client_history_progress *progress);
