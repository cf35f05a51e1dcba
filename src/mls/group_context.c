/* SPDX-License-Identifier: MIT */
#include "mls/group_context.h"

void
cs_mls_group_context_read(struct cs_reader *r, struct cs_mls_group_context *out)
{
	cs_mls_read_version(r);
	out->suite_id = cs_read_u16(r);
	out->group_id = cs_read_vec(r);
	out->epoch = cs_read_u64(r);
	out->tree_hash = cs_read_vec(r);
	out->confirmed_transcript_hash = cs_read_vec(r);
	cs_mls_ext_list_read(r, &out->extensions);
}

void
cs_mls_group_context_write(
    struct cs_writer *w, const struct cs_mls_group_context *c)
{
	cs_write_u16(w, CS_MLS_VERSION_10);
	cs_write_u16(w, c->suite_id);
	cs_write_vec(w, c->group_id);
	cs_write_u64(w, c->epoch);
	cs_write_vec(w, c->tree_hash);
	cs_write_vec(w, c->confirmed_transcript_hash);
	cs_mls_ext_list_write(w, &c->extensions);
}
