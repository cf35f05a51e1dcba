/* SPDX-License-Identifier: MIT */
/* The hub's handlers and the clients' homes, without a network between. */
#include "client/home/home.h"
#include "hub/accounts/account.h"
#include "hub/accounts/device.h"
#include "hub/accounts/key_package.h"
#include "hub/accounts/login.h"
#include "hub/accounts/recover.h"
#include "hub/core/batch.h"
#include "hub/core/stamp_key.h"
#include "hub/desk/notice.h"
#include "hub/groups/contact.h"
#include "hub/groups/group.h"
#include "hub/groups/log.h"
#include "hub/groups/read.h"
#include "hub/groups/removal.h"
#include "hub/groups/submit.h"
#include "hub/groups/welcome.h"
#include "unit/room/random_walk/walk.h"

static struct walk *the_walk;
static struct test_operator operator;

/* splitmix64 */
static uint64_t
next(struct walk *w)
{
	uint64_t z = (w->stream += 0x9e3779b97f4a7c15ULL);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

size_t
walk_below(struct walk *w, size_t n)
{
	return (size_t)(next(w) % n);
}

bool
walk_once_in(struct walk *w, size_t n)
{
	return walk_below(w, n) == 0;
}

/* ---- the hub ------------------------------------------------------------- */

static const struct {
	uint8_t kind;
	hub_handler *handle;
} requests[] = {
	{ CS_WIRE_KEY_PACKAGES_PUT, hub_key_packages_put },
	{ CS_WIRE_KEY_PACKAGES_GET, hub_key_packages_get },
	{ CS_WIRE_CONTACT_SET, hub_contact_set },
	{ CS_WIRE_CONTACTS, hub_contacts },
	{ CS_WIRE_GROUP_NEW, hub_group_new },
	{ CS_WIRE_GROUP_INFO, hub_group_info },
	{ CS_WIRE_SUBMIT, hub_submit },
	{ CS_WIRE_SYNC, hub_sync },
	{ CS_WIRE_PLACES, hub_places },
	{ CS_WIRE_FETCH, hub_fetch },
	{ CS_WIRE_ACK, hub_ack },
	{ CS_WIRE_WELCOMES, hub_welcomes },
	{ CS_WIRE_WELCOME_ACK, hub_welcome_ack },
	{ CS_WIRE_STAMP_CERT, hub_stamp_cert },
	{ CS_WIRE_DEVICES, hub_devices },
	{ CS_WIRE_DEVICE_REMOVE, hub_device_remove },
	{ CS_WIRE_NOTICES, hub_notices },
	{ CS_WIRE_REVOCATIONS, hub_revocations },
	{ CS_WIRE_GROUPS, hub_account_groups },
	{ CS_WIRE_GROUP_NOTE_SET, hub_group_note_set },
};

static enum cs_err
handle(struct hub_request *rq, uint8_t kind)
{
	enum cs_err err;

	if ((err = hub_account_check(rq)))
		return err;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		if (requests[i].kind == kind)
			return requests[i].handle(rq);
	return hub_refuse(rq, CS_WIRE_E_UNKNOWN_REQUEST);
}

/* What the last answer points into: each device has one session. */
static void
keep_answer(struct cs_hub *hub, struct cs_session *s)
{
	const struct hub_outgoing *o = &hub->out[hub->n_out - 1];

	/* A push may stand behind the answer. */
	while (o->id == 0)
		o--;
	assert_ok(cs_buf_set(
	    &s->frame, cs_view(hub->batch.data + o->from, o->to - o->from)));
}

enum cs_err
walk_ask(struct walker *m, uint8_t kind, const struct cs_wire_shape *shape,
    const void *request, const struct cs_wire_shape *answer_shape, void *answer)
{
	struct cs_hub *hub = m->conn.hub;
	struct cs_session *s = &m->c->link.session;
	/* The savepoint is ours. */
	struct hub_request rq = {
		.hub = hub, .conn = &m->conn, .id = 1, .saved = true
	};
	struct cs_wire_frame frame;
	struct cs_buf body = { 0 };
	enum cs_err err;

	hub->batch.len = hub->n_out = 0;
	if ((err = cs_wire_write(&body, shape, request)))
		goto out;
	rq.body = cs_buf_view(&body);
	assert_ok(hub_batch_begin(hub));
	assert_ok(cs_db_savepoint(hub->db));
	s->code = hub_refusal_of(&rq, handle(&rq, kind));
	if (s->code != 0) {
		cs_db_rollback_to(hub->db);
		s->sentence[0] = '\0';
		assert_ok(
		    cs_buf_set(&s->refusal_data, cs_buf_view(&rq.error_data)));
		/* Nothing that a client does makes the hub fail. */
		assert_int_not_equal(s->code, CS_WIRE_E_UNAVAILABLE);
		err = CS_ERR_DENIED;
	} else {
		assert_ok(hub_log_flush(hub));
		assert_ok(cs_db_release(hub->db));
		keep_answer(hub, s);
		assert_ok(cs_wire_frame_parse(&frame, cs_buf_view(&s->frame)));
		assert_ok(cs_wire_parse(answer, answer_shape, frame.body));
	}
	assert_ok(cs_db_commit(hub->db));
	/* There is nobody to send to. */
	hub->batch.len = hub->n_out = hub->n_wakes = 0;
out:
	cs_buf_free(&rq.error_data);
	cs_buf_free(&body);
	return err;
}

void
walk_hub_works(struct walk *w)
{
	struct cs_hub *hub = w->w.hub;

	for (int i = 0; i < 100; i++) {
		hub->now_ms = cs_clock_ms();
		if (!hub_removals_due(hub))
			return;
		hub_removals_work(hub);
	}
	fail_msg("the hub comes to no end");
}

/* ---- sessions ------------------------------------------------------------ */

enum cs_err __wrap_cs_session_login(struct cs_session *s, uint8_t role,
    const uint8_t device[static CS_ID_LEN], const struct cs_sign_key *key,
    struct cs_wire_login_answer *answer);
enum cs_err __wrap_cs_session_call(struct cs_session *s, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
void __wrap_cs_session_close(struct cs_session *s);

struct walker *
walk_of_session(const struct cs_session *s)
{
	for (size_t i = 0; i < the_walk->n; i++)
		if (&the_walk->v[i].c->link.session == s)
			return &the_walk->v[i];
	fail_msg("a session of nobody");
	return NULL;
}

enum cs_err
__wrap_cs_session_login(struct cs_session *s, uint8_t role,
    const uint8_t device[static CS_ID_LEN], const struct cs_sign_key *key,
    struct cs_wire_login_answer *answer)
{
	struct walker *m = walk_of_session(s);
	struct hub_request rq = { .hub = m->conn.hub, .conn = &m->conn };

	(void)role;
	(void)device;
	(void)key;
	assert_ok(hub_key_packages_count(&rq, answer));
	return CS_OK;
}

enum cs_err
__wrap_cs_session_call(struct cs_session *s, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	return walk_ask(walk_of_session(s), kind, request_shape, request,
	    answer_shape, answer);
}

void
__wrap_cs_session_close(struct cs_session *s)
{
	cs_buf_free(&s->frame);
	cs_buf_free(&s->refusal_data);
}

/* ---- who there is -------------------------------------------------------- */

bool
walk_is_welcome(struct walk *w, const struct walker *m)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, w->w.hub->db,
	    "SELECT COUNT(*) FROM device JOIN account ON"
	    " account.id=device.account WHERE device.id=? AND removed=0"
	    " AND disabled=0",
	    cs_blob(CS_VIEW_OF(m->keys.device))));
	return n == 1;
}

