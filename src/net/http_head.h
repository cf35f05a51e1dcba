/* SPDX-License-Identifier: MIT */
/*
 * The head of an HTTP/1.1 request, or of its answer (RFC 9112), taken strictly:
 * no folded lines, no bare CR or LF, no space before a colon, no
 * Transfer-Encoding, one Content-Length at most, one Host in a request.
 */
#pragma once

#include "base/bytes.h"

#define CS_HTTP_HEAD_MAX ((size_t)8 << 10)
#define CS_HTTP_FIELDS_MAX 64

/* Views into the bytes that were parsed. */
struct cs_http_head {
	struct cs_view method, target; /* of a request */
	int status;                    /* of an answer */
	struct {
		struct cs_view name, value; /* the value without outer blanks */
	} fields[CS_HTTP_FIELDS_MAX];
	size_t n_fields;
	uint64_t content_length; /* 0 if there is no such field */
	bool has_content_length;
	bool close; /* no other request follows on this connection */
};

/* The length of the head at the beginning of ${in}, its empty line included; 0
 * if that has not come yet. */
size_t cs_http_head_length(struct cs_view in);

/* Parse a whole head; CS_ERR_FORMAT. */
CS_CHECKED enum cs_err cs_http_head_parse(
    struct cs_http_head *out, struct cs_view head);

/* The same for an answer with a status of 100 to 599.  Of HTTP/1.0 it may be,
 * too, in which some proxies answer. */
CS_CHECKED enum cs_err cs_http_answer_parse(
    struct cs_http_head *out, struct cs_view head);

/* The value of the first field of this name, in lower case; empty: none. */
struct cs_view cs_http_field(const struct cs_http_head *h, const char *name);

/* How many fields have this name, in lower case. */
size_t cs_http_count(const struct cs_http_head *h, const char *name);

/* Is ${token}, in lower case, in the comma-separated list of the fields of that
 * name? */
bool cs_http_lists(
    const struct cs_http_head *h, const char *name, const char *token);

/* A decimal number, which is all of ${v}. */
CS_CHECKED bool cs_http_number(uint64_t *out, struct cs_view v);
