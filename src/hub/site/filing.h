/* SPDX-License-Identifier: MIT */
/*
 * Something that is filed, on its way to the database: its words are checked
 * and written down, sealed to the desk, and sent piece by piece; then comes the
 * filing itself, and a receipt.
 */
#pragma once

#include "hub/site/visit.h"

/* What was found in an attached file. */
enum site_proof {
	SITE_PROOF_NONE = 0, /* it is no evidence: nothing is proved */
	SITE_PROOF_ALL,      /* a bundle of which all is proved, by this hub */
	SITE_PROOF_NOT,      /* a bundle of which not all is */
};

struct site_filing {
	struct cs_wire_filing wire; /* all but pieces and commitment, if sealed
				     * by who files it */
	bool sealed_there;          /* by who files it: nothing is read here */
	bool own_secret;            /* made here, and shown once */
	uint8_t secret[CS_FILING_SECRET_LEN];
	struct cs_filing_body body; /* views into the visit's body, and: */
	struct cs_buf texts, hashes;
	enum site_proof proofs[CS_FILING_FILES];
	size_t messages[CS_FILING_FILES]; /* that are proved */
	struct cs_buf sealed;
	uint32_t next; /* piece */
	/* Shows the receipt; NULL receipt: it was refused, and said. */
	void (*done)(struct site_visit *v, const struct cs_receipt *receipt,
	    const struct cs_wire_receipt *bytes);
};

/* A new one for ${v}, which has it from now on; NULL: no memory. */
struct site_filing *site_filing_new(struct site_visit *v);
void site_filing_free(struct site_filing *f);

/* All is filled in: file it.  What does not hold is refused. */
void site_filing_send(struct site_visit *v);
/* The same where the database has said hello already. */
void site_filing_go_on(struct site_visit *v);
