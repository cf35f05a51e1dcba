/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Note that this device is to enter ${g}; inside a transaction. */
CS_CHECKED enum cs_err client_joining_add(
    struct cs_client *c, const struct client_group *g);
/* Find what is known of a group that this device is to enter.  CS_ERR_NOT_FOUND
 */
CS_CHECKED enum cs_err client_joining_find(
    struct client_group *out, struct cs_client *c, struct cs_view id);
CS_CHECKED enum cs_err client_joining_forget(
    struct cs_client *c, struct cs_view id);
/* Append the ids of the groups that this device is to enter now, each as <V>.
 */
CS_CHECKED enum cs_err client_joining_list(
    struct cs_buf *ids, struct cs_client *c);
/* Not before ${at_ms}. */
CS_CHECKED enum cs_err client_joining_postpone(
    struct cs_client *c, struct cs_view id, uint64_t at_ms);

/* A commit that leads into a group, and the state that it leads to. */
struct client_attempt {
	struct cs_buf plain; /* what the views point into */
	struct cs_view commit, group_info;
	struct cs_buf public, secret;
	uint64_t epoch; /* the one that the commit was made for */
};

/* Free what ${a} holds. */
void client_attempt_clear(struct client_attempt *a);
/* Store a commit that leads into the group ${id}, and ${mls}, the state after
 * it; inside a transaction, or alone. */
CS_CHECKED enum cs_err client_attempt_store(struct cs_client *c,
    struct cs_view id, struct cs_view commit, struct cs_mls_group *mls);
/* Free ${out} with client_attempt_clear(), even after a failure.
 * CS_ERR_NOT_FOUND: none was made yet. */
CS_CHECKED enum cs_err client_attempt_load(
    struct client_attempt *out, struct cs_client *c, struct cs_view id);
CS_CHECKED enum cs_err client_attempt_forget(
    struct cs_client *c, struct cs_view id);