static void
register_device(struct walk *w, struct walker *m, bool first)
{
	struct cs_db *db = w->w.hub->db;
	struct cs_credential credential;

	assert_ok(
	    cs_credential_parse(&credential, cs_buf_view(&m->keys.credential)));
	if (first)
		assert_ok(cs_db_exec(db,
		    "INSERT INTO account(id,handle,key,registrar,cert,created)"
		    " VALUES(?,?,?,?,?,0)",
		    cs_blob(CS_VIEW_OF(m->keys.account)),
		    cs_text(cs_view_str(m->handle)),
		    cs_blob(CS_VIEW_OF(m->keys.account_key.public)),
		    cs_blob(credential.registrar_cert),
		    cs_blob(credential.account_cert)));
	assert_ok(cs_db_exec(db,
	    "INSERT INTO device(id,account,key,cert,created)"
	    " VALUES(?,?,?,?,0)",
	    cs_blob(CS_VIEW_OF(m->keys.device)),
	    cs_blob(CS_VIEW_OF(m->keys.account)),
	    cs_blob(CS_VIEW_OF(m->keys.device_key.public)),
	    cs_blob(cs_buf_view(&m->keys.credential))));
}

/* A walk forgets nothing between two steps, and need not sync. */
static void
be_quick(struct cs_db *db)
{
	assert_ok(cs_db_exec(db, "PRAGMA synchronous=OFF"));
}

