/* SPDX-License-Identifier: MIT */
#include "client/home/todo.h"

#include "client/home/find.h"
#include "client/home/group.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "support/test.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_client *c;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
}

/* A conversation in which nothing is left to be done. */
static struct client_group
group(const char *id, const char *name)
{
	struct client_group g = {
		.id_len = strlen(id),
		.registered = true,
		.noted = true,
		.committed_ms = cs_clock_ms(),
	};

	memcpy(g.id, id, g.id_len);
	strcpy(g.name, name);
	return g;
}

/* Store ${g}, look at it, and store it once more. */
static void
store(struct world *w, const struct client_group *g)
{
	assert_ok(client_group_store_meta(w->c, g));
	assert_ok(client_todo_looked(w->c, client_group_id(g)));
	assert_ok(client_group_store_meta(w->c, g));
}

/* Is the list ${ids} just those of ${wanted}, which are letters? */
static void
check_list(struct cs_buf *ids, enum cs_err err, const char *wanted)
{
	struct cs_reader r = cs_reader(cs_buf_view(ids));
	char found[32] = "";
	size_t n = 0;

	assert_ok(err);
	while (cs_reader_more(&r) && n < sizeof found - 1)
		found[n++] = (char)cs_read_vec(&r).data[0];
	assert_string_equal(found, wanted);
	cs_buf_free(ids);
}

static void
check_todo(struct world *w, const char *wanted)
{
	struct cs_buf ids = { 0 };
	enum cs_err err = client_todo_list(&ids, w->c);

	check_list(&ids, err, wanted);
}

static void
check_lost(struct world *w, const char *wanted)
{
	struct cs_buf ids = { 0 };
	enum cs_err err = client_todo_list_lost(&ids, w->c);

	check_list(&ids, err, wanted);
}

static void
check_due(struct world *w, uint64_t now_ms, const char *wanted)
{
	struct cs_buf ids = { 0 };
	enum cs_err err = client_todo_list_due(&ids, w->c, now_ms);

	check_list(&ids, err, wanted);
}

static void
check_named(struct world *w, const char *name, const char *wanted)
{
	struct cs_buf ids = { 0 };
	enum cs_err err = client_todo_list_named(&ids, w->c, name);

	check_list(&ids, err, wanted);
}

/* Whatever keeps a conversation from being done brings it into the list. */
static void
test_waits(void **state)
{
	struct client_group g = group("a", "one"), h = group("b", "two");
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_group_store_meta(w.c, &g));
	check_todo(&w, "a");
	store(&w, &g);
	store(&w, &h);
	check_todo(&w, "");
	g.noted = false;
	store(&w, &g);
	check_todo(&w, "a");
	g.noted = true;
	store(&w, &g);
	check_todo(&w, "");
	h.state = CS_CLIENT_LEAVING;
	store(&w, &h);
	check_todo(&w, "b");
	h.state = CS_CLIENT_LEFT;
	store(&w, &h);
	check_todo(&w, "");
	check_lost(&w, "");
	g.lost = true;
	store(&w, &g);
	check_todo(&w, "a");
	check_lost(&w, "a");
	g.state = CS_CLIENT_BLOCKED;
	store(&w, &g);
	check_lost(&w, "");
	assert_ok(client_todo_look(w.c, client_group_id(&h)));
	check_todo(&w, "b");
	assert_ok(client_todo_look_all(w.c));
	check_todo(&w, "ab");
	assert_ok(client_todo_looked(w.c, client_group_id(&g)));
	assert_ok(client_todo_looked(w.c, client_group_id(&h)));
	/* A commit on its way, and a message that waits. */
	assert_ok(cs_db_exec(w.c->db,
	    "UPDATE grp SET pending=x'00' WHERE"
	    " id=CAST('a' AS BLOB)"));
	check_todo(&w, "a");
	assert_ok(cs_db_exec(w.c->db,
	    "INSERT INTO message(id,mid,grp,kind,sealed)"
	    " VALUES(7,x'',CAST('b' AS BLOB),1,x'')"));
	assert_ok(cs_db_exec(
	    w.c->db, "INSERT INTO outbox(message,sealed) VALUES(7,x'')"));
	check_todo(&w, "ab");
	world_clear(&w);
}

static void
test_due(void **state)
{
	uint64_t now = cs_clock_ms();
	struct client_group g = group("a", "one");
	struct world w;

	(void)state;
	world_init(&w);
	store(&w, &g);
	check_due(&w, now, "");
	check_due(&w, now + CLIENT_COMMIT_MS + 1000, "a");
	assert_ok(client_todo_postpone(
	    w.c, client_group_id(&g), now + 2 * CLIENT_COMMIT_MS));
	check_due(&w, now + CLIENT_COMMIT_MS + 1000, "");
	g.sent = CLIENT_COMMIT_MESSAGES;
	store(&w, &g);
	check_due(&w, now, "a");
	g.lost = true;
	store(&w, &g);
	check_due(&w, INT64_MAX - 1, "");
	world_clear(&w);
}

/* By name; and so are those that a program without the list has stored. */
static void
test_names(void **state)
{
	struct client_meant meant;
	struct client_group g = group("a", "one"), h = group("b", "two"),
			    i = group("c", "two"), found;
	struct world w;

	(void)state;
	world_init(&w);
	store(&w, &g);
	store(&w, &h);
	store(&w, &i);
	check_named(&w, "one", "a");
	check_named(&w, "two", "bc");
	check_named(&w, "three", "");
	assert_ok(
	    cs_db_exec(w.c->db, "UPDATE todo SET name=NULL,todo=1,due=0"));
	assert_ok(cs_db_exec(
	    w.c->db, "UPDATE grp SET meta=x'0102' WHERE id=CAST('c' AS BLOB)"));
	cs_client_close(w.c);
	assert_ok(
	    cs_client_open(&w.c, temp_path(&w.dir, "alma"), cs_view(NULL, 0)));
	check_named(&w, "two", "b");
	assert_ok(client_find(&meant, w.c, "two", CLIENT_FIND_GROUP));
	assert_ok(client_meant_load_meta(&found, w.c, &meant));
	assert_int_equal(found.id[0], 'b');
	client_group_clear(&found);
	check_due(&w, cs_clock_ms(), "c"); /* damaged: it is tried */
	check_todo(&w, "abc");
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_names),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
