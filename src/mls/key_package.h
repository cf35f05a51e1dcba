/* SPDX-License-Identifier: MIT */
/* An invitation to be added (RFC 9420, section 10). */
#pragma once

#include "mls/leaf_node.h"

/* A parsed KeyPackage; nothing about it is verified. */
struct cs_mls_key_package {
	uint16_t suite_id;
	struct cs_view init_key;
	struct cs_mls_leaf leaf;
	struct cs_mls_ext_list extensions;
	struct cs_view signature;
	struct cs_view raw;
	struct cs_view raw_unsigned; /* the part before the signature */
};

/* A key package that cs_mls_key_package_validate() accepted. */
struct cs_mls_valid_key_package {
	struct cs_mls_key_package kp;
	struct cs_mls_valid_leaf leaf;
};

void cs_mls_key_package_read(
    struct cs_reader *r, struct cs_mls_key_package *out);
void cs_mls_key_package_write(
    struct cs_writer *w, const struct cs_mls_key_package *kp);

/* The KeyPackage in an MLSMessage. */
CS_CHECKED enum cs_err cs_mls_key_package_parse_message(
    struct cs_mls_key_package *out, struct cs_view message);

/* Section 10.1.  ${rules->source} and ${rules->place} are not looked at. */
CS_CHECKED enum cs_err cs_mls_key_package_validate(
    struct cs_mls_valid_key_package *out, const struct cs_mls_key_package *kp,
    const struct cs_mls_leaf_rules *rules);

/* KeyPackageRef, section 5.2. */
CS_CHECKED enum cs_err cs_mls_key_package_ref(struct cs_mls_hash *out,
    const struct cs_suite *suite, const struct cs_mls_key_package *kp);

/* The private half, as cs_mls_key_package_new() serialized it. */
struct cs_mls_key_package_secrets {
	struct cs_mls_key_package kp; /* views into what was parsed */
	const struct cs_suite *suite;
	struct cs_hpke_key init;
	struct cs_hpke_key leaf;
};
CS_CHECKED enum cs_err cs_mls_key_package_secrets_parse(
    struct cs_mls_key_package_secrets *out, struct cs_view in);

/* Append a fresh KeyPackage, bare, and its secrets. */
CS_CHECKED enum cs_err cs_mls_key_package_make(struct cs_buf *out,
    struct cs_buf *secrets, struct cs_mls_hash *ref,
    const struct cs_suite *suite, const struct cs_mls_identity *id,
    enum cs_mls_key_package_use use);
