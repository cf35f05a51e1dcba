/* SPDX-License-Identifier: MIT */
/*
 * What a form of a page sends (HTML, "Form submission"): as
 * application/x-www-form-urlencoded, or, with files, as multipart/form-data
 * (RFC 7578).  Strict: what no browser sends is refused.
 */
#pragma once

#include "base/bytes.h"

#define SITE_FIELDS_MAX 64

struct site_field {
	struct cs_view name, value;
	struct cs_view file; /* the name of a file; empty: it is none */
};
struct site_form {
	struct site_field fields[SITE_FIELDS_MAX];
	size_t n;
	struct cs_buf bytes; /* what had to be decoded */
};
/* Views point into ${body} and ${out->bytes}, which outlive them.
 * CS_ERR_FORMAT, CS_ERR_LIMIT; CS_ERR_UNSUPPORTED: another type. */
CS_CHECKED enum cs_err site_form_parse(
    struct site_form *out, struct cs_view type, struct cs_view body);
void site_form_clear(struct site_form *f);

/* The value of the first field of that name; empty: there is none. */
struct cs_view site_form_value(const struct site_form *f, const char *name);
