/* SPDX-License-Identifier: MIT */
#include "content/voice_ogg.h"

#include <string.h>

#include "content/voice.h"

#define HEADER_LEN 27
#define CRC_AT 22
#define SEGMENT_MAX 255u
#define FLAG_CONTINUED 1u
#define FLAG_FIRST 2u
#define FLAG_LAST 4u
/* The same for everybody: a number of one's own would tell recordings of one
 * program from those of others. */
#define SERIAL 1u
/* About a second: what is lost if a page is. */
#define PACKETS_PER_PAGE 50u

/* RFC 3533, section 6, field 7: as of Ethernet, without reflection. */
static uint32_t
checksum_of_byte(uint32_t crc, uint8_t byte)
{
	crc ^= (uint32_t)byte << 24;
	for (int i = 0; i < 8; i++)
		crc = crc << 1 ^ (crc >> 31 != 0 ? 0x04c11db7u : 0);
	return crc;
}

/* Of a page whose own checksum counts as zero. */
static uint32_t
checksum(struct cs_view page)
{
	static uint32_t table[256];
	uint32_t crc = 0;

	if (table[1] == 0)
		for (unsigned i = 0; i < 256; i++)
			table[i] = checksum_of_byte(0, (uint8_t)i);
	for (size_t i = 0; i < page.len; i++) {
		uint8_t byte = i >= CRC_AT && i < CRC_AT + 4 ? 0 : page.data[i];

		crc = crc << 8 ^ table[(crc >> 24 ^ byte) & 0xff];
	}
	return crc;
}

static uint64_t
little(const uint8_t *p, unsigned n)
{
	uint64_t x = 0;

	for (unsigned i = 0; i < n; i++)
		x |= (uint64_t)p[i] << 8 * i;
	return x;
}

/* ---- reading ------------------------------------------------------------ */

/* Does the header of a page go on where the last page ended? */
static enum cs_err
check_header(struct cs_ogg_reader *r, const uint8_t *h)
{
	uint32_t serial = (uint32_t)little(h + 14, 4);
	uint32_t sequence = (uint32_t)little(h + 18, 4);
	bool first = (h[5] & FLAG_FIRST) != 0;
	bool continued = (h[5] & FLAG_CONTINUED) != 0;

	if (memcmp(h, "OggS", 4) != 0 || h[4] != 0)
		return CS_ERR_FORMAT;
	if (r->begun && (first || serial != r->serial))
		return CS_ERR_UNSUPPORTED;
	if (!r->begun && !first)
		return CS_ERR_FORMAT;
	if (r->begun && sequence != r->sequence + 1)
		return CS_ERR_FORMAT;
	/* What was begun is continued, and nothing else. */
	if (continued != (r->packet.len != 0))
		return CS_ERR_FORMAT;
	r->serial = serial;
	r->sequence = sequence;
	r->begun = true;
	r->ended = (h[5] & FLAG_LAST) != 0;
	r->granule = little(h + 6, 8);
	return CS_OK;
}

static enum cs_err
read_page(struct cs_ogg_reader *r)
{
	const uint8_t *h = r->rest.data;
	size_t n = HEADER_LEN, body = 0;
	enum cs_err err;

	if (r->rest.len == 0)
		return r->ended && r->packet.len == 0 ? CS_ERR_CLOSED
						      : CS_ERR_FORMAT;
	if (r->ended)
		return CS_ERR_UNSUPPORTED; /* another recording behind it */
	if (r->rest.len < HEADER_LEN ||
	    r->rest.len < HEADER_LEN + (size_t)h[26])
		return CS_ERR_FORMAT;
	n += h[26];
	for (size_t i = HEADER_LEN; i < n; i++)
		body += h[i];
	if (r->rest.len < n + body ||
	    checksum(cs_view(h, n + body)) != little(h + CRC_AT, 4))
		return CS_ERR_FORMAT;
	if ((err = check_header(r, h)))
		return err;
	r->sizes = cs_view(h + HEADER_LEN, n - HEADER_LEN);
	r->body = cs_view(h + n, body);
	r->rest = cs_view(h + n + body, r->rest.len - n - body);
	return CS_OK;
}

enum cs_err
cs_ogg_next(struct cs_ogg_reader *r)
{
	enum cs_err err;

	cs_buf_reset(&r->packet);
	for (;;) {
		uint8_t n;

		while (r->sizes.len == 0)
			if ((err = read_page(r)))
				return err;
		n = *r->sizes.data;
		r->sizes = cs_view(r->sizes.data + 1, r->sizes.len - 1);
		if (r->packet.len + n > CS_OGG_PACKET_MAX)
			return CS_ERR_LIMIT;
		if ((err = cs_buf_add(&r->packet, cs_view(r->body.data, n))))
			return err;
		r->body = cs_view(r->body.data + n, r->body.len - n);
		if (n < SEGMENT_MAX)
			return CS_OK;
	}
}

void
cs_ogg_reader_clear(struct cs_ogg_reader *r)
{
	cs_buf_free(&r->packet);
	memset(r, 0, sizeof *r);
}

/* ---- writing ------------------------------------------------------------ */

static void
put_little(uint8_t *to, uint64_t x, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = (uint8_t)(x >> 8 * i);
}

enum cs_err
cs_ogg_flush(struct cs_ogg_writer *w, enum cs_ogg_page which)
{
	size_t from = w->out->len;
	uint8_t h[HEADER_LEN] = { 'O', 'g', 'g', 'S' };
	enum cs_err err;

	h[5] = (uint8_t)((w->sequence == 0 ? FLAG_FIRST : 0) |
	    (which == CS_OGG_LAST ? FLAG_LAST : 0));
	put_little(h + 6, w->granule, 8);
	put_little(h + 14, SERIAL, 4);
	put_little(h + 18, w->sequence++, 4);
	h[26] = (uint8_t)w->n;
	if ((err = cs_buf_add(w->out, CS_VIEW_OF(h))) ||
	    (err = cs_buf_add(w->out, cs_view(w->sizes, w->n))) ||
	    (err = cs_buf_add(w->out, cs_buf_view(&w->body))))
		return err;
	put_little(w->out->data + from + CRC_AT,
	    checksum(cs_view(w->out->data + from, w->out->len - from)), 4);
	w->n = 0;
	cs_buf_reset(&w->body);
	return CS_OK;
}

/* Packets of sound are short enough that none needs a second page. */
enum cs_err
cs_ogg_put(struct cs_ogg_writer *w, struct cs_view packet, uint64_t granule)
{
	size_t segments = packet.len / SEGMENT_MAX + 1;
	enum cs_err err;

	if (segments > SEGMENT_MAX)
		return CS_ERR_LIMIT;
	if (w->n + segments > PACKETS_PER_PAGE && w->n != 0 &&
	    (err = cs_ogg_flush(w, CS_OGG_MORE)))
		return err;
	memset(w->sizes + w->n, (int)SEGMENT_MAX, segments - 1);
	w->sizes[w->n + segments - 1] = (uint8_t)(packet.len % SEGMENT_MAX);
	w->n += (unsigned)segments;
	w->granule = granule;
	return cs_buf_add(&w->body, packet);
}

void
cs_ogg_writer_clear(struct cs_ogg_writer *w)
{
	cs_buf_free(&w->body);
}
