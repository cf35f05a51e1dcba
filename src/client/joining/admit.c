/* SPDX-License-Identifier: MIT */
/*
 * Links to groups, and those who ask to be let in by one: what members see and
 * do.  The secret of a link is a message in the group; the hub is told its
 * name, and which entry said so, and keeps letters that only members open.
 */
#include "client/joining/admit.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "client/account/key_change.h"
#include "client/client.h"
#include "client/groups/send.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/home/roles.h"
#include "client/home/room.h"
#include "client/hub/call.h"
#include "client/joining/group_link.h"
#include "crypto/hash.h"
#include "crypto/random.h"

/* Letters that are older were kept back. */
#define ASK_MS (15 * CS_DAY_MS)

/* ---- the link ----------------------------------------------------------- */

/* The link of a group, and the key that opens what is sealed for it. */
struct held {
	bool there;
	uint64_t seq;
	struct cs_group_link link;
	struct cs_hpke_key key; /* wipe it */
};

static enum cs_err
hold(struct held *out, struct cs_client *c, const struct client_group *g)
{
	struct cs_buf secret = { 0 };
	enum cs_err err = client_room_find(
	    &secret, &out->seq, c, client_group_id(g), CLIENT_ROOM_LINK);

	out->there = err == CS_OK && secret.len == CS_GROUP_LINK_SECRET_LEN;
	if (out->there &&
	    (err = cs_group_link_key(&out->key, secret.data)) == CS_OK) {
		memcpy(out->link.root, c->self.root, sizeof out->link.root);
		memcpy(out->link.key, out->key.public, sizeof out->link.key);
		memcpy(out->link.ref, g->ref, sizeof out->link.ref);
	}
	cs_buf_free(&secret);
	return err;
}

/* Say in the group that it has a link, or none any more. */
static enum cs_err
publish(struct cs_client *c, struct client_group *g, bool on)
{
	uint8_t secret[CS_GROUP_LINK_SECRET_LEN];
	struct cs_mimi_content content = { .kind = CS_MIMI_LINK };
	char mid[65];
	enum cs_err err;

	if (on) {
		cs_random(secret, sizeof secret);
		content.link = CS_VIEW_OF(secret);
	}
	err = client_send_content(c, g, &content, mid);
	cs_wipe(secret, sizeof secret);
	return err;
}

/* Whoever made a link last, the hub hears of that one: it goes by the place in
 * the log, too. */
static enum cs_err
tell_hub(
    struct cs_client *c, const struct client_group *g, const struct held *held)
{
	struct cs_wire_group_link m = {
		.group_id = client_group_id(g),
		.group_seq = held->seq,
	};
	enum cs_err err = CS_OK;

	if (held->there)
		err = cs_group_link_rendezvous(m.rendezvous, &held->link);
	return err ? err
		   : client_call_empty(c, CS_WIRE_GROUP_LINK_SET,
			 &cs_wire_group_link_shape, &m);
}

/* Ask who waits.  CS_ERR_NOT_FOUND: there is a link that this device does not
 * know, and so cannot open what is sealed for it. */
static enum cs_err
fetch(struct cs_wire_group_asks_answer *out, struct cs_client *c,
    const struct client_group *g, const struct held *held)
{
	const struct cs_wire_group_asks_get get = { client_group_id(g) };
	uint8_t rendezvous[CS_HASH_LEN] = { 0 };
	enum cs_err err;

	if ((held->there &&
		(err = cs_group_link_rendezvous(rendezvous, &held->link))) ||
	    (err = client_call(c, CS_WIRE_GROUP_ASKS,
		 &cs_wire_group_asks_get_shape, &get,
		 &cs_wire_group_asks_answer_shape, out)))
		return err;
	if (cs_view_is_zero(CS_VIEW_OF(out->rendezvous)) ||
	    memcmp(out->rendezvous, rendezvous, sizeof rendezvous) == 0)
		return CS_OK;
	return client_problem(c, CS_ERR_NOT_FOUND,
	    "%.255s has a link that this device does not know: it came into "
	    "the group by itself. Another device or member can show it, and "
	    "who asks by it; --new makes another. Nothing was done.",
	    g->name);
}

