/* SPDX-License-Identifier: MIT */
/* What draft-ietf-mls-extensions gives to components of an application. */
#include "crypto/label.h"
#include "mls/group.h"

enum cs_err
cs_mls_component_label(
    struct cs_buf *out, uint16_t component, struct cs_view label)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, cs_view_str("MLS Component"));
	cs_write_u16(&w, component);
	cs_write_vec(&w, label);
	return cs_writer_end(&w);
}

enum cs_err
cs_mls_safe_sign(struct cs_buf *signature, const struct cs_mls_group *g,
    uint16_t component, struct cs_view label, struct cs_view content)
{
	uint8_t out[CS_SIG_MAX];
	struct cs_buf full = { 0 };
	size_t n = 0;
	enum cs_err err;

	if ((err = cs_mls_component_label(&full, component, label)) == CS_OK &&
	    (err = cs_sign_with_label(
		 out, &n, g->signer, cs_buf_view(&full), content)) == CS_OK)
		err = cs_buf_add(signature, cs_view(out, n));
	cs_buf_free(&full);
	return err;
}

enum cs_err
cs_mls_safe_verify(const struct cs_mls_group *g, uint32_t leaf,
    uint16_t component, struct cs_view label, struct cs_view content,
    struct cs_view signature)
{
	struct cs_buf full = { 0 };
	struct cs_mls_member m;
	enum cs_err err;

	if (!cs_mls_group_member(g, leaf, &m))
		return CS_ERR_MEMBER;
	if ((err = cs_mls_component_label(&full, component, label)) == CS_OK)
		err = cs_verify_with_label(g->pub.suite->sig, m.signature_key,
		    cs_buf_view(&full), content, signature);
	cs_buf_free(&full);
	return err;
}

/* Both are a vector of component_id and data<V>, sorted, each once. */
static enum cs_err
find(struct cs_view *out, struct cs_view in, uint16_t component)
{
	struct cs_reader r = cs_reader(in), sub = cs_read_sub(&r);
	bool found = false;
	int before = -1;

	while (cs_reader_more(&sub)) {
		uint16_t id = cs_read_u16(&sub);
		struct cs_view data = cs_read_vec(&sub);

		if (id <= before)
			cs_reader_fail(&sub, CS_ERR_FORMAT);
		before = id;
		if (id != component || sub.err != CS_OK)
			continue;
		*out = data;
		found = true;
	}
	cs_read_sub_end(&r, &sub);
	if (cs_reader_end(&r) != CS_OK)
		return CS_ERR_FORMAT;
	return found ? CS_OK : CS_ERR_NOT_FOUND;
}

enum cs_err
cs_mls_app_data_find(
    struct cs_view *data, struct cs_view dictionary, uint16_t component)
{
	return find(data, dictionary, component);
}

enum cs_err
cs_mls_safe_aad_find(
    struct cs_view *item, struct cs_view authenticated_data, uint16_t component)
{
	return find(item, authenticated_data, component);
}
