/* SPDX-License-Identifier: MIT */
/*
 * home FOLDER N [NAME]: the home of somebody who got N messages of about 100
 * bytes in one conversation, for tests/load/home; with NAME, in the
 * conversation of that name of a home that is there.  They are as long as real
 * ones and sealed as those are; nobody signed them, for nothing that is
 * measured verifies them again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/home/group.h"
#include "client/home/message.h"
#include "content/proof.h"
#include "crypto/init.h"
#include "support/client_world.h"

#define AT_ONCE 1000 /* messages a transaction */

struct home {
	struct cs_client *c;
	struct cw_person boris;
	struct client_group g;
	const char *from;
	uint64_t n;
};

static void
add(struct home *h, uint64_t i)
{
	char text[128];
	uint8_t id[CS_CLIENT_MID_LEN] = { 1 };
	struct cs_mimi_content content = {
		.sender_uri = cs_view_str("mimi://hub.example/u/boris"),
		.room_uri = cs_view_str("mimi://hub.example/r/1"),
		.has_text = true,
	};
	struct cs_capsule capsule = { .leaf = 1, .sender_seq = i };
	struct client_record r = {
		.kind = CS_CLIENT_RECEIVED,
		.time_ms = cs_clock_ms(),
		.seq = i,
	};
	struct cs_buf body = { 0 }, bytes = { 0 };

	snprintf(r.from, sizeof r.from, "%s", h->from);
	/* Each thousandth has the word that is searched for. */
	snprintf(text, sizeof text,
	    "%07llu: the %s, and what one says of a day, of people and of the "
	    "weather, is as long as this.",
	    (unsigned long long)i, i % 1000 == 0 ? "pomegranate" : "apple");
	content.text = cs_view_str(text);
	cs_random(content.salt, sizeof content.salt);
	cs_random(id + 1, sizeof id - 1);
	assert_ok(cs_mimi_write(&body, &content));
	capsule.application_data = cs_buf_view(&body);
	capsule.credential = cs_buf_view(&h->boris.credential);
	memcpy(capsule.stamp.account, h->boris.account, CS_ID_LEN);
	assert_ok(cs_capsule_write(&bytes, &capsule));
	r.body = cs_buf_view(&bytes);
	assert_ok(client_message_insert(h->c, &h->g, &r, id, NULL));
	cs_buf_free(&body);
	cs_buf_free(&bytes);
}

static void
fill(struct home *h)
{
	for (uint64_t i = 1; i <= h->n;) {
		assert_ok(cs_db_begin(h->c->db));
		do
			add(h, i);
		while (i++ % AT_ONCE != 0 && i <= h->n);
		assert_ok(cs_db_end_as(h->c->db, CS_OK, CS_DB_SOON));
	}
	assert_ok(
	    cs_db_exec(h->c->db, "UPDATE message SET seen=?", cs_int(true)));
}

/* A new home, with a conversation in it. */
static void
fill_new(struct home *h, const char *folder)
{
	struct cw_person alma;

	cw_person_init(&alma, "alma");
	h->c = cw_home(folder, &alma, "alma");
	h->from = "boris";
	h->g = (struct client_group){
		.name = "village",
		.state = CS_CLIENT_ACTIVE,
		.id_len = 16,
	};
	assert_ok(cs_db_begin(h->c->db));
	assert_ok(cs_db_end(h->c->db, cw_learn(h->c, &h->boris)));
	assert_ok(cs_group_ref(h->g.ref, client_group_id(&h->g)));
	assert_ok(client_group_store_meta(h->c, &h->g));
	fill(h);
	cs_buf_free(&alma.credential);
}

static enum cs_err
fill_named(struct cs_client *c, struct client_group *g, void *arg)
{
	struct home *h = arg;

	(void)c;
	if (strcmp(g->name, h->from) != 0)
		return CS_OK;
	h->g = *g; /* which stays the caller's */
	fill(h);
	return CS_OK;
}

int
main(int argc, char **argv)
{
	struct home h = { 0 };

	if (argc < 3 || argc > 4 || cs_crypto_init() != CS_OK)
		return 64;
	h.n = strtoull(argv[2], NULL, 10);
	cw_person_init(&h.boris, "boris");
	if (argc == 3) {
		fill_new(&h, argv[1]);
	} else {
		h.from = argv[3];
		assert_ok(cs_client_open(&h.c, argv[1], cs_view(NULL, 0)));
		assert_ok(client_group_each(h.c, fill_named, &h));
	}
	cs_client_close(h.c);
	cs_buf_free(&h.boris.credential);
	return 0;
}
