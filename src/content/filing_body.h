/* SPDX-License-Identifier: MIT */
/*
 * What stands in a filing (franking/filing.h): for the desk, sealed to its key.
 *
 *	sealed = "CSFILING1" | HPKE(suite 1, info "countersign/filing/v1", body)
 *	body   = u8 1 | u8 what | u8 category | u8 flags | u64 about | salt32 |
 *	    reply_key32 | language<V, 16> | text<V, 16384> | law<V, 500> |
 *	    name<V, 200> | contact<V, 320> | places<V> of place |
 *	    hashes<V> of {hash32, label<V, 100>} | files<V> of file
 *	place  = u8 kind | value<V, 2048>
 *	file   = name<V, 255> | bytes<V>
 */
#pragma once

#include "content/reply_key.h"
#include "franking/filing.h"

#define CS_FILING_SALT_LEN 32
#define CS_FILING_LANGUAGE_MAX 16
#define CS_FILING_TEXT_MAX 16384
#define CS_FILING_LAW_MAX 500
#define CS_FILING_NAME_MAX 200
#define CS_FILING_CONTACT_MAX 320
#define CS_FILING_PLACE_MAX 2048
#define CS_FILING_PLACES 100
#define CS_FILING_HASHES 1000
#define CS_FILING_LABEL_MAX 100
#define CS_FILING_FILES 20
#define CS_FILING_FILE_NAME_MAX 255
/* A body with its files; and sealed. */
#define CS_FILING_BODY_MAX ((size_t)16 << 20)
#define CS_FILING_SEALED_MAX (CS_FILING_BODY_MAX + 64)

enum cs_filing_flag {
	CS_FILING_GOOD_FAITH = 1, /* DSA, article 16 (2) (d) */
	CS_FILING_CHILD = 2,      /* a child is concerned: no contact is
				   * needed (the same, (c)) */
	CS_FILING_NAME_SHOWN = 4, /* the organisation wants to be named */
};
enum cs_filing_place_kind {
	CS_FILING_PLACE_LINK = 1,   /* of public material */
	CS_FILING_PLACE_HANDLE = 2, /* name or name@hub */
	CS_FILING_PLACE_GROUP = 3,  /* a link into a group or channel */
	CS_FILING_PLACE_BLOB = 4,   /* 32 digits of hex */
};
const char *cs_filing_place_name(uint8_t kind);

struct cs_filing_place {
	uint8_t kind;
	struct cs_view value;
};
struct cs_filing_hash {
	uint8_t pdq[32];
	struct cs_view label; /* what the person calls it; may be empty */
};
struct cs_filing_file {
	struct cs_view name; /* without a path */
	struct cs_view bytes;
};
struct cs_filing_body {
	uint8_t what, category, flags;
	uint64_t about;
	uint8_t salt[CS_FILING_SALT_LEN];
	uint8_t reply_key[CS_HASH_LEN];
	struct cs_view language, text, law, name, contact;
	size_t n_places, n_hashes, n_files;
	struct cs_filing_place places[CS_FILING_PLACES];
	struct cs_filing_file files[CS_FILING_FILES];
	/* Set by cs_filing_body_parse(): walk it with cs_filing_hash_next().
	 * For cs_filing_body_write(): what cs_filing_hash_add() made. */
	struct cs_view hashes;
};

/* What ${v}, as somebody wrote it, is to be by its looks: a place's kind, or 0
 * for the hash of a photo (64 digits of hex).  ${hub} is the name of the hub,
 * to whose groups and channels links lead. */
uint8_t cs_filing_place_guess(struct cs_view v, const char *hub);

/* Append a body.  CS_ERR_MISUSE: it breaks a rule of cs_filing_body_parse(). */
CS_CHECKED enum cs_err cs_filing_body_write(
    struct cs_buf *out, const struct cs_filing_body *body);
/*
 * Strict: all texts are UTF-8 without control characters but line ends and
 * tabs; a notice has a text, a category and good faith; one without the flag
 * child, and any other filing by nobody's key, may leave out name and contact
 * all the same: who is asked for them is the form's affair.  Photos have
 * hashes, and nothing else but label and text.  CS_ERR_FORMAT, CS_ERR_LIMIT,
 * CS_ERR_VERSION.
 */
CS_CHECKED enum cs_err cs_filing_body_parse(
    struct cs_filing_body *out, struct cs_view in);
CS_CHECKED enum cs_err cs_filing_hash_add(
    struct cs_buf *out, const struct cs_filing_hash *hash);
bool cs_filing_hash_next(struct cs_filing_hash *out, struct cs_view *rest);

/* Seal a body to the desk, and open it there; ${out} is to be at least
 * CS_FILING_SEALED_MAX large, and ${body} points into ${plain}. */
CS_CHECKED enum cs_err cs_filing_body_seal(
    struct cs_buf *out, struct cs_view body, struct cs_view to_public);
CS_CHECKED enum cs_err cs_filing_body_open(struct cs_filing_body *body,
    struct cs_buf *plain, struct cs_view sealed, const struct cs_hpke_key *key);

/* The subject that answers about the filing ${number} are sealed for. */
void cs_filing_subject(uint8_t out[static CS_ID_LEN], uint64_t number);
/* And back. */
uint64_t cs_filing_of_subject(const uint8_t subject[static CS_ID_LEN]);