static enum cs_err
find_group(struct client_group *g, struct cs_client *c, const char *name)
{
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = client_group_find(g, c, name, CLIENT_FIND_GROUP)))
		return err;
	if (g->mls == NULL || g->lost || client_group_over(g))
		return client_problem(c, CS_ERR_MEMBER,
		    "You are not in %.255s, or this device lost track of it. "
		    "Nothing was done.",
		    g->name);
	return client_may(c, g, CS_ROOM_ADD);
}

enum cs_err
cs_client_group_link(struct cs_client *c, const char *name,
    enum cs_client_link what, char out[static CS_CLIENT_CODE_SIZE])
{
	struct client_group_link link = { .port = c->self.port };
	struct client_group g = { 0 };
	struct cs_wire_group_asks_answer answer;
	struct held held = { 0 };
	bool on = what != CS_CLIENT_LINK_OFF;
	enum cs_err err;

	out[0] = '\0';
	if ((err = find_group(&g, c, name)) || (err = hold(&held, c, &g)))
		goto out;
	/* One that is not known here is not replaced unasked. */
	if (what != CS_CLIENT_LINK_NEW && !held.there &&
	    (err = fetch(&answer, c, &g, &held)))
		goto out;
	if (!on && !held.there) {
		err = client_problem(
		    c, CS_ERR_NOT_FOUND, "There is no link to %.255s.", g.name);
		goto out;
	}
	if ((what != CS_CLIENT_LINK_SHOW || !held.there) &&
	    ((err = publish(c, &g, on)) || (err = hold(&held, c, &g))))
		goto out;
	if ((err = tell_hub(c, &g, &held)) || !held.there)
		goto out;
	snprintf(link.host, sizeof link.host, "%s", c->self.host);
	link.to = held.link;
	client_group_link_write(out, &link);
out:
	cs_wipe(&held, sizeof held);
	client_group_clear(&g);
	return err;
}

/* ---- who asks ----------------------------------------------------------- */

/* Somebody whose letter is proved to be theirs; views live during a call. */
struct asker {
	struct cs_identity who;
	struct cs_group_ask ask;
	char handle[CS_HANDLE_MAX + 1];
	const struct client_contact *contact; /* or NULL */
};

typedef enum cs_err asker_fn(
    void *arg, struct cs_client *c, const struct asker *asker);

/* Open one, and give it to ${fn} unless it is not what it claims to be, or of
 * somebody whom the user shut out. */
static enum cs_err
look_at(struct cs_client *c, const struct client_group *g,
    const struct held *held, const struct cs_wire_asking *item, asker_fn *fn,
    void *arg)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_buf plain = { 0 };
	struct asker a = { 0 };
	enum cs_err err;

	err = cs_group_ask_open(
	    &a.ask, &plain, item->sealed, &held->link, &held->key);
	if (err == CS_OK)
		err = cs_group_ask_check(&a.who, &a.ask, &held->link,
		    item->account, client_now_s(c));
	if (err) {
		err = cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
		goto out;
	}
	memcpy(a.handle, a.who.account.handle.data, a.who.account.handle.len);
	a.contact = client_contact_by_handle(c, a.handle);
	if ((a.contact == NULL || a.contact->state != CONTACT_BLOCKED) &&
	    a.ask.at_ms + ASK_MS >= client_now_ms(c) &&
	    client_group_leaves_of(g, a.handle, leaves) == 0)
		err = fn(arg, c, &a);
out:
	cs_buf_free(&plain);
	return err;
}

/* Call ${fn} for each who waits to be let into ${g}; it asks nothing of the
 * hub. */
static enum cs_err
each_asker(
    struct cs_client *c, const struct client_group *g, asker_fn *fn, void *arg)
{
	struct cs_wire_group_asks_answer answer;
	struct cs_wire_asking item;
	struct held held = { 0 };
	struct cs_view rest;
	enum cs_err err = hold(&held, c, g);

