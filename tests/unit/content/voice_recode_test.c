/* SPDX-License-Identifier: MIT */
#include "content/voice_recode.h"

#include <math.h>
#include <opus.h>
#include <stdlib.h>

#include "base/reader.h"
#include "content/voice.h"
#include "content/voice_clean.h"
#include "content/voice_ogg.h"
#include "content/voice_opus.h"
#include "unit/content/photo_world.h"

#define FRAME 960
#define TONE_HZ 440.0

/* ---- recordings to begin with ------------------------------------------- */

static void
put_little(struct cs_buf *out, uint32_t x, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t b = (uint8_t)(x >> 8 * i);

		assert_ok(cs_buf_add(out, cs_view(&b, 1)));
	}
}

static int16_t
tone(uint32_t i, uint32_t rate)
{
	return (int16_t)(8000 * sin(2 * M_PI * TONE_HZ * i / rate));
}

/* ${ms} of a tone, and a chunk that tells who made it. */
static void
make_wav(struct cs_buf *out, uint32_t rate, unsigned channels, uint32_t ms)
{
	uint32_t n = (uint32_t)((uint64_t)rate * ms / 1000);

	cs_buf_reset(out);
	assert_ok(cs_buf_add(out, cs_view_str("RIFF....WAVEfmt ")));
	put_little(out, 16, 4);
	put_little(out, 1, 2);
	put_little(out, channels, 2);
	put_little(out, rate, 4);
	put_little(out, rate * channels * 2, 4);
	put_little(out, channels * 2, 2);
	put_little(out, 16, 2);
	assert_ok(cs_buf_add(out, cs_view_str("LIST")));
	put_little(out, 11, 4);
	assert_ok(cs_buf_add(out, cs_view_str("48 deg 8' N."))); /* padded */
	assert_ok(cs_buf_add(out, cs_view_str("data")));
	put_little(out, n * channels * 2, 4);
	for (uint32_t i = 0; i < n; i++)
		for (unsigned c = 0; c < channels; c++)
			put_little(out, (uint16_t)tone(i, rate), 2);
}

/* A writer as other programs are: with titles. */
struct scene {
	unsigned channels;
	unsigned packets;
	const char *comment;
	size_t padding; /* of each packet */
	uint64_t cut;   /* samples of the last packet that are not heard */
};
static const struct scene plain = { 1, 100, "LOCATION=48 deg 8' N", 0, 0 };

static void
put_headers(struct cs_ogg_writer *w, const struct scene *scene)
{
	uint8_t head[19] = "OpusHead\1\0\x38\1\x44\xac\0\0\0\0";
	struct cs_buf tags = { 0 };

	head[9] = (uint8_t)scene->channels;
	assert_ok(cs_ogg_put(w, CS_VIEW_OF(head), 0));
	assert_ok(cs_ogg_flush(w, CS_OGG_MORE));
	assert_ok(cs_buf_add(&tags, cs_view_str("OpusTags")));
	put_little(&tags, 8, 4);
	assert_ok(cs_buf_add(&tags, cs_view_str("Recorder")));
	put_little(&tags, 1, 4);
	put_little(&tags, (uint32_t)strlen(scene->comment), 4);
	assert_ok(cs_buf_add(&tags, cs_view_str(scene->comment)));
	assert_ok(cs_ogg_put(w, cs_buf_view(&tags), 0));
	assert_ok(cs_ogg_flush(w, CS_OGG_MORE));
	cs_buf_free(&tags);
}

