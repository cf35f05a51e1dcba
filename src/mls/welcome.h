/* SPDX-License-Identifier: MIT */
/* What a new member gets (RFC 9420, 12.4.3.1). */
#pragma once

#include "mls/change.h"
#include "mls/group_info.h"

/* A parsed Welcome. */
struct cs_mls_welcome {
	uint16_t suite_id;
	struct cs_view secrets; /* content of the vector */
	size_t n_secrets;
	struct cs_view encrypted_group_info;
};
void cs_mls_welcome_read(struct cs_reader *r, struct cs_mls_welcome *out);
void cs_mls_welcome_write(
    struct cs_writer *w, const struct cs_mls_welcome *welcome);

/* EncryptedGroupSecrets, one of ${secrets}. */
struct cs_mls_encrypted_secrets {
	struct cs_view ref;
	struct cs_mls_ciphertext sealed;
};
void cs_mls_encrypted_secrets_read(
    struct cs_reader *r, struct cs_mls_encrypted_secrets *out);

/* GroupSecrets; views into decrypted bytes. */
struct cs_mls_group_secrets {
	struct cs_view joiner_secret;
	bool has_path_secret;
	struct cs_view path_secret;
	struct cs_view psks; /* content of the vector */
};
void cs_mls_group_secrets_read(
    struct cs_reader *r, struct cs_mls_group_secrets *out);
void cs_mls_group_secrets_write(
    struct cs_writer *w, const struct cs_mls_group_secrets *s);

/* Decrypt the entry for ${ref} into ${plain}; CS_ERR_NOT_FOUND: none. */
CS_CHECKED enum cs_err cs_mls_welcome_open_secrets(
    struct cs_mls_group_secrets *out, struct cs_buf *plain,
    const struct cs_mls_welcome *welcome, const struct cs_suite *suite,
    struct cs_view ref, const struct cs_hpke_key *init);
/* Decrypt the GroupInfo into ${plain}. */
CS_CHECKED enum cs_err cs_mls_welcome_open_info(struct cs_mls_group_info *out,
    struct cs_buf *plain, const struct cs_mls_welcome *welcome,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk);

/* What a committer puts into a Welcome. */
struct cs_mls_welcome_input {
	const struct cs_mls_change *change;
	const struct cs_mls_proposal_list *list; /* its Adds and PSKs */
	const struct cs_mls_path_secrets *path;  /* NULL: no path */
	const struct cs_mls_joiner_secret *joiner;
	const struct cs_mls_psk_secret *psk;
	struct cs_view group_info;
};

/* A Welcome in parts: the GroupInfo, and one entry for each who joins. */
struct cs_mls_welcome_kit {
	struct cs_buf info;    /* encrypted GroupInfo */
	struct cs_buf entries; /* EncryptedGroupSecrets, one after the other */
	size_t *ends;          /* where each ends */
	size_t n;
};
void cs_mls_welcome_kit_clear(struct cs_mls_welcome_kit *kit);
CS_CHECKED enum cs_err cs_mls_welcome_kit_make(
    struct cs_mls_welcome_kit *out, const struct cs_mls_welcome_input *in);
/* Append an MLSMessage for ${n} of them from number ${first} on. */
CS_CHECKED enum cs_err cs_mls_welcome_kit_write(struct cs_buf *out,
    const struct cs_mls_welcome_kit *kit, const struct cs_suite *suite,
    size_t first, size_t n);
