/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "content/cbor.h"
#include "content/mimi.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "support/test.h"

static const char sender[] = "mimi://hub.example/u/alma";
static const char room[] = "mimi://hub.example/r/00";

static struct cs_mimi_content
text_message(const char *text)
{
	return (struct cs_mimi_content){
		.salt = { 1, 2, 3 },
		.sender_uri = cs_view_str(sender),
		.room_uri = cs_view_str(room),
		.has_text = true,
		.text = cs_view_str(text),
	};
}

static struct cs_mimi_external
photo(void)
{
	return (struct cs_mimi_external){
		.content_type = cs_view_str("image/jpeg"),
		.url = cs_view_str("https://hub.example/b/1"),
		.filename = cs_view_str("cat.jpg"),
		.size = 1068,
		.plain_size = 1000,
		.key = { 7 },
		.content_hash = { 8 },
		.plain_sha256 = { 9 },
	};
}

static void
write_ok(struct cs_buf *out, const struct cs_mimi_content *c)
{
	cs_buf_reset(out);
	assert_ok(cs_mimi_write(out, c));
}

static void
test_text(void **state)
{
	struct cs_mimi_content c = text_message("Guten Tag \xe2\x98\x80"), got;
	struct cs_buf b = { 0 };

	(void)state;
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.has_text);
	assert_false(got.is_reply);
	assert_int_equal(got.n_external, 0);
	assert_view_equal(got.text, c.text);
	assert_view_equal(got.sender_uri, c.sender_uri);
	assert_view_equal(got.room_uri, c.room_uri);
	assert_memory_equal(got.salt, c.salt, 16);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(
		    cs_err_class(cs_mimi_parse(&got, cs_view(b.data, i))),
		    CS_ERR_CLASS_THEIRS);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_mimi_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

/* The name of a room stands alone, and is no text. */
static void
test_room_name(void **state)
{
	struct cs_mimi_content c = text_message("the quiet club"), got;
	char longest[257] = "";
	struct cs_buf b = { 0 };

	(void)state;
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_false(got.names_room);
	c.names_room = true;
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.names_room && got.has_text);
	assert_view_equal(got.text, c.text);
	memset(longest, 'a', sizeof longest - 1);
	c.text = cs_view(longest, 255);
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	cs_buf_reset(&b);
	c.text = cs_view(longest, 256);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.text = cs_view(longest, 0);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.text = cs_view(longest, 2);
	c.is_reply = true;
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.is_reply = false;
	c.n_external = 1;
	c.external[0] = photo();
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	cs_buf_free(&b);
}

