/* SPDX-License-Identifier: MIT */
#include "franking/safe_aad.h"

#include "base/writer.h"
#include "support/test.h"

struct item {
	uint16_t id;
	size_t len;
};

/* SafeAAD of these items, which end with a length of SIZE_MAX. */
static void
write_items(struct cs_buf *out, const struct item *items)
{
	struct cs_writer w = cs_writer(out);
	static const uint8_t zero[256];
	size_t mark;

	cs_buf_reset(out);
	mark = cs_write_open(&w);
	for (; items->len != SIZE_MAX; items++) {
		cs_write_u16(&w, items->id);
		cs_write_vec(&w, cs_view(zero, items->len));
	}
	cs_write_close(&w, mark);
	assert_ok(cs_writer_end(&w));
}

static void
test_there_and_back(void **state)
{
	struct cs_safe_aad in = {
		.tag = { 1 },
		.sender_seq = 2,
		.claimed_ms = 3,
		.sig = { 4 },
		.has_told = true,
		.told = { .size = 5, .root = { 6 }, .sig = { 7 } },
	};
	struct cs_safe_aad out;
	struct cs_buf b = { 0 };
	uint8_t tag[32];

	(void)state;
	assert_ok(cs_safe_aad_write(&b, &in));
	assert_ok(cs_safe_aad_parse(&out, cs_buf_view(&b)));
	assert_memory_equal(out.tag, in.tag, 32);
	assert_int_equal(out.sender_seq, 2);
	assert_int_equal(out.claimed_ms, 3);
	assert_memory_equal(out.sig, in.sig, 64);
	assert_true(out.has_told);
	assert_int_equal(out.told.size, 5);
	assert_memory_equal(out.told.root, in.told.root, 32);
	assert_memory_equal(out.told.sig, in.told.sig, 64);
	assert_ok(cs_safe_aad_tag(tag, cs_buf_view(&b)));
	assert_memory_equal(tag, in.tag, 32);
	for (size_t i = 0; i < b.len; i++) {
		assert_err(
		    cs_safe_aad_parse(&out, cs_view(b.data, i)), CS_ERR_FORMAT);
		assert_err(
		    cs_safe_aad_tag(tag, cs_view(b.data, i)), CS_ERR_FORMAT);
	}
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_safe_aad_parse(&out, cs_buf_view(&b)), CS_ERR_FORMAT);
	assert_err(cs_safe_aad_tag(tag, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

#define END                                                                    \
	{                                                                      \
		0, SIZE_MAX                                                    \
	}
#define TAG                                                                    \
	{                                                                      \
		CS_COMPONENT_FRANKING_TAG, 32                                  \
	}
#define FRANK                                                                  \
	{                                                                      \
		CS_COMPONENT_SENDER_FRANK, 80                                  \
	}
#define TOLD                                                                   \
	{                                                                      \
		CS_COMPONENT_TLOG_TOLD, 104                                    \
	}

static void
test_items(void **state)
{
	static const struct {
		struct item items[5];
		enum cs_err parse, tag;
	} cases[] = {
		{ { TAG, FRANK, END }, CS_OK, CS_OK },
		{ { END }, CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { FRANK, END }, CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { TAG, END }, CS_ERR_FORMAT, CS_OK },
		{ { FRANK, TAG, END }, CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { TAG, TAG, FRANK, END }, CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { TAG, FRANK, FRANK, END }, CS_ERR_FORMAT, CS_ERR_FORMAT },
		/* A tag that was cut, or has more behind it. */
		{ { { CS_COMPONENT_FRANKING_TAG, 31 }, FRANK, END },
		    CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { { CS_COMPONENT_FRANKING_TAG, 33 }, FRANK, END },
		    CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { TAG, { CS_COMPONENT_SENDER_FRANK, 79 }, END },
		    CS_ERR_FORMAT, CS_OK },
		{ { TAG, { CS_COMPONENT_SENDER_FRANK, 81 }, END },
		    CS_ERR_FORMAT, CS_OK },
		/* Others are the hub's business no more than ours. */
		{ { { 1, 3 }, TAG, FRANK, END }, CS_OK, CS_OK },
		{ { TAG, FRANK, { 0xfff0, 0 }, END }, CS_OK, CS_OK },
		/* A checkpoint: once, in its place, and as long as it is. */
		{ { TAG, FRANK, TOLD, END }, CS_OK, CS_OK },
		{ { TAG, TOLD, END }, CS_ERR_FORMAT, CS_OK },
		{ { TAG, TOLD, FRANK, END }, CS_ERR_FORMAT, CS_ERR_FORMAT },
		{ { TAG, FRANK, TOLD, TOLD, END }, CS_ERR_FORMAT,
		    CS_ERR_FORMAT },
		{ { TAG, FRANK, { CS_COMPONENT_TLOG_TOLD, 103 }, END },
		    CS_ERR_FORMAT, CS_OK },
		{ { TAG, FRANK, { CS_COMPONENT_TLOG_TOLD, 105 }, END },
		    CS_ERR_FORMAT, CS_OK },
		{ { TAG, FRANK, { CS_COMPONENT_TLOG_TOLD, 0 }, END },
		    CS_ERR_FORMAT, CS_OK },
	};
	struct cs_buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cs_safe_aad out;
		uint8_t tag[32];

		write_items(&b, cases[i].items);
		assert_err(
		    cs_safe_aad_parse(&out, cs_buf_view(&b)), cases[i].parse);
		assert_err(cs_safe_aad_tag(tag, cs_buf_view(&b)), cases[i].tag);
	}
	cs_buf_free(&b);
}

static enum cs_err
write_one(void *arg)
{
	struct cs_buf b = { 0 };
	enum cs_err err = cs_safe_aad_write(&b, arg);

	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_safe_aad in = { .has_told = true };

	(void)state;
	cs_test_allocations(write_one, &in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
