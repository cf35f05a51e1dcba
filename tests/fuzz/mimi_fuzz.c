/* SPDX-License-Identifier: MIT */
/* A message body that parses is written, and parses to the same. */
#include <string.h>

#include "base/text.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(const struct cs_mimi_content *a, const struct cs_mimi_content *b)
{
	char name[CS_MIMI_FILENAME_MAX + 1];

	fuzz_want(a->kind == b->kind);
	fuzz_want(a->has_replaces == b->has_replaces &&
	    memcmp(a->replaces, b->replaces, sizeof a->replaces) == 0);
	fuzz_want(a->expiry == b->expiry && a->expires_s == b->expires_s);
	fuzz_want(a->has_timer == b->has_timer && a->timer_s == b->timer_s);
	fuzz_want(a->n_mentions == b->n_mentions);
	for (size_t i = 0; i < a->n_mentions; i++) {
		fuzz_want(cs_view_equal(a->mentions[i], b->mentions[i]));
		fuzz_want(
		    cs_mimi_mentions(a->text, cs_mimi_user_of(a->mentions[i])));
	}
	fuzz_want(a->n_statuses == b->n_statuses &&
	    memcmp(a->statuses, b->statuses, sizeof a->statuses) == 0);
	fuzz_want(memcmp(a->salt, b->salt, sizeof a->salt) == 0);
	fuzz_want(a->is_reply == b->is_reply && a->has_text == b->has_text);
	fuzz_want(cs_view_equal(a->text, b->text));
	fuzz_want(cs_view_equal(a->sender_uri, b->sender_uri));
	fuzz_want(cs_view_equal(a->room_uri, b->room_uri));
	fuzz_want(a->n_external == b->n_external);
	for (size_t i = 0; i < a->n_external; i++) {
		const struct cs_mimi_external *x = &a->external[i];
		const struct cs_mimi_external *y = &b->external[i];

		fuzz_want(x->size == y->size && x->plain_size == y->plain_size);
		fuzz_want(memcmp(x->key, y->key, 32) == 0);
		fuzz_want(memcmp(x->plain_sha256, y->plain_sha256, 32) == 0);
		fuzz_want(cs_view_equal(x->url, y->url));
		cs_mimi_filename(name, x->filename);
		fuzz_want(*name != '\0' && strchr(name, '/') == NULL);
		fuzz_want(cs_utf8_valid(cs_view_str(name)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_mimi_content content, again;
	struct cs_buf b = { 0 };

	if (cs_mimi_parse(&content, cs_view(data, size)) != CS_OK)
		return 0;
	fuzz_want(*cs_mimi_kind_name(&content) != '\0');
	if (content.kind == CS_MIMI_UNKNOWN)
		fuzz_want(!content.has_text && content.n_mentions == 0);
	/* Part names without a text in front can be one more than we write. */
	if (cs_mimi_write(&b, &content) == CS_OK) {
		fuzz_want(cs_mimi_parse(&again, cs_buf_view(&b)) == CS_OK);
		compare(&content, &again);
	}
	cs_buf_free(&b);
	return 0;
}
