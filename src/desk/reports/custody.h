/* SPDX-License-Identifier: MIT */
/* Who saw or took what of a report; and evidence that leaves the desk. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* Append the bundle of a report, sealed to ${to_key} (base64url of an X25519
 * key) unless that is "".  Written down in the custody record and the log. */
CS_CHECKED enum cs_err cs_desk_report_export(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static 16], const char *to_key);
/* Append its custody record (content/custody.h). */
CS_CHECKED enum cs_err cs_desk_custody_write(
    struct cs_buf *out, struct cs_desk *d, const uint8_t id[static 16]);
/* An X25519 key: hex, or base64url. */
CS_CHECKED enum cs_err desk_key_parse(
    uint8_t out[static 32], struct cs_desk *d, const char *s);
CS_CHECKED enum cs_err desk_custody_add(struct cs_desk *d,
    const uint8_t id[static 16], const struct cs_desk_actor *actor,
    const char *what);
