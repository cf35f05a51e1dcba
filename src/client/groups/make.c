/* SPDX-License-Identifier: MIT */
/* Making conversations and groups, and the commands that change their members.
 */
#include "client/groups/make.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/name.h"
#include "client/groups/commit.h"
#include "client/groups/invite.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/operator.h"
#include "client/home/problem.h"
#include "client/home/roles.h"
#include "crypto/random.h"

#define GROUP_ID_LEN 32
/* People added by one commit: with 20 devices each, it and its Welcome stay
 * below CS_WIRE_FRAME_MAX. */
#define BATCH 100

/* Who is to be added; ${progress} may be NULL. */
struct people {
	char (*handles)[CS_HANDLE_MAX + 1];
	size_t n;
	void (*progress)(uint64_t done, uint64_t total);
};

/* The extensions of the GroupContext, which point into ${hold}: whoever makes
 * a group is its owner, and two people need none. */
static enum cs_err
context_extensions(struct cs_client *c, const struct client_group *g,
    struct cs_buf *hold, struct cs_mls_extension exts[2])
{
	const struct cs_room_operator op = client_room_operator(c);
	struct cs_room_policy policy = { .written = true };
	struct cs_view list;
	enum cs_err err;

	memcpy(policy.owner, c->self.account, sizeof policy.owner);
	if ((err = cs_room_context_write(hold, &op,
		 cs_view(
		     c->link.desk.hpke, c->link.desk.known ? CS_KEY_LEN : 0),
		 g->direct ? NULL : &policy)))
		return err;
	list = cs_buf_view(hold);
	return cs_mls_extension_next(&list, &exts[0]) &&
		cs_mls_extension_next(&list, &exts[1])
	    ? CS_OK
	    : CS_ERR_MISUSE;
}

/* Make and store a group with only this device in it, which the hub does not
 * know yet.  ${g} holds its name and kind, and nothing else. */
static enum cs_err
make(struct client_group *g, struct cs_client *c)
{
	struct cs_mls_options opt;
	struct cs_mls_identity id;
	struct cs_buf context = { 0 };
	struct cs_mls_extension exts[2];
	enum cs_err err;

	g->id_len = GROUP_ID_LEN;
	g->chain_known = true; /* the chain starts as zeroes */
	cs_random(g->id, GROUP_ID_LEN);
	strcpy(g->added_by, c->self.handle);
	g->committed_ms = cs_clock_ms();
	if ((g->check = client_leaf_check_new(c)) == NULL)
		return CS_ERR_NOMEM;
	opt = client_mls_options(g->check);
	if ((err = client_identity(&id, c)) ||
	    (err = context_extensions(c, g, &context, exts)) ||
	    (err = cs_group_ref(g->ref, client_group_id(g))))
		goto out;
	if ((err = cs_mls_group_new(&g->mls, CS_SUITE_X25519_AES128,
		 client_group_id(g), &id, (struct cs_mls_extensions){ exts, 2 },
		 &opt)) == CS_OK)
		err = client_group_store(c, g);
out:
	cs_buf_free(&context);
	return err;
}

static enum cs_err
make_direct(struct client_group *g, struct cs_client *c, const char *handle)
{
	*g = (struct client_group){ .direct = true };
	snprintf(g->name, sizeof g->name, "%s", handle);
	return make(g, c);
}

static enum cs_err
make_group(struct client_group *g, struct cs_client *c, const char *name)
{
	*g = (struct client_group){ 0 };
	snprintf(g->name, sizeof g->name, "%s", name);
	return make(g, c);
}

enum cs_err
client_group_direct(
    struct cs_client *c, struct client_group *g, const char *handle)
{
	struct client_invited in = { 0 };
	struct client_contact *contact;
	enum cs_err err;

	if (g->mls != NULL && g->state == CS_CLIENT_BLOCKED)
		return client_problem(c, CS_ERR_DENIED,
		    "You blocked %s. \"countersign accept %s\" undoes that.",
		    handle, handle);
	if (g->mls != NULL && client_group_people(g) > 1)
		return CS_OK;
	if ((err = client_need_hub(c)) ||
	    (err = client_invite_ask(&in, c, handle)))
		goto out;
	if (g->mls == NULL &&
	    ((err = client_invite_ask_own(&in, c, NULL)) ||
		(err = make_direct(g, c, handle))))
		goto out;
	if ((err = client_invite_add(c, g, &in)))
		goto out;
	/* Whoever the user writes to may answer. */
	contact = client_contact_by_handle(c, handle);
	if (contact != NULL && contact->state == CONTACT_KNOWN)
		err = client_contact_set_state(
		    c, contact, CONTACT_ACCEPTED, client_now_ms(c));
out:
	cs_buf_free(&in.packages);
	return err;
}

