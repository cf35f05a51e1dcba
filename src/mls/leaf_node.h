/* SPDX-License-Identifier: MIT */
/* One member's place in the tree (RFC 9420, 7.2, 7.3). */
#pragma once

#include "crypto/hpke.h"
#include "crypto/signer.h"
#include "mls/credential.h"
#include "mls/extension.h"

enum cs_mls_leaf_source {
	CS_MLS_LEAF_ANY = 0, /* in rules only: a leaf met in a tree */
	CS_MLS_LEAF_KEY_PACKAGE = 1,
	CS_MLS_LEAF_UPDATE = 2,
	CS_MLS_LEAF_COMMIT = 3,
};

/* Each a list of uint16. */
struct cs_mls_capabilities {
	struct cs_view versions;
	struct cs_view suites;
	struct cs_view extensions;
	struct cs_view proposals;
	struct cs_view credentials;
};

/* A parsed LeafNode; nothing about it is verified. */
struct cs_mls_leaf {
	struct cs_view encryption_key;
	struct cs_view signature_key;
	struct cs_mls_credential credential;
	struct cs_mls_capabilities capabilities;
	enum cs_mls_leaf_source source;
	uint64_t not_before; /* source key_package */
	uint64_t not_after;
	struct cs_view parent_hash; /* source commit */
	struct cs_mls_ext_list extensions;
	struct cs_view signature;
	struct cs_view raw;          /* all of it, as read */
	struct cs_view raw_unsigned; /* the part before the signature */
};

/* A leaf that cs_mls_leaf_validate() accepted. */
struct cs_mls_valid_leaf {
	struct cs_mls_leaf leaf;
};

void cs_mls_leaf_read(struct cs_reader *r, struct cs_mls_leaf *out);
void cs_mls_leaf_write(struct cs_writer *w, const struct cs_mls_leaf *leaf);
CS_CHECKED enum cs_err cs_mls_leaf_parse(
    struct cs_mls_leaf *out, struct cs_view in);

/* Where a leaf stands, for its signature; unused for key packages. */
struct cs_mls_leaf_place {
	struct cs_view group_id;
	uint32_t index;
};

/* As a program sees it. */
void cs_mls_leaf_show(
    struct cs_mls_leaf_view *out, const struct cs_mls_leaf *leaf);

/*
 * Append ${leaf} to ${out} with a fresh signature by ${signer}, whose public
 * half it has to name; ${leaf}'s own signature and raw are not looked at.
 */
CS_CHECKED enum cs_err cs_mls_leaf_sign(struct cs_buf *out,
    const struct cs_mls_leaf *leaf, struct cs_mls_leaf_place place,
    const struct cs_signer *signer);

/* Of a leaf that was parsed.  May be called from several threads. */
CS_CHECKED enum cs_err cs_mls_leaf_verify_signature(
    const struct cs_mls_leaf *leaf, const struct cs_suite *suite,
    struct cs_mls_leaf_place place);

/* The leaf that an identity shows, but for encryption key, source and
 * signature; with what it points into. */
struct cs_mls_own_leaf {
	struct cs_mls_leaf leaf;
	struct cs_buf capabilities;
	struct cs_buf extensions;
};
CS_CHECKED enum cs_err cs_mls_own_leaf_make(
    struct cs_mls_own_leaf *out, const struct cs_mls_identity *id);
void cs_mls_own_leaf_clear(struct cs_mls_own_leaf *l);

/* Is a message one that was sent just now, in which lifetimes have to include
 * the present, or one from a log, which may have waited there? */
enum cs_mls_age { CS_MLS_FROM_LOG, CS_MLS_FRESH };

/* What a leaf has to fit to. */
struct cs_mls_leaf_rules {
	const struct cs_suite *suite;
	enum cs_mls_leaf_source source;
	struct cs_mls_leaf_place place;
	const struct cs_mls_ext_list *context; /* of the group; NULL: none */
	const struct cs_mls_options *opt;
	const struct cs_mls_leaf *old; /* the leaf that it replaces, or NULL */
	bool in_time;                  /* now must be in its lifetime */
};

/* Section 7.2: extensions of the leaf are listed in it, else
 * CS_ERR_UNSUPPORTED. */
CS_CHECKED enum cs_err cs_mls_leaf_check_extensions(
    const struct cs_mls_leaf *leaf);
