/* SPDX-License-Identifier: MIT */
/*
 * The checks that make a message provable.
 *
 * One function for all sides: a recipient runs it before showing a message,
 * the desk and the offline verifier run it on what was reported.  An attacker
 * who looks for a message that one accepts and another refuses finds none.
 */
#pragma once

#include "content/mimi.h"
#include "franking/credential.h"
#include "franking/sender.h"
#include "franking/stamp.h"

/*
 * What is known about one message.  A recipient has it from MLS and the hub, a
 * verifier from a bundle.  Views are borrowed.
 */
struct cs_capsule {
	struct cs_view application_data;
	uint32_t leaf;
	uint64_t sender_seq;
	uint64_t claimed_ms;
	uint8_t sig[CS_SIGNATURE_LEN];
	struct cs_stamp stamp; /* group_ref, epoch, account, device, tag ... */
	struct cs_view credential; /* the sender's: franking/credential.h */
};

/* Kept by a recipient for as long as a report is possible. */
CS_CHECKED enum cs_err cs_capsule_write(
    struct cs_buf *out, const struct cs_capsule *c);
CS_CHECKED enum cs_err cs_capsule_parse(
    struct cs_capsule *out, struct cs_view in);

/* The links of a proof, in the order in which they are checked. */
enum cs_link {
	CS_LINK_CONTENT, /* one strict body, which names sender and group */
	CS_LINK_TAG,     /* the tag opens to exactly these bytes */
	CS_LINK_ACCOUNT, /* the operator's registrar: the account's name, key */
	CS_LINK_CERT,    /* the account's key certified the device's */
	CS_LINK_SENDER,  /* the device's key signed the tag, group, time */
	CS_LINK_STAMP_KEY, /* the operator's root certified the stamp key */
	CS_LINK_STAMP,     /* the hub accepted it, then and there */
	CS_LINKS,
};
/* A stable name, such as "stamp", and what a person should read. */
const char *cs_link_name(enum cs_link link);
const char *cs_link_text(enum cs_link link);

struct cs_proof {
	enum cs_err links[CS_LINKS];    /* CS_OK: proved */
	struct cs_mimi_content content; /* good if CS_LINK_CONTENT is */
	struct cs_identity sender;      /* good if CS_LINK_CERT is */
	uint8_t mid[CS_MIMI_ID_LEN];
	bool clocks_differ; /* sender and hub, by more than 10 minutes */
};
#define CS_CLOCK_SKEW_MS ((uint64_t)10 * 60 * 1000)

/*
 * Check every link of ${c} under the operator ${root_public}, whose signed
 * certificate of the stamp key is ${stamp_key_cert}.  Returns the first link
 * that does not hold, as its error; ${out} has them all.
 */
CS_CHECKED enum cs_err cs_proof_check(struct cs_proof *out,
    const struct cs_capsule *c, struct cs_view stamp_key_cert,
    const uint8_t root_public[static 32]);
