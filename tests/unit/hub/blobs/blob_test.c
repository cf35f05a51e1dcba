/* SPDX-License-Identifier: MIT */
/* Files: who may write one, and that what a report names is kept as long as the
 * report needs it. */
#include "hub/blobs/blob.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "hub/blobs/pin.h"
#include "hub/desk/report.h"
#include "hub/files/folder.h"
#include "store/folder.h"
#include "support/desk_world.h"

#define SIZE 100000
#define UPLOADS 8 /* at once: HUB_B_UPLOADS */

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, other;
	struct dw_desk desk;
	uint8_t bytes[SIZE], sha256[CS_HASH_LEN];
	struct hub_folder *folder; /* as the files' process has it */
};

/* A request that writes, as that process has it. */
struct request {
	struct hub_writing w;
	struct hub_pass pass;
};

static void
open_folder(struct world *t)
{
	assert_ok(hub_folder_new(&t->folder, t->w.hub->blobs));
	hub_folder_bound(t->folder, UPLOADS, 100);
}

static void
world_init(struct world *t)
{
	hw_init(&t->w);
	hw_files(&t->w);
	assert_ok(cs_file_mkdir(temp_path(&t->w.dir, "blobs")));
	t->w.hub->blobs =
	    open(temp_path(&t->w.dir, "blobs"), O_RDONLY | O_DIRECTORY);
	open_folder(t);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->other, "boris");
	dw_init(&t->desk, &t->w);
	cs_random(t->bytes, sizeof t->bytes);
	assert_ok(cs_sha256(t->sha256, CS_VIEW_OF(t->bytes)));
}

static void
world_clear(struct world *t)
{
	hub_folder_free(t->folder);
	close(t->w.hub->blobs);
	hw_device_clear(&t->phone);
	hw_device_clear(&t->other);
	hw_clear(&t->w);
}

/* Room for a blob, or how far it is; copies what the answer points to. */
static struct cs_wire_blob_answer
put(struct world *t, struct hw_device *d, const uint8_t *id, char *token)
{
	struct cs_wire_blob_put m = { .size = SIZE };
	struct cs_wire_blob_answer answer;

	memcpy(m.sha256, t->sha256, sizeof m.sha256);
	if (id != NULL)
		memcpy(m.blob, id, sizeof m.blob);
	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_blob_put, &cs_wire_blob_put_shape, &m,
		&cs_wire_blob_answer_shape, &answer),
	    0);
	memcpy(token, answer.token.data, answer.token.len);
	token[answer.token.len] = '\0';
	return answer;
}

/* A request by HTTP that wants to write from ${offset} on. */
static int
begin(struct world *t, struct request *r, const uint8_t id[static 16],
    const char *token, uint64_t offset)
{
	struct hub_talk_blob ask = {
		.put = 1, .offset = offset, .length = SIZE - offset
	};
	struct hub_talk_grant grant;

	memset(r, 0, sizeof *r);
	memcpy(ask.id, id, sizeof ask.id);
	hub_blob_grant(t->w.hub, &grant, &ask, cs_view_str(token));
	if (grant.status != 0)
		return grant.status;
	r->pass = grant.pass;
	return hub_writing_begin(&r->w, t->folder, &r->pass, t->w.hub->now_ms);
}

static int
write_part(struct world *t, struct request *r, size_t from, size_t to)
{
	return hub_writing_add(&r->w, cs_view(t->bytes + from, to - from));
}

/* The request is over; what is complete is noted. */
static int
done(struct world *t, struct request *r, bool whole)
{
	int status = hub_writing_end(
	    &r->w, t->folder, &r->pass, whole, t->w.hub->now_ms);

	if (status == 201)
		assert_ok(hub_blob_complete(t->w.hub, r->pass.id));
	t->w.hub->n_out = 0;
	assert_true(hub_batch_end(t->w.hub));
	return status;
}

static int
upload(struct world *t, uint8_t id[static 16])
{
	char token[CS_WIRE_TOKEN_MAX + 1];
	struct cs_wire_blob_answer answer = put(t, &t->phone, NULL, token);
	struct request b;

	memcpy(id, answer.blob, 16);
	assert_int_equal(begin(t, &b, id, token, 0), 0);
	assert_int_equal(write_part(t, &b, 0, SIZE), 0);
	return done(t, &b, true);
}

static bool
is_there(const struct world *t, const uint8_t id[static 16])
{
	int fd = hub_folder_read(t->folder, id);
	struct stat st;
	bool there = fd >= 0 && fstat(fd, &st) == 0 && st.st_size == SIZE;

	if (fd >= 0)
		close(fd);
	return there;
}

/* Where it stands is known while it is written, and the last byte is asked for
 * again until it is complete; then nobody writes it any more. */
