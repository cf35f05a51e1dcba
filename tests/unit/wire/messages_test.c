/* SPDX-License-Identifier: MIT */
/* Every message there is: filled, written, read, cut, grown, at its bounds. */
#include "wire/messages.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "support/test.h"
#include "support/wire_shapes.h"

/* Bytes that views of examples point to. */
static uint8_t bytes[CS_WIRE_FRAME_MAX + 1];

/* The encodings of ${n} equal items. */
static struct cs_buf items[8];
static size_t n_items;

static void fill(uint8_t *message, const struct cs_wire_shape *shape,
    size_t len, uint32_t n);

static struct cs_wire_list
fill_list(const struct cs_wire_shape *item, uint32_t n, uint32_t inner)
{
	struct cs_buf *b = &items[n_items++ % 8];
	struct cs_wire_list list = { { NULL, 0 }, 0 };
	uint8_t one[WIRE_STRUCT_MAX];

	fill(one, item, 3, inner);
	cs_buf_reset(b);
	while (list.n < n)
		assert_ok(cs_wire_list_add(b, &list.n, item, one));
	list.raw = cs_buf_view(b);
	return list;
}

/* Numbers that show if bytes change places; views of ${len} bytes at most,
 * lists of ${n} items. */
static void
fill(
    uint8_t *message, const struct cs_wire_shape *shape, size_t len, uint32_t n)
{
	assert_true(shape->size <= WIRE_STRUCT_MAX);
	memset(message, 0, shape->size);
	for (size_t i = 0; i < shape->n; i++) {
		const struct cs_wire_field *f = &shape->fields[i];
		void *at = message + f->offset;

		switch (f->type) {
		case CS_WIRE_U8:
			*(uint8_t *)at = (uint8_t)(0x10 + i);
			break;
		case CS_WIRE_U16:
			*(uint16_t *)at = (uint16_t)(0x1011 + i);
			break;
		case CS_WIRE_U32:
			*(uint32_t *)at = (uint32_t)(0x20212223 + i);
			break;
		case CS_WIRE_U64:
			*(uint64_t *)at = 0x3031323334353637 + i;
			break;
		case CS_WIRE_FIXED:
			memcpy(at, bytes, f->size);
			break;
		case CS_WIRE_VEC:
			*(struct cs_view *)at =
			    cs_view(bytes, len < f->max ? len : f->max);
			break;
		case CS_WIRE_LIST:
			*(struct cs_wire_list *)at =
			    fill_list(f->item, n < f->max ? n : f->max, 1);
			break;
		}
	}
}

/* Reading what was written and writing it again changes nothing. */
static void
test_round_trip(void **state)
{
	uint8_t message[WIRE_STRUCT_MAX], got[WIRE_STRUCT_MAX];

	(void)state;
	for (size_t i = 0; i < N_WIRE_SHAPES; i++) {
		const struct cs_wire_shape *shape = wire_shapes[i].shape;
		struct cs_buf out = { 0 }, again = { 0 };
		enum cs_err err;

		fill(message, shape, 9, 2);
		assert_ok(cs_wire_write(&out, shape, message));
		assert_ok(cs_wire_parse(got, shape, cs_buf_view(&out)));
		assert_ok(cs_wire_write(&again, shape, got));
		assert_view_equal(cs_buf_view(&out), cs_buf_view(&again));
		for (size_t n = 0; n < out.len; n++) {
			err = cs_wire_parse(got, shape, cs_view(out.data, n));
			assert_err(err, CS_ERR_FORMAT);
		}
		assert_ok(cs_buf_add(&out, cs_view_str("x")));
		assert_err(cs_wire_parse(got, shape, cs_buf_view(&out)),
		    CS_ERR_FORMAT);
		cs_buf_free(&out);
		cs_buf_free(&again);
	}
}

/* What ${shape} makes of its field ${f} with ${over} more than its bound. */
static void
at_bound(const struct cs_wire_shape *shape, const struct cs_wire_field *f,
    uint32_t over)
{
	uint8_t message[WIRE_STRUCT_MAX], got[WIRE_STRUCT_MAX];
	struct cs_wire_field fields[32];
	struct cs_wire_shape lax = { fields, shape->n, shape->size };
	struct cs_buf out = { 0 };
	enum cs_err want = over != 0 ? CS_ERR_LIMIT : CS_OK;

	fill(message, shape, 1, 0);
	if (f->type == CS_WIRE_VEC)
		*(struct cs_view *)(void *)(message + f->offset) =
		    cs_view(bytes, f->max + over);
	else
		*(struct cs_wire_list *)(void *)(message + f->offset) =
		    fill_list(f->item, f->max + over, 0);
	assert_err(cs_wire_write(&out, shape, message), want);
	/* Somebody else writes it nevertheless. */
	assert_true(shape->n <= 32);
	memcpy(fields, shape->fields, shape->n * sizeof fields[0]);
	for (size_t i = 0; i < shape->n; i++)
		fields[i].max = UINT32_MAX;
	cs_buf_reset(&out);
	assert_ok(cs_wire_write(&out, &lax, message));
	assert_err(cs_wire_parse(got, shape, cs_buf_view(&out)), want);
	cs_buf_free(&out);
}

