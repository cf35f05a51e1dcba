/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

struct cs_view client_group_id(const struct client_group *g);
/* Was the group left, or is it being left? */
bool client_group_over(const struct client_group *g);
void client_group_clear(struct client_group *g);
/* Free ${out} with client_group_clear(), even after a failure.
 * CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_group_load(
    struct client_group *out, struct cs_client *c, struct cs_view id);
/* The same without the MLS state, to show the group. */
CS_CHECKED enum cs_err client_group_load_meta(
    struct client_group *out, struct cs_client *c, struct cs_view id);
/* Store ${g} inside the open transaction, or in one of its own. */
CS_CHECKED enum cs_err client_group_store(
    struct cs_client *c, struct client_group *g);
/* Append the ids of all groups, each as <V>: working on one of them may change
 * the table. */
CS_CHECKED enum cs_err client_group_list(
    struct cs_buf *out, struct cs_client *c);
/* Call ${each} for every group, loaded; stops at the first error. */
CS_CHECKED enum cs_err client_group_each(struct cs_client *c,
    enum cs_err (*each)(struct cs_client *c, struct client_group *g, void *arg),
    void *arg);
/* Find the group called ${name}, or the conversation with the person of that
 * handle, unless it is over.  CS_ERR_NOT_FOUND; CS_ERR_EXISTS, with a sentence:
 * there are several. */
CS_CHECKED enum cs_err client_group_find(struct client_group *out,
    struct cs_client *c, const char *name, enum client_group_find find);
/* Put the leaves of the devices of ${handle} into ${leaves}; returns how many.
 */
size_t client_group_leaves_of(const struct client_group *g, const char *handle,
    uint32_t leaves[static CS_WIRE_DEVICES_MAX]);
/*
 * May a Welcome put ${now} in the place of ${was}?  Group ids are unique (RFC
 * 9420, section 12.4.3.1), and a stranger could otherwise replace a
 * conversation by another of the same id.  So it may only if ${was} is over, or
 * if a member of ${was} brings this device back in at a later epoch.
 * CS_ERR_EXISTS: no.
 */
CS_CHECKED enum cs_err client_group_check_replaced(
    const struct client_group *was, const struct client_group *now);
/* How many people are in the group: 1, 2, or 3 for more.  A person's devices
 * count once. */
unsigned client_group_people(const struct client_group *g);
/* Find a member who is not the user; false: there is none. */
bool client_group_other(const struct client_group *g, const struct cs_client *c,
    char out[static CS_HANDLE_MAX + 1]);
/* Write the extension external_senders with the one operator in it. */
CS_CHECKED enum cs_err client_operator_sender(
    struct cs_buf *out, const struct cs_client *c);
/* Does the group belong to this operator, and to no other?  CS_ERR_MISMATCH:
 * no. */
CS_CHECKED enum cs_err client_group_check_operator(
    struct cs_client *c, const struct cs_mls_group *mls);
/* Does ${staged} keep what the members agree on about their operator?
 * CS_ERR_MISMATCH: no. */
CS_CHECKED enum cs_err client_group_check_staged(
    const struct client_group *g, const struct cs_mls_staged *staged);