static void
test_upload(void **state)
{
	char token[CS_WIRE_TOKEN_MAX + 1];
	struct cs_wire_blob_answer answer;
	struct request first, second;
	struct world t;

	(void)state;
	world_init(&t);
	answer = put(&t, &t.phone, NULL, token);
	assert_int_equal(answer.stored, 0);
	assert_int_equal(begin(&t, &first, answer.blob, token, 0), 0);
	assert_int_equal(write_part(&t, &first, 0, 40000), 0);
	assert_int_equal(put(&t, &t.phone, answer.blob, token).stored, 40000);
	assert_int_equal(begin(&t, &second, answer.blob, token, 40000), 0);
	assert_int_equal(write_part(&t, &second, 40000, SIZE), 0);
	assert_int_equal(done(&t, &second, false), 400);
	assert_int_equal(
	    put(&t, &t.phone, answer.blob, token).stored, SIZE - 1);
	assert_int_equal(begin(&t, &first, answer.blob, token, SIZE - 1), 0);
	assert_int_equal(write_part(&t, &first, SIZE - 1, SIZE), 0);
	assert_int_equal(done(&t, &first, true), 201);
	assert_true(is_there(&t, answer.blob));
	assert_int_equal(put(&t, &t.phone, answer.blob, token).stored, SIZE);
	assert_int_equal(begin(&t, &second, answer.blob, token, 0), 409);
	assert_int_equal(begin(&t, &second, answer.blob, token, SIZE), 409);
	world_clear(&t);
}

/* A token is for one blob, for its device, and for an hour. */
static void
test_token(void **state)
{
	char token[2][CS_WIRE_TOKEN_MAX + 1];
	uint8_t blob[2][CS_ID_LEN];
	struct request r;
	struct world t;

	(void)state;
	world_init(&t);
	for (size_t i = 0; i < 2; i++) {
		struct cs_wire_blob_answer a =
		    put(&t, &t.phone, NULL, token[i]);

		memcpy(blob[i], a.blob, CS_ID_LEN);
	}
	assert_int_equal(begin(&t, &r, blob[0], token[1], 0), 401);
	assert_int_equal(begin(&t, &r, blob[0], "", 0), 401);
	assert_int_equal(begin(&t, &r, blob[0], token[0], 0), 0);
	t.w.hub->now_ms += HUB_BLOB_TOKEN_MS + 1;
	assert_int_equal(begin(&t, &r, blob[0], token[0], 0), 401);
	(void)put(&t, &t.phone, blob[0], token[0]);
	assert_int_equal(begin(&t, &r, blob[0], token[0], 0), 0);
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE device SET removed=1"));
	assert_int_equal(begin(&t, &r, blob[0], token[0], 0), 401);
	world_clear(&t);
}

static void
report_on(
    struct world *t, uint8_t report[static 16], const uint8_t blob[static 16])
{
	struct cs_wire_report m = { .sealed = cs_view_str("sealed") };
	struct cs_wire_blob_get item;
	struct cs_buf list = { 0 };

	cs_random(m.report, sizeof m.report);
	memcpy(report, m.report, sizeof m.report);
	memcpy(item.blob, blob, sizeof item.blob);
	assert_ok(cs_wire_list_add(
	    &list, &m.blobs.n, &cs_wire_blob_get_shape, &item));
	m.blobs.raw = cs_buf_view(&list);
	assert_int_equal(hw_ask(&t->w, &t->other.conn, hub_report,
			     &cs_wire_report_shape, &m, NULL, NULL),
	    0);
	cs_buf_free(&list);
}

static void
keep(struct world *t, const uint8_t report[static 16], const uint8_t *blob)
{
	struct cs_wire_desk_pins m = { 0 };
	struct cs_wire_blob_get item;
	struct cs_buf list = { 0 };

	memcpy(m.report, report, sizeof m.report);
	if (blob != NULL) {
		memcpy(item.blob, blob, sizeof item.blob);
		assert_ok(cs_wire_list_add(
		    &list, &m.blobs.n, &cs_wire_blob_get_shape, &item));
	}
	m.blobs.raw = cs_buf_view(&list);
	assert_int_equal(hw_ask(&t->w, &t->desk.conn, hub_desk_pins,
			     &cs_wire_desk_pins_shape, &m, NULL, NULL),
	    0);
	cs_buf_free(&list);
}

static void
pass(struct world *t, uint64_t ms)
{
	struct cs_channel_message m;
	int64_t n;

	t->w.hub->now_ms += ms;
	assert_ok(hub_pins_sweep(&n, t->w.hub));
	assert_ok(hub_blob_sweep(t->w.hub));
	assert_ok(cs_channel_flush(t->w.hub->files));
	assert_ok(cs_channel_fill(t->w.files));
	while (cs_channel_next(&m, t->w.files)) {
		assert_int_equal(m.kind, HUB_TALK_REMOVE);
		assert_int_equal(m.bytes.len, CS_ID_LEN);
		hub_folder_remove(t->folder, m.bytes.data);
	}
}

/* Named by a reporter: for a while.  Named by the desk: until it says
 * otherwise.  Not named: until the window ends. */
