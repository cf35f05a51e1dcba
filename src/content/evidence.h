/* SPDX-License-Identifier: MIT */
/*
 * Evidence bundles, made and verified (FRANKING,
 * "Evidence bundle").
 *
 * The bytes are those of franking/csev.h.  cs_evidence_check() is the only
 * verifier: client, desk and countersign-verify call it.  Every byte of a
 * bundle is covered by some check: one that differs is never "all proved".
 */
#pragma once

#include "content/media.h"
#include "content/proof.h"
#include "crypto/hpke.h"
#include "franking/csev.h"

#define CS_EVIDENCE_ITEMS_MAX CS_CSEV_ITEMS_MAX
#define CS_EVIDENCE_NOTE_MAX CS_CSEV_NOTE_MAX
#define CS_EVIDENCE_GAPS_MAX CS_CSEV_HASHES_MAX /* hashes in all */
#define CS_EVIDENCE_MAX CS_CSEV_MAX

/* FRANKING and the list; values are stable. */
enum cs_reason {
	CS_REASON_TRAFFICKING = 1,
	CS_REASON_CHILD_ABUSE,
	CS_REASON_THREAT_TO_LIFE,
	CS_REASON_TERRORISM,
	CS_REASON_RECRUITMENT_OF_CHILDREN,
	CS_REASON_INTIMATE_IMAGES,
	CS_REASON_EXPOSURE,
	CS_REASON_HARASSMENT,
	CS_REASON_FRAUD,
	CS_REASON_SPAM,
	CS_REASON_OTHER,
};

/* ---- making a bundle ---------------------------------------------------- */

/* What goes along of a photo or file; one for each external part. */
struct cs_evidence_media {
	bool with_key;        /* so that it can be opened */
	struct cs_view bytes; /* the encrypted file, or empty: left out */
};
struct cs_evidence_input_item {
	struct cs_capsule capsule;
	struct cs_view stamp_key_cert; /* of the key that stamped it */
	/* What shows that it is in the operator's log (franking/csev.h), and
	 * the certificate of the log's key; or both empty. */
	struct cs_view log_proof, log_key_cert;
	const struct cs_evidence_media *media; /* as many as external parts */
	size_t n_media;
};
/* Leaf hashes of all messages between two items, which stay undisclosed. */
struct cs_evidence_gap {
	uint8_t group_ref[32];
	uint64_t first_seq;
	struct cs_view leafhashes; /* 32 bytes each */
};
struct cs_evidence_input {
	uint8_t report_id[16];
	uint64_t created_ms;
	uint16_t reason;
	struct cs_view note;
	const struct cs_evidence_input_item *items;
	size_t n_items;
	const struct cs_evidence_gap *gaps;
	size_t n_gaps;
	uint8_t root_public[32];
	/* CS_CSEV_NAMED: the reporter's credential, and the key of its device.
	 */
	enum cs_csev_mode mode;
	struct cs_view credential;
	const struct cs_sign_key *device_key;
};

/* ---- verifying one ------------------------------------------------------ */

struct cs_evidence_media_result {
	enum cs_err err; /* CS_OK: it is what the sender committed to */
	bool has_key, has_bytes;
	struct cs_view bytes; /* encrypted */
};
/* Where the operator's log commits to a message. */
struct cs_evidence_log {
	/* CS_OK: it does; CS_ERR_NOT_FOUND: the bundle does not show it; else
	 * what it shows is wrong. */
	enum cs_err err;
	/* If that is CS_OK: by which checkpoint, and whose key signed it.  Who
	 * cosigned it is asked of tlog/policy.h. */
	struct cs_view note;
	struct cs_tlog_checkpoint at;
	struct cs_note_key key;
};
struct cs_evidence_item {
	struct cs_capsule capsule;
	struct cs_proof proof; /* link by link */
	struct cs_evidence_log log;
	/* Against the item before it in its group; CS_ERR_NOT_FOUND: messages
	 * between the two left no hash, so their order is not proved. */
	enum cs_err chain;
	uint64_t undisclosed; /* messages between that one and this */
	bool repeated;        /* the same tag and number stood before */
	size_t n_media;
	struct cs_evidence_media_result media[CS_MIMI_PARTS_MAX];
};
struct cs_evidence {
	uint8_t report_id[16];
	uint64_t created_ms;
	uint16_t reason;
	struct cs_view note;
	/* In an unnamed bundle report_id, created_ms, reason and note are the
	 * words of whoever made it, and nothing says who that was. */
	enum cs_csev_mode mode;
	enum cs_err reporter_err;    /* the signature over all of it */
	struct cs_identity reporter; /* good if one is named, and that is CS_OK
				      */
	enum cs_err
	    root_err; /* the bundle names the operator that we asked for */
	enum cs_err
	    keys_err; /* every key and hash is used, and none is there twice */
	size_t n_items;
	struct cs_evidence_item *items;
	bool all_proved;
};
/* Parse and check ${bundle} under the operator ${root_public}. CS_OK: it is a
 * bundle, and ${*out}, which points into ${bundle}, says what is proved; any
 * other result: it is not a bundle. */
CS_CHECKED enum cs_err cs_evidence_check(struct cs_evidence **out,
    struct cs_view bundle, const uint8_t root_public[static 32]);
void cs_evidence_free(struct cs_evidence *e);
/* The last message of the bundle that replaces, or takes back, message ${i}, by
 * the same account and in the same group, if both are proved; or NULL. */
const struct cs_evidence_item *cs_evidence_changed_by(
    const struct cs_evidence *e, size_t i);