static void
test_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_WIRE_SHAPES; i++) {
		const struct cs_wire_shape *shape = wire_shapes[i].shape;

		for (size_t k = 0; k < shape->n; k++) {
			const struct cs_wire_field *f = &shape->fields[k];

			if (f->type != CS_WIRE_VEC && f->type != CS_WIRE_LIST)
				continue;
			/* No field is without a bound. */
			assert_true(f->max != 0);
			assert_true(f->type == CS_WIRE_LIST ||
			    f->max < CS_WIRE_FRAME_MAX);
			at_bound(shape, f, 0);
			at_bound(shape, f, 1);
		}
	}
}

/* A shape that is not in the table would not be tested. */
static void
test_table_is_whole(void **state)
{
	static const char *const headers[] = { "src/wire/messages.h",
		"src/wire/filings.h", "src/wire/channels.h" };
	struct cs_buf header = { 0 };
	const char *at;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct cs_buf one =
		    cs_test_read_file(cs_test_source_path(headers[i]));

		assert_ok(cs_buf_add(&header, cs_buf_view(&one)));
		cs_buf_free(&one);
	}
	assert_ok(cs_buf_add(&header, cs_view("", 1)));
	at = (const char *)header.data;
	while ((at = strstr(at, "\nCS_WIRE_SHAPE(")) != NULL) {
		at += strlen("\nCS_WIRE_SHAPE(");
		if (n >= N_WIRE_SHAPES ||
		    strncmp(at, wire_shapes[n].name,
			strlen(wire_shapes[n].name)) != 0 ||
		    at[strlen(wire_shapes[n].name)] != ')')
			fail_msg("tests/support/wire_shapes.h: want %.40s", at);
		n++;
	}
	assert_int_equal(n, N_WIRE_SHAPES);
	cs_buf_free(&header);
}

static void
test_codes(void **state)
{
	(void)state;
	assert_string_equal(
	    cs_wire_code_name(CS_WIRE_E_STALE_EPOCH), "stale-epoch");
	for (uint16_t a = CS_WIRE_E_MALFORMED; a <= CS_WIRE_E_CHANNEL; a++) {
		if (a > CS_WIRE_E_WORDS && a < CS_WIRE_E_PUSH)
			continue; /* never given to anything */
		assert_string_not_equal(cs_wire_code_name(a), "unknown");
		assert_true(strlen(cs_wire_code_text(a)) > 5);
		for (uint16_t b = 1; b < a; b++)
			assert_string_not_equal(
			    cs_wire_code_name(a), cs_wire_code_name(b));
	}
	assert_string_equal(cs_wire_code_name(0), "unknown");
	assert_non_null(cs_wire_code_text(9999));
}

/* What is signed depends on each of its parts. */
static void
test_login_tbs(void **state)
{
	static const uint8_t device[16] = { 1 }, challenge[32] = { 2 };
	const struct cs_wire_binding exporter = { CS_WIRE_BINDING_EXPORTER,
		{ 3 } };
	struct cs_buf b = { 0 };
	static const char label[] = "countersign/login/v2";

	(void)state;
	assert_ok(cs_wire_login_tbs(&b, CS_WIRE_ROLE_DEVICE, device, challenge,
	    cs_view_str("hub"), &exporter));
	assert_int_equal(b.len, sizeof label + 1 + 16 + 32 + 4 + 1 + 32);
	assert_memory_equal(b.data, label, sizeof label);
	assert_int_equal(b.data[sizeof label], CS_WIRE_ROLE_DEVICE);
	assert_int_equal(b.data[sizeof label + 1], 1);
	assert_int_equal(b.data[sizeof label + 17], 2);
	assert_memory_equal(b.data + sizeof label + 49, "\3hub\1\3", 6);
	cs_buf_reset(&b);
	assert_ok(cs_wire_action_tbs(&b, cs_view_str("action")));
	assert_view_equal(
	    cs_buf_view(&b), cs_view("countersign/action/v2\0action", 28));
	cs_buf_free(&b);
}

