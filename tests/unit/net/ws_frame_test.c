/* SPDX-License-Identifier: MIT */
/* Frames of WebSocket: those of RFC 6455, in any pieces, and those that no
 * client of ours sends. */
#include "net/ws_frame.h"

#include "support/test.h"

/* Section 5.7: "Hello", masked; in binary, which ours are. */
#define HELLO 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58

#define ROOM 1000

/* Everything in ${frames}, in pieces of ${piece} bytes: messages one behind the
 * other with a '.' each, control frames as their letter. */
static enum cs_ws_close
read_all(struct cs_buf *out, struct cs_view frames, size_t piece)
{
	struct cs_ws ws = { { 0 } };
	struct cs_ws_got got;
	uint8_t bytes[400];

	cs_buf_free(out);
	for (size_t at = 0; at < frames.len; at += piece) {
		size_t n = frames.len - at < piece ? frames.len - at : piece;
		uint8_t *p = bytes;

		memcpy(bytes, frames.data + at, n);
		do {
			cs_ws_next(&got, &ws, &p, &n, ROOM);
			if (got.event == CS_WS_BAD)
				return got.why;
			if (got.event == CS_WS_DATA && got.bytes.len != 0)
				assert_ok(cs_buf_add(out, got.bytes));
			if (got.event == CS_WS_DATA && got.last)
				assert_ok(cs_buf_add(out, cs_view_str(".")));
			if (got.event == CS_WS_SPOKEN)
				assert_ok(cs_buf_add(out,
				    cs_view_str(got.opcode == CS_WS_PING ? "i"
					    : got.opcode == CS_WS_PONG   ? "o"
								       : "c")));
		} while (got.event != CS_WS_NOTHING);
		assert_int_equal(n, 0);
	}
	return 0;
}

static void
test_messages(void **state)
{
	static const uint8_t frames[] = { /* whole, */
		0x82, HELLO,
		/* in two with a ping between them, */
		0x02, 0x83, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, /**/
		0x89, HELLO,                                          /**/
		0x80, 0x82, 0x3d, 0x37, 0xfa, 0x21, 0x51, 0x58,
		/* empty, */
		0x82, 0x80, 1, 2, 3, 4,
		/* an empty pong, and the end */
		0x8a, 0x80, 1, 2, 3, 4, /**/
		0x88, 0x82, 0, 0, 0, 0, 3, 0xe8
	};
	struct cs_buf out = { 0 };

	(void)state;
	for (size_t piece = 1; piece < 80; piece++) {
		assert_int_equal(read_all(&out, CS_VIEW_OF(frames), piece), 0);
		assert_view_equal(
		    cs_buf_view(&out), cs_view_str("Hello.Helilo..oc"));
	}
	cs_buf_free(&out);
}

static void
test_lengths(void **state)
{
	static const size_t lengths[] = { 0, 1, 7, 8, 9, 125, 126, 300 };
	struct cs_buf out = { 0 };
	uint8_t frame[400], plain[300], head[CS_WS_HEAD_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		size_t n = lengths[i], at = cs_ws_head(frame, CS_WS_BINARY, n);

		frame[1] |= 0x80;
		for (uint8_t j = 0; j < 4; j++)
			frame[at++] = (uint8_t)(j * 77 + 1);
		for (size_t j = 0; j < n; j++)
			frame[at + j] = plain[j] ^ frame[at - 4 + j % 4];
		for (size_t piece = 1; piece < 400; piece += 13) {
			assert_int_equal(
			    read_all(&out, cs_view(frame, at + n), piece), 0);
			assert_int_equal(out.len, n + 1);
			assert_memory_equal(out.data, plain, n);
		}
	}
	assert_int_equal(cs_ws_head(head, CS_WS_PING, 0), 2);
	assert_int_equal(cs_ws_head(head, CS_WS_BINARY, 65535), 4);
	assert_int_equal(cs_ws_head(head, CS_WS_BINARY, 65536), 10);
	cs_buf_free(&out);
}

