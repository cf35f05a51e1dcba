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

/* The fields of an epoch's secrets, in the order of the file. */
#define N_SECRETS 9
static void
fields(const struct cs_mls_epoch_secrets *s, const uint8_t *out[N_SECRETS])
{
	out[0] = s->sender_data.b;
	out[1] = s->exporter.b;
	out[2] = s->external.b;
	out[3] = s->confirmation.b;
	out[4] = s->membership.b;
	out[5] = s->resumption.b;
	out[6] = s->authenticator.b;
	out[7] = s->init.b;
	out[8] = s->app_export.b;
}

void
cs_mls_write_secrets(struct cs_writer *w, const struct cs_suite *suite,
    const struct cs_mls_epoch_secrets *s)
{
	const uint8_t *v[N_SECRETS];

	fields(s, v);
	for (size_t i = 0; i < N_SECRETS; i++)
		cs_write_bytes(w, cs_view(v[i], suite->hash_len));
}

void
cs_mls_read_secrets(struct cs_reader *r, const struct cs_suite *suite,
    struct cs_mls_epoch_secrets *out)
{
	size_t n = suite->hash_len;

	cs_read_copy(r, out->sender_data.b, n);
	cs_read_copy(r, out->exporter.b, n);
	cs_read_copy(r, out->external.b, n);
	cs_read_copy(r, out->confirmation.b, n);
	cs_read_copy(r, out->membership.b, n);
	cs_read_copy(r, out->resumption.b, n);
	cs_read_copy(r, out->authenticator.b, n);
	cs_read_copy(r, out->init.b, n);
	cs_read_copy(r, out->app_export.b, n);
}

void
cs_mls_write_private(struct cs_writer *w, const struct cs_mls_private_tree *p)
{
	size_t mark = cs_write_open(w);

	for (size_t i = 0; i < p->n; i++) {
		cs_write_u32(w, p->v[i].node);
		cs_mls_write_hpke_key(w, &p->v[i].key);
	}
	cs_write_close(w, mark);
}

void
cs_mls_read_private(struct cs_reader *r, const struct cs_suite *suite,
    struct cs_mls_private_tree *out)
{
	struct cs_reader sub = cs_read_sub(r);
	size_t n = 0;

	while (cs_reader_more(&sub)) {
		uint32_t node = cs_read_u32(&sub);
		struct cs_hpke_key key;

		cs_mls_read_hpke_key(&sub, suite, &key);
		if (++n > CS_MLS_MAX_DEPTH)
			cs_reader_fail(&sub, CS_ERR_CORRUPT);
		if (sub.err == CS_OK)
			cs_mls_private_tree_set(out, node, &key);
		cs_wipe(&key, sizeof key);
	}
	cs_read_sub_end(r, &sub);
	if (r->err == CS_OK && out->n != n)
		cs_reader_fail(r, CS_ERR_CORRUPT);
}
