/* SPDX-License-Identifier: MIT */
#include "content/voice_opus.h"

#include <opus.h>
#include <string.h>

#include "content/voice.h"
#include "content/voice_ogg.h"

#define HEAD_LEN 19
#define PACKET_SAMPLES_MAX 5760 /* RFC 6716, 3.2.5: 120 ms */

static const char head_magic[] = "OpusHead", tags_magic[] = "OpusTags";
#define MAGIC_LEN 8

/* ---- headers ------------------------------------------------------------ */

static void
put_little(uint8_t *to, uint32_t x, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = (uint8_t)(x >> 8 * i);
}

/* RFC 7845, 5.1.  The rate of what was recorded is left out: it tells of the
 * microphone. */
enum cs_err
cs_opus_begin(struct cs_ogg_writer *w, const struct cs_opus_head *head)
{
	uint8_t h[HEAD_LEN] = { 0 }, tags[MAGIC_LEN + 8] = { 0 };
	enum cs_err err;

	memcpy(h, head_magic, MAGIC_LEN);
	h[8] = 1; /* version */
	h[9] = head->channels;
	put_little(h + 10, head->pre_skip, 2);
	put_little(h + 12, CS_OPUS_RATE, 4);
	put_little(h + 16, (uint16_t)head->gain, 2);
	/* An empty name of the program, and no comments. */
	memcpy(tags, tags_magic, MAGIC_LEN);
	if ((err = cs_ogg_put(w, CS_VIEW_OF(h), 0)) ||
	    (err = cs_ogg_flush(w, CS_OGG_MORE)) ||
	    (err = cs_ogg_put(w, CS_VIEW_OF(tags), 0)))
		return err;
	return cs_ogg_flush(w, CS_OGG_MORE);
}

static enum cs_err
read_head(struct cs_opus_head *out, struct cs_view v)
{
	if (v.len < MAGIC_LEN || memcmp(v.data, head_magic, MAGIC_LEN) != 0)
		return CS_ERR_UNSUPPORTED; /* another kind of sound */
	if (v.len < HEAD_LEN)
		return CS_ERR_FORMAT;
	/* Another version, or more than two channels. */
	if (v.data[8] > 15 || v.data[18] != 0 || v.data[9] > 2)
		return CS_ERR_UNSUPPORTED;
	if (v.data[9] == 0)
		return CS_ERR_FORMAT;
	out->channels = v.data[9];
	out->pre_skip = (uint16_t)(v.data[10] | v.data[11] << 8);
	out->gain = (int16_t)(v.data[16] | v.data[17] << 8);
	return CS_OK;
}

enum cs_err
cs_opus_duration(uint32_t *ms, uint64_t samples, uint16_t pre_skip)
{
	uint64_t heard = samples > pre_skip ? samples - pre_skip : 0;

	heard = heard * 1000 / CS_OPUS_RATE;
	if (heard > CS_VOICE_MS_MAX)
		return CS_ERR_LIMIT;
	*ms = (uint32_t)heard;
	return CS_OK;
}

/* ---- sound -------------------------------------------------------------- */

/* A packet says how long it is, and may bring bytes along that nobody hears:
 * padding (RFC 6716, 3.2.5). */
static enum cs_err
clean_packet(struct cs_buf *packet, int *samples)
{
	opus_int32 n;

	if (packet->len == 0)
		return CS_ERR_FORMAT;
	*samples = opus_packet_get_nb_samples(
	    packet->data, (opus_int32)packet->len, (opus_int32)CS_OPUS_RATE);
	if (*samples <= 0 || *samples > PACKET_SAMPLES_MAX)
		return CS_ERR_FORMAT;
	n = opus_packet_unpad(packet->data, (opus_int32)packet->len);
	if (n <= 0 || (size_t)n > packet->len)
		return CS_ERR_FORMAT;
	packet->len = (size_t)n;
	return CS_OK;
}

/* The position at the end may leave out some of the last packet, and no more
 * (RFC 7845, 4.4). */
static uint64_t
end_of(uint64_t said, uint64_t total, int last)
{
	return said < total && total - said < (uint64_t)last ? said : total;
}

static enum cs_err
clean_sound(struct cs_ogg_writer *w, uint64_t *total, struct cs_ogg_reader *r)
{
	int samples = 0;
	enum cs_err err;

	*total = 0;
	while ((err = cs_ogg_next(r)) == CS_OK) {
		if ((err = clean_packet(&r->packet, &samples)))
			return err;
		*total += (uint64_t)samples;
		if (*total >
		    (uint64_t)(CS_VOICE_MS_MAX / 1000 + 2) * CS_OPUS_RATE)
			return CS_ERR_LIMIT;
		if ((err = cs_ogg_put(w, cs_buf_view(&r->packet), *total)))
			return err;
	}
	if (err != CS_ERR_CLOSED)
		return err;
	if (*total == 0)
		return CS_ERR_FORMAT; /* nothing to hear */
	*total = end_of(r->granule, *total, samples);
	w->granule = *total;
	return cs_ogg_flush(w, CS_OGG_LAST);
}

enum cs_err
cs_opus_clean(
    struct cs_ogg_writer *w, uint32_t *duration_ms, struct cs_view file)
{
	struct cs_ogg_reader r = { .rest = file };
	struct cs_opus_head head;
	uint64_t total;
	enum cs_err err;

	if ((err = cs_ogg_next(&r)) ||
	    (err = read_head(&head, cs_buf_view(&r.packet))) ||
	    (err = cs_ogg_next(&r)))
		goto out;
	if (r.packet.len < MAGIC_LEN ||
	    memcmp(r.packet.data, tags_magic, MAGIC_LEN) != 0) {
		err = CS_ERR_FORMAT;
		goto out;
	}
	if ((err = cs_opus_begin(w, &head)) ||
	    (err = clean_sound(w, &total, &r)))
		goto out;
	err = cs_opus_duration(duration_ms, total, head.pre_skip);
out:
	cs_ogg_reader_clear(&r);
	/* It ended before there was sound. */
	return err == CS_ERR_CLOSED ? CS_ERR_FORMAT : err;
}