/* Those who are added see it among the words of their program. */
enum cs_err
client_group_check_name(struct cs_client *c, const char *name)
{
	char clean[CS_NAME_MAX + 1], like[CLIENT_NAME_SIZE];
	enum cs_err err;

	cs_name_clean(clean, sizeof clean, cs_view_str(name));
	if (name[0] == '\0' || strcmp(clean, name) != 0)
		return client_problem(c, CS_ERR_FORMAT,
		    "A group's name is one line of 1 to %zu bytes of UTF-8, "
		    "with single blanks between words.",
		    CS_NAME_MAX);
	if ((err = client_looks_like(like, c, name)))
		return err;
	if (like[0] != '\0')
		return client_problem(c, CS_ERR_EXISTS,
		    "A group called \"%.255s\" would be taken for %.255s. "
		    "Choose another name.",
		    name, like);
	return CS_OK;
}

/* May ${handle} be written to for the first time? */
static enum cs_err
check_new(
    struct cs_client *c, const char *handle, const struct cs_client_people *who)
{
	const struct client_contact *contact =
	    client_contact_by_handle(c, handle);
	char near[CLIENT_NAME_SIZE];
	enum cs_err err;

	if ((contact != NULL && contact->state == CONTACT_ACCEPTED) ||
	    strcmp(handle, c->self.handle) == 0)
		return CS_OK;
	if ((err = client_looks_near(near, c, handle, handle)))
		return err;
	return who->begin != NULL && who->begin(who->arg, handle, near)
	    ? CS_OK
	    : client_problem(c, CS_ERR_MEMBER,
		  "You have not accepted %s. Nobody was added; --new adds "
		  "people you do not know.",
		  handle);
}

/* Find out whom the names mean. */
static enum cs_err
find_people(
    struct people *out, struct cs_client *c, const struct cs_client_people *who)
{
	enum cs_err err = CS_OK;

	*out = (struct people){ .n = who->n, .progress = who->progress };
	out->handles = cs_calloc(who->n + 1, sizeof *out->handles);
	if (out->handles == NULL)
		return CS_ERR_NOMEM;
	for (size_t i = 0; err == CS_OK && i < who->n; i++) {
		err = client_find_person(out->handles[i], c, who->names[i]);
		for (size_t k = 0; err == CS_OK && k < i; k++)
			if (strcmp(out->handles[i], out->handles[k]) == 0)
				err = client_problem(c, CS_ERR_EXISTS,
				    "%.40s is named twice.", out->handles[i]);
		if (err == CS_OK)
			err = check_new(c, out->handles[i], who);
	}
	return err;
}

static void
people_clear(struct people *p)
{
	cs_free(p->handles, (p->n + 1) * sizeof *p->handles);
}

bool
cs_client_begin_with_anybody(void *arg, const char *handle, const char *near)
{
	(void)arg;
	(void)handle;
	(void)near;
	return true;
}

static bool
is_in(const struct client_group *g, const char *handle)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];

	return g->mls != NULL && client_group_leaves_of(g, handle, leaves) != 0;
}

/* Ask for key packages of a batch of those in ${p}, from ${*next} on, who are
 * not in ${g} yet, as was asked for; moves ${*next} behind them. */
static enum cs_err
ask_some(struct client_invited *out, struct cs_client *c,
    const struct client_group *g, const struct people *p, size_t *next)
{
	enum cs_err err = CS_OK;

	for (size_t asked = 0; *next < p->n && asked < BATCH && err == CS_OK;
	     (*next)++) {
		const char *handle = p->handles[*next];

		if (strcmp(handle, c->self.handle) != 0 && is_in(g, handle))
			continue;
		err = client_invite_ask(out, c, handle);
		asked++;
	}
	return err;
}

/* Add the others in ${p}, from ${next} on, a commit for each batch.  Whatever
 * stops it, those who are in stay, and the same call adds the rest. */
