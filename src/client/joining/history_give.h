/* SPDX-License-Identifier: MIT */
/*
 * Giving what was said to a device that was let in: once it says that it is in
 * the account's conversations, all that is here is sealed into a file of the
 * home, and uploaded.  What breaks off is continued by the next command.
 */
#pragma once

#include "client/joining/archive.h"

/* ${device} is to get it, by ${key}.  CS_ERR_EXISTS: another one gets it now.
 */
CS_CHECKED enum cs_err client_history_promise(struct cs_client *c,
    const uint8_t device[static CS_ID_LEN],
    const struct client_archive_key *key);
/* It is not. */
CS_CHECKED enum cs_err client_history_unpromise(struct cs_client *c);

enum client_giving {
	CLIENT_GIVING_NOTHING, /* nobody is to get anything */
	CLIENT_GIVING_WAITS,   /* for the device to be ready */
	CLIENT_GIVING_READY    /* it is; or some is at the hub already */
};
CS_CHECKED enum cs_err client_history_giving(
    enum client_giving *out, struct cs_client *c);
/* Make the archive of what is here, unless it is made, and upload it.  Nobody
 * gets it if the device is one of the account no longer. */
CS_CHECKED enum cs_err client_history_give(
    struct cs_client *c, const struct cs_client_history_progress *progress);