	if (err == CS_OK && (err = fetch(&answer, c, g, &held)) == CS_OK) {
		rest = answer.asks.raw;
		while (err == CS_OK &&
		    cs_wire_next(&item, &cs_wire_asking_shape, &rest))
			err = look_at(c, g, &held, &item, fn, arg);
	}
	cs_wipe(&held, sizeof held);
	return err;
}

/* ---- telling ------------------------------------------------------------ */

/* Was this letter told of before? */
static enum cs_err
note_told(bool *fresh, struct cs_client *c, const struct asker *a)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err = cs_sha256(hash, CS_VIEW_OF(a->ask.proof));

	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO told(hash) VALUES(?) ON CONFLICT DO NOTHING",
		    cs_blob(CS_VIEW_OF(hash)));
	*fresh = err == CS_OK && cs_db_changes(c->db) != 0;
	return err;
}

static enum cs_err
say(struct cs_client *c, const struct client_group *g, const char *handle,
    const char *near, const char *text)
{
	return client_event(c, g, 0,
	    "%s asks to be let into this group%s%s%s%s%s%s. \"countersign "
	    "group approve\" lets them in, \"group refuse\" does not.",
	    handle, near[0] != '\0' ? " (you know \"" : "", near,
	    near[0] != '\0' ? "\", who is somebody else)" : "",
	    text[0] != '\0' ? ", saying: \"" : "", text,
	    text[0] != '\0' ? "\"" : "");
}

static enum cs_err
tell(void *arg, struct cs_client *c, const struct asker *a)
{
	const struct client_group *g = arg;
	char near[CLIENT_NAME_SIZE], text[CS_GROUP_ASK_TEXT_MAX + 1];
	bool fresh;
	enum cs_err err = client_looks_near(near, c, a->handle, a->handle);

	if (err || (err = cs_db_begin(c->db)))
		return err;
	cs_name_clean(text, sizeof text, a->ask.text);
	if ((err = note_told(&fresh, c, a)) == CS_OK && fresh)
		err = say(c, g, a->handle, near, text);
	return cs_db_end(c->db, err);
}

/* In one conversation, if the user may let people in. */
static enum cs_err
tell_in(struct cs_client *c, struct cs_view id)
{
	struct cs_room_policy policy;
	struct client_group g;
	enum cs_err err = client_group_load(&g, c, id);

	if (err == CS_ERR_NOT_FOUND || client_group_damaged(err)) {
		err = CS_OK;
	} else if (err == CS_OK && g.state == CS_CLIENT_ACTIVE && !g.lost &&
	    (err = client_policy_of(&policy, &g)) == CS_OK &&
	    cs_room_may(&policy, c->self.account, CS_ROOM_ADD)) {
		err = each_asker(c, &g, tell, &g);
		/* The hub may know of a change that this device does not. */
		if (err == CS_ERR_DENIED || err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	client_group_clear(&g);
	return err;
}

enum cs_err
client_asks_tell(struct cs_client *c)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if (!c->link.asks_due)
		return CS_OK;
	err = client_room_list(&ids, c, CLIENT_ROOM_LINK);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = tell_in(c, cs_read_vec(&r));
	if (err == CS_OK)
		c->link.asks_due = false;
	cs_buf_free(&ids);
	return err;
}

/* ---- for people --------------------------------------------------------- */

struct showing {
	enum cs_err (*each)(void *arg, const struct cs_client_asker *asker);
	void *arg;
};

static enum cs_err
show(void *arg, struct cs_client *c, const struct asker *a)
{
	const struct showing *s = arg;
	struct cs_client_asker out = {
		.asked_ms = a->ask.at_ms,
		.text = a->ask.text,
		.accepted =
		    a->contact != NULL && a->contact->state == CONTACT_ACCEPTED,
	};
	enum cs_err err;

	snprintf(out.handle, sizeof out.handle, "%s", a->handle);
	client_find_alias(out.alias, c, a->handle);
	err = client_looks_near(out.near, c, a->handle, a->handle);
	return err ? err : s->each(s->arg, &out);
}

enum cs_err
cs_client_group_asks(struct cs_client *c, const char *name,
    enum cs_err (*each)(void *arg, const struct cs_client_asker *asker),
    void *arg)
{
	struct showing s = { each, arg };
	struct client_group g = { 0 };
	enum cs_err err;

	if ((err = find_group(&g, c, name)) == CS_OK)
		err = each_asker(c, &g, show, &s);
	client_group_clear(&g);
	return err;
}

/* Whom the user answers. */
struct answering {
	char handle[CS_HANDLE_MAX + 1];
	bool found;
	uint8_t account[CS_ID_LEN];
	struct cs_buf credential;
};

static enum cs_err
pick(void *arg, struct cs_client *c, const struct asker *a)
{
	struct answering *to = arg;

	(void)c;
	if (strcmp(a->handle, to->handle) != 0)
		return CS_OK;
	to->found = true;
	memcpy(to->account, a->who.account.account, sizeof to->account);
	return cs_buf_set(&to->credential, a->ask.credential);
}

/* Find ${typed} among those who wait.  ${to->found} false: they are in the
 * group already, by somebody else. */
static enum cs_err
find_asker(struct answering *to, struct cs_client *c,
    const struct client_group *g, const char *typed)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	enum cs_err err;

	if ((err = client_find_person(to->handle, c, typed)) ||
	    (err = each_asker(c, g, pick, to)) || to->found ||
	    client_group_leaves_of(g, to->handle, leaves) != 0)
		return err;
	return client_problem(c, CS_ERR_NOT_FOUND,
	    "%.40s does not ask to be let into %.255s, or not any more. "
	    "Nothing was changed.",
	    to->handle, g->name);
}

