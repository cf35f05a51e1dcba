/* SPDX-License-Identifier: MIT */
#include "mls/save.h"

#include <string.h>

#include "base/writer.h"

/* Version 1 kept both halves in one and was never released. */
#define SAVED_VERSION 2

void
cs_mls_saved_write(struct cs_writer *w, enum cs_mls_saved kind)
{
	cs_write_u8(w, (uint8_t)kind);
	cs_write_u8(w, SAVED_VERSION);
}

void
cs_mls_saved_read(struct cs_reader *r, enum cs_mls_saved kind)
{
	uint8_t version;

	if (cs_read_u8(r) != kind)
		cs_reader_fail(r, CS_ERR_CORRUPT);
	version = cs_read_u8(r);
	if (version > SAVED_VERSION)
		cs_reader_fail(r, CS_ERR_NEWER);
	else if (version != SAVED_VERSION)
		cs_reader_fail(r, CS_ERR_CORRUPT);
}

enum cs_err
cs_mls_saved_error(enum cs_err err)
{
	if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
		return err;
	return CS_ERR_CORRUPT;
}

void
cs_mls_write_hpke_key(struct cs_writer *w, const struct cs_hpke_key *key)
{
	cs_write_vec(w, cs_hpke_key_private(key));
	cs_write_vec(w, cs_hpke_key_public(key));
}

void
cs_mls_read_hpke_key(
    struct cs_reader *r, const struct cs_suite *suite, struct cs_hpke_key *out)
{
	struct cs_view private = cs_read_vec_max(r, sizeof out->private);
	struct cs_view public = cs_read_vec_max(r, sizeof out->public);

	*out = (struct cs_hpke_key){ .kem = suite->kem };
	if (r->err != CS_OK || private.len == 0 || public.len == 0) {
		cs_reader_fail(r, CS_ERR_CORRUPT);
		return;
	}
	out->private_len = (uint8_t) private.len;
	out->public_len = (uint8_t) public.len;
	memcpy(out->private, private.data, private.len);
	memcpy(out->public, public.data, public.len);
}
