/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

struct client_invited {
	struct cs_buf packages; /* each as <V>; the caller's to free */
	size_t n;
};

/* The user's other devices, which the hub is asked for when they are first
 * needed. */
struct client_other_devices {
	bool asked;
	struct cs_buf ids; /* CS_ID_LEN each; the caller's to free */
};

/* Ask the hub for a key package of each device of ${handle}, and check them. */
CS_CHECKED enum cs_err client_invite_ask(
    struct client_invited *out, struct cs_client *c, const char *handle);
/* Ask for key packages of the user's other devices or, if ${device} is not
 * NULL, of that device, as far as the hub has any. */
CS_CHECKED enum cs_err client_invite_ask_own(
    struct client_invited *out, struct cs_client *c, const uint8_t *device);
/* Commit the addition of those in ${in} who are not in ${g} yet; tries again
 * when another committer is quicker. */
CS_CHECKED enum cs_err client_invite_add(struct cs_client *c,
    struct client_group *g, const struct client_invited *in);
/* Is a device of the user missing in ${g} that this one may add? */
CS_CHECKED enum cs_err client_devices_missing(
    bool *out, struct cs_client *c, const struct client_group *g);
/* Add the user's other devices to ${g} if one is missing. */
CS_CHECKED enum cs_err client_devices_bring(struct cs_client *c,
    struct client_group *g, struct client_other_devices *others);