static void
make_ogg(struct cs_buf *out, const struct scene *scene)
{
	struct cs_ogg_writer w = { .out = out };
	int code;
	OpusEncoder *e = opus_encoder_create(
	    48000, (int)scene->channels, OPUS_APPLICATION_VOIP, &code);
	opus_int16 pcm[FRAME * 2];

	cs_buf_reset(out);
	put_headers(&w, scene);
	for (unsigned i = 0; i < scene->packets; i++) {
		uint8_t packet[4000];
		opus_int32 n;

		for (unsigned k = 0; k < FRAME * scene->channels; k++)
			pcm[k] = tone(i * FRAME + k / scene->channels, 48000);
		n = opus_encode(e, pcm, FRAME, packet, 1500);
		assert_true(n > 0);
		if (scene->padding != 0) {
			assert_int_equal(
			    opus_packet_pad(packet, n, n + (int)scene->padding),
			    OPUS_OK);
			n += (int)scene->padding;
			/* Padding says nothing, by the standard. */
			memcpy(packet + n - 8, "48 deg 8", 8);
		}
		assert_ok(cs_ogg_put(&w, cs_view(packet, (size_t)n),
		    (uint64_t)(i + 1) * FRAME -
			(i + 1 == scene->packets ? scene->cut : 0)));
	}
	assert_ok(cs_ogg_flush(&w, CS_OGG_LAST));
	cs_ogg_writer_clear(&w);
	opus_encoder_destroy(e);
}

/* ---- what comes out ----------------------------------------------------- */

/* Decode all of it; how much of it is the tone, of 1. */
static double
listen(struct cs_view file, unsigned channels, uint64_t *samples)
{
	struct cs_ogg_reader r = { .rest = file };
	int code;
	OpusDecoder *d = opus_decoder_create(48000, (int)channels, &code);
	double re = 0, im = 0, all = 0;
	opus_int16 pcm[5760 * 2];
	enum cs_err err;

	*samples = 0;
	assert_ok(cs_ogg_next(&r));
	assert_int_equal(r.packet.data[9], channels);
	assert_ok(cs_ogg_next(&r));
	assert_int_equal(r.packet.len, 16); /* no name, no comments */
	while ((err = cs_ogg_next(&r)) == CS_OK) {
		int n = opus_decode(
		    d, r.packet.data, (int)r.packet.len, pcm, 5760, 0);

		assert_true(n > 0);
		for (int i = 0; i < n; i++) {
			double t = 2 * M_PI * TONE_HZ *
			    (double)(*samples + (uint64_t)i) / 48000;
			double x = pcm[(unsigned)i * channels];

			re += x * cos(t);
			im += x * sin(t);
			all += x * x;
		}
		*samples += (uint64_t)n;
	}
	assert_err(err, CS_ERR_CLOSED);
	opus_decoder_destroy(d);
	cs_ogg_reader_clear(&r);
	return all == 0 ? 0
			: 2 * (re * re + im * im) / (all * (double)*samples);
}

static void
test_ogg(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (unsigned channels = 1; channels <= 2; channels++) {
		struct scene scene = plain;
		struct cs_voice v;
		uint64_t n;

		scene.channels = channels;
		make_ogg(&file, &scene);
		assert_true(pw_contains(cs_buf_view(&file), "48 deg"));
		assert_ok(cs_voice_recode(&v, cs_buf_view(&file)));
		assert_false(pw_contains(cs_buf_view(&v.bytes), "48 deg"));
		assert_false(pw_contains(cs_buf_view(&v.bytes), "Recorder"));
		/* 2 s less what is skipped, 312 samples. */
		assert_int_equal(v.duration_ms, 1993);
		assert_true(listen(cs_buf_view(&v.bytes), channels, &n) > 0.9);
		assert_int_equal(n, 100 * FRAME);
		cs_voice_clear(&v);
	}
	cs_buf_free(&file);
}