static enum cs_err
add_rest(struct cs_client *c, struct client_group *g, const struct people *p,
    size_t next)
{
	enum cs_err err = CS_OK;

	while (err == CS_OK && next < p->n) {
		struct client_invited in = { 0 };

		if ((err = ask_some(&in, c, g, p, &next)) == CS_OK && in.n != 0)
			err = client_invite_add(c, g, &in);
		cs_buf_free(&in.packages);
		if (err == CS_OK && p->progress != NULL)
			p->progress(next, p->n);
	}
	return err;
}

/* Is ${g} what an earlier try to make a group of ${p} came to: the user's own,
 * with nobody in it but some of them? */
static bool
is_unfinished(const struct cs_client *c, const struct client_group *g,
    const struct people *p)
{
	char name[CS_HANDLE_MAX + 1];
	struct cs_mls_member m;
	size_t others = 0;

	if (strcmp(g->added_by, c->self.handle) != 0)
		return false;
	for (size_t i = 0; i < p->n; i++)
		others += is_in(g, p->handles[i]);
	if (others == p->n)
		return false;
	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++) {
		bool named = !cs_mls_group_member(g->mls, i, &m);

		if (!named)
			client_handle_of(name, m.credential);
		named = named || strcmp(name, c->self.handle) == 0;
		for (size_t k = 0; !named && k < p->n; k++)
			named = strcmp(name, p->handles[k]) == 0;
		if (!named)
			return false;
	}
	return true;
}

/* Make the group with the first of ${p}. */
static enum cs_err
begin(struct cs_client *c, struct client_group *g, const char *name,
    const struct people *p, size_t *next)
{
	struct client_invited in = { 0 };
	enum cs_err err;

	if ((err = ask_some(&in, c, g, p, next)) == CS_OK &&
	    (err = client_invite_ask_own(&in, c, NULL)) == CS_OK &&
	    (err = make_group(g, c, name)) == CS_OK && in.n != 0)
		err = client_invite_add(c, g, &in);
	cs_buf_free(&in.packages);
	if (err == CS_OK && p->progress != NULL && *next < p->n)
		p->progress(*next, p->n);
	return err;
}

enum cs_err
cs_client_group_new(
    struct cs_client *c, const char *name, const struct cs_client_people *who)
{
	struct people p = { 0 };
	struct client_group g = { 0 };
	size_t next = 0;
	enum cs_err err;

	if ((err = client_group_check_name(c, name)) ||
	    (err = client_need_hub(c)) || (err = find_people(&p, c, who)))
		goto out;
	err = client_group_find(&g, c, name, CLIENT_FIND_GROUP);
	/* A group whose making broke off is continued. */
	if (err == CS_ERR_EXISTS ||
	    (err == CS_OK && client_group_people(&g) > 1 &&
		!is_unfinished(c, &g, &p)))
		err = client_problem(c, CS_ERR_EXISTS,
		    "You are in a group called %.255s already.", name);
	else if (err == CS_ERR_NOT_FOUND || err == CS_ERR_MEMBER)
		err = begin(c, &g, name, &p, &next);
	if (err == CS_OK)
		err = add_rest(c, &g, &p, next);
out:
	people_clear(&p);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_add(
    struct cs_client *c, const char *name, const struct cs_client_people *who)
{
	struct people p = { 0 };
	struct client_group g = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)) == CS_OK &&
	    (err = find_people(&p, c, who)) == CS_OK &&
	    (err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) ==
		CS_OK &&
	    (err = client_may(c, &g, CS_ROOM_ADD)) == CS_OK)
		err = add_rest(c, &g, &p, 0);
	people_clear(&p);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_remove(struct cs_client *c, const char *name, const char *typed)
{
	struct client_group g = { 0 };
	char handle[CS_HANDLE_MAX + 1];
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_mls_commit_options opt = { .remove = leaves };
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) ||
	    (err = client_find_person(handle, c, typed)))
		goto out;
	if (strcmp(handle, c->self.handle) == 0) {
		err = client_problem(c, CS_ERR_MISUSE,
		    "To remove yourself, use countersign group leave.");
		goto out;
	}
	err = CS_ERR_EPOCH;
	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		if ((err = client_may_remove(c, &g, handle)))
			goto out;
		opt.n_remove = client_group_leaves_of(&g, handle, leaves);
		err = client_commit(c, &g, &opt);
	}
out:
	client_group_clear(&g);
	return err;
}
