/* SPDX-License-Identifier: MIT */
#include "franking/operator_pin.h"

#include "base/reader.h"
#include "base/writer.h"

#define LOG_ORIGIN_MAX 255
#define DESK_HPKE_MAX 133

enum cs_err
cs_franking_operator_pin_write(
    struct cs_buf *out, const struct cs_franking_operator_pin *pin)
{
	struct cs_writer w = cs_writer(out);
	size_t dictionary = cs_write_open(&w), data;

	cs_write_u16(&w, CS_COMPONENT_OPERATOR_PIN);
	data = cs_write_open(&w);
	cs_write_bytes(&w, CS_VIEW_OF(pin->operator_id));
	cs_write_bytes(&w, CS_VIEW_OF(pin->root_public));
	cs_write_vec(&w, pin->log_origin);
	cs_write_vec(&w, pin->desk_hpke);
	cs_write_u32(&w, pin->report_window_s);
	cs_write_u8(&w, pin->flags);
	cs_write_close(&w, data);
	cs_write_close(&w, dictionary);
	return cs_writer_end(&w);
}

static enum cs_err
parse_pin(struct cs_franking_operator_pin *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	cs_read_copy(&r, out->operator_id, sizeof out->operator_id);
	cs_read_copy(&r, out->root_public, sizeof out->root_public);
	out->log_origin = cs_read_vec_max(&r, LOG_ORIGIN_MAX);
	out->desk_hpke = cs_read_vec_max(&r, DESK_HPKE_MAX);
	out->report_window_s = cs_read_u32(&r);
	out->flags = cs_read_u8(&r);
	return cs_reader_end(&r);
}

enum cs_err
cs_franking_operator_pin_find(
    struct cs_franking_operator_pin *out, struct cs_view dictionary)
{
	struct cs_reader r = cs_reader(dictionary), sub = cs_read_sub(&r);
	struct cs_view pin = { NULL, 0 };
	bool found = false;
	int last = -1;

	/* draft-ietf-mls-extensions, ComponentData: sorted, each id once. */
	while (cs_reader_more(&sub)) {
		uint16_t id = cs_read_u16(&sub);
		struct cs_view data = cs_read_vec(&sub);

		if (id <= last)
			cs_reader_fail(&sub, CS_ERR_FORMAT);
		last = id;
		if (id == CS_COMPONENT_OPERATOR_PIN) {
			pin = data;
			found = true;
		}
	}
	cs_read_sub_end(&r, &sub);
	if (cs_reader_end(&r) != CS_OK)
		return cs_reader_end(&r);
	return found ? parse_pin(out, pin) : CS_ERR_NOT_FOUND;
}
