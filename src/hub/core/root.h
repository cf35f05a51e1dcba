/* SPDX-License-Identifier: MIT */
/*
 * What travels between a hub and the machine that keeps its operator's root key
 * (PROTOCOL, "A root key that is elsewhere"): a request for certificates, and
 * the answer.  Bytes in, bytes out: no file and no clock.
 *
 * All times are seconds since 1970.
 */
#pragma once

#include "base/units.h"
#include "crypto/sign.h"
#include "crypto/tls_cert.h"

/* Bytes of a request and of an answer, at most. */
#define HUB_ROOT_REQUEST_MAX ((size_t)1024)
#define HUB_ROOT_ANSWER_MAX (16 * CS_KIB)

/* The keys that are to be certified, in this order; those of the desk are
 * both there or both missing. */
enum hub_root_kind {
	HUB_ROOT_STAMP = 1,
	HUB_ROOT_TLS = 2,
	HUB_ROOT_EXTERNAL = 3,
	HUB_ROOT_REGISTRAR = 4,
	HUB_ROOT_TLOG = 5,
	HUB_ROOT_DESK_SEAL = 6,
	HUB_ROOT_DESK_SIGN = 7,
};
#define HUB_ROOT_KEYS 7           /* kinds that there are */
#define HUB_ROOT_KEYS_OF_A_HUB 5u /* those that no request lacks */

/* What a key is for, in words; never NULL. */
const char *hub_root_kind_text(enum hub_root_kind kind);
/* Bytes of its public half. */
size_t hub_root_kind_len(enum hub_root_kind kind);

struct hub_root_wish {
	enum hub_root_kind kind;
	uint8_t public[CS_TLS_PUBLIC_LEN]; /* hub_root_kind_len() of them */
	uint64_t not_before, not_after;
};

struct hub_root_request {
	uint8_t root[CS_KEY_LEN]; /* whom the hub takes for its operator */
	char name[256];           /* of the hub, as in its TLS certificate */
	uint64_t made;
	struct hub_root_wish keys[HUB_ROOT_KEYS];
	size_t n;
};

/* Set ${request->keys[n]} to ${public}, certified from a day before
 * ${request->made} for as long as such a key may be, and count it. */
void hub_root_request_add(struct hub_root_request *request,
    enum hub_root_kind kind, const uint8_t *public);

/* Append ${request} to ${out}. */
CS_CHECKED enum cs_err hub_root_request_write(
    struct cs_buf *out, const struct hub_root_request *request);
/* CS_ERR_FORMAT, CS_ERR_LIMIT, CS_ERR_VERSION; CS_ERR_KEY: a public key that
 * is none. */
CS_CHECKED enum cs_err hub_root_request_parse(
    struct hub_root_request *out, struct cs_view in);

/* What people compare on both machines: the first 120 bits of the SHA-256 of
 * a request, in hex, in groups of five digits. */
#define HUB_ROOT_PRINT_SIZE 36
CS_CHECKED enum cs_err hub_root_fingerprint(
    char out[static HUB_ROOT_PRINT_SIZE], struct cs_view request);

/*
 * May a root whose public key is ${root_public} grant ${request} at ${now}?
 * CS_ERR_MISMATCH: it is for another operator; CS_ERR_LIMIT: it asks for
 * longer than such a key may be certified; CS_ERR_EXPIRED: for a time in which
 * ${now} is not, or one of the two clocks is wrong.
 */
CS_CHECKED enum cs_err hub_root_request_check(
    const struct hub_root_request *request,
    const uint8_t root_public[static CS_KEY_LEN], uint64_t now);

/* Append the answer of ${root} to the bytes of a request; errors are those of
 * parse and check. */
CS_CHECKED enum cs_err hub_root_answer_make(struct cs_buf *out,
    struct cs_view request, const struct cs_sign_key *root, uint64_t now);

/* The certificates of an answer that was verified, in the order of the keys;
 * they point into the answer. */
struct hub_root_answer {
	struct cs_view certs[HUB_ROOT_KEYS];
	size_t n;
};

/*
 * Is ${answer} what the root ${root_public} says to ${request}?  Each
 * certificate has to be for its key, for the time that was asked for, and for
 * ${now}.  CS_ERR_FORMAT, CS_ERR_LIMIT, CS_ERR_VERSION; CS_ERR_CERT: another
 * key signed it; CS_ERR_MISMATCH: it answers another request, or grants
 * something else; CS_ERR_EXPIRED.
 */
CS_CHECKED enum cs_err hub_root_answer_verify(struct hub_root_answer *out,
    struct cs_view answer, struct cs_view request,
    const uint8_t root_public[static CS_KEY_LEN], uint64_t now);
