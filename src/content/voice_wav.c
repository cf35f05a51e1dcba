/* SPDX-License-Identifier: MIT */
#include "content/voice_wav.h"

#include <opus.h>
#include <string.h>

#include "content/voice.h"
#include "content/voice_ogg.h"
#include "content/voice_opus.h"

#define RIFF_HEADER 12
#define CHUNK_HEADER 8
#define FORMAT_LEN 16
#define FORMAT_PCM 1u
#define FORMAT_EXTENSIBLE 0xfffeu
#define RATE_MIN 8000u
#define RATE_MAX 192000u
#define FRAMES_PER_SECOND 50u
#define FRAME_MAX (CS_OPUS_RATE / FRAMES_PER_SECOND)
#define FRAME_CLOCK FRAME_MAX /* samples of Opus' clock in a frame */
#define BITRATE 32000         /* of a channel: speech as it was said */
#define PACKET_MAX 4000       /* as libopus recommends */

struct wav {
	unsigned channels;
	uint32_t rate;
	struct cs_view samples; /* 16 bits each, little first */
};

static uint32_t
little(const uint8_t *p, unsigned n)
{
	uint32_t x = 0;

	for (unsigned i = 0; i < n; i++)
		x |= (uint32_t)p[i] << 8 * i;
	return x;
}

/* ---- reading ------------------------------------------------------------ */

static enum cs_err
read_format(struct wav *out, struct cs_view v)
{
	uint32_t format;

	if (v.len < FORMAT_LEN)
		return CS_ERR_FORMAT;
	format = little(v.data, 2);
	out->channels = little(v.data + 2, 2);
	out->rate = little(v.data + 4, 4);
	/* The long form names the format behind what the short form has. */
	if (format == FORMAT_EXTENSIBLE && v.len >= 26)
		format = little(v.data + 24, 2);
	if (format != FORMAT_PCM || little(v.data + 14, 2) != 16 ||
	    out->channels < 1 || out->channels > 2 || out->rate < RATE_MIN ||
	    out->rate > RATE_MAX)
		return CS_ERR_UNSUPPORTED;
	return CS_OK;
}

/* A recorder that was cut off, or writes to a pipe, leaves the length of what
 * it recorded empty: it goes to the end then. */
static enum cs_err
read_wav(struct wav *out, struct cs_view file)
{
	size_t at = RIFF_HEADER;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	while (file.len - at >= CHUNK_HEADER) {
		const uint8_t *chunk = file.data + at;
		size_t n = little(chunk + 4, 4);
		bool data = memcmp(chunk, "data", 4) == 0;

		at += CHUNK_HEADER;
		if (data && (n == 0 || n > file.len - at))
			n = file.len - at;
		if (n > file.len - at)
			return CS_ERR_FORMAT;
		if (memcmp(chunk, "fmt ", 4) == 0 &&
		    (err = read_format(out, cs_view(file.data + at, n))))
			return err;
		if (data) {
			out->samples = cs_view(file.data + at, n);
			break;
		}
		at += n;
		if (n % 2 != 0 && at < file.len)
			at++;
	}
	return out->channels != 0 && out->samples.len >= 2 * out->channels
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

/* ---- encoding ----------------------------------------------------------- */

/* The rates that Opus takes as they are. */
static uint32_t
rate_of(const struct wav *wav)
{
	static const uint32_t rates[] = { 8000, 12000, 16000, 24000, 48000 };

	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		if (rates[i] == wav->rate)
			return wav->rate;
	return CS_OPUS_RATE;
}

static int
sample(const struct wav *wav, uint64_t at, unsigned channel)
{
	uint64_t byte = 2 * (at * wav->channels + channel);

	if (byte + 2 > wav->samples.len)
		return 0;
	return (int16_t)little(wav->samples.data + byte, 2);
}

/* ${n} samples of rate ${rate} from the ${from}th on; between two of the
 * recording, a line. */
static void
fill(opus_int16 *to, const struct wav *wav, uint32_t rate, uint64_t from,
    uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = (from + i) * wav->rate;
		int64_t between = (int64_t)(at % rate);

		for (unsigned c = 0; c < wav->channels; c++) {
			int64_t a = sample(wav, at / rate, c);
			int64_t b = sample(wav, at / rate + 1, c);

			*to++ =
			    (opus_int16)(a + (b - a) * between / (int64_t)rate);
		}
	}
}

/* Frames until all that was recorded has come out of the encoder, which is
 * ${pre_skip} samples of the clock late. */
static enum cs_err
encode(struct cs_ogg_writer *w, const struct wav *wav, OpusEncoder *encoder,
    uint64_t total)
{
	static opus_int16 frame[FRAME_MAX * 2];
	uint32_t rate = rate_of(wav), n = rate / FRAMES_PER_SECOND;
	enum cs_err err = CS_OK;

	for (uint64_t i = 0; i * FRAME_CLOCK < total && err == CS_OK; i++) {
		uint8_t packet[PACKET_MAX];
		uint64_t end = (i + 1) * FRAME_CLOCK;
		opus_int32 got;

		fill(frame, wav, rate, i * n, n);
		got =
		    opus_encode(encoder, frame, (int)n, packet, sizeof packet);
		if (got <= 0)
			return CS_ERR_NOMEM;
		err = cs_ogg_put(
		    w, cs_view(packet, (size_t)got), end < total ? end : total);
	}
	return err ? err : cs_ogg_flush(w, CS_OGG_LAST);
}

enum cs_err
cs_wav_encode(
    struct cs_ogg_writer *w, uint32_t *duration_ms, struct cs_view file)
{
	struct cs_opus_head head = { 0 };
	opus_int32 late = 0;
	OpusEncoder *encoder;
	struct wav wav;
	uint64_t total;
	int code;
	enum cs_err err;

	if ((err = read_wav(&wav, file)))
		return err;
	total = (uint64_t)wav.samples.len / (2 * wav.channels) * CS_OPUS_RATE /
	    wav.rate;
	if ((err = cs_opus_duration(duration_ms, total, 0)))
		return err;
	encoder = opus_encoder_create((opus_int32)rate_of(&wav),
	    (int)wav.channels, OPUS_APPLICATION_VOIP, &code);
	if (encoder == NULL)
		return CS_ERR_NOMEM;
	(void)opus_encoder_ctl(
	    encoder, OPUS_SET_BITRATE(BITRATE * (opus_int32)wav.channels));
	(void)opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&late));
	head.channels = (uint8_t)wav.channels;
	head.pre_skip =
	    (uint16_t)((uint32_t)late * CS_OPUS_RATE / rate_of(&wav));
	if ((err = cs_opus_begin(w, &head)) == CS_OK)
		err = encode(w, &wav, encoder, total + head.pre_skip);
	opus_encoder_destroy(encoder);
	return err;
}
