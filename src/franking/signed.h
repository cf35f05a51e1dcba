/* SPDX-License-Identifier: MIT */
/*
 * The frame of everything that a key of this project signs for others to keep:
 *
 *	label with its zero | u8 version | fields | sig64
 *
 * The signature is over all before it (FRANKING, "Keys").  A label ends with
 * its zero, so none begins another.
 */
#pragma once

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/sign.h"

/* Begin to append one: label and version are written. */
struct cs_writer cs_signed_begin(struct cs_buf *out, struct cs_view label);
/* Sign what was written since ${from} and append the signature; after an error
 * the buffer ends at ${from}. */
CS_CHECKED enum cs_err cs_signed_end(
    struct cs_writer *w, size_t from, const struct cs_sign_key *key);
/* A reader at the fields of ${in}, which ends where the signature begins.  Its
 * error may be CS_ERR_LIMIT (longer than ${max}), CS_ERR_FORMAT or
 * CS_ERR_VERSION. */
struct cs_reader cs_signed_open(
    struct cs_view in, struct cs_view label, size_t max);
/* CS_ERR_CERT: ${public} did not sign ${in}.  Of a signature that verified
 * before, that is remembered (docs/decisions/0008). */
CS_CHECKED enum cs_err cs_signed_check(
    struct cs_view in, struct cs_view public);
