/* SPDX-License-Identifier: MIT */
/* The folder of blobs, without those who ask for them. */
#include "hub/files/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "store/file.h"
#include "support/temp_dir.h"

#define SIZE 100000
#define UPLOADS 8

struct world {
	struct temp_dir dir;
	int fd;
	struct hub_folder *folder;
	uint8_t bytes[SIZE], sha256[CS_HASH_LEN];
	uint64_t now_ms;
};

/* A request that writes. */
struct request {
	struct hub_writing w;
	struct hub_pass pass;
};

static void
open_folder(struct world *t)
{
	assert_ok(hub_folder_new(&t->folder, t->fd));
	hub_folder_bound(t->folder, UPLOADS, UPLOADS + 4);
}

/* The process with the files ends, and another begins. */
static void
restart(struct world *t)
{
	hub_folder_free(t->folder);
	open_folder(t);
}

static void
world_init(struct world *t)
{
	t->dir = temp_dir_new();
	t->now_ms = 1000 * CS_HOUR_MS;
	t->fd = open(t->dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(t->fd >= 0);
	open_folder(t);
	cs_random(t->bytes, sizeof t->bytes);
	assert_ok(cs_sha256(t->sha256, CS_VIEW_OF(t->bytes)));
}

static void
world_clear(struct world *t)
{
	hub_folder_free(t->folder);
	close(t->fd);
	temp_dir_clear(&t->dir);
}

/* "${id of ${n}}${suffix}". */
static const char *
name(const struct request *r, const char *suffix)
{
	static char out[64];
	char hex[33];

	cs_hex(hex, CS_VIEW_OF(r->pass.id));
	snprintf(out, sizeof out, "%s%s", hex, suffix);
	return out;
}

/* Account ${account} wants to write the blob ${n} from ${offset} on. */
static int
begin_of(struct world *t, struct request *r, uint8_t account, uint8_t n,
    uint64_t offset)
{
	memset(r, 0, sizeof *r);
	r->pass.size = SIZE;
	r->pass.offset = offset;
	r->pass.length = SIZE - offset;
	r->pass.put = 1;
	memset(r->pass.account, account, CS_ID_LEN);
	memset(r->pass.id, n, CS_ID_LEN);
	memcpy(r->pass.sha256, t->sha256, CS_HASH_LEN);
	return hub_writing_begin(&r->w, t->folder, &r->pass, t->now_ms);
}

static int
begin(struct world *t, struct request *r, uint8_t n, uint64_t offset)
{
	return begin_of(t, r, 1, n, offset);
}

static int
write_part(struct world *t, struct request *r, size_t from, size_t to)
{
	return hub_writing_add(&r->w, cs_view(t->bytes + from, to - from));
}

static int
end(struct world *t, struct request *r, bool whole)
{
	return hub_writing_end(&r->w, t->folder, &r->pass, whole, t->now_ms);
}

static uint64_t
stored(const struct world *t, const struct request *r)
{
	return hub_folder_stored(t->fd, r->pass.id);
}

/* It can be read, and is what was to be written. */
static bool
is_there(const struct world *t, const struct request *r)
{
	int fd = hub_folder_read(t->folder, r->pass.id);
	struct cs_buf file = { 0 };

	if (fd < 0)
		return false;
	assert_ok(cs_file_read_fd(&file, fd, SIZE));
	close(fd);
	assert_view_equal(cs_buf_view(&file), CS_VIEW_OF(t->bytes));
	cs_buf_free(&file);
	return true;
}

/* Whoever comes later writes, and whoever was first cannot any more; not
 * during, and not after. */
static void
test_one_at_a_time(void **state)
{
	struct request first, second, third;
	uint8_t evil[1000];
	struct world t;

	(void)state;
	world_init(&t);
	memset(evil, 0xee, sizeof evil);
	assert_int_equal(begin(&t, &first, 1, 0), 0);
	assert_int_equal(write_part(&t, &first, 0, 40000), 0);
	/* Where it stands is known while it is written. */
	assert_int_equal(stored(&t, &first), 40000);
	assert_int_equal(begin(&t, &second, 1, 0), 409);
	assert_int_equal(hub_writing_add(&first.w, CS_VIEW_OF(evil)), 409);
	assert_int_equal(begin(&t, &second, 1, 40000), 0);
	assert_int_equal(hub_writing_add(&first.w, CS_VIEW_OF(evil)), 409);
	assert_int_equal(end(&t, &first, false), 409);
	assert_int_equal(write_part(&t, &second, 40000, 60000), 0);
	/* The line breaks, and it goes on. */
	assert_int_equal(end(&t, &second, false), 400);
	assert_int_equal(begin(&t, &second, 1, 60000), 0);
	assert_int_equal(write_part(&t, &second, 60000, SIZE), 0);
	assert_int_equal(end(&t, &second, true), 201);
	assert_int_equal(end(&t, &second, true), 409);
	/* What is complete is never opened for writing again. */
	assert_true(is_there(&t, &second));
	assert_int_equal(begin(&t, &third, 1, SIZE), 409);
	assert_int_equal(begin(&t, &third, 1, 0), 0);
	assert_int_equal(hub_writing_add(&third.w, CS_VIEW_OF(evil)), 0);
	assert_true(is_there(&t, &second));
	world_clear(&t);
}

/* A request whose body is whole, and the blob is not. */
static void
test_parts(void **state)
{
	struct request r;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(begin(&t, &r, 1, 0), 0);
	assert_int_equal(write_part(&t, &r, 0, 100), 0);
	assert_int_equal(end(&t, &r, true), 202);
	assert_false(is_there(&t, &r));
	assert_int_equal(begin(&t, &r, 1, 100), 0);
	assert_int_equal(write_part(&t, &r, 100, SIZE), 0);
	/* All of it, but the request broke off: nobody was told. */
	assert_int_equal(end(&t, &r, false), 400);
	assert_false(is_there(&t, &r));
	/* What was not agreed. */
	assert_int_equal(begin(&t, &r, 1, SIZE + 1), 413);
	r.pass.offset = 10;
	r.pass.length = SIZE - 9;
	assert_int_equal(
	    hub_writing_begin(&r.w, t.folder, &r.pass, t.now_ms), 413);
	r.pass.length = UINT64_MAX;
	assert_int_equal(
	    hub_writing_begin(&r.w, t.folder, &r.pass, t.now_ms), 413);
	world_clear(&t);
}

/* Bytes that are not what was announced go, and nobody gets them. */
static void
test_hash(void **state)
{
	struct request r;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(begin(&t, &r, 1, 0), 0);
	t.bytes[SIZE - 1] ^= 1;
	assert_int_equal(write_part(&t, &r, 0, SIZE), 0);
	assert_int_equal(end(&t, &r, true), 422);
	t.bytes[SIZE - 1] ^= 1;
	assert_false(is_there(&t, &r));
	assert_int_equal(stored(&t, &r), 0);
	assert_int_equal(begin(&t, &r, 1, 0), 0);
	assert_int_equal(write_part(&t, &r, 0, SIZE), 0);
	assert_int_equal(end(&t, &r, true), 201);
	assert_true(is_there(&t, &r));
	world_clear(&t);
}

/* The process ended between parts, and between the last byte and its name. */
static void
test_goes_on(void **state)
{
	struct request r;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(begin(&t, &r, 1, 0), 0);
	assert_int_equal(write_part(&t, &r, 0, 30000), 0);
	restart(&t);
	assert_int_equal(write_part(&t, &r, 30000, SIZE), 409);
	assert_int_equal(stored(&t, &r), 30000);
	assert_int_equal(begin(&t, &r, 1, 30001), 409);
	assert_int_equal(begin(&t, &r, 1, 30000), 0);
	assert_int_equal(write_part(&t, &r, 30000, SIZE), 0);
	restart(&t);
	assert_false(is_there(&t, &r));
	/* Its last byte comes again, and somebody is told. */
	assert_int_equal(begin(&t, &r, 1, SIZE - 1), 0);
	assert_int_equal(write_part(&t, &r, SIZE - 1, SIZE), 0);
	assert_int_equal(end(&t, &r, true), 201);
	assert_true(is_there(&t, &r));
	world_clear(&t);
}

/* One account has so many under way; of those that rest, the oldest goes. */
static void
test_many(void **state)
{
	struct request r[UPLOADS + 2], other[5];
	struct world t;

	(void)state;
	world_init(&t);
	for (uint8_t i = 0; i < UPLOADS + 2; i++)
		assert_int_equal(begin(&t, &r[i], i, 0), i < UPLOADS ? 0 : 429);
	assert_int_equal(write_part(&t, &r[3], 0, 10), 0);
	assert_int_equal(end(&t, &r[3], false), 400);
	assert_int_equal(begin(&t, &r[8], 8, 0), 0);
	assert_int_equal(begin(&t, &r[9], 9, 0), 429);
	/* Its bytes stay, and are known if it goes on. */
	assert_int_equal(stored(&t, &r[3]), 10);
	/* In all, others have what is left. */
	for (uint8_t i = 0; i < 5; i++)
		assert_int_equal(
		    begin_of(&t, &other[i], 2, (uint8_t)(100 + i), 0),
		    i < 4 ? 0 : 429);
	assert_int_equal(end(&t, &r[8], false), 400);
	assert_int_equal(begin_of(&t, &other[4], 2, 104, 0), 0);
	world_clear(&t);
}

/* One that rests for too long makes room by itself; one that is written does
 * not. */
static void
test_sweep(void **state)
{
	struct request r[UPLOADS];
	struct world t;

	(void)state;
	world_init(&t);
	for (uint8_t i = 0; i < UPLOADS; i++) {
		assert_int_equal(begin(&t, &r[i], i, 0), 0);
		assert_int_equal(write_part(&t, &r[i], 0, 5), 0);
	}
	assert_int_equal(end(&t, &r[0], false), 400);
	t.now_ms += CS_HOUR_MS + 1;
	hub_folder_sweep(t.folder, t.now_ms);
	for (uint8_t i = 1; i < UPLOADS; i++)
		assert_int_equal(write_part(&t, &r[i], 5, 6), 0);
	/* Forgotten, and hashed again. */
	assert_int_equal(begin(&t, &r[0], 0, 5), 0);
	assert_int_equal(write_part(&t, &r[0], 5, SIZE), 0);
	assert_int_equal(end(&t, &r[0], true), 201);
	world_clear(&t);
}

/* Whoever writes it finds that it is no more. */
static void
test_remove(void **state)
{
	struct request r, whole;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(begin(&t, &r, 1, 0), 0);
	assert_int_equal(write_part(&t, &r, 0, 1000), 0);
	hub_folder_remove(t.folder, r.pass.id);
	assert_int_equal(write_part(&t, &r, 1000, SIZE), 409);
	assert_int_equal(end(&t, &r, true), 409);
	assert_int_equal(faccessat(t.fd, name(&r, ".part"), F_OK, 0), -1);
	assert_int_equal(stored(&t, &r), 0);
	assert_int_equal(begin(&t, &whole, 2, 0), 0);
	assert_int_equal(write_part(&t, &whole, 0, SIZE), 0);
	assert_int_equal(end(&t, &whole, true), 201);
	hub_folder_remove(t.folder, whole.pass.id);
	assert_false(is_there(&t, &whole));
	/* What is not there. */
	hub_folder_remove(t.folder, whole.pass.id);
	world_clear(&t);
}

/* A name that leads elsewhere is not followed. */
static void
test_links(void **state)
{
	char outside[300];
	struct request r;
	struct world t;
	struct stat st;
	int fd;

	(void)state;
	world_init(&t);
	snprintf(outside, sizeof outside, "%s", temp_path(&t.dir, "elsewhere"));
	fd = open(outside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "words", 5), 5);
	close(fd);
	memset(&r, 0, sizeof r);
	memset(r.pass.id, 1, CS_ID_LEN);
	assert_int_equal(symlinkat(outside, t.fd, name(&r, "")), 0);
	assert_int_equal(symlinkat(outside, t.fd, name(&r, ".part")), 0);
	assert_int_equal(hub_folder_read(t.folder, r.pass.id), -1);
	assert_int_equal(begin(&t, &r, 1, 0), 507);
	assert_int_equal(begin(&t, &r, 1, 5), 507);
	assert_int_equal(stored(&t, &r), 0);
	/* What is removed is the link. */
	hub_folder_remove(t.folder, r.pass.id);
	assert_int_equal(begin(&t, &r, 1, 0), 0);
	assert_int_equal(write_part(&t, &r, 0, SIZE), 0);
	assert_int_equal(end(&t, &r, true), 201);
	assert_true(is_there(&t, &r));
	assert_int_equal(stat(outside, &st), 0);
	assert_int_equal(st.st_size, 5);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_links),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
