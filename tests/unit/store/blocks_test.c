/* SPDX-License-Identifier: MIT */
#include "store/blocks.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/file.h"
#include "support/temp_dir.h"
#include "support/test.h"

#define BLOCK 100

static struct cs_blocks
blocks(int fd, uint8_t key)
{
	return (struct cs_blocks){
		.fd = fd,
		.key = { .b = { key } },
		.context = cs_view_str("test"),
		.max = BLOCK,
	};
}

/* A file of three blocks: "one", nothing, and as much as there may be. */
static void
make(struct cs_buf *out, const char *path)
{
	static const uint8_t most[BLOCK + 1] = { 7 };
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct cs_blocks b = blocks(fd, 1);

	assert_true(fd >= 0);
	assert_ok(cs_blocks_write(&b, cs_view_str("one"), false));
	assert_ok(cs_blocks_write(&b, cs_view("", 0), false));
	assert_err(
	    cs_blocks_write(&b, cs_view(most, BLOCK + 1), true), CS_ERR_LIMIT);
	assert_ok(cs_blocks_write(&b, cs_view(most, BLOCK), true));
	cs_blocks_clear(&b);
	close(fd);
	assert_ok(cs_file_read(out, path, 4096));
}

/* Read all of ${file} with ${b}; what ends it, and how many came before. */
static enum cs_err
read_all(unsigned *n, const char *path, struct cs_view file, struct cs_blocks b)
{
	static const size_t lengths[] = { 3, 0, BLOCK };
	struct cs_buf plain = { 0 };
	enum cs_err err;

	assert_ok(cs_file_write(path, file, 0600));
	b.fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(b.fd >= 0);
	for (*n = 0; (err = cs_blocks_read(&plain, &b)) == CS_OK; (*n)++)
		assert_int_equal(plain.len, lengths[*n]);
	close(b.fd);
	cs_blocks_clear(&b);
	cs_buf_free(&plain);
	return err;
}

static void
test_blocks(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "blocks");
	struct cs_buf file = { 0 };
	struct cs_blocks other = blocks(-1, 1);
	unsigned n;

	(void)state;
	make(&file, path);
	assert_err(read_all(&n, path, cs_buf_view(&file), blocks(-1, 1)),
	    CS_ERR_NOT_FOUND);
	assert_int_equal(n, 3);
	/* Another key, and another context. */
	assert_err(read_all(&n, path, cs_buf_view(&file), blocks(-1, 2)),
	    CS_ERR_PASSPHRASE);
	other.context = cs_view_str("tset");
	assert_err(
	    read_all(&n, path, cs_buf_view(&file), other), CS_ERR_PASSPHRASE);
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

static void
test_twins(void **state)
{
	struct temp_dir d = temp_dir_new();
	const char *path = temp_path(&d, "blocks");
	struct cs_buf file = { 0 };
	size_t first;
	unsigned n;

	(void)state;
	make(&file, path);
	first = 4 + 3 + CS_SEAL_OVERHEAD;
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		assert_true(read_all(&n, path, cs_buf_view(&file),
				blocks(-1, 1)) != CS_ERR_NOT_FOUND);
		file.data[i] ^= 1;
		/* Cut off, also between two blocks. */
		assert_err(
		    read_all(&n, path, cs_view(file.data, i), blocks(-1, 1)),
		    CS_ERR_FORMAT);
	}
	/* Without its first block. */
	assert_err(
	    read_all(&n, path, cs_view(file.data + first, file.len - first),
		blocks(-1, 1)),
	    CS_ERR_PASSPHRASE);
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