/* What nobody hears is gone, and what is cut at the end stays cut. */
static void
test_padding(void **state)
{
	struct scene scene = plain;
	struct cs_buf file = { 0 };
	struct cs_ogg_reader r;
	struct cs_voice v;

	(void)state;
	scene.comment = "";
	scene.padding = 300;
	scene.cut = 480;
	make_ogg(&file, &scene);
	assert_true(pw_contains(cs_buf_view(&file), "48 deg"));
	assert_ok(cs_voice_recode(&v, cs_buf_view(&file)));
	assert_false(pw_contains(cs_buf_view(&v.bytes), "48 deg"));
	assert_int_equal(v.duration_ms, 1983);
	r = (struct cs_ogg_reader){ .rest = cs_buf_view(&v.bytes) };
	while (cs_ogg_next(&r) == CS_OK)
		;
	assert_int_equal(r.granule, 100 * FRAME - 480);
	cs_ogg_reader_clear(&r);
	cs_voice_clear(&v);
	cs_buf_free(&file);
}

static void
test_wav(void **state)
{
	static const uint32_t rates[] = { 8000, 11025, 16000, 44100, 48000 };
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		for (unsigned channels = 1; channels <= 2; channels++) {
			struct cs_voice v;
			uint64_t n;

			make_wav(&file, rates[i], channels, 3000);
			assert_ok(cs_voice_recode(&v, cs_buf_view(&file)));
			assert_int_equal(v.duration_ms, 3000);
			assert_false(
			    pw_contains(cs_buf_view(&v.bytes), "48 deg"));
			assert_true(
			    listen(cs_buf_view(&v.bytes), channels, &n) > 0.9);
			assert_in_range(n, 3 * 48000, 3 * 48000 + 2 * FRAME);
			cs_voice_clear(&v);
		}
	cs_buf_free(&file);
}

static enum cs_err
recode(struct cs_view file)
{
	struct cs_voice v;
	enum cs_err err = cs_voice_recode(&v, file);

	if (err)
		assert_null(v.bytes.data);
	cs_voice_clear(&v);
	return err;
}

static void
test_refused(void **state)
{
	struct cs_buf file = { 0 }, two = { 0 };
	struct scene scene = plain;

	(void)state;
	assert_err(recode(cs_view("", 0)), CS_ERR_TYPE);
	assert_err(recode(cs_view_str("\xff\xd8\xff")), CS_ERR_TYPE);
	assert_err(recode(cs_view_str("ID3, or so")), CS_ERR_TYPE);
	assert_err(recode(cs_view_str("OggS, or so")), CS_ERR_FORMAT);
	make_wav(&file, 16000, 1, 100);
	file.data[34] = 8; /* bits */
	assert_err(recode(cs_buf_view(&file)), CS_ERR_UNSUPPORTED);
	make_wav(&file, 16000, 3, 100);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_UNSUPPORTED);
	make_wav(&file, 16000, 1, 0);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_FORMAT);
	/* Headers and no sound; two recordings in one file. */
	scene.packets = 0;
	make_ogg(&file, &scene);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_FORMAT);
	make_ogg(&file, &plain);
	assert_ok(cs_buf_set(&two, cs_buf_view(&file)));
	assert_ok(cs_buf_add(&two, cs_buf_view(&file)));
	assert_err(recode(cs_buf_view(&two)), CS_ERR_UNSUPPORTED);
	/* Another kind of sound in Ogg. */
	scene.packets = 1;
	make_ogg(&file, &scene);
	assert_err(recode(cs_view(file.data, 20)), CS_ERR_FORMAT);
	cs_buf_free(&two);
	cs_buf_free(&file);
}

/* Fifteen minutes, and not a second more. */
static void
test_too_long(void **state)
{
	struct scene scene = plain;
	struct cs_buf file = { 0 };
	struct cs_voice v;

	(void)state;
	make_wav(&file, 8000, 1, CS_VOICE_MS_MAX + 1);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	scene.packets = CS_VOICE_MS_MAX / 20;
	make_ogg(&file, &scene);
	assert_ok(cs_voice_recode(&v, cs_buf_view(&file)));
	assert_int_equal(v.duration_ms, CS_VOICE_MS_MAX - 7);
	cs_voice_clear(&v);
	scene.packets++;
	make_ogg(&file, &scene);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	cs_buf_free(&file);
}

