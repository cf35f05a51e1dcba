/* SPDX-License-Identifier: MIT */
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/home.h"
#include "client/home/leaf.h"
#include "client/home/message.h"
#include "client/hub/stamp.h"
#include "client/reports/report.h"
#include "content/evidence_seal.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "unit/content/evidence_world.h"

struct world {
	struct temp_dir dir;
	struct ew said; /* in its first group alma, boris and cleo */
	struct cw_person alma;
	struct cs_hpke_key desk;
	struct client_group g;
	uint8_t mids[EW_MESSAGES][CS_CLIENT_MID_LEN];
	struct cs_client *c; /* alma's; there is no hub to answer */
};

/* Message ${i} arrives. */
static void
arrive(struct world *w, size_t i)
{
	const struct cs_capsule *capsule = &w->said.messages[i].capsule;
	struct client_record r = {
		.kind = CS_CLIENT_RECEIVED,
		.time_ms = capsule->stamp.accepted_ms,
		.seq = capsule->stamp.group_seq,
		.from = "boris",
	};
	struct cs_buf body = { 0 };
	uint8_t leafhash[CS_HASH_LEN];

	assert_ok(cs_capsule_write(&body, capsule));
	r.body = cs_buf_view(&body);
	memset(w->mids[i], (int)i + 1, sizeof w->mids[i]);
	assert_ok(client_message_insert(w->c, &w->g, &r, w->mids[i], NULL));
	assert_ok(cs_stamp_leafhash(leafhash, &capsule->stamp));
	assert_ok(cs_db_exec(w->c->db,
	    "INSERT INTO entry(grp,seq,leafhash) VALUES(?,?,?)",
	    cs_blob(client_group_id(&w->g)), cs_int(r.seq),
	    cs_blob(CS_VIEW_OF(leafhash))));
	cs_buf_free(&body);
}

static void
make_group(struct world *w)
{
	struct cs_mls_options opt;
	struct cs_mls_identity id;

	memcpy(w->g.id, "one", 3);
	w->g.id_len = 3;
	strcpy(w->g.name, "neighbours");
	assert_ok(cs_group_ref(w->g.ref, client_group_id(&w->g)));
	assert_non_null(w->g.check = client_leaf_check_new(w->c));
	opt = client_mls_options(w->g.check);
	assert_ok(client_identity(&id, w->c));
	assert_ok(cs_mls_group_new(&w->g.mls, CS_SUITE_X25519_AES128,
	    client_group_id(&w->g), &id, (struct cs_mls_extensions){ NULL, 0 },
	    &opt));
	assert_ok(client_group_store(w->c, &w->g));
}

static void
meet_desk(struct world *w)
{
	w->c->link.desk.known = true;
	memcpy(w->c->link.desk.hpke, cs_hpke_key_public(&w->desk).data,
	    CS_KEY_LEN);
}

/* The first and the fourth message have arrived, and the two between them have
 * not. */
static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	ew_init(&w->said, cs_view_str("a photo"));
	cw_person_init(&w->alma, "alma");
	assert_ok(cs_hpke_key_new(&w->desk, CS_DHKEM_X25519));
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	memcpy(w->c->self.root, w->said.root.public, CS_KEY_LEN);
	assert_ok(client_identity_save(w->c));
	assert_ok(
	    client_stamp_cert_learn(w->c, cs_buf_view(&w->said.stamp_cert)));
	meet_desk(w);
	make_group(w);
	arrive(w, 0);
	arrive(w, 3);
}

static void
world_clear(struct world *w)
{
	client_group_clear(&w->g);
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	ew_clear(&w->said);
	temp_dir_clear(&w->dir);
}

static enum cs_err
prepare(struct cs_client_prepared_report **out, struct world *w)
{
	uint8_t mids[2][CS_CLIENT_MID_LEN];
	char note[] = "He knows where she lives.";
	const struct cs_client_report r = {
		.mids = mids,
		.n = 2,
		.reason = CS_REASON_THREAT_TO_LIFE,
		.note = cs_view_str(note),
	};
	enum cs_err err;

	memcpy(mids[0], w->mids[0], sizeof mids[0]);
	memcpy(mids[1], w->mids[3], sizeof mids[1]);
	err = cs_client_report_prepare(out, w->c, &r);
	/* The prepared report keeps nothing of what was passed. */
	memset(note, '?', sizeof note - 1);
	memset(mids, 0, sizeof mids);
	return err;
}

static void
keep(void *arg, const char *line)
{
	assert_ok(cs_buf_add(arg, cs_view_str(line)));
	assert_ok(cs_buf_add(arg, cs_view_str("\n")));
}

