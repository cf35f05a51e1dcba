/* SPDX-License-Identifier: MIT */
#include "franking/safe_aad.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"

#define TAG_LEN 32

enum cs_err
cs_safe_aad_write(struct cs_buf *out, const struct cs_safe_aad *aad)
{
	struct cs_writer w = cs_writer(out);
	size_t items = cs_write_open(&w), item;

	/* SafeAADItem{component_id, aad_item_data<V>}, in order of ids. */
	cs_write_u16(&w, CS_COMPONENT_FRANKING_TAG);
	cs_write_vec(&w, CS_VIEW_OF(aad->tag));
	cs_write_u16(&w, CS_COMPONENT_SENDER_FRANK);
	item = cs_write_open(&w);
	cs_write_u64(&w, aad->sender_seq);
	cs_write_u64(&w, aad->claimed_ms);
	cs_write_bytes(&w, CS_VIEW_OF(aad->sig));
	cs_write_close(&w, item);
	if (aad->has_told) {
		cs_write_u16(&w, CS_COMPONENT_TLOG_TOLD);
		item = cs_write_open(&w);
		cs_write_u64(&w, aad->told.size);
		cs_write_bytes(&w, CS_VIEW_OF(aad->told.root));
		cs_write_bytes(&w, CS_VIEW_OF(aad->told.sig));
		cs_write_close(&w, item);
	}
	cs_write_close(&w, items);
	return cs_writer_end(&w);
}

static enum cs_err
parse_frank(struct cs_safe_aad *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	out->sender_seq = cs_read_u64(&r);
	out->claimed_ms = cs_read_u64(&r);
	cs_read_copy(&r, out->sig, sizeof out->sig);
	return cs_reader_end(&r);
}

static enum cs_err
parse_told(struct cs_tlog_told *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	out->size = cs_read_u64(&r);
	cs_read_copy(&r, out->root, sizeof out->root);
	cs_read_copy(&r, out->sig, sizeof out->sig);
	return cs_reader_end(&r);
}

/* What is not there stays empty. */
struct items {
	struct cs_view tag, frank, told;
	bool has_told;
};

/* Walk the items: sorted, and each id once. */
static enum cs_err
walk(struct items *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in), sub = cs_read_sub(&r);
	int last = -1;

	memset(out, 0, sizeof *out);
	while (cs_reader_more(&sub)) {
		uint16_t id = cs_read_u16(&sub);
		struct cs_view data = cs_read_vec(&sub);

		if (id <= last)
			cs_reader_fail(&sub, CS_ERR_FORMAT);
		last = id;
		if (id == CS_COMPONENT_FRANKING_TAG) {
			out->tag = data;
		} else if (id == CS_COMPONENT_SENDER_FRANK) {
			out->frank = data;
		} else if (id == CS_COMPONENT_TLOG_TOLD) {
			out->told = data;
			out->has_told = true;
		}
	}
	cs_read_sub_end(&r, &sub);
	return cs_reader_end(&r);
}

enum cs_err
cs_safe_aad_parse(struct cs_safe_aad *out, struct cs_view in)
{
	struct items items;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = walk(&items, in)))
		return err;
	if (items.tag.len != TAG_LEN)
		return CS_ERR_FORMAT;
	memcpy(out->tag, items.tag.data, TAG_LEN);
	out->has_told = items.has_told;
	if (items.has_told && (err = parse_told(&out->told, items.told)))
		return err;
	return parse_frank(out, items.frank);
}

enum cs_err
cs_safe_aad_tag(uint8_t tag[static 32], struct cs_view in)
{
	struct items items;
	enum cs_err err;

	if ((err = walk(&items, in)))
		return err;
	if (items.tag.len != TAG_LEN)
		return CS_ERR_FORMAT;
	memcpy(tag, items.tag.data, TAG_LEN);
	return CS_OK;
}
