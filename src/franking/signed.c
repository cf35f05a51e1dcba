/* SPDX-License-Identifier: MIT */
#include "franking/signed.h"

#define SIGNED_VERSION 1

struct cs_writer
cs_signed_begin(struct cs_buf *out, struct cs_view label)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, label);
	cs_write_u8(&w, SIGNED_VERSION);
	return w;
}

enum cs_err
cs_signed_end(struct cs_writer *w, size_t from, const struct cs_sign_key *key)
{
	uint8_t sig[CS_SIGNATURE_LEN];
	enum cs_err err = cs_writer_end(w);

	if (err == CS_OK)
		err = cs_sign(
		    sig, key, cs_view(w->buf->data + from, w->buf->len - from));
	if (err == CS_OK)
		err = cs_buf_add(w->buf, CS_VIEW_OF(sig));
	if (err)
		w->buf->len = from;
	return err;
}

struct cs_reader
cs_signed_open(struct cs_view in, struct cs_view label, size_t max)
{
	struct cs_reader r = cs_reader(in);

	if (in.len > max || in.len < CS_SIGNATURE_LEN) {
		cs_reader_fail(&r, in.len > max ? CS_ERR_LIMIT : CS_ERR_FORMAT);
		return r;
	}
	r.left -= CS_SIGNATURE_LEN;
	if (!cs_view_equal(cs_read_bytes(&r, label.len), label))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	if (cs_read_u8(&r) != SIGNED_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	return r;
}

enum cs_err
cs_signed_check(struct cs_view in, struct cs_view public)
{
	size_t n = in.len - CS_SIGNATURE_LEN;
	enum cs_err err = cs_sign_verify_again(public, cs_view(in.data, n),
	    cs_view(in.data + n, CS_SIGNATURE_LEN));

	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_ERR_CERT : err;
}
