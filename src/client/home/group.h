/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

struct cs_view client_group_id(const struct client_group *g);
/* Was the group left, or is it being left? */
bool client_group_over(const struct client_group *g);
void client_group_clear(struct client_group *g);
/* Take over the name that others gave to ${g}: what could be seen as something
 * else than one name is taken out of it (base/name.h). */
void client_group_take_name(struct client_group *g, struct cs_view name);
/* Does ${err}, of loading a group, mean that what is stored of it is damaged?
 * Then other groups go on, and this one can be entered anew. */
bool client_group_damaged(enum cs_err err);
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
/* The same without the MLS state. */
CS_CHECKED enum cs_err client_group_store_meta(
    struct cs_client *c, const struct client_group *g);
/* Append the ids of all groups, each as <V>: working on one of them may change
 * the table. */
CS_CHECKED enum cs_err client_group_list(
    struct cs_buf *out, struct cs_client *c);
/* Call ${each} for every group, loaded; stops at the first error. Leaves out
 * what is damaged. */
CS_CHECKED enum cs_err client_group_each(struct cs_client *c,
    enum cs_err (*each)(struct cs_client *c, struct client_group *g, void *arg),
    void *arg);
/* Let those that an older program stored be found by name. */
CS_CHECKED enum cs_err client_groups_fill_todo(struct cs_client *c);