/* Every byte of a page is under its checksum. */
static void
test_damaged(void **state)
{
	struct scene scene = plain;
	struct cs_buf file = { 0 };

	(void)state;
	scene.packets = 5;
	make_ogg(&file, &scene);
	assert_ok(recode(cs_buf_view(&file)));
	for (size_t i = 0; i < file.len; i++) {
		enum cs_err err;

		assert_int_not_equal(recode(cs_view(file.data, i)), CS_OK);
		file.data[i] ^= 0x55;
		err = recode(cs_buf_view(&file));
		if (err == CS_OK)
			fail_msg("byte %zu can be changed", i);
		file.data[i] ^= 0x55;
	}
	make_wav(&file, 8000, 2, 30);
	for (size_t i = 0; i < file.len; i++) {
		(void)recode(cs_view(file.data, i));
		file.data[i] ^= 0x55;
		(void)recode(cs_buf_view(&file));
		file.data[i] ^= 0x55;
	}
	cs_buf_free(&file);
}

static void
test_child(void **state)
{
	struct cs_buf file = { 0 };
	struct cs_voice v;

	(void)state;
	pw_find_child();
	make_wav(&file, 44100, 2, 20000);
	assert_ok(cs_voice_clean(&v, cs_buf_view(&file)));
	assert_int_equal(v.duration_ms, 20000);
	cs_voice_clear(&v);
	make_ogg(&file, &plain);
	assert_ok(cs_voice_clean(&v, cs_buf_view(&file)));
	assert_int_equal(v.duration_ms, 1993);
	cs_voice_clear(&v);
	assert_err(cs_voice_clean(&v, cs_view(file.data, 60)), CS_ERR_FORMAT);
	assert_err(cs_voice_clean(&v, cs_view_str("no sound")), CS_ERR_TYPE);
	cs_buf_free(&file);
}

/* What a child that was taken over could answer. */
static void
test_answers(void **state)
{
	struct cs_voice in = { .duration_ms = 5 }, out;
	struct cs_buf answer = { 0 };

	(void)state;
	assert_ok(cs_buf_add(&in.bytes, cs_view_str("OggS, or so")));
	assert_ok(cs_voice_answer_write(&answer, &in, CS_OK));
	assert_ok(cs_voice_answer_read(&out, cs_buf_view(&answer)));
	assert_int_equal(out.duration_ms, 5);
	assert_view_equal(cs_buf_view(&out.bytes), cs_buf_view(&in.bytes));
	cs_voice_clear(&out);
	for (size_t i = 0; i < 15; i++) {
		assert_err(cs_voice_answer_read(&out, cs_view(answer.data, i)),
		    CS_ERR_FORMAT);
		answer.data[i] ^= 0x80;
		assert_err(cs_voice_answer_read(&out, cs_buf_view(&answer)),
		    i == 9 || i == 10 ? CS_OK : CS_ERR_FORMAT);
		cs_voice_clear(&out);
		answer.data[i] ^= 0x80;
	}
	cs_buf_reset(&answer);
	in.duration_ms = CS_VOICE_MS_MAX + 1;
	assert_ok(cs_voice_answer_write(&answer, &in, CS_OK));
	assert_err(
	    cs_voice_answer_read(&out, cs_buf_view(&answer)), CS_ERR_FORMAT);
	cs_buf_reset(&answer);
	assert_ok(cs_voice_answer_write(&answer, &in, CS_ERR_STAMP));
	assert_err(
	    cs_voice_answer_read(&out, cs_buf_view(&answer)), CS_ERR_FORMAT);
	cs_buf_reset(&answer);
	assert_ok(cs_voice_answer_write(&answer, &in, CS_ERR_LIMIT));
	assert_err(
	    cs_voice_answer_read(&out, cs_buf_view(&answer)), CS_ERR_LIMIT);
	cs_buf_free(&answer);
	cs_voice_clear(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ogg),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_wav),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
