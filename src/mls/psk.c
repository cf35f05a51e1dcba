/* SPDX-License-Identifier: MIT */
#include "mls/psk.h"

#include "crypto/hash.h"
#include "crypto/label.h"

void
cs_mls_psk_id_read(struct cs_reader *r, struct cs_mls_psk_id *out)
{
	*out = (struct cs_mls_psk_id){ 0 };
	out->type = (enum cs_mls_psk_type)cs_read_u8(r);
	switch (out->type) {
	case CS_MLS_PSK_EXTERNAL:
		out->id = cs_read_vec(r);
		break;
	case CS_MLS_PSK_RESUMPTION:
		out->usage = (enum cs_mls_psk_usage)cs_read_u8(r);
		if (out->usage < CS_MLS_PSK_APP ||
		    out->usage > CS_MLS_PSK_BRANCH)
			cs_reader_fail(r, CS_ERR_FORMAT);
		out->id = cs_read_vec(r);
		out->epoch = cs_read_u64(r);
		break;
	case CS_MLS_PSK_APPLICATION:
		out->component = cs_read_u16(r);
		out->id = cs_read_vec(r);
		break;
	default:
		cs_reader_fail(r, CS_ERR_FORMAT);
	}
	out->nonce = cs_read_vec(r);
}

void
cs_mls_psk_id_write(struct cs_writer *w, const struct cs_mls_psk_id *id)
{
	cs_write_u8(w, (uint8_t)id->type);
	if (id->type == CS_MLS_PSK_RESUMPTION)
		cs_write_u8(w, (uint8_t)id->usage);
	if (id->type == CS_MLS_PSK_APPLICATION)
		cs_write_u16(w, id->component);
	cs_write_vec(w, id->id);
	if (id->type == CS_MLS_PSK_RESUMPTION)
		cs_write_u64(w, id->epoch);
	cs_write_vec(w, id->nonce);
}

struct cs_mls_psk_mixer
cs_mls_psk_mixer(const struct cs_suite *suite, size_t count)
{
	return (struct cs_mls_psk_mixer){
		.suite = suite,
		.count = (uint16_t)count,
	};
}

enum cs_err
cs_mls_psk_mix(struct cs_mls_psk_mixer *m, const struct cs_mls_psk_id *id,
    struct cs_view psk)
{
	const struct cs_suite *suite = m->suite;
	const struct cs_view none = { NULL, 0 };
	uint8_t extracted[CS_HASH_MAX], input[CS_HASH_MAX];
	struct cs_buf label = { 0 };
	struct cs_writer w = cs_writer(&label);
	enum cs_err err;

	/* PSKLabel. */
	cs_mls_psk_id_write(&w, id);
	cs_write_u16(&w, m->done++);
	cs_write_u16(&w, m->count);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_hkdf_extract(extracted, suite->hash, none, psk)) ||
	    (err = cs_expand_with_label(input, suite->hash_len, suite,
		 cs_view(extracted, suite->hash_len),
		 cs_view_str("derived psk"), cs_buf_view(&label))))
		goto out;
	err = cs_hkdf_extract(m->secret.b, suite->hash,
	    cs_view(input, suite->hash_len),
	    cs_view(m->secret.b, suite->hash_len));
out:
	cs_wipe(extracted, sizeof extracted);
	cs_wipe(input, sizeof input);
	cs_buf_free(&label);
	return err;
}
