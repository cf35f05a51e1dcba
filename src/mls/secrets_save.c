/* SPDX-License-Identifier: MIT */
#include "mls/secrets_save.h"

#include "base/writer.h"
#include "mls/save.h"

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
