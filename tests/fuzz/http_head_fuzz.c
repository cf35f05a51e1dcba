/* SPDX-License-Identifier: MIT */
/* Heads of requests: what is taken has one meaning. */
#include <string.h>

#include "fuzz/fuzz_want.h"
#include "net/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Does ${v} lie in ${whole}, without a line's end in it? */
static void
want_inside(struct cs_view v, struct cs_view whole)
{
	if (v.len == 0)
		return;
	fuzz_want(
	    v.data >= whole.data && v.data + v.len <= whole.data + whole.len);
	fuzz_want(memchr(v.data, '\r', v.len) == NULL &&
	    memchr(v.data, '\n', v.len) == NULL &&
	    memchr(v.data, '\0', v.len) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in = cs_view(data, size), head;
	struct cs_http_head h;
	size_t n = cs_http_head_length(in), hosts = 0;

	fuzz_want(n <= size);
	head = cs_view(data, n != 0 ? n : size);
	if (cs_http_answer_parse(&h, head) == CS_OK) {
		fuzz_want(n != 0 && h.status >= 100 && h.status < 600);
		fuzz_want(cs_http_field(&h, "transfer-encoding").len == 0);
		/* Nothing is an answer and a request. */
		fuzz_want(cs_http_head_parse(&h, head) != CS_OK);
	}
	if (cs_http_head_parse(&h, head) != CS_OK)
		return 0;
	/* What is taken is a whole head, and nothing behind it. */
	fuzz_want(n != 0);
	want_inside(h.method, head);
	want_inside(h.target, head);
	fuzz_want(h.target.len != 0 && h.target.data[0] == '/');
	fuzz_want(h.n_fields <= CS_HTTP_FIELDS_MAX);
	for (size_t i = 0; i < h.n_fields; i++) {
		want_inside(h.fields[i].name, head);
		want_inside(h.fields[i].value, head);
		hosts += h.fields[i].name.len == 4 &&
		    (h.fields[i].name.data[0] | 32) == 'h' &&
		    (h.fields[i].name.data[1] | 32) == 'o' &&
		    (h.fields[i].name.data[2] | 32) == 's' &&
		    (h.fields[i].name.data[3] | 32) == 't';
	}
	fuzz_want(hosts == 1);
	fuzz_want(h.has_content_length || h.content_length == 0);
	fuzz_want(cs_http_field(&h, "transfer-encoding").len == 0);
	return 0;
}
