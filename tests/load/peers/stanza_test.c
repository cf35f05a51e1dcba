/* SPDX-License-Identifier: MIT */
/* A stream of XMPP comes in pieces of any size, and is not trusted. */
#include "load/peers/stanza.h"

#include <string.h>

#include "support/test.h"

static const char stream[] =
    "<?xml version='1.0'?><stream:stream id='1' a=\"x>y\">\n"
    "<stream:features><mechanisms><mechanism>PLAIN</mechanism></mechanisms>"
    "</stream:features> <a h='12' xmlns='urn:xmpp:sm:3'/>"
    "<message from='a@b' type=\"chat\"><body>1 &lt; 2</body><x a='/b>'/>"
    "</message>";

static struct stanza_reader reader;

/* Read ${text} in pieces of ${size} bytes; the names of its stanzas. */
static enum cs_err
read_all(char names[static 128], const char *text, size_t size)
{
	size_t left = strlen(text), n;
	struct stanza s;
	enum cs_err err = CS_ERR_NOT_FOUND;

	memset(&reader, 0, sizeof reader);
	names[0] = '\0';
	while (err == CS_ERR_NOT_FOUND && left != 0) {
		char *room = stanza_room(&reader, &n);

		assert_true(n != 0);
		n = n < size ? n : size;
		n = n < left ? n : left;
		memcpy(room, text, n);
		stanza_came(&reader, n);
		text += n;
		left -= n;
		while ((err = stanza_next(&s, &reader)) == CS_OK) {
			strncat(names, (const char *)s.name.data, s.name.len);
			strcat(names, " ");
		}
	}
	return err;
}

static void
test_pieces(void **state)
{
	char names[128];

	(void)state;
	for (size_t size = 1; size < sizeof stream; size++) {
		assert_err(read_all(names, stream, size), CS_ERR_NOT_FOUND);
		assert_string_equal(names, "stream:features a message ");
	}
}

static void
attribute_is(const struct stanza *s, const char *name, const char *want)
{
	struct cs_view is = stanza_attribute(s, name);

	assert_int_equal(is.len, strlen(want));
	if (is.len != 0)
		assert_memory_equal(is.data, want, is.len);
}

static void
test_attributes(void **state)
{
	static const char text[] = "<s><a  one='1' two = '2' three=\"'3'\"/>";
	struct stanza s;
	size_t n;

	(void)state;
	memset(&reader, 0, sizeof reader);
	memcpy(stanza_room(&reader, &n), text, sizeof text - 1);
	stanza_came(&reader, sizeof text - 1);
	assert_ok(stanza_next(&s, &reader));
	assert_int_equal(s.all.len, sizeof text - 1 - strlen("<s>"));
	attribute_is(&s, "one", "1");
	attribute_is(&s, "three", "'3'");
	attribute_is(&s, "on", "");
	attribute_is(&s, "3", "");
}

static void
test_refused(void **state)
{
	char names[128], *large = test_malloc(2 * STANZA_MAX);
	static const char begin[] = "<s><m>";

	(void)state;
	assert_err(read_all(names, "<s><!-- x -->", 3), CS_ERR_FORMAT);
	assert_err(read_all(names, "<s><?x?>", 3), CS_ERR_FORMAT);
	assert_err(read_all(names, "<s/>", 3), CS_ERR_FORMAT);
	assert_err(read_all(names, "<s><>", 3), CS_ERR_FORMAT);
	assert_err(read_all(names, "</s>", 3), CS_ERR_CLOSED);
	assert_err(read_all(names, "<s><a/></s>", 3), CS_ERR_CLOSED);
	assert_string_equal(names, "a ");
	/* Without an end, as text, as a tag, and in depth. */
	memset(large, 'x', 2 * STANZA_MAX - 1);
	large[2 * STANZA_MAX - 1] = '\0';
	memcpy(large, begin, sizeof begin - 1);
	assert_err(read_all(names, large, 1000), CS_ERR_LIMIT);
	large[strlen("<s><m")] = ' ';
	assert_err(read_all(names, large, 1000), CS_ERR_LIMIT);
	for (size_t i = 0; i < 100; i++)
		memcpy(large + 3 * i, "<s>", 3);
	large[300] = '\0';
	assert_err(read_all(names, large, 1000), CS_ERR_LIMIT);
	test_free(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
