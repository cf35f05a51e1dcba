/* SPDX-License-Identifier: MIT */
/*
 * Which key belongs to whom (FRANKING, "Keys"), one certificate at a time; what
 * proves a whole identity is in franking/credential.h.
 *
 * Times are seconds since 1970. Parsing is strict: one encoding, nothing left
 * over. A verify function checks the signature and, at ${now_s}, the validity;
 * a parse function checks the signature only, for questions about the past.
 */
#pragma once

#include "crypto/sign.h"

#define CS_HANDLE_MAX 32
#define CS_CERT_MAX 512

/* 1 to 32 of [a-z0-9._-], the first a letter. */
CS_CHECKED bool cs_handle_valid(struct cs_view handle);

/* The word of an account's recovery key, or of another device of the account,
 * that a device belongs to it. */
struct cs_device_cert {
	uint8_t account[16];
	struct cs_view handle; /* points into what was parsed */
	uint8_t device[16];
	uint8_t public[32];
	uint64_t not_before, not_after;
};
CS_CHECKED enum cs_err cs_device_cert_make(struct cs_buf *out,
    const struct cs_device_cert *cert, const struct cs_sign_key *issuer);
CS_CHECKED enum cs_err cs_device_cert_parse(struct cs_device_cert *out,
    struct cs_view signed_cert, struct cs_view issuer_public);
CS_CHECKED enum cs_err cs_device_cert_verify(struct cs_device_cert *out,
    struct cs_view signed_cert, struct cs_view issuer_public, uint64_t now_s);
/* The fields of a certificate whose issuer is not known yet: nothing in
 * it is proved. */
CS_CHECKED enum cs_err cs_device_cert_peek(
    struct cs_device_cert *out, struct cs_view signed_cert);

/* The operator root's word for a key that stamps. */
struct cs_stamp_key_cert {
	uint8_t key_id[8]; /* SHA-256(public)[0..8] */
	uint8_t public[32];
	uint64_t not_before, not_after;
};
CS_CHECKED enum cs_err cs_stamp_key_cert_make(struct cs_buf *out,
    const uint8_t public[static 32], uint64_t not_before, uint64_t not_after,
    const struct cs_sign_key *root);
CS_CHECKED enum cs_err cs_stamp_key_cert_parse(struct cs_stamp_key_cert *out,
    struct cs_view signed_cert, struct cs_view root_public);
CS_CHECKED enum cs_err cs_stamp_key_cert_verify(struct cs_stamp_key_cert *out,
    struct cs_view signed_cert, struct cs_view root_public, uint64_t now_s);

/* The operator root's word for the other keys of hub and desk. */
enum cs_role {
	CS_ROLE_DESK_HPKE = 1,
	CS_ROLE_DESK_SIGNING = 2,
	CS_ROLE_EXTERNAL_SENDER = 3,
	CS_ROLE_REGISTRAR = 4, /* certifies accounts */
	CS_ROLE_TLOG = 5,      /* signs checkpoints of the log */
};
struct cs_role_key_cert {
	uint8_t role;
	uint8_t public[32];
	uint64_t not_before, not_after;
};
CS_CHECKED enum cs_err cs_role_key_cert_make(struct cs_buf *out,
    enum cs_role role, const uint8_t public[static 32], uint64_t not_before,
    uint64_t not_after, const struct cs_sign_key *root);
/* CS_ERR_EXPIRED: all of it holds, and ${out} says of what, but not now. */
CS_CHECKED enum cs_err cs_role_key_cert_verify(struct cs_role_key_cert *out,
    struct cs_view signed_cert, struct cs_view root_public, enum cs_role role,
    uint64_t now_s);
