/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/text.h"
#include "content/cbor.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
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
	assert_int_equal(got.kind, CS_MIMI_SAID);
	c.kind = CS_MIMI_NAME;
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.kind == CS_MIMI_NAME && got.has_text);
	assert_true(cs_mimi_is_for_room(&got));
	assert_string_equal(cs_mimi_kind_name(&got), "name");
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

/* A link stands alone: its secret, or nothing. */
static void
test_room_link(void **state)
{
	static const char type[] = "application/vnd.countersign.room-link";
	uint8_t secret[CS_MIMI_LINK_LEN + 1] = { 1, 2, 3 };
	struct cs_mimi_content c = text_message(""), got;
	struct cs_buf b = { 0 };
	uint8_t *at;

	(void)state;
	c.kind = CS_MIMI_LINK;
	c.has_text = false;
	for (size_t n = 0; n <= CS_MIMI_LINK_LEN; n += CS_MIMI_LINK_LEN) {
		c.link = cs_view(secret, n);
		cs_buf_reset(&b);
		write_ok(&b, &c);
		assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
		assert_int_equal(got.kind, CS_MIMI_LINK);
		assert_view_equal(got.link, c.link);
		assert_string_equal(cs_mimi_kind_name(&got), "link");
	}
	/* A type that nobody knows. */
	at = memmem(b.data, b.len, type, sizeof type - 1);
	assert_non_null(at);
	at[0] = 'b';
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.kind == CS_MIMI_UNKNOWN && got.link.len == 0);
	/* Of another length; beside a text; in another kind; that vanishes. */
	cs_buf_reset(&b);
	c.link = cs_view(secret, CS_MIMI_LINK_LEN + 1);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.link = cs_view(secret, 1);
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.link = cs_view(secret, CS_MIMI_LINK_LEN);
	c.has_text = true;
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.kind = CS_MIMI_SAID;
	c.text = cs_view_str("a");
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.kind = CS_MIMI_LINK;
	c.has_text = false;
	c.expiry = CS_MIMI_AFTER;
	c.expires_s = 60;
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	cs_buf_free(&b);
}