/* Whoever comes has to be whoever asked: what the hub gives for the name is
 * compared with this. */
static enum cs_err
learn(struct cs_client *c, struct client_group *g, struct cs_view credential)
{
	enum cs_err err, warned;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = cs_db_end(c->db, client_contact_learn(g->check, credential));
	if (err != CS_ERR_CREDENTIAL)
		return err;
	if ((warned = cs_db_begin(c->db)) ||
	    (warned = cs_db_end(
		 c->db, client_contact_warn(c, &g->check->differs))))
		return warned;
	return client_problem(c, err,
	    "Whoever asks has another key than the %.40s whom you know. Nobody "
	    "was let in; compare safety numbers first.",
	    g->check->differs.handle);
}

enum cs_err
cs_client_group_approve(
    struct cs_client *c, const char *name, const struct cs_client_people *who)
{
	struct answering to = { .found = false };
	struct client_group g = { 0 };
	enum cs_err err;

	if ((err = find_group(&g, c, name)) == CS_OK &&
	    (err = find_asker(&to, c, &g, who->names[0])) == CS_OK && to.found)
		err = learn(c, &g, cs_buf_view(&to.credential));
	client_group_clear(&g);
	if (err == CS_OK && to.found)
		err = cs_client_group_add(c, name, who);
	cs_buf_free(&to.credential);
	return err;
}

enum cs_err
cs_client_group_refuse(struct cs_client *c, const char *name, const char *typed)
{
	struct answering to = { .found = false };
	struct cs_wire_group_ask_drop m;
	struct client_group g = { 0 };
	enum cs_err err;

	if ((err = find_group(&g, c, name)) ||
	    (err = find_asker(&to, c, &g, typed)))
		goto out;
	if (!to.found) {
		err = client_problem(c, CS_ERR_EXISTS,
		    "%.40s is in %.255s already: somebody let them in.",
		    to.handle, g.name);
		goto out;
	}
	m.group_id = client_group_id(&g);
	memcpy(m.account, to.account, sizeof m.account);
	err = client_call_empty(
	    c, CS_WIRE_GROUP_ASK_DROP, &cs_wire_group_ask_drop_shape, &m);
out:
	cs_buf_free(&to.credential);
	client_group_clear(&g);
	return err;
}