static void
arrive(
    struct walk *w, const char *handle, const struct walker *other, bool lies)
{
	struct walker *m = &w->v[w->n++];
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	char name[64];

	m->handle = handle;
	m->lies = lies;
	cw_person_init(&m->keys, handle);
	if (other != NULL) {
		memcpy(m->keys.account, other->keys.account, CS_ID_LEN);
		m->keys.account_key = other->keys.account_key;
	}
	cw_certify(&m->keys, handle, now - CS_HOUR_S, now + CS_DAY_S);
	register_device(w, m, other == NULL);
	snprintf(name, sizeof name, "home-%zu", w->n);
	m->c = cw_home(temp_path(&w->w.dir, name), &m->keys, handle);
	be_quick(m->c->db);
	memcpy(m->c->self.root, w->w.hub->root_public, CS_KEY_LEN);
	memcpy(
	    m->c->link.external_sender, w->w.hub->external_public, CS_KEY_LEN);
	m->c->link.online = true;
	m->conn.hub = w->w.hub;
	m->conn.role = HUB_DEVICE;
	memcpy(m->conn.account, m->keys.account, CS_ID_LEN);
	memcpy(m->conn.device, m->keys.device, CS_ID_LEN);
}

/* Everybody but one has met everybody. */
static void
make_friends(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < w->n; k++) {
			struct cs_wire_contact_set m = {
				.state = CS_WIRE_CONTACT_ACCEPTED
			};
			struct cs_wire_empty none;

			if (strcmp(w->v[i].handle, w->v[k].handle) == 0 ||
			    strcmp(w->v[i].handle, "eremit") == 0)
				continue;
			memcpy(m.account, w->v[k].keys.account, CS_ID_LEN);
			assert_ok(walk_ask(&w->v[i], CS_WIRE_CONTACT_SET,
			    &cs_wire_contact_set_shape, &m,
			    &cs_wire_empty_shape, &none));
		}
}

static void
open_hub(struct walk *w)
{
	struct cs_hub *hub = w->w.hub;

	hs_clear(&w->w.signer);
	hub->now_ms = cs_clock_ms();
	strcpy(hub->name, "hub.example");
	be_quick(hub->db);
	test_operator_init(&operator, hub->now_ms / CS_SECOND_MS);
	hs_init(&w->w.signer, hub, &operator);
}

void
walk_begin(struct walk *w, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	the_walk = w;
	w->stream = seed;
	cs_test_fixed_random(seed);
	hw_init(&w->w);
	open_hub(w);
	arrive(w, "alma", NULL, false);
	arrive(w, "alma", &w->v[0], false);
	arrive(w, "boris", NULL, false);
	arrive(w, "clara", NULL, false);
	arrive(w, "clara", &w->v[3], false);
	arrive(w, "dora", NULL, false);
	arrive(w, "eremit", NULL, false); /* whom nobody knows */
	arrive(w, "mallory", NULL, true);
	arrive(w, "mallory", &w->v[7], true);
	arrive(w, "trudy", NULL, true);
	for (size_t i = 0; i < w->n; i++)
		assert_ok(cs_client_connect(w->v[i].c));
	make_friends(w);
}

void
walk_end(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		cs_client_close(w->v[i].c);
		cs_buf_free(&w->v[i].keys.credential);
	}
	test_operator_clear(&operator);
	hw_clear(&w->w);
	cs_test_real_random();
}