/* A picture is the whole of a body: one photo as an icon, or none. */
static void
test_room_picture(void **state)
{
	struct cs_mimi_content c = text_message(""), got;
	struct cs_buf b = { 0 };

	(void)state;
	c.kind = CS_MIMI_PICTURE;
	c.has_text = false;
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.kind == CS_MIMI_PICTURE && got.n_external == 0);
	cs_buf_reset(&b);
	c.n_external = 1;
	c.external[0] = photo();
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.kind == CS_MIMI_PICTURE && got.n_external == 1);
	assert_view_equal(got.external[0].url, c.external[0].url);
	assert_string_equal(cs_mimi_kind_name(&got), "picture");
	/* The same photo that is said is none. */
	cs_buf_reset(&b);
	c.kind = CS_MIMI_SAID;
	write_ok(&b, &c);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_int_equal(got.kind, CS_MIMI_SAID);
	/* What is no picture; two; with words; in answer to something. */
	cs_buf_reset(&b);
	c.kind = CS_MIMI_PICTURE;
	c.external[0].content_type = cs_view_str("application/pdf");
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.external[0] = photo();
	c.external[0].size = CS_MIMI_PICTURE_MAX;
	write_ok(&b, &c);
	cs_buf_reset(&b);
	c.external[0].size++;
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.external[0] = c.external[1] = photo();
	c.n_external = 2;
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.n_external = 1;
	c.has_text = true;
	c.text = cs_view_str("a");
	assert_err(cs_mimi_write(&b, &c), CS_ERR_MISUSE);
	c.has_text = false;
	c.is_reply = true;
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
	c.kind = CS_MIMI_NAME;
	write_ok(&b, &c);
	at = memmem(b.data, b.len, type, sizeof type - 1);
	assert_non_null(at);
	/* A type that nobody knows; an empty name. */
	at[0] = 'b';
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_true(got.kind == CS_MIMI_UNKNOWN);
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
			if (cs_mimi_parse(&got, cs_buf_view(&b)) == CS_OK &&
			    got.kind != CS_MIMI_UNKNOWN) {
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
	assert_err(parse_with(&c, "look", "\xff\xfe..", 4), CS_ERR_FORMAT);
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

/* ---- what a message says about another ---------------------------------- */

static struct cs_mimi_content
about(enum cs_mimi_kind kind, const char *text)
{
	struct cs_mimi_content c = text_message(text);

	c.kind = kind;
	c.has_text = *text != '\0';
	return c;
}

static void
refuse(const struct cs_mimi_content *c)
{
	struct cs_buf b = { 0 };

	assert_err(cs_mimi_write(&b, c), CS_ERR_MISUSE);
	cs_buf_free(&b);
}

/* Written, it parses to the same, and to nothing when it is cut short. */
static void
round_trip(struct cs_mimi_content *got, struct cs_buf *b,
    const struct cs_mimi_content *c)
{
	write_ok(b, c);
	for (size_t i = 0; i < b->len; i++)
		assert_int_equal(
		    cs_err_class(cs_mimi_parse(got, cs_view(b->data, i))),
		    CS_ERR_CLASS_THEIRS);
	assert_ok(cs_mimi_parse(got, cs_buf_view(b)));
	assert_int_equal(got->kind, c->kind);
	assert_int_equal(got->has_replaces, c->has_replaces);
	assert_memory_equal(got->replaces, c->replaces, 32);
	assert_int_equal(got->is_reply, c->is_reply);
	assert_memory_equal(got->in_reply_to, c->in_reply_to, 32);
	assert_int_equal(got->expiry, c->expiry);
	assert_int_equal(got->expires_s, c->expires_s);
	assert_int_equal(got->has_timer, c->has_timer);
	assert_int_equal(got->timer_s, c->timer_s);
}

static void
test_edit(void **state)
{
	struct cs_mimi_content c = about(CS_MIMI_SAID, "better"), got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_string_equal(cs_mimi_kind_name(&c), "message");
	c.has_replaces = true;
	memset(c.replaces, 6, sizeof c.replaces);
	round_trip(&got, &b, &c);
	assert_view_equal(got.text, c.text);
	assert_string_equal(cs_mimi_kind_name(&got), "edit");
	/* An id of another length. */
	b.data[18] = 0x40;
	assert_err(cs_mimi_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static void
test_deletion(void **state)
{
	struct cs_mimi_content c = about(CS_MIMI_DELETION, ""), got;
	struct cs_buf b = { 0 };

	(void)state;
	refuse(&c); /* of nothing */
	c.has_replaces = true;
	c.replaces[0] = 1;
	round_trip(&got, &b, &c);
	assert_string_equal(cs_mimi_kind_name(&got), "deletion");
	c.has_text = true;
	refuse(&c);
	/* Its twin without "replaces" is nothing at all. */
	c.has_text = false;
	memmove(b.data + 19, b.data + 18 + 34, b.len - 18 - 34);
	b.data[18] = 0xf6;
	assert_err(
	    cs_mimi_parse(&got, cs_view(b.data, b.len - 33)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static void
test_reaction(void **state)
{
	static const char long_one[] =
	    "0123456789012345678901234567890123456789"
	    "0123456789012345678901234";
	static const char *const bad[] = { "", " ", "a\nb", "\x1b[2J", "\x7f",
		"\xe2\x80\xae", long_one };
	struct cs_mimi_content c = about(CS_MIMI_REACTION, "\xe2\x9d\xa4"), got;
	struct cs_buf b = { 0 };

	(void)state;
	refuse(&c); /* to nothing */
	c.is_reply = true;
	c.in_reply_to[0] = 1;
	round_trip(&got, &b, &c);
	assert_view_equal(got.text, c.text);
	c.has_replaces = true; /* another one in its place */
	round_trip(&got, &b, &c);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		c.text = cs_view_str(bad[i]);
		refuse(&c);
	}
	c.text = cs_view_str("+1");
	c.n_external = 1;
	c.external[0] = photo();
	refuse(&c);
	cs_buf_free(&b);
	/* The parser holds to the same. */
	c = about(CS_MIMI_REACTION, "+1");
	c.is_reply = true;
	assert_err(parse_with(&c, "\x42+1", "\x42\n1", 3), CS_ERR_FORMAT);
	assert_err(parse_with(&c, "\x42+1", "\x42  ", 3), CS_ERR_FORMAT);
}

static void
test_expiry(void **state)
{
	struct cs_mimi_content c = about(CS_MIMI_SAID, "soon gone"), got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_int_equal(cs_mimi_expires_ms(&c, 5000), 0);
	c.expiry = CS_MIMI_AFTER;
	c.expires_s = 60;
	round_trip(&got, &b, &c);
	assert_int_equal(cs_mimi_expires_ms(&got, 5000), 65000);
	c.expiry = CS_MIMI_AT;
	c.expires_s = UINT32_MAX;
	round_trip(&got, &b, &c);
	assert_int_equal(
	    cs_mimi_expires_ms(&got, 5000), UINT32_MAX * (uint64_t)1000);
	/* 1970 is not "never". */
	c.expires_s = 0;
	round_trip(&got, &b, &c);
	assert_true(cs_mimi_expires_ms(&got, 5000) != 0);
	c.expires_s = 60;
	/* More than 32 bits; neither true nor false. */
	assert_err(parse_with(&c, "\x82\xf4\x18\x3c", "\x82\xf4\x1b\x3c", 4),
	    CS_ERR_FORMAT);
	assert_err(parse_with(&c, "\x82\xf4\x18\x3c", "\x82\xf6\x18\x3c", 4),
	    CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static void
test_timer(void **state)
{
	struct cs_mimi_content c = about(CS_MIMI_TIMER, ""), got;
	struct cs_buf b = { 0 };

	(void)state;
	refuse(&c);
	c.has_timer = true;
	c.timer_s = 86400;
	round_trip(&got, &b, &c);
	c.timer_s = 0;
	round_trip(&got, &b, &c);
	c.has_replaces = true;
	refuse(&c);
	/* Beside a message it is what that one expires after. */
	c = about(CS_MIMI_SAID, "x");
	c.has_timer = true;
	c.timer_s = c.expires_s = 60;
	refuse(&c);
	c.expiry = CS_MIMI_AFTER;
	round_trip(&got, &b, &c);
	c.expires_s = 61;
	refuse(&c);
	c.expires_s = 60;
	assert_err(parse_with(&c, "\x82\xf5\x18\x3c", "\x82\xf5\x18\x3d", 4),
	    CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static void
test_mentions(void **state)
{
	struct cs_mimi_content c = about(CS_MIMI_SAID, "@Bob and @alma: look"),
			       got;
	struct cs_buf b = { 0 };

	(void)state;
	c.n_mentions = 2;
	c.mentions[0] = cs_view_str("mimi://hub.example/u/alma");
	c.mentions[1] = cs_view_str("mimi://hub.example/u/bob");
	round_trip(&got, &b, &c);
	assert_int_equal(got.n_mentions, 2);
	assert_view_equal(got.mentions[1], c.mentions[1]);
	/* Somebody whom the text does not name; twice; out of order; a room. */
	assert_err(parse_with(&c, "/u/bob", "/u/rob", 6), CS_ERR_FORMAT);
	assert_err(parse_with(&c, "@Bob", "#Bob", 4), CS_ERR_FORMAT);
	assert_err(parse_with(&c, "/u/bob", "/r/bob", 6), CS_ERR_FORMAT);
	c.mentions[0] = c.mentions[1];
	refuse(&c);
	c.mentions[0] = cs_view_str("mimi://hub.example/u/bob");
	c.mentions[1] = cs_view_str("mimi://hub.example/u/alma");
	refuse(&c);
	cs_buf_free(&b);
}

static void
test_who_is_mentioned(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = { { "@bob", true }, { "hi @bob.", true }, { "@BOB!", true },
		{ "(@bob)", true }, { "@bob...", true }, { "@bobby", false },
		{ "@bob.b", false }, { "@bob-b", false }, { "bob", false },
		{ "@", false }, { "", false }, { "mail@bob", false },
		{ "@bobby @bob", true }, { "@bo", false } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(cs_mimi_mentions(cs_view_str(cases[i].text),
				     cs_view_str("bob")),
		    cases[i].want);
	assert_false(cs_mimi_mentions(cs_view_str("@"), cs_view("", 0)));
}

static void
test_statuses(void **state)
{
	/* The example of draft-mahy-mimi-message-status. */
	static const char want[] =
	    "84"
	    "825820d3c14744d1791d02548232c23d35efa97668174ba385af066011e43bd7e5"
	    "150102"
	    "825820e701beee59f9376282f39092e1041b2ac2e3aad1776570c1a28de244979c"
	    "71ed02"
	    "8258206b50bfdd71edc83554ae21380080f4a3ba77985da34528a515fac3c38e49"
	    "98b800"
	    "8258205c95a4dfddab84348bcc265a479299fbd3a2eecfa3d490985da5113e5480"
	    "c7f103";
	struct cs_mimi_content c = about(CS_MIMI_STATUS, ""), got;
	struct cs_buf b = { 0 };
	uint8_t bytes[sizeof want / 2];
	static const uint8_t status[] = { 2, 2, 0, 3 };

	(void)state;
	refuse(&c);
	assert_ok(cs_unhex(bytes, sizeof bytes, want));
	c.n_statuses = 4;
	for (size_t i = 0; i < 4; i++) {
		memcpy(c.statuses[i].id, bytes + 4 + i * 36, 32);
		c.statuses[i].status = status[i];
	}
	round_trip(&got, &b, &c);
	assert_non_null(memmem(b.data, b.len, bytes, sizeof bytes));
	assert_int_equal(got.n_statuses, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_memory_equal(got.statuses[i].id, c.statuses[i].id, 32);
		assert_int_equal(got.statuses[i].status, status[i]);
	}
	/* A status that there is not, and one byte more in the report. */
	c.n_statuses = 1;
	c.statuses[0].status = 6;
	write_ok(&b, &c);
	assert_int_equal(b.data[b.len - 1], 6);
	b.data[b.len - 1] = 7;
	assert_err(cs_mimi_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	c.has_text = true;
	refuse(&c);
	cs_buf_free(&b);
}

/* It is well formed, and nobody shows it: it can be reported all the same. */
static void
test_unknown(void **state)
{
	struct cs_mimi_content c = text_message("<b>look"), got;
	struct cs_buf b = { 0 };
	uint8_t *at;

	(void)state;
	write_ok(&b, &c);
	at = memmem(b.data, b.len, "text/plain", 10);
	memcpy(at, "text/html ", 10);
	assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
	assert_int_equal(got.kind, CS_MIMI_UNKNOWN);
	assert_string_equal(cs_mimi_kind_name(&got), "unknown");
	assert_false(got.has_text);
	assert_view_equal(
	    got.other_type, cs_view_str("text/html ;charset=utf-8"));
	assert_view_equal(got.other, c.text);
	refuse(&got);
	memcpy(at, "text/\n     ", 10);
	assert_err(cs_mimi_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	/* Dispositions of ours and of others, and what is none. */
	memcpy(at, "text/plain", 10);
	for (uint8_t d = 0; d < 24; d++) {
		bool shown = d == 0 || d == 1 || d == 4 || d == 6;

		at[-5] = d;
		if (d == 2) /* a reaction to nothing */
			assert_err(cs_mimi_parse(&got, cs_buf_view(&b)),
			    CS_ERR_FORMAT);
		else
			assert_ok(cs_mimi_parse(&got, cs_buf_view(&b)));
		assert_true(d == 2 || shown == (got.kind == CS_MIMI_SAID));
	}
	cs_buf_free(&b);
}

/* ---- examples of draft-ietf-mimi-content -------------------------------- */

#define CATHY                                                                  \
	"a201782"                                                              \
	"56d696d693a2f2f6578616d706c652e636f6d2f752f63617468792d77617368696e6" \
	"7"                                                                    \
	"746f6e02782"                                                          \
	"56d696d693a2f2f6578616d706c652e636f6d2f722f656e67696e656572696e675f7" \
	"4"                                                                    \
	"65616d"
#define ORIGINAL                                                               \
	"5820017ce54837404c3696e0c747b985cb172716d0ed0a3d249ca63ace7d82a096f4"

static struct cs_view
example(uint8_t *bytes, size_t size, const char *hex)
{
	size_t n = strlen(hex) / 2;

	assert_true(n <= size);
	assert_ok(cs_unhex(bytes, n, hex));
	return cs_view(bytes, n);
}

static void
test_examples(void **state)
{
	uint8_t reaction[300], unlike[300], deletion[300];
	struct cs_view in = example(reaction, sizeof reaction,
	    "8750d37bc0e6a8b4f04e9e6382375f587bf6f640f6" ORIGINAL CATHY
	    "850260017818746578742f706c61696e3b636861727365743d7574662d3843e29d"
	    "a4");
	struct cs_mimi_content c;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_mimi_parse(&c, in));
	assert_int_equal(c.kind, CS_MIMI_REACTION);
	assert_view_equal(c.text, cs_view_str("\xe2\x9d\xa4"));
	assert_view_equal(
	    cs_mimi_user_of(c.sender_uri), cs_view_str("cathy-washington"));
	write_ok(&b, &c);
	assert_view_equal(cs_buf_view(&b), in);
	assert_ok(cs_mimi_parse(&c,
	    example(unlike, sizeof unlike,
		"8750c5ba86dc9fd272e58ca52ec805b7919958200158c4288911e50a8f6be3"
		"f47746b6682f10fd91bc8c05557aa589a3157aff6840f6" ORIGINAL CATHY
		"83026000")));
	assert_int_equal(c.kind, CS_MIMI_DELETION);
	assert_true(c.has_replaces && c.replaces[31] == 0x68);
	in = example(deletion, sizeof deletion,
	    "87500a590d73b2c7761c39168be5ebf7f2e65820015354973c2b65ca937bf1e035"
	    "ae53a5ab80e947afa43d46920d4202e5cc0b2740f6" ORIGINAL CATHY
	    "83016000");
	assert_ok(cs_mimi_parse(&c, in));
	assert_int_equal(c.kind, CS_MIMI_DELETION);
	write_ok(&b, &c);
	assert_view_equal(cs_buf_view(&b), in);
	cs_buf_free(&b);
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
	c = about(CS_MIMI_STATUS, "");
	c.n_statuses = 3;
	cs_test_allocations(write_message, &c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_room_name),
		cmocka_unit_test(test_room_link),
		cmocka_unit_test(test_room_picture),
		cmocka_unit_test(test_room_name_twins),
		cmocka_unit_test(test_photos),
		cmocka_unit_test(test_one_spelling),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_deletion),
		cmocka_unit_test(test_reaction),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_mentions),
		cmocka_unit_test(test_who_is_mentioned),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_filenames),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
