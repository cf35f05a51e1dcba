/* SPDX-License-Identifier: MIT */
/* Texts that the desk reads: a policy, a custody record, and the answer of a
 * photo decoder, as one that was taken over might write it. */
#include <string.h>

#include "base/text.h"
#include "content/custody.h"
#include "content/photo_codec.h"
#include "content/photo_look.h"
#include "desk/core/policy.h"
#include "desk/photos/lists.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
policy(struct cs_view in)
{
	struct cs_desk_policy p;
	char problem[160];

	if (cs_desk_policy_parse(&p, in, problem) == CS_OK) {
		fuzz_want(cs_desk_policy_reason(&p, "other") != NULL);
		fuzz_want(cs_desk_policy_number(&p, 65535) != NULL);
		cs_desk_policy_clear(&p);
	} else {
		fuzz_want(strlen(problem) < sizeof problem);
	}
}

static void
custody(struct cs_view in)
{
	static const uint8_t root[32] = { 1 };
	struct cs_custody *c;

	if (cs_custody_check(&c, in, root) != CS_OK)
		return;
	/* Nobody has signed for this root. */
	fuzz_want(c->cert_err != CS_OK);
	for (size_t i = 0; i < c->n; i++)
		fuzz_want(c->entries[i].what.len <= CS_CUSTODY_TEXT_MAX);
	cs_custody_free(c);
}

static void
list_line(struct cs_view in, bool csv)
{
	struct desk_list_line l = { 0 };

	if (desk_list_line_parse(&l, in, csv) == NULL) {
		fuzz_want(cs_utf8_valid(cs_view_str(l.label)));
		fuzz_want(strlen(l.date) < sizeof l.date);
	}
}

static void
look(struct cs_view in)
{
	struct cs_photo_look l;

	if (cs_photo_look_read(&l, in) == CS_OK) {
		fuzz_want(l.quality <= 100 && l.width != 0);
		fuzz_want((l.picture.len == 0) == (l.media_type == NULL));
	}
	cs_photo_look_clear(&l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in;

	if (size == 0)
		return 0;
	in = cs_view(data + 1, size - 1);
	switch (data[0] % 5) {
	case 0:
		policy(in);
		break;
	case 1:
		custody(in);
		break;
	case 2:
		look(in);
		break;
	default:
		list_line(in, data[0] % 5 == 3);
	}
	return 0;
}
