/* SPDX-License-Identifier: MIT */
/* From epoch to epoch (RFC 9420, section 8). */
#pragma once

#include "crypto/hpke.h"
#include "crypto/suite.h"

/* One type for each kind; the suite's hash length of it is used. */
struct cs_mls_init_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_commit_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_psk_secret { /* all zero: no pre-shared key */
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_joiner_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_welcome_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_epoch_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_sender_data_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_encryption_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_exporter_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_external_secret {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_confirmation_key {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_membership_key {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_resumption_psk {
	uint8_t b[CS_HASH_MAX];
};
struct cs_mls_epoch_authenticator {
	uint8_t b[CS_HASH_MAX];
};

/* application_export_secret of draft-ietf-mls-extensions. */
struct cs_mls_app_export_secret {
	uint8_t b[CS_HASH_MAX];
};

/* What an epoch keeps; the encryption secret becomes a secret tree. */
struct cs_mls_epoch_secrets {
	struct cs_mls_sender_data_secret sender_data;
	struct cs_mls_exporter_secret exporter;
	struct cs_mls_external_secret external;
	struct cs_mls_confirmation_key confirmation;
	struct cs_mls_membership_key membership;
	struct cs_mls_resumption_psk resumption;
	struct cs_mls_epoch_authenticator authenticator;
	struct cs_mls_init_secret init; /* for the next epoch */
	struct cs_mls_app_export_secret app_export;
};

/* ${context}: the serialized GroupContext of the new epoch. */
CS_CHECKED enum cs_err cs_mls_joiner_secret(struct cs_mls_joiner_secret *out,
    const struct cs_suite *suite, const struct cs_mls_init_secret *init,
    const struct cs_mls_commit_secret *commit, struct cs_view context);

CS_CHECKED enum cs_err cs_mls_welcome_secret(struct cs_mls_welcome_secret *out,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk);

CS_CHECKED enum cs_err cs_mls_epoch_secret(struct cs_mls_epoch_secret *out,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk, struct cs_view context);

/* The table of section 8. */
CS_CHECKED enum cs_err cs_mls_epoch_secrets(struct cs_mls_epoch_secrets *out,
    struct cs_mls_encryption_secret *encryption, const struct cs_suite *suite,
    const struct cs_mls_epoch_secret *epoch);

/* Section 8.5, MLS-Exporter. */
CS_CHECKED enum cs_err cs_mls_export(uint8_t *out, size_t n,
    const struct cs_suite *suite, const struct cs_mls_exporter_secret *secret,
    struct cs_view label, struct cs_view context);

/* Section 8: the key pair that the whole group holds. */
CS_CHECKED enum cs_err cs_mls_external_key(struct cs_hpke_key *out,
    const struct cs_suite *suite, const struct cs_mls_external_secret *secret);

/* Section 8.3: the init secret that an external committer shares with the
 * group: sent as ${kem_output}, which is appended to, or received. */
CS_CHECKED enum cs_err cs_mls_external_init_send(struct cs_mls_init_secret *out,
    struct cs_buf *kem_output, const struct cs_suite *suite,
    struct cs_view external_pub);
CS_CHECKED enum cs_err cs_mls_external_init_receive(
    struct cs_mls_init_secret *out, const struct cs_suite *suite,
    const struct cs_mls_external_secret *secret, struct cs_view kem_output);

/* Section 6.1: MAC(confirmation_key, confirmed_transcript_hash). */
CS_CHECKED enum cs_err cs_mls_confirmation_tag(uint8_t *out,
    const struct cs_suite *suite, const struct cs_mls_confirmation_key *key,
    struct cs_view confirmed_transcript_hash);
/* CS_ERR_MAC: another tag. */
CS_CHECKED enum cs_err cs_mls_confirmation_tag_check(struct cs_view tag,
    const struct cs_suite *suite, const struct cs_mls_confirmation_key *key,
    struct cs_view confirmed_transcript_hash);
