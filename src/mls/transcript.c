/* SPDX-License-Identifier: MIT */
#include "mls/transcript.h"

#include "crypto/hash.h"
#include "mls/framing.h"

enum cs_err
cs_mls_confirmed_transcript(uint8_t *out, const struct cs_suite *suite,
    struct cs_view interim_before, enum cs_mls_wire wire,
    const struct cs_mls_framed *commit, struct cs_view signature)
{
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	struct cs_view v;
	enum cs_err err;

	cs_write_bytes(&w, interim_before);
	cs_write_u16(&w, (uint16_t)wire);
	cs_mls_framed_write(&w, commit);
	cs_write_vec(&w, signature);
	v = cs_buf_view(&in);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_hash_parts(out, suite->hash, &v, 1);
	cs_buf_free(&in);
	return err;
}

enum cs_err
cs_mls_interim_transcript(uint8_t *out, const struct cs_suite *suite,
    struct cs_view confirmed, struct cs_view confirmation_tag)
{
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	struct cs_view v;
	enum cs_err err;

	cs_write_bytes(&w, confirmed);
	cs_write_vec(&w, confirmation_tag);
	v = cs_buf_view(&in);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_hash_parts(out, suite->hash, &v, 1);
	cs_buf_free(&in);
	return err;
}
