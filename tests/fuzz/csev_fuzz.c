/* SPDX-License-Identifier: MIT */
/*
 * A bundle that parses has one spelling, and is checked under the root that it
 * names; nothing that the check gives out lies outside of it.
 */

#include <stdlib.h>

#include "content/evidence.h"
#include "content/evidence_media.h"
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
inside(struct cs_view part, struct cs_view whole)
{
	fuzz_want(part.len == 0 ||
	    (part.data >= whole.data &&
		part.data + part.len <= whole.data + whole.len));
}

static void
check(struct cs_view in, const uint8_t root[static 32])
{
	struct cs_evidence *e = NULL;
	struct cs_buf out = { 0 };

	if (cs_evidence_check(&e, in, root) != CS_OK)
		return;
	inside(e->note, in);
	for (size_t i = 0; i < e->n_items; i++) {
		const struct cs_evidence_item *item = &e->items[i];

		inside(item->capsule.application_data, in);
		inside(item->capsule.credential, in);
		inside(item->proof.content.text, in);
		fuzz_want(item->n_media <= CS_MIMI_PARTS_MAX);
		for (size_t j = 0; j < item->n_media; j++) {
			inside(item->media[j].bytes, in);
			(void)!cs_evidence_extract(
			    &out, e, i, j, item->media[j].bytes);
		}
	}
	cs_buf_free(&out);
	cs_evidence_free(e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in = cs_view(data, size);
	struct cs_csev *c = NULL;
	struct cs_buf out = { 0 };

	if (cs_crypto_init() != CS_OK)
		abort();
	if (cs_csev_parse(&c, in) != CS_OK)
		return 0;
	fuzz_want(cs_csev_write(&out, c) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	for (size_t i = 0; i < c->n_keys; i++)
		if (c->keys[i].type == CS_CSEV_ROOT) {
			check(in, c->keys[i].public);
			break;
		}
	cs_buf_free(&out);
	cs_csev_free(c);
	return 0;
}
