/* SPDX-License-Identifier: MIT */
/* Evidence that leaves the desk, and the record of who had
 * it in hand. */
#pragma once

#include "desk/cases/case.h"

/* Append the bundle of a report, sealed to ${to_key} (base64url of an X25519
 * key) unless that is "".  Written down in the custody record and the log. */
CS_CHECKED enum cs_err cs_desk_evidence(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_who *who, const uint8_t id[static 16],
    const char *to_key);
/* Append its custody record (content/custody.h). */
CS_CHECKED enum cs_err cs_desk_custody(
    struct cs_buf *out, struct cs_desk *d, const uint8_t id[static 16]);
/* Append a printable report of a case (HTML, nothing in it is fetched): its
 * working copies, or the originals; with ${photos}, small ones, each of which
 * is written down and counted as seen. */
CS_CHECKED enum cs_err cs_desk_printable(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t kase, bool photos);

/* ---- for the files of the desk ------------------------------------------ */

/* An X25519 key: hex, or base64url. */
CS_CHECKED enum cs_err desk_key_parse(
    uint8_t out[static 32], struct cs_desk *d, const char *s);
CS_CHECKED enum cs_err desk_custody_add(struct cs_desk *d,
    const uint8_t id[static 16], const struct cs_desk_who *who,
    const char *what);
