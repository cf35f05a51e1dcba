/* SPDX-License-Identifier: MIT */
/*
 * What waits in which conversation, and where each is by its name: so that a
 * command loads those that it is about, however many there are.
 */
#pragma once

#include "client/home/client.h"

/* Store what follows from ${g}; called when it is stored. */
CS_CHECKED enum cs_err client_todo_store(
    struct cs_client *c, const struct client_group *g);
/* What is stored of the conversation ${id} is damaged: it has no name. */
CS_CHECKED enum cs_err client_todo_nameless(
    struct cs_client *c, struct cs_view id);

/* The conversation ${id}, or each, has to be looked at: who is in it changed,
 * or who may be. */
CS_CHECKED enum cs_err client_todo_look(struct cs_client *c, struct cs_view id);
CS_CHECKED enum cs_err client_todo_look_all(struct cs_client *c);
/* It was looked at, and nothing is left to be done. */
CS_CHECKED enum cs_err client_todo_looked(
    struct cs_client *c, struct cs_view id);
/* The keys of ${id} need not be renewed before ${at_ms}. */
CS_CHECKED enum cs_err client_todo_postpone(
    struct cs_client *c, struct cs_view id, uint64_t at_ms);

/* How far this device has read, summed over all conversations that it
 * follows. */
CS_CHECKED enum cs_err client_todo_places(uint64_t *sum, struct cs_client *c);

/* When this device has to commit in ${g}, which spreads over a day; UINT64_MAX
 * where it need not. */
CS_CHECKED enum cs_err client_todo_due(
    uint64_t *out, const struct cs_client *c, const struct client_group *g);

/* Append ids, each as <V>, in order: of all in which something waits; of those
 * that this device lost track of and may enter anew; of those whose keys are to
 * be renewed at ${now_ms}; of those called ${name}, perhaps; of those that an
 * older program stored. */
CS_CHECKED enum cs_err client_todo_list(
    struct cs_buf *ids, struct cs_client *c);
CS_CHECKED enum cs_err client_todo_list_lost(
    struct cs_buf *ids, struct cs_client *c);
CS_CHECKED enum cs_err client_todo_list_due(
    struct cs_buf *ids, struct cs_client *c, uint64_t now_ms);
CS_CHECKED enum cs_err client_todo_list_named(
    struct cs_buf *ids, struct cs_client *c, const char *name);
CS_CHECKED enum cs_err client_todo_list_unnamed(
    struct cs_buf *ids, struct cs_client *c);
