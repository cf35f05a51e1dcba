/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Insert a message.  ${g} may be NULL, and so may ${out}, which gets the row's
 * number. */
CS_CHECKED enum cs_err client_message_insert(struct cs_client *c,
    const struct client_group *g, const struct client_record *r,
    const uint8_t mid[static CS_CLIENT_MID_LEN], uint64_t *out);
CS_CHECKED enum cs_err client_message_update(
    struct cs_client *c, uint64_t id, const struct client_record *r);
/* ${plain} holds what ${out->body} points into.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_message_load(struct client_record *out,
    struct cs_buf *plain, struct cs_client *c, uint64_t id);
/* Parse the content of a message; views point into ${r->body}.
 * CS_ERR_NOT_FOUND: the record is no message. */
CS_CHECKED enum cs_err client_message_content(
    struct cs_mimi_content *out, const struct client_record *r);
/* Find the row of a message by its id, and the group's id unless ${group_id} is
 * NULL.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_message_by_mid(uint64_t *id,
    struct cs_buf *group_id, struct cs_client *c,
    const uint8_t mid[static CS_CLIENT_MID_LEN]);
/* Whoever has ${handle} in a sentence: as it begins, "You" or the handle; in
 * it, "you" or the handle. */
const char *client_subject(const struct cs_client *c, const char *handle);
const char *client_object(const struct cs_client *c, const char *handle);
/* Put a sentence into the inbox, about ${g} or, if that is NULL, no group;
 * ${time_ms} 0: now. */
CS_CHECKED enum cs_err client_event(struct cs_client *c,
    const struct client_group *g, uint64_t time_ms, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for a sentence that nobody should miss; now. */
CS_CHECKED enum cs_err client_warning(
    struct cs_client *c, const struct client_group *g, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