/* Made by hand: what no program of ours writes. */
static void
test_room_name_twins(void **state)
{
	static const char type[] = "application/vnd.countersign.room";
	struct cs_mimi_content c = text_message("ab"), got;
	struct cs_buf b = { 0 };
	uint8_t *at;

	(void)state;
	c.names_room = true;
	write_ok(&b, &c);
	at = memmem(b.data, b.len, type, sizeof type - 1);
	assert_non_null(at);
	/* A type that nobody knows; an empty name. */
	at[0] = 'b';
	assert_err(cs_mimi_parse(&got, cs_buf_view(&b)), CS_ERR_UNSUPPORTED);
	at[0] = 'a';
	assert_int_equal(at[sizeof type - 1], 0x42);
	at[sizeof type - 1] = 0x40;
	assert_err(
	    cs_mimi_parse(&got, cs_view(b.data, b.len - 2)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static void
test_photos(void **state)
{
	struct cs_mimi_content c = text_message("look"), got;
	struct cs_buf b = { 0 };

	(void)state;
	c.is_reply = true;
	memset(c.in_reply_to, 5, sizeof c.in_reply_to);
	for (size_t n = 1; n <= CS_MIMI_PARTS_MAX; n++) {
		c.has_text = n < CS_MIMI_PARTS_MAX;
		c.n_external = n;
		c.external[n - 1] = photo();
		c.external[n - 1].key[1] = (uint8_t)n;
		write_ok(&b, &c);
		assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
		assert_true(got.is_reply);
		assert_memory_equal(got.in_reply_to, c.in_reply_to, 32);
		assert_int_equal(got.n_external, n);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(got.external[i].key[1], i + 1);
			assert_int_equal(got.external[i].plain_size, 1000);
			assert_int_equal(got.external[i].size, 1068);
			assert_int_equal(got.external[i].content_hash[0], 8);
			assert_int_equal(got.external[i].plain_sha256[0], 9);
			assert_view_equal(
			    got.external[i].filename, cs_view_str("cat.jpg"));
		}
	}
	c.has_text = true;
	cs_buf_reset(&b);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	cs_buf_free(&b);
}

/* Another spelling of a message is another message, and refused: whatever
 * parses is written the same way again. */
static void
test_one_spelling(void **state)
{
	struct cs_mimi_content c = text_message("look"), got;
	struct cs_buf b = { 0 }, again = { 0 };
	unsigned parsed = 0, differ = 0;

	(void)state;
	c.n_external = 2;
	c.external[0] = c.external[1] = photo();
	write_ok(&b, &c);
	for (size_t i = 0; i < b.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (uint8_t)(1 << bit);
			if (cs_mimi_parse(&got, cs_buf_view(&b)) == CS_OK) {
				parsed++;
				write_ok(&again, &got);
				/* Fields that a parser does not keep (a
				 * disposition, say) are written as ours. */
				differ += !cs_view_equal(
				    cs_buf_view(&again), cs_buf_view(&b));
			}
			b.data[i] ^= (uint8_t)(1 << bit);
		}
	assert_true(parsed > 1000);
	assert_true(differ < parsed / 4);
	cs_buf_free(&b);
	cs_buf_free(&again);
}

/* Replace the first ${from} in the encoding of ${c} by as long a ${to}. */
static enum cs_err
parse_with(
    const struct cs_mimi_content *c, const char *from, const char *to, size_t n)
{
	struct cs_buf b = { 0 };
	struct cs_mimi_content got;
	enum cs_err err;
	uint8_t *at;

	write_ok(&b, c);
	at = memmem(b.data, b.len, from, n);
	assert_non_null(at);
	memcpy(at, to, n);
	err = cs_mimi_parse(&got, cs_buf_view(&b));
	cs_buf_free(&b);
	return err;
}

static void
test_refused(void **state)
{
	static const char *const types[] = { "image/jpeg\n  message 2",
		"image/\x1b[2J", "image/\xe2\x80\xaejpeg", "image/\x7f" };
	struct cs_mimi_content c = text_message("look"), got;
	struct cs_buf b = { 0 };

	(void)state;
	/* Text that is not shown as it is. */
	assert_err(
	    parse_with(&c, "text/plain", "text/html ", 10), CS_ERR_UNSUPPORTED);
	assert_err(parse_with(&c, "look", "\xff\xfe..", 4), CS_ERR_FORMAT);
	/* Edits: "replaces" is not null. */
	assert_err(parse_with(&c, "\xf6\x40\xf6", "\x40\x40\xf6", 3),
	    CS_ERR_UNSUPPORTED);
	c.n_external = 1;
	c.external[0] = photo();
	/* FRANKING, rule 5: "choose one" */
	assert_err(parse_with(&c, "\x03\x01\x82", "\x03\x00\x82", 3),
	    CS_ERR_UNSUPPORTED);
	/* A format that opens under two keys. */
	assert_err(
	    parse_with(&c, "\x19\xc5\xc1", "\x19\x00\x02", 3), CS_ERR_FORMAT);
	assert_err(parse_with(&c, "\x19\xc5\xc1", "\x19\xc5\xc2", 3),
	    CS_ERR_UNSUPPORTED);
	/* Digests of another type than the part's: the first is theirs. */
	assert_err(
	    parse_with(&c, "image/jpeg", "image/webp", 10), CS_ERR_FORMAT);
	/* A type that writes lines of its own where it is shown. */
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		cs_buf_reset(&b);
		c.external[0].content_type = cs_view_str(types[i]);
		assert_ok(cs_mimi_write(&b, &c));
		assert_err(cs_mimi_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	}
	cs_buf_free(&b);
	c.external[0] = photo();
	/* Digests for none of the parts. */
	assert_err(parse_with(&c, "countersign.media", "countersign.medib", 17),
	    CS_ERR_FORMAT);
}

static void
test_limits(void **state)
{
	struct cs_mimi_content c = text_message(""), got;
	struct cs_buf b = { 0 };
	uint8_t *text = malloc(CS_MIMI_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', CS_MIMI_MAX + 1);
	c.text = cs_view(text, CS_MIMI_TEXT_MAX);
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	cs_buf_reset(&b);
	c.text = cs_view(text, CS_MIMI_MAX);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_LIMIT);
	assert_err(
	    cs_mimi_parse(&got, cs_view(text, CS_MIMI_MAX + 1)), CS_ERR_LIMIT);
	c.text = cs_view("\xc0", 1);
	cs_buf_reset(&b);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_FORMAT);
	c.has_text = false;
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	free(text);
	cs_buf_free(&b);
}

static void
test_id(void **state)
{
	struct cs_mimi_content c = text_message("look");
	struct cs_buf b = { 0 };
	uint8_t a[32], other[32];

	(void)state;
	write_ok(&b, &c);
	assert_ok(cs_mimi_id(a, &c, cs_buf_view(&b)));
	assert_int_equal(a[0], 1);
	c.salt[0] ^= 1;
	assert_ok(cs_mimi_id(other, &c, cs_buf_view(&b)));
	assert_memory_not_equal(a, other, 32);
	cs_buf_free(&b);
}

static void
test_names(void **state)
{
	static const uint8_t ref[32] = { 0xab };
	struct cs_buf user = { 0 }, group = { 0 };
	struct cs_view u;

	(void)state;
	assert_ok(cs_mimi_user_uri(&user, "hub.example", cs_view_str("alma")));
	assert_ok(cs_mimi_room_uri(&group, "hub.example", ref));
	u = cs_buf_view(&user);
	assert_view_equal(u, cs_view_str(sender));
	assert_true(cs_mimi_user_uri_names(u, cs_view_str("alma")));
	assert_false(cs_mimi_user_uri_names(u, cs_view_str("alm")));
	assert_false(cs_mimi_user_uri_names(u, cs_view_str("almas")));
	assert_false(cs_mimi_room_uri_names(u, ref));
	assert_true(cs_mimi_room_uri_names(cs_buf_view(&group), ref));
	assert_false(cs_mimi_user_uri_names(
	    cs_view_str("mimi:///u/alma"), cs_view_str("alma")));
	assert_false(cs_mimi_user_uri_names(
	    cs_view_str("http://hub.example/u/alma"), cs_view_str("alma")));
	assert_false(cs_mimi_user_uri_names(
	    cs_view_str("mimi://h/x/u/alma"), cs_view_str("alma")));
	assert_true(cs_mimi_same_hub(u, cs_buf_view(&group)));
	assert_false(
	    cs_mimi_same_hub(u, cs_view_str("mimi://hub.example.org/u/a")));
	assert_false(cs_mimi_same_hub(u, cs_view_str("mimi://hub.exampl/u/a")));
	assert_false(cs_mimi_same_hub(u, cs_view_str("alma")));
	cs_buf_free(&user);
	cs_buf_free(&group);
}

static void
test_filenames(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "cat.jpg", "cat.jpg" },
		{ "../../etc/passwd", "_._.._etc_passwd" },
		{ "a\\b", "a_b" },
		{ ".hidden", "_hidden" },
		{ "", "file" },
		{ "a\nb\x7f", "a_b_" },
		/* right-to-left override: "exe.jpg" would read backwards */
		{ "a\xe2\x80\xaegpj.exe", "agpj.exe" },
		{ "\xe2\x81\xa6", "file" },
		{ "stra\xc3\x9f"
		  "e",
		    "stra\xc3\x9f"
		    "e" },
	};
	char out[CS_MIMI_FILENAME_MAX + 1], longer[400];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cs_mimi_filename(out, cs_view_str(cases[i].name));
		assert_string_equal(out, cases[i].want);
	}
	/* Cut, and not in the middle of a character. */
	for (size_t i = 0; i < sizeof longer; i++)
		longer[i] = (char)(i % 2 == 0 ? 0xc3 : 0x9f);
	cs_mimi_filename(out, cs_view(longer, sizeof longer));
	assert_int_equal(strlen(out), 254);
}

static enum cs_err
write_message(void *arg)
{
	struct cs_buf b = { 0 };
	enum cs_err err = cs_mimi_write(&b, arg);

	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_mimi_content c = text_message("look");

	(void)state;
	cs_test_allocations(write_message, &c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_room_name),
		cmocka_unit_test(test_room_name_twins),
		cmocka_unit_test(test_photos),
		cmocka_unit_test(test_one_spelling),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_filenames),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
