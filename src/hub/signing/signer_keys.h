/* SPDX-License-Identifier: MIT */
/* The signer's keys, and the three things that it signs with them. */
#pragma once

#include "crypto/signer.h"
#include "franking/cert.h"
#include "hub/talk/talk.h"

#define HUB_KEY_FILE_MAX 65536 /* bytes */

struct hub_keyring;

/* The files of which it is made; each belongs to the caller. */
struct hub_key_files {
	struct cs_buf root; /* root.pub */
	struct cs_buf stamp_key, stamp_cert;
	struct cs_buf external_key, external_cert;
	struct cs_buf registrar_key, registrar_cert;
	struct cs_buf names_key;
};
/* The one that is called ${name}; NULL: none is. */
struct cs_buf *hub_key_file_named(struct hub_key_files *f, const char *name);
/* All of them, from the hub's folder ${dir}. */
CS_CHECKED enum cs_err hub_key_files_read(
    struct hub_key_files *f, const char *dir);
void hub_key_files_clear(struct hub_key_files *f);

/* Keys and certificates that belong together, under the operator's root, at
 * ${now_ms}.  CS_ERR_CORRUPT: they do not; CS_ERR_EXPIRED. */
CS_CHECKED enum cs_err hub_keyring_new(
    struct hub_keyring **out, const struct hub_key_files *f, uint64_t now_ms);
void hub_keyring_free(struct hub_keyring *k);

/* Append what the database is told of them: struct hub_talk_keys and the
 * certificates. */
CS_CHECKED enum cs_err hub_keyring_tell(
    struct cs_buf *out, const struct hub_keyring *k);

/*
 * Carry out an order of the kind ${kind}, enum hub_talk_signer; ${answer} is
 * replaced, and empty if it is refused:
 *
 * - stamps (FRANKING, "Hub") under one signature, unless the time of one, or
 *   now, is outside of the stamp key's certificate, or one is for a time that
 *   is not yet, or names another key;
 * - the certificate of an account;
 * - the label of a name, with its proof (decision 0049);
 * - what MLS signs of a proposal to remove a member, by the external sender 0
 *   (RFC 9420, sections 5.1.2, 6.1 and 12.1.8), and nothing else of MLS.
 */
void hub_keyring_carry_out(struct cs_buf *answer, const struct hub_keyring *k,
    uint8_t kind, struct cs_view what, uint64_t now_ms);
