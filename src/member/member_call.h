/* SPDX-License-Identifier: MIT */
/* What the files of this folder share: a call under way. */
#pragma once

#include <jansson.h>

#include "base/json_writer.h"
#include "client/client.h"
#include "member/member.h"

#define MEMBER_PAGE_MOST 200 /* messages at once */

enum member_check {
	MEMBER_TEXT = 1, /* a string of at most ${most} bytes, without zeroes */
	MEMBER_HEX,      /* of 4 to ${most} digits */
	MEMBER_FILE,     /* the name of a file in the exchange folder */
	MEMBER_BOOL,
	MEMBER_NUMBER, /* 0 to 2^53 */
	MEMBER_TEXTS,  /* at most ${most} strings of up to 255 bytes */
};
struct member_param {
	const char *name;
	enum member_check check;
	size_t most;
	bool needed;
};

struct cs_member {
	struct cs_member_config config;
	struct cs_client *c; /* NULL: not open */
	bool nobody;    /* what an attempt to join left belongs to no account */
	bool connected; /* and all that is done then was done */
	bool hurry, waits;
	struct cs_client_prepared_report *prepared;
	struct cs_client_linking *linking;
	bool link_asked;
};

/* ${out} stands inside "give". */
struct member_call {
	struct cs_member *m;
	struct cs_client *c; /* NULL only where it needs none */
	const json_t *take;
	struct cs_json_writer *out;
	char problem[512]; /* a sentence of this folder's, or empty */
};

struct member_method {
	const char *name;
	enum cs_member_kind kind;
	bool needs_home;
	const struct member_param *take; /* NULL: nothing; ends with no name */
	enum cs_err (*run)(struct member_call *k);
};
extern const struct member_method member_methods[];
