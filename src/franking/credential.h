/* SPDX-License-Identifier: MIT */
/*
 * Whose device it is (FRANKING, "Keys"; docs/decisions/0023).
 *
 *	root -> registrar key -> account: id, name, recovery key
 *	recovery key -> device -> device ...  -> this device
 *
 * A credential carries all of it, so that whoever knows the operator's root
 * needs to ask nobody.  The recovery key (the "account key" of the
 * specification) signs the first device and those that come back with its
 * words; devices certify one another.  cs_identity_verify() is the only
 * verifier: members, hub, desk and countersign-verify call it.
 */
#pragma once

#include "franking/cert.h"

#define CS_CHAIN_MAX 8 /* devices from the recovery key to a leaf */
/* The chain at its longest, and what the registrar signed. */
#define CS_CREDENTIAL_MAX 4096

/* The registrar's word that an account has this name and this key, given when
 * it is made and never changed. */
struct cs_account_cert {
	uint8_t account[16]; /* never all zero */
	struct cs_view handle;
	uint8_t account_key[32];
	uint64_t from_ms;
};
/* ${registrar} is certified by the root as CS_ROLE_REGISTRAR. */
CS_CHECKED enum cs_err cs_account_cert_make(struct cs_buf *out,
    const struct cs_account_cert *cert, const struct cs_sign_key *registrar);
/* The registrar, certified by the root at from_ms, signed it. */
CS_CHECKED enum cs_err cs_account_cert_verify(struct cs_account_cert *out,
    struct cs_view signed_cert, struct cs_view registrar_cert,
    struct cs_view root_public);

/*
 * What stands in an MLS leaf, as the identity of its basic credential:
 * registrar_cert<V> | account_cert<V> | devices<V>, each of these cert<V>.
 * Views are borrowed.
 */
struct cs_credential {
	struct cs_view registrar_cert;
	struct cs_view account_cert;
	size_t n; /* at least 1 */
	struct cs_view devices[CS_CHAIN_MAX];
};
CS_CHECKED enum cs_err cs_credential_write(
    struct cs_buf *out, const struct cs_credential *credential);
/* CS_ERR_FORMAT, CS_ERR_LIMIT.  Nothing of it is proved. */
CS_CHECKED enum cs_err cs_credential_parse(
    struct cs_credential *out, struct cs_view in);
/* devices<V> alone. */
CS_CHECKED enum cs_err cs_credential_write_devices(
    struct cs_buf *out, const struct cs_credential *credential);
CS_CHECKED enum cs_err cs_credential_parse_devices(
    struct cs_credential *out, struct cs_view in);

/* A recovery key that came after the account's first one stands in a chain like
 * a device.  Its id begins with eight zero bytes, so everybody can tell it, and
 * no device has one like it. */
bool cs_recovery_id(const uint8_t id[static 16]);

/* An identity of which all is proved; views point into the credential. */
struct cs_identity {
	struct cs_account_cert account;
	struct cs_device_cert device;    /* the last of the chain */
	size_t n;                        /* devices in the chain */
	uint8_t chain[CS_CHAIN_MAX][16]; /* their ids, the first one first */
	uint8_t keys[CS_CHAIN_MAX][32];
	uint64_t not_before, not_after; /* seconds, in which all of it holds */
};
/*
 * Prove what stands in a leaf under ${root_public}: the registrar, the account
 * and each device of the chain, all of that account and name, none of them
 * twice; at whatever time.  CS_ERR_CERT: a signature is not the issuer's;
 * CS_ERR_MISMATCH: the parts do not belong together; CS_ERR_FORMAT,
 * CS_ERR_VERSION, CS_ERR_LIMIT, CS_ERR_KEY.
 */
CS_CHECKED enum cs_err cs_identity_prove(struct cs_identity *out,
    struct cs_view credential, struct cs_view root_public);
/* At ${now_s} no device of it has expired, and the account existed. */
bool cs_identity_current(const struct cs_identity *identity, uint64_t now_s);
/* Both; CS_ERR_EXPIRED if only the time is wrong, and ${out} is filled. */
CS_CHECKED enum cs_err cs_identity_verify(struct cs_identity *out,
    struct cs_view credential, struct cs_view root_public, uint64_t now_s);
/* The fields of a credential, of which nothing is proved but that they agree
 * in account and name; for a credential that was verified before. */
CS_CHECKED enum cs_err cs_identity_peek(
    struct cs_identity *out, struct cs_view credential);
/* The account's name in a credential that was verified before, without a look
 * at the rest: for all members of a group, one after the other.  Points into
 * the credential. */
CS_CHECKED enum cs_err cs_credential_handle(
    struct cs_view *out, struct cs_view credential);
