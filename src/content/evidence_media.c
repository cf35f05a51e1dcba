/* SPDX-License-Identifier: MIT */
#include "content/evidence_media.h"

#include <string.h>

#include "content/evidence.h"
#include "content/media.h"
#include "crypto/hash.h"

static enum cs_err
open_part(struct cs_buf *out, const struct cs_mimi_external *part,
    struct cs_view sealed, bool keep)
{
	struct cs_media_opener *o = NULL;
	size_t from = out->len;
	enum cs_err err;

	if ((err = cs_media_opener_new(&o, part)))
		return err;
	while (sealed.len > 0) {
		size_t n =
		    sealed.len < CS_MEDIA_CHUNK ? sealed.len : CS_MEDIA_CHUNK;

		if ((err = cs_media_opener_add(
			 o, out, cs_view(sealed.data, n))))
			goto out;
		if (!keep)
			cs_buf_reset(out);
		sealed = cs_view(sealed.data + n, sealed.len - n);
	}
	err = cs_media_opener_end(o, out);
out:
	/* Nothing at all may have been opened: then there is no memory. */
	if (err && keep && out->len > from) {
		cs_wipe(out->data + from, out->len - from);
		out->len = from;
	}
	cs_media_opener_free(o);
	return err;
}

static enum cs_err
check_bytes(const struct cs_csev_media *in, const struct cs_mimi_external *part)
{
	uint8_t hash[CS_SHA256_LEN];
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = cs_sha256(hash, in->bytes)))
		return err;
	if (memcmp(hash, in->file_sha256, sizeof hash) != 0 ||
	    in->bytes.len != part->size)
		return CS_ERR_DIGEST;
	if (!in->has_key)
		return CS_OK;
	err = open_part(&plain, part, in->bytes, false);
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
check_part(const struct cs_csev_media *in, const struct cs_mimi_external *part)
{
	/* What the sender committed to, not what the bundle says. */
	if (memcmp(in->file_sha256, part->content_hash, 32) != 0 ||
	    memcmp(in->plain_sha256, part->plain_sha256, 32) != 0)
		return CS_ERR_DIGEST;
	if (in->has_key && !cs_equal_ct(in->key, part->key, sizeof in->key))
		return CS_ERR_MISMATCH;
	return in->has_bytes ? check_bytes(in, part) : CS_OK;
}

enum cs_err
cs_evidence_check_media(
    struct cs_evidence_item *out, const struct cs_csev_item *in)
{
	const struct cs_mimi_content *content = &out->proof.content;
	size_t parts = out->proof.links[CS_LINK_CONTENT] == CS_OK
	    ? content->n_external
	    : 0;

	/* Too many or too few: both are shown as something that does not
	 * belong. */
	out->n_media = parts > in->n_media ? parts : in->n_media;
	for (size_t i = 0; i < out->n_media; i++) {
		const struct cs_csev_media *m = &in->media[i];
		struct cs_evidence_media_result *result = &out->media[i];

		if (i >= parts || i >= in->n_media) {
			result->err = CS_ERR_MISMATCH;
			continue;
		}
		result->has_key = m->has_key;
		result->has_bytes = m->has_bytes;
		result->bytes = m->bytes;
		result->err = check_part(m, &content->external[i]);
		if (cs_err_class(result->err) == CS_ERR_CLASS_OURS)
			return result->err;
	}
	return CS_OK;
}

enum cs_err
cs_evidence_extract(struct cs_buf *out, const struct cs_evidence *e,
    size_t item, size_t part, struct cs_view sealed)
{
	const struct cs_proof *proof;

	if (item >= e->n_items)
		return CS_ERR_NOT_FOUND;
	proof = &e->items[item].proof;
	if (proof->links[CS_LINK_CONTENT] != CS_OK ||
	    part >= proof->content.n_external)
		return CS_ERR_NOT_FOUND;
	return open_part(out, &proof->content.external[part], sealed, true);
}