static void
test_pins(void **state)
{
	uint8_t plain[16], claimed[16], kept[16], freed[16], report[3][16];
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(upload(&t, plain), 201);
	assert_int_equal(upload(&t, claimed), 201);
	assert_int_equal(upload(&t, kept), 201);
	assert_int_equal(upload(&t, freed), 201);
	report_on(&t, report[0], claimed);
	report_on(&t, report[1], kept);
	report_on(&t, report[2], freed);
	keep(&t, report[1], kept);
	keep(&t, report[2], NULL);
	pass(&t, HUB_KEEP_MS + 1);
	assert_false(is_there(&t, plain));
	assert_true(is_there(&t, claimed));
	assert_true(is_there(&t, kept));
	assert_false(is_there(&t, freed));
	pass(&t, HUB_REPORT_UNREAD_MS);
	assert_false(is_there(&t, claimed));
	pass(&t, 10 * HUB_REPORT_UNREAD_MS);
	assert_true(is_there(&t, kept));
	/* The desk may pin only what there is. */
	keep(&t, report[0], claimed);
	keep(&t, report[1], NULL);
	pass(&t, 0);
	assert_false(is_there(&t, kept));
	world_clear(&t);
}

static int
ask(struct world *t, struct hw_device *d, hub_handler *handle,
    const uint8_t id[static 16])
{
	struct cs_wire_blob_get m;

	memcpy(m.blob, id, sizeof m.blob);
	return hw_ask(
	    &t->w, &d->conn, handle, &cs_wire_blob_get_shape, &m, NULL, NULL);
}

/* What is for the account's own devices alone nobody else fetches, pins or
 * removes; and only that can be removed. */
static void
test_own(void **state)
{
	struct cs_wire_blob_put m = { .size = SIZE, .own = 1 };
	char token[CS_WIRE_TOKEN_MAX + 1];
	struct cs_wire_blob_answer answer;
	uint8_t plain[16], report[16];
	struct request b;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(upload(&t, plain), 201);
	memcpy(m.sha256, t.sha256, sizeof m.sha256);
	cs_random(m.blob, sizeof m.blob);
	assert_int_equal(
	    ask(&t, &t.phone, hub_blob_get, m.blob), CS_WIRE_E_NO_BLOB);
	assert_int_equal(
	    hw_ask(&t.w, &t.phone.conn, hub_blob_put, &cs_wire_blob_put_shape,
		&m, &cs_wire_blob_answer_shape, &answer),
	    0);
	memcpy(token, answer.token.data, answer.token.len);
	token[answer.token.len] = '\0';
	assert_int_equal(begin(&t, &b, m.blob, token, 0), 0);
	assert_int_equal(write_part(&t, &b, 0, SIZE), 0);
	assert_int_equal(done(&t, &b, true), 201);
	assert_int_equal(ask(&t, &t.phone, hub_blob_get, m.blob), 0);
	assert_int_equal(ask(&t, &t.phone, hub_blob_get, plain), 0);
	/* Others. */
	assert_int_equal(
	    ask(&t, &t.other, hub_blob_get, m.blob), CS_WIRE_E_NO_BLOB);
	assert_int_equal(ask(&t, &t.other, hub_blob_get, plain), 0);
	assert_int_equal(
	    ask(&t, &t.other, hub_blob_remove, m.blob), CS_WIRE_E_NO_BLOB);
	{
		struct cs_wire_blob_get get;

		memcpy(get.blob, m.blob, sizeof get.blob);
		assert_int_equal(hw_ask(&t.w, &t.desk.conn, hub_blob_get,
				     &cs_wire_blob_get_shape, &get, NULL, NULL),
		    CS_WIRE_E_NO_BLOB);
	}
	/* What a message names stays: somebody may have to report it. */
	assert_int_equal(
	    ask(&t, &t.phone, hub_blob_remove, plain), CS_WIRE_E_NO_BLOB);
	/* One kind does not become the other. */
	m.own = 0;
	assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_blob_put,
			     &cs_wire_blob_put_shape, &m, NULL, NULL),
	    CS_WIRE_E_NO_BLOB);
	m.own = 2;
	cs_random(m.blob, sizeof m.blob);
	assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_blob_put,
			     &cs_wire_blob_put_shape, &m, NULL, NULL),
	    CS_WIRE_E_MALFORMED);
	report_on(&t, report, answer.blob);
	{
		uint64_t n;

		assert_ok(
		    cs_db_get_int(&n, t.w.hub->db, "SELECT COUNT(*) FROM pin"));
		assert_int_equal(n, 0);
	}
	/* The account itself, once or twice. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    ask(&t, &t.phone, hub_blob_remove, answer.blob), 0);
	pass(&t, 0);
	assert_false(is_there(&t, answer.blob));
	assert_true(is_there(&t, plain));
	assert_int_equal(
	    ask(&t, &t.phone, hub_blob_get, answer.blob), CS_WIRE_E_NO_BLOB);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_own),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
