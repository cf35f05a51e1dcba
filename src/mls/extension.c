/* SPDX-License-Identifier: MIT */
#include "mls/extension.h"

/* Few are defined; looking for doubles walks the list once for each. */
#define EXTENSIONS_MAX 64

struct cs_mls_extension
cs_mls_ext_next(struct cs_reader *r)
{
	struct cs_mls_extension e;

	e.type = cs_read_u16(r);
	e.data = cs_read_vec(r);
	return e;
}

/* How often ${type} is in the list; a malformed rest counts as an end. */
static size_t
occurrences(struct cs_view raw, uint16_t type)
{
	struct cs_reader r = cs_reader(raw);
	size_t n = 0;

	while (cs_reader_more(&r)) {
		struct cs_mls_extension e = cs_mls_ext_next(&r);

		n += r.err == CS_OK && e.type == type;
	}
	return n;
}

void
cs_mls_ext_list_read(struct cs_reader *r, struct cs_mls_ext_list *out)
{
	struct cs_reader sub;

	size_t n = 0;

	out->raw = cs_read_vec(r);
	sub = cs_reader(out->raw);
	while (cs_reader_more(&sub)) {
		struct cs_mls_extension e = cs_mls_ext_next(&sub);

		/* RFC 9420, section 13.4: one extension of any given type. */
		if (sub.err == CS_OK && occurrences(out->raw, e.type) > 1)
			cs_reader_fail(&sub, CS_ERR_FORMAT);
		if (++n > EXTENSIONS_MAX)
			cs_reader_fail(&sub, CS_ERR_LIMIT);
	}
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
}

void
cs_mls_ext_list_write(struct cs_writer *w, const struct cs_mls_ext_list *list)
{
	cs_write_vec(w, list->raw);
}

bool
cs_mls_ext_find(
    const struct cs_mls_ext_list *list, uint16_t type, struct cs_view *data)
{
	struct cs_reader r = cs_reader(list->raw);

	while (cs_reader_more(&r)) {
		struct cs_mls_extension e = cs_mls_ext_next(&r);

		if (r.err == CS_OK && e.type == type) {
			if (data != NULL)
				*data = e.data;
			return true;
		}
	}
	return false;
}

enum cs_err
cs_mls_ext_list_build(struct cs_buf *out, struct cs_mls_extensions exts)
{
	struct cs_writer w = cs_writer(out);

	for (size_t i = 0; i < exts.n; i++) {
		for (size_t j = 0; j < i; j++)
			if (exts.v[i].type == exts.v[j].type)
				return CS_ERR_MISUSE;
		cs_write_u16(&w, exts.v[i].type);
		cs_write_vec(&w, exts.v[i].data);
	}
	return cs_writer_end(&w);
}

bool
cs_mls_ext_is_default(uint16_t type)
{
	return type >= 1 && type <= 5;
}

enum cs_err
cs_mls_required_capabilities_parse(
    struct cs_mls_required_capabilities *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	out->extensions = cs_mls_read_u16s(&r);
	out->proposals = cs_mls_read_u16s(&r);
	out->credentials = cs_mls_read_u16s(&r);
	return cs_reader_end(&r);
}
