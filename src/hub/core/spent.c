/* SPDX-License-Identifier: MIT */
#include "hub/core/spent.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "crypto/short_hash.h"

#define SETS 2048
#define WAYS 8
#define WRITES 200 /* in a round */

struct place {
	struct hub_spent spent; /* first: callers have its address */
	uint8_t account[CS_ID_LEN];
	const char *name; /* NULL: free */
	uint64_t used_ms;
	unsigned id;
	bool changed;
};

struct hub_spents {
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	struct place places[SETS][WAYS];
	uint64_t written_ms;
	size_t next;    /* set that is written next, while writing */
	size_t changed; /* places */
	bool writing;
};

/* ---- rows --------------------------------------------------------------- */

enum cs_err
hub_spent_load(struct hub_spent *out, struct cs_hub *hub, const char *name,
    struct cs_view scope)
{
	struct cs_rows row;
	enum cs_err err;

	*out = (struct hub_spent){ .since_ms = hub->now_ms };
	err = cs_db_row(&row, hub->db,
	    "SELECT since,n FROM spent WHERE scope=? AND budget=?",
	    cs_blob(scope), cs_text(cs_view_str(name)));
	if (err == CS_OK)
		*out = (struct hub_spent){ cs_col_int(&row, 0),
			cs_col_int(&row, 1) };
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
hub_spent_store(struct cs_hub *hub, const char *name, struct cs_view scope,
    const struct hub_spent *s)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO spent(scope,budget,since,n) VALUES(?,?,?,?)"
	    " ON CONFLICT(scope,budget) DO UPDATE"
	    " SET since=excluded.since,n=excluded.n",
	    cs_blob(scope), cs_text(cs_view_str(name)), cs_int(s->since_ms),
	    cs_int(s->n));
}

/* ---- the table ---------------------------------------------------------- */

/* Write what was changed of a place, in the round's transaction. */
static enum cs_err
store(struct cs_hub *hub, struct place *p)
{
	enum cs_err err;

	if (!p->changed)
		return CS_OK;
	if ((!cs_db_in_transaction(hub->db) && (err = cs_db_begin(hub->db))) ||
	    (err = hub_spent_store(
		 hub, p->name, CS_VIEW_OF(p->account), &p->spent)))
		return err;
	p->changed = false;
	hub->spents->changed--;
	return CS_OK;
}

static enum cs_err
make(struct cs_hub *hub)
{
	struct hub_spents *s = cs_calloc(1, sizeof *s);

	if (s == NULL)
		return CS_ERR_NOMEM;
	cs_random(s->key, sizeof s->key);
	s->written_ms = hub->now_ms;
	hub->spents = s;
	return CS_OK;
}

/* The place for it in its set: its own, a free one, or that which was used
 * least lately. */
static struct place *
place_of(
    struct place *set, unsigned id, const uint8_t account[static CS_ID_LEN])
{
	struct place *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].name != NULL && set[i].id == id &&
		    memcmp(set[i].account, account, CS_ID_LEN) == 0)
			return &set[i];
		if (oldest->name != NULL &&
		    (set[i].name == NULL || set[i].used_ms < oldest->used_ms))
			oldest = &set[i];
	}
	return oldest;
}

enum cs_err
hub_spent_find(struct hub_spent **out, struct cs_hub *hub, unsigned id,
    const char *name, const uint8_t account[static CS_ID_LEN])
{
	uint8_t named[1 + CS_ID_LEN] = { (uint8_t)id };
	struct place *p;
	uint64_t hash;
	enum cs_err err;

	if (hub->spents == NULL && (err = make(hub)))
		return err;
	memcpy(named + 1, account, CS_ID_LEN);
	hash = cs_short_hash(hub->spents->key, CS_VIEW_OF(named));
	p = place_of(hub->spents->places[hash % SETS], id, account);
	if (p->name == NULL || p->id != id ||
	    memcmp(p->account, account, CS_ID_LEN) != 0) {
		if ((err = store(hub, p)))
			return err;
		p->id = id;
		p->name = name;
		memcpy(p->account, account, CS_ID_LEN);
		if ((err = hub_spent_load(
			 &p->spent, hub, name, CS_VIEW_OF(p->account)))) {
			p->name = NULL;
			return err;
		}
	}
	p->used_ms = hub->now_ms;
	*out = &p->spent;
	return CS_OK;
}

void
hub_spent_changed(struct cs_hub *hub, struct hub_spent *s)
{
	struct place *p = (struct place *)s;

	if (!p->changed)
		hub->spents->changed++;
	p->changed = true;
}

/* ---- to disk ------------------------------------------------------------ */

static bool
is_due(struct cs_hub *hub, bool all)
{
	struct hub_spents *s = hub->spents;

	if (s == NULL || s->changed == 0)
		return false;
	if (!s->writing &&
	    (all || hub->now_ms < s->written_ms ||
		hub->now_ms - s->written_ms >= HUB_SPENT_WRITE_MS)) {
		s->writing = true;
		s->next = 0;
	}
	return s->writing;
}

enum cs_err
hub_spent_write(struct cs_hub *hub, bool all)
{
	struct hub_spents *s = hub->spents;
	size_t before;
	enum cs_err err = CS_OK;

	if (!is_due(hub, all))
		return CS_OK;
	before = s->changed;
	while (s->next < SETS && (all || before - s->changed < WRITES)) {
		for (size_t i = 0; i < WAYS && err == CS_OK; i++)
			err = store(hub, &s->places[s->next][i]);
		if (err)
			return err;
		s->next++;
	}
	if (s->next == SETS) {
		s->writing = false;
		s->written_ms = hub->now_ms;
	}
	return CS_OK;
}

void
hub_spent_free(struct cs_hub *hub)
{
	if (hub->spents != NULL)
		cs_free(hub->spents, sizeof *hub->spents);
	hub->spents = NULL;
}
