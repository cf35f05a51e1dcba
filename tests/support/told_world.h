/* SPDX-License-Identifier: MIT */
/* A home in which somebody wrote something, for whoever shows it. */
#pragma once

#include "client/home/group.h"
#include "client/home/message.h"
#include "support/client_world.h"

struct told_world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_client *c;
};

static inline void
told_world_init(struct told_world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
}

static inline void
told_world_clear(struct told_world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
}

/* A conversation; its id in text into ${id}. */
static inline struct client_group
told_group(struct told_world *w, const char *name, char id[static 30])
{
	struct client_group g = {
		.id_len = strlen(name),
		.registered = true,
		.noted = true,
		.committed_ms = cs_clock_ms(),
	};

	memcpy(g.id, name, g.id_len);
	assert_ok(cs_group_ref(g.ref, cs_view(g.id, g.id_len)));
	strcpy(g.name, name);
	assert_ok(client_group_store_meta(w->c, &g));
	cs_group_ref_text(id, g.ref);
	return g;
}

/* boris wrote ${text}, or alma did; the message's id is ${n} in all places. */
static inline void
told_message(struct told_world *w, const struct client_group *g, uint8_t n,
    enum cs_client_message_kind kind, const char *text)
{
	struct cs_mimi_content content = {
		.sender_uri = cs_view_str("mimi://hub.example/u/boris"),
		.room_uri = cs_view_str("mimi://hub.example/r/1"),
		.has_text = true,
		.text = cs_view_str(text),
	};
	struct client_record r = {
		.kind = kind,
		.bare = true,
		.time_ms = 1700000000000 + n,
		.from = "boris",
	};
	struct cs_buf body = { 0 };
	uint8_t mid[CS_CLIENT_MID_LEN];

	memset(mid, n, sizeof mid);
	assert_ok(cs_mimi_write(&body, &content));
	r.body = cs_buf_view(&body);
	assert_ok(client_message_insert(w->c, g, &r, mid, NULL));
	cs_buf_free(&body);
}

/* The id of message ${n}, as the user gives it. */
static inline const char *
told_id(uint8_t n)
{
	static char slots[4][65];
	static unsigned next;
	char *id = slots[next++ % 4];

	for (int i = 0; i < 32; i++)
		snprintf(id + 2 * i, 3, "%02x", n);
	return id;
}
