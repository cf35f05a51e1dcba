/* SPDX-License-Identifier: MIT */
/* The custody record: who saw or took what of a report; and exporting
 * evidence. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;
struct cs_desk_actor;

/* Append the bundle of a report, sealed to ${to_key} (base64url of an X25519
 * key) unless that is "".  Written down in the custody record and the log. */
CS_CHECKED enum cs_err cs_desk_report_export(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN], const char *to_key);
/* Append its custody record (content/custody.h), whose last entry says that
 * ${actor} was given it; written down in the log, too. */
CS_CHECKED enum cs_err cs_desk_custody_write(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_actor *actor,
    const uint8_t id[static CS_ID_LEN]);
/* Parse an X25519 key, hex or base64url; CS_ERR_FORMAT. */
CS_CHECKED enum cs_err desk_key_parse(
    uint8_t out[static CS_KEY_LEN], struct cs_desk *d, const char *s);
/* What happened to a report, for its custody record (${what}) and for the log
 * of its case (${event}, with a value unless ${fact} is NULL). */
struct desk_custody_event {
	const char *what, *event, *fact, *value;
};
/* Write it into both; in a transaction. */
CS_CHECKED enum cs_err desk_custody_note(struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN], const struct cs_desk_actor *actor,
    const struct desk_custody_event *e);
/* Append to its custody record that ${actor} (NULL: the desk itself) did
 * ${what}; in a transaction. */
CS_CHECKED enum cs_err desk_custody_add(struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN], const struct cs_desk_actor *actor,
    const char *what);
