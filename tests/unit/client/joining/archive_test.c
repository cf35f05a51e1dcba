/* SPDX-License-Identifier: MIT */
#include "client/joining/archive.h"

#include "base/writer.h"
#include "client/home/client.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "support/test.h"

#define PART ((uint64_t)CLIENT_ARCHIVE_PART)

static void
test_parts(void **state)
{
	(void)state;
	assert_int_equal(client_archive_parts(1), 1);
	assert_int_equal(client_archive_parts(PART), 1);
	assert_int_equal(client_archive_parts(PART + 1), 2);
	assert_int_equal(client_archive_parts(CLIENT_ARCHIVE_PARTS_MAX * PART),
	    CLIENT_ARCHIVE_PARTS_MAX);
	assert_int_equal(client_archive_part(1, 0), 1);
	assert_int_equal(client_archive_part(PART, 0), PART);
	assert_int_equal(client_archive_part(PART + 1, 0), PART);
	assert_int_equal(client_archive_part(PART + 1, 1), 1);
	/* All of it is in the parts. */
	for (uint64_t size = PART - 1; size < 3 * PART; size += PART / 3) {
		uint64_t sum = 0;

		for (uint32_t i = 0; i < client_archive_parts(size); i++)
			sum += client_archive_part(size, i);
		assert_int_equal(sum, size);
	}
}

/* Whoever has no key cannot say which blobs belong together. */
static void
test_blobs(void **state)
{
	struct client_archive_key key, other;
	uint8_t id[3][CS_ID_LEN];

	(void)state;
	cs_random(key.b, sizeof key.b);
	other = key;
	other.b[31] ^= 1;
	assert_ok(client_archive_blob(id[0], &key, 1));
	assert_ok(client_archive_blob(id[1], &key, 1));
	assert_memory_equal(id[0], id[1], CS_ID_LEN);
	assert_ok(client_archive_blob(id[1], &key, 257));
	assert_ok(client_archive_blob(id[2], &other, 1));
	assert_memory_not_equal(id[0], id[1], CS_ID_LEN);
	assert_memory_not_equal(id[0], id[2], CS_ID_LEN);
}

static void
test_length(void **state)
{
	const uint64_t most = CLIENT_ARCHIVE_PARTS_MAX * PART;
	struct client_archive_key key, other;
	struct cs_buf sealed = { 0 };
	uint64_t size;

	(void)state;
	cs_random(key.b, sizeof key.b);
	other = key;
	other.b[0] ^= 1;
	assert_ok(client_archive_length_seal(&sealed, &key, most));
	assert_int_equal(sealed.len, CLIENT_ARCHIVE_LENGTH_LEN);
	assert_ok(
	    client_archive_length_open(&size, &key, cs_buf_view(&sealed)));
	assert_int_equal(size, most);
	assert_err(
	    client_archive_length_open(&size, &other, cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	assert_int_equal(size, 0);
	for (size_t i = 0; i < sealed.len; i++) {
		assert_int_not_equal(client_archive_length_open(
					 &size, &key, cs_view(sealed.data, i)),
		    CS_OK);
		sealed.data[i] ^= 1;
		assert_int_not_equal(client_archive_length_open(
					 &size, &key, cs_buf_view(&sealed)),
		    CS_OK);
		sealed.data[i] ^= 1;
	}
	/* Whatever the key's holder says, this much is fetched at most. */
	for (int i = 0; i < 2; i++) {
		cs_buf_reset(&sealed);
		assert_ok(client_archive_length_seal(
		    &sealed, &key, i == 0 ? 0 : most + 1));
		assert_err(client_archive_length_open(
			       &size, &key, cs_buf_view(&sealed)),
		    CS_ERR_LIMIT);
	}
	cs_buf_free(&sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_length),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
