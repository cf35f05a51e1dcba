/* SPDX-License-Identifier: MIT */
/*
 * The stanzas of an XMPP stream, as its bytes come: only where each begins and
 * ends, its name and its attributes.  What XMPP forbids (comments, processing
 * instructions, a DTD: RFC 6120, section 11.1) and CDATA are refused, and so is
 * a stanza that is larger or deeper than it has to be here.
 */
#pragma once

#include "base/bytes.h"

#define STANZA_MAX 65536 /* bytes */
#define STANZA_DEPTH_MAX 32

struct stanza {
	struct cs_view name, tag, all; /* tag: between "<" and ">" */
};

/* All zero: at the beginning of a stream. */
struct stanza_reader {
	char bytes[STANZA_MAX];
	size_t len;   /* of what came and was not taken */
	size_t begin; /* of the stanza that is being read */
	size_t at;    /* where to look for the next tag */
	unsigned depth;
};

/* Where the next bytes are to be put, and how many may be: 0 only when a stanza
 * is too large. */
char *stanza_room(struct stanza_reader *r, size_t *n);
void stanza_came(struct stanza_reader *r, size_t n);
/* Take the next stanza, whose views live until the next call of any function
 * here.  CS_ERR_NOT_FOUND: more has to come first; CS_ERR_CLOSED: the stream
 * has ended; CS_ERR_FORMAT, CS_ERR_LIMIT. */
CS_CHECKED enum cs_err stanza_next(struct stanza *out, struct stanza_reader *r);
/* The value of an attribute as it stands there; empty if there is none. */
struct cs_view stanza_attribute(const struct stanza *s, const char *name);