/* Python's hashlib says the same of the bytes that PROTOCOL.md describes. */
static void
test_login_from_a_page(void **state)
{
	static const uint8_t device[16] = { 1 }, challenge[32] = { 2 };
	static const uint8_t bound[32] = { 0x3b, 0x94, 0x77, 0x26, 0x35, 0x7a,
		0xfb, 0x77, 0x1f, 0xce, 0x03, 0x1b, 0xce, 0x19, 0x1a, 0x14,
		0xe1, 0xfe, 0x0f, 0xaa, 0x35, 0xb9, 0xea, 0x5e, 0x7a, 0x80,
		0x9b, 0x66, 0x6e, 0x9a, 0xd1, 0xe2 };
	static const uint8_t signed_hash[32] = { 0x6d, 0xcd, 0x88, 0xcd, 0xc3,
		0x28, 0x98, 0xdd, 0x08, 0xaa, 0x16, 0x78, 0xff, 0x94, 0xb8,
		0xe4, 0xff, 0x1b, 0xea, 0x51, 0x0d, 0x06, 0x8c, 0x16, 0xba,
		0xb3, 0x1f, 0x3e, 0x6b, 0xaa, 0x26, 0x42 };
	struct cs_wire_binding origin, other;
	struct cs_buf b = { 0 };
	uint8_t hash[CS_SHA256_LEN];

	(void)state;
	assert_ok(cs_wire_origin_binding(
	    &origin, cs_view_str("https://chat.example.org")));
	assert_int_equal(origin.kind, CS_WIRE_BINDING_ORIGIN);
	assert_memory_equal(origin.value, bound, sizeof bound);
	assert_ok(cs_wire_origin_binding(
	    &other, cs_view_str("https://chat.example.org.")));
	assert_memory_not_equal(other.value, bound, sizeof bound);
	assert_ok(cs_wire_login_tbs(&b, CS_WIRE_ROLE_DEVICE, device, challenge,
	    cs_view_str("hub"), &origin));
	assert_ok(cs_sha256(hash, cs_buf_view(&b)));
	assert_memory_equal(hash, signed_hash, sizeof hash);
	cs_buf_free(&b);
}

/* What the table of its fields does not say. */
static void
test_statement(void **state)
{
	struct cs_wire_statement s = { .version = CS_WIRE_STATEMENT_VERSION,
		.language = cs_view_str("en"),
		.facts = cs_view_str("what was seen"),
		.ground_kind = CS_WIRE_GROUND_TERMS },
				 got;
	struct {
		uint8_t *field;
		uint8_t bad;
		enum cs_err want;
	} twins[] = {
		{ &s.version, 0, CS_ERR_VERSION },
		{ &s.version, 2, CS_ERR_VERSION },
		{ &s.automated_detection, 2, CS_ERR_FORMAT },
		{ &s.automated_decision, 2, CS_ERR_FORMAT },
		{ &s.ground_kind, 0, CS_ERR_FORMAT },
		{ &s.ground_kind, 3, CS_ERR_FORMAT },
	};
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_wire_write(&b, &cs_wire_statement_shape, &s));
	assert_ok(cs_wire_statement_parse(&got, cs_buf_view(&b)));
	assert_view_equal(got.facts, s.facts);
	for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
		uint8_t good = *twins[i].field;

		*twins[i].field = twins[i].bad;
		cs_buf_reset(&b);
		assert_ok(cs_wire_write(&b, &cs_wire_statement_shape, &s));
		assert_err(cs_wire_statement_parse(&got, cs_buf_view(&b)),
		    twins[i].want);
		*twins[i].field = good;
	}
	s.case_number = cs_view_str("\xff");
	cs_buf_reset(&b);
	assert_ok(cs_wire_write(&b, &cs_wire_statement_shape, &s));
	assert_err(
	    cs_wire_statement_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	assert_err(
	    cs_wire_statement_parse(&got, cs_view(b.data, 3)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

static enum cs_err
try_login_tbs(void *arg)
{
	struct cs_buf b = { 0 };
	const struct cs_wire_binding binding = { 0 };
	enum cs_err err = cs_wire_login_tbs(
	    &b, 0, bytes, bytes, cs_view_str("hub"), &binding);

	(void)arg;
	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_login_tbs, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_table_is_whole),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_login_tbs),
		cmocka_unit_test(test_login_from_a_page),
		cmocka_unit_test(test_statement),
		cmocka_unit_test(test_allocations),
	};
	int failed;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i < 8; i++)
		cs_buf_free(&items[i]);
	return failed;
}