static void
test_bad(void **state)
{
	static const struct {
		uint8_t bytes[16];
		size_t n;
		enum cs_ws_close why;
	} bad[] = {
		{ { 0x81, HELLO }, 11, CS_WS_CLOSE_TYPE },
		/* not masked */
		{ { 0x82, 5, 'H', 'e', 'l', 'l', 'o' }, 7,
		    CS_WS_CLOSE_PROTOCOL },
		/* reserved bits and opcodes */
		{ { 0xc2, HELLO }, 11, CS_WS_CLOSE_PROTOCOL },
		{ { 0x83, HELLO }, 11, CS_WS_CLOSE_PROTOCOL },
		{ { 0x8b, HELLO }, 11, CS_WS_CLOSE_PROTOCOL },
		/* goes on with nothing */
		{ { 0x80, HELLO }, 11, CS_WS_CLOSE_PROTOCOL },
		/* a ping in pieces, and one that is too long */
		{ { 0x09, HELLO }, 11, CS_WS_CLOSE_PROTOCOL },
		{ { 0x89, 0xfe, 0, 126, 1, 2, 3, 4 }, 8, CS_WS_CLOSE_PROTOCOL },
		/* a length in more bytes than it needs */
		{ { 0x82, 0xfe, 0, 5, 1, 2, 3, 4 }, 8, CS_WS_CLOSE_PROTOCOL },
		{ { 0x82, 0xff, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 4 }, 14,
		    CS_WS_CLOSE_PROTOCOL },
		/* more than there is room for */
		{ { 0x82, 0xfe, 0x03, 0xe9, 1, 2, 3, 4 }, 8,
		    CS_WS_CLOSE_TOO_BIG },
		{ { 0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2,
		      3, 4 },
		    14, CS_WS_CLOSE_TOO_BIG },
	};
	static const uint8_t twice[] = { 0x02, HELLO, 0x82, HELLO };
	struct cs_buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(
		    read_all(&out, cs_view(bad[i].bytes, bad[i].n), 1),
		    bad[i].why);
		assert_int_equal(out.len, 0);
	}
	assert_int_equal(
	    read_all(&out, CS_VIEW_OF(twice), 3), CS_WS_CLOSE_PROTOCOL);
	cs_buf_free(&out);
}

/* What one end writes the other one reads, and not its own kind. */
static void
test_client(void **state)
{
	static const size_t sizes[] = { 0, 1, 125, 126, 65535, 65536 };
	static uint8_t frame[CS_WS_HEAD_MAX + CS_WS_MASK_LEN + 65536];
	static const uint8_t mask[CS_WS_MASK_LEN] = { 0x37, 0xfa, 0x21, 0x3d };
	uint8_t head[CS_WS_HEAD_MAX + CS_WS_MASK_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cs_ws server = { { 0 } }, client = { .client = true };
		uint8_t *p = frame;
		struct cs_ws_got got;
		size_t n = sizes[i], n_head;

		memset(frame + sizeof head, 0x5a, n);
		n_head = cs_ws_head_masked(
		    head, CS_WS_BINARY, mask, frame + sizeof head, n);
		memcpy(frame, head, n_head);
		memmove(frame + n_head, frame + sizeof head, n);
		n += n_head;
		cs_ws_next(&got, &client, &p, &n, 65536);
		assert_int_equal(got.event, CS_WS_BAD);
		p = frame;
		n = n_head + sizes[i];
		cs_ws_next(&got, &server, &p, &n, 65536);
		assert_int_equal(got.event, CS_WS_DATA);
		assert_true(got.last);
		assert_int_equal(got.bytes.len, sizes[i]);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(got.bytes.data[j], 0x5a);
		/* And the other way. */
		n_head = cs_ws_head(frame, CS_WS_BINARY, sizes[i]);
		n = n_head + sizes[i];
		p = frame;
		client = (struct cs_ws){ .client = true };
		cs_ws_next(&got, &client, &p, &n, 65536);
		assert_int_equal(got.event, CS_WS_DATA);
		assert_true(got.last);
		assert_int_equal(got.bytes.len, sizes[i]);
		assert_int_equal(n, 0);
	}
}

/* Section 1.3. */
static void
test_accept(void **state)
{
	char accept[CS_WS_ACCEPT_LEN + 1];

	(void)state;
	assert_ok(
	    cs_ws_accept(accept, cs_view_str("dGhlIHNhbXBsZSBub25jZQ==")));
	assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
