/* SPDX-License-Identifier: MIT */
#include "content/traces.h"

#include "base/writer.h"
#include "support/test.h"

/* ---- files to begin with ------------------------------------------------ */

/* One tag of a directory; of numbers, in the order of ${big}. */
struct entry {
	uint16_t tag, type;
	uint32_t value;
};

static void
put(struct cs_buf *out, uint32_t x, unsigned n, bool big)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t b = (uint8_t)(x >> 8 * (big ? n - 1 - i : i));

		assert_ok(cs_buf_add(out, cs_view(&b, 1)));
	}
}

/* A TIFF with one directory at 8 and perhaps a second behind it. */
static void
tiff(struct cs_buf *out, bool big, const struct entry *first, uint32_t n,
    const struct entry *second)
{
	assert_ok(cs_buf_add(out, cs_view_str(big ? "MM" : "II")));
	put(out, 42, 2, big);
	put(out, 8, 4, big);
	for (int k = 0; k < 2; k++) {
		put(out, n, 2, big);
		for (uint32_t i = 0; i < n; i++) {
			put(out, first[i].tag, 2, big);
			put(out, first[i].type, 2, big);
			put(out, 1, 4, big);
			put(out, first[i].value, 4, big);
		}
		put(out, 0, 4, big);
		if (second == NULL)
			return;
		first = second;
		n = 1;
	}
}

/* Where the second directory is. */
#define BEHIND(n) (8 + 2 + 12 * (n) + 4)

static const char *const heads[] = {
	"\xff\xd8\xff\xe1..Exif......",
	"\x89PNG\r\n\x1a\n....eXIf",
	"RIFF....WEBPVP8X",
	"GIF89a..........",
	"....ftypheic....",
	"....ftypavif....",
	"....ftypisom....",
};
#define HEADS (sizeof heads / sizeof *heads)

/* What is found when ${what} lies in a file of each kind. */
static unsigned
find_in(size_t head, struct cs_view what)
{
	struct cs_buf file = { 0 };
	unsigned found;

	assert_ok(cs_buf_add(&file, cs_view(heads[head], 16)));
	if (heads[head][4] == 'f') /* one box, which says how long it is */
		memcpy(file.data, "\0\0\0\x10", 4);
	if (head == HEADS - 1)
		assert_ok(cs_buf_add(&file, cs_view("\0\0\0\0moov", 8)));
	assert_ok(cs_buf_add(&file, what));
	assert_ok(cs_buf_add(&file, cs_view_str("and more")));
	found = cs_traces_find(cs_buf_view(&file));
	cs_buf_free(&file);
	return found;
}

static void
test_exif(void **state)
{
	static const struct entry place = { 2, 5, 100 }, version = { 0, 1, 2 },
				  taken = { 0x9003, 2, 20 };
	static const struct {
		struct entry first;
		const struct entry *second;
		unsigned found;
	} cases[] = {
		{ { 0x0112, 3, 6 }, NULL, 0 }, /* which side is up */
		{ { 0x010f, 2, 0 }, NULL, CS_TRACE_CAMERA },
		{ { 0x0132, 2, 0 }, NULL, CS_TRACE_TIME },
		{ { 0x013b, 2, 0 }, NULL, CS_TRACE_OTHER },
		{ { 0x8825, 4, BEHIND(1) }, &place, CS_TRACE_PLACE },
		{ { 0x8825, 4, BEHIND(1) }, &version, 0 },
		{ { 0x8769, 4, BEHIND(1) }, &taken, CS_TRACE_TIME },
		{ { 0x8825, 4, 0xffffff }, NULL, 0 },
		{ { 0x010f, 99, 0 }, NULL, 0 }, /* no type of TIFF */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int big = 0; big < 2; big++) {
			struct cs_buf exif = { 0 };

			tiff(&exif, big != 0, &cases[i].first, 1,
			    cases[i].second);
			for (size_t head = 0; head < HEADS; head++)
				assert_int_equal(
				    find_in(head, cs_buf_view(&exif)),
				    cases[i].found);
			/* A TIFF of its own; and cut short. */
			assert_int_equal(
			    cs_traces_find(cs_buf_view(&exif)), cases[i].found);
			assert_int_equal(
			    cs_traces_find(cs_view(exif.data, 20)), 0);
			cs_buf_free(&exif);
		}
}

static void
test_texts(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		unsigned found;
	} cases[] = {
		{ "GPSLatitude", 11, 0 }, /* no packet around it */
		{ "http://ns.adobe.com/xap/1.0/", 28, CS_TRACE_OTHER },
		{ "http://ns.adobe.com/xap/1.0/ exif:GPSLatitude=\"48\"", 50,
		    CS_TRACE_OTHER | CS_TRACE_PLACE },
		{ "http://ns.adobe.com/xap/1.0/ tiff:Make xmp:CreateDate", 53,
		    CS_TRACE_OTHER | CS_TRACE_CAMERA | CS_TRACE_TIME },
		{ "Photoshop 3.0\0008BIM\4\4", 20, CS_TRACE_OTHER },
		{ "zTXtRaw profile type exif", 25, CS_TRACE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t head = 0; head < HEADS; head++)
			assert_int_equal(
			    find_in(head, cs_view(cases[i].text, cases[i].n)),
			    cases[i].found);
}

static void
box(struct cs_buf *out, const char *name, struct cs_view content)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u32(&w, (uint32_t)(8 + content.len));
	cs_write_bytes(&w, cs_view_str(name));
	cs_write_bytes(&w, content);
	assert_ok(cs_writer_end(&w));
}

static unsigned
find_in_box(const char *name, const char *content)
{
	struct cs_buf film = { 0 };
	unsigned found;

	box(&film, "ftyp", cs_view_str("isom....mp42"));
	box(&film, "free", cs_view_str("nothing"));
	box(&film, name, cs_view_str(content));
	box(&film, "free", cs_view_str("nothing"));
	found = cs_traces_find(cs_buf_view(&film));
	cs_buf_free(&film);
	return found;
}

static void
test_films(void **state)
{
	(void)state;
	assert_int_equal(
	    find_in_box("moov", "udta..\xa9xyz..+48.1+11.5/"), CS_TRACE_PLACE);
	assert_int_equal(
	    find_in_box("moov", "com.apple.quicktime.location.ISO6709"),
	    CS_TRACE_PLACE);
	assert_int_equal(
	    find_in_box("moov", "com.apple.quicktime.make"), CS_TRACE_CAMERA);
	assert_int_equal(find_in_box("moov", "only what moves"), 0);
	/* Among sound and pictures it is chance. */
	assert_int_equal(find_in_box("mdat", "...\xa9xyz..."), 0);
}

/* Boxes that lie about their length, and what is no photo. */
static void
test_hostile(void **state)
{
	static const char *const others[] = { "", "II", "%PDF-1.7 II*",
		"OggS GPSLatitude http://ns.adobe.com/xap/1.0/" };
	uint8_t film[] = "\0\0\0\x10"
			 "ftypisom....\0\0\0\x14"
			 "moovudta\xa9xyz....";

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(cs_traces_find(cs_view_str(others[i])), 0);
	assert_int_equal(cs_traces_find(CS_VIEW_OF(film)), CS_TRACE_PLACE);
	for (size_t i = 0; i < sizeof film; i++)
		for (unsigned x = 0; x < 256; x += 15) {
			uint8_t was = film[i];

			film[i] = (uint8_t)x;
			(void)cs_traces_find(CS_VIEW_OF(film));
			film[i] = was;
		}
	for (size_t n = 0; n < sizeof film; n++)
		(void)cs_traces_find(cs_view(film, n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exif),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_films),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