/* Get the sealed report that waits. */
static void
waiting(struct world *w, struct cs_buf *sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_rows row;
	struct cs_reader r;

	assert_ok(cs_db_row(
	    &row, w->c->db, "SELECT id,sealed FROM report WHERE sent=0"));
	assert_ok(cs_vault_open(&plain, &w->c->key, "report",
	    cs_col_blob(&row, 0), cs_col_blob(&row, 1)));
	r = cs_reader(cs_buf_view(&plain));
	(void)cs_read_bytes(&r, 1 + 2 + 4 + 1 + 4);
	(void)cs_read_vec(&r);
	assert_ok(cs_buf_set(sealed, cs_read_vec(&r)));
	assert_ok(r.err);
	assert_ok(cs_rows_end(&row, CS_OK));
	cs_buf_free(&plain);
}

static void
assert_text(const struct cs_evidence_item *item, const char *text)
{
	struct cs_mimi_content content;

	assert_ok(cs_mimi_parse(&content, item->capsule.application_data));
	assert_view_equal(content.text, cs_view_str(text));
}

/* The desk reads what was described, whatever happened in between. */
static void
test_what_was_seen_is_sent(void **state)
{
	struct cs_buf seen = { 0 }, again = { 0 };
	struct cs_buf sealed = { 0 }, later = { 0 }, bundle = { 0 };
	struct cs_client_prepared_report *p, *other;
	uint8_t reply[CS_REPLY_KEY_LEN];
	struct cs_evidence *e;
	char id[33];
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(prepare(&p, &w));
	cs_client_report_describe(p, w.c, keep, &seen);
	assert_ok(cs_buf_add(&seen, cs_view("", 1)));
	assert_non_null(strstr((char *)seen.data, "neighbours"));
	assert_non_null(strstr((char *)seen.data, "    first\n"));
	assert_non_null(strstr((char *)seen.data, "    nor this\n"));
	assert_non_null(strstr((char *)seen.data, "    He knows where"));
	assert_null(strstr((char *)seen.data, "hashes"));
	/* Now two messages arrive whose hashes would be added, the group gets
	 * another name, and a reported message is deleted. */
	arrive(&w, 1);
	arrive(&w, 2);
	strcpy(w.g.name, "strangers");
	assert_ok(client_group_store(w.c, &w.g));
	assert_ok(cs_db_exec(w.c->db, "DELETE FROM message WHERE mid=?",
	    cs_blob(CS_VIEW_OF(w.mids[0]))));
	assert_err(prepare(&other, &w), CS_ERR_NOT_FOUND);
	cs_client_report_describe(p, w.c, keep, &again);
	assert_ok(cs_buf_add(&again, cs_view("", 1)));
	assert_view_equal(cs_buf_view(&again), cs_buf_view(&seen));

	assert_err(cs_client_report_send(w.c, p, id), CS_ERR_CLOSED);
	waiting(&w, &sealed);
	assert_ok(cs_evidence_open_reply(
	    &bundle, reply, cs_buf_view(&sealed), &w.desk));
	assert_ok(
	    cs_evidence_check(&e, cs_buf_view(&bundle), w.said.root.public));
	assert_int_equal(e->n_items, 2);
	assert_text(&e->items[0], "first");
	assert_text(&e->items[1], "nor this");
	assert_err(e->items[1].chain, CS_ERR_NOT_FOUND);
	assert_view_equal(e->note, cs_view_str("He knows where she lives."));
	assert_int_equal(e->reason, CS_REASON_THREAT_TO_LIFE);
	cs_evidence_free(e);
	cs_client_prepared_report_free(p);

	/* What waits is sent with the same bytes. */
	assert_err(client_reports_flush(w.c), CS_ERR_CLOSED);
	waiting(&w, &later);
	assert_view_equal(cs_buf_view(&later), cs_buf_view(&sealed));
	cs_buf_free(&seen);
	cs_buf_free(&again);
	cs_buf_free(&sealed);
	cs_buf_free(&later);
	cs_buf_free(&bundle);
	world_clear(&w);
}

/* Without a desk nothing is stored. */
static void
test_no_desk(void **state)
{
	struct cs_client_prepared_report *p;
	uint64_t n;
	char id[33];
	struct world w;

	(void)state;
	world_init(&w);
	w.c->link.desk.known = false;
	assert_ok(prepare(&p, &w));
	assert_err(cs_client_report_send(w.c, p, id), CS_ERR_CLOSED);
	assert_ok(cs_db_get_int(&n, w.c->db, "SELECT COUNT(*) FROM report"));
	assert_int_equal(n, 0);
	cs_client_prepared_report_free(p);
	world_clear(&w);
}

static enum cs_err
try_prepare(void *arg)
{
	struct cs_client_prepared_report *p;
	enum cs_err err = prepare(&p, arg);

	if (err == CS_OK)
		cs_client_prepared_report_free(p);
	return err;
}

static void
test_allocations(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	cs_test_allocations(try_prepare, &w);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_seen_is_sent),
		cmocka_unit_test(test_no_desk),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
