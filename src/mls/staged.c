/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "crypto/hash.h"
#include "mls/change.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"

uint64_t
cs_mls_staged_epoch(const struct cs_mls_staged *s)
{
	return s->change.next.epoch;
}

size_t
cs_mls_staged_added(const struct cs_mls_staged *s)
{
	return s->change.n_added;
}

bool
cs_mls_staged_added_member(
    const struct cs_mls_staged *s, size_t i, struct cs_mls_member *out)
{
	return i < s->change.n_added &&
	    cs_mls_public_member(&s->change.next, s->change.added[i], out);
}

size_t
cs_mls_staged_removed(const struct cs_mls_staged *s)
{
	return s->change.n_removed;
}

bool
cs_mls_staged_removed_member(const struct cs_mls_staged *s, size_t i,
    struct cs_mls_member *out, struct cs_mls_sender *by)
{
	const struct cs_mls_removed *r;
	struct cs_mls_leaf leaf;

	if (i >= s->change.n_removed)
		return false;
	r = &s->change.removed[i];
	if (cs_mls_leaf_parse(&leaf, cs_buf_view(&r->raw)) != CS_OK)
		return false;
	cs_mls_member_of_leaf(out, r->leaf, &leaf);
	if (by != NULL)
		*by = r->by;
	return true;
}

uint32_t
cs_mls_staged_committer(const struct cs_mls_staged *s)
{
	return s->change.committer;
}

bool
cs_mls_staged_external(const struct cs_mls_staged *s)
{
	return s->change.external;
}

bool
cs_mls_staged_self_removed(const struct cs_mls_staged *s)
{
	return s->self_removed;
}

bool
cs_mls_staged_reinit(const struct cs_mls_staged *s)
{
	return s->change.next.reinit.len != 0;
}

bool
cs_mls_staged_extension(
    const struct cs_mls_staged *s, uint16_t type, struct cs_view *data)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(&s->change.next);

	return cs_mls_ext_find(&list, type, data);
}

bool
cs_mls_staged_ephemeral(const struct cs_mls_staged *s, size_t i,
    uint16_t *component, struct cs_view *data)
{
	struct cs_reader r = cs_reader(cs_buf_view(&s->change.ephemeral));

	for (size_t k = 0; cs_reader_more(&r); k++) {
		*component = cs_read_u16(&r);
		*data = cs_read_vec(&r);
		if (k == i && r.err == CS_OK)
			return true;
	}
	return false;
}

bool
cs_mls_staged_is(const struct cs_mls_staged *s, struct cs_view message)
{
	uint8_t hash[CS_SHA256_LEN];

	return cs_sha256(hash, message) == CS_OK &&
	    cs_view_equal(CS_VIEW_OF(hash), CS_VIEW_OF(s->message_hash));
}
