/* SPDX-License-Identifier: MIT */
/* Making conversations and groups, and the commands that change their members.
 */
#include "client/groups/make.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/groups/commit.h"
#include "client/groups/invite.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/operator.h"
#include "client/home/problem.h"
#include "crypto/random.h"

#define GROUP_ID_LEN 32
/* People added by one commit: with 20 devices each, it and its Welcome stay
 * below CS_WIRE_FRAME_MAX. */
#define BATCH 100

/* Who is to be added; ${progress} may be NULL. */
struct people {
	const char *const *handles;
	size_t n;
	void (*progress)(uint64_t done, uint64_t total);
};

/* The extensions of the GroupContext, which point into ${hold}. */
static enum cs_err
context_extensions(
    struct cs_client *c, struct cs_buf *hold, struct cs_mls_extension exts[2])
{
	const struct cs_room_operator op = client_room_operator(c);
	struct cs_view list;
	enum cs_err err;

	if ((err = cs_room_context_write(hold, &op,
		 cs_view(
		     c->link.desk.hpke, c->link.desk.known ? CS_KEY_LEN : 0))))
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
	    (err = context_extensions(c, &context, exts)) ||
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
		    c, contact, CONTACT_ACCEPTED, cs_clock_ms());
out:
	cs_buf_free(&in.packages);
	return err;
}

static enum cs_err
check_name(struct cs_client *c, const char *name)
{
	struct cs_view v = cs_view_str(name);

	if (v.len == 0 || v.len > 255 || !cs_utf8_valid(v))
		return client_problem(c, CS_ERR_FORMAT,
		    "A group's name has 1 to 255 bytes of UTF-8.");
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] < 0x20 || v.data[i] == 0x7f)
			return client_problem(c, CS_ERR_FORMAT,
			    "A group's name has no control characters.");
	return CS_OK;
}

static enum cs_err
find_group(struct client_group *out, struct cs_client *c, const char *name)
{
	enum cs_err err = client_group_find(out, c, name, CLIENT_FIND_GROUP);

	if (err == CS_ERR_NOT_FOUND)
		return client_problem(
		    c, err, "You are in no group called %.255s.", name);
	return err;
}

static enum cs_err
check_people(struct cs_client *c, const struct people *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(p->handles[i], p->handles[k]) == 0)
				return client_problem(c, CS_ERR_EXISTS,
				    "%.40s is named twice.", p->handles[i]);
	return CS_OK;
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
cs_client_group_new(struct cs_client *c, const char *name,
    const char *const *handles, size_t n,
    void (*progress)(uint64_t done, uint64_t total))
{
	const struct people p = { handles, n, progress };
	struct client_group g = { 0 };
	size_t next = 0;
	enum cs_err err;

	if ((err = check_name(c, name)) || (err = client_need_hub(c)) ||
	    (err = check_people(c, &p)))
		return err;
	err = client_group_find(&g, c, name, CLIENT_FIND_GROUP);
	/* A group whose making broke off is continued. */
	if (err == CS_ERR_EXISTS ||
	    (err == CS_OK && client_group_people(&g) > 1 &&
		!is_unfinished(c, &g, &p)))
		err = client_problem(c, CS_ERR_EXISTS,
		    "You are in a group called %.255s already.", name);
	else if (err == CS_ERR_NOT_FOUND)
		err = begin(c, &g, name, &p, &next);
	if (err == CS_OK)
		err = add_rest(c, &g, &p, next);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_add(struct cs_client *c, const char *name,
    const char *const *handles, size_t n,
    void (*progress)(uint64_t done, uint64_t total))
{
	const struct people p = { handles, n, progress };
	struct client_group g = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)) == CS_OK &&
	    (err = check_people(c, &p)) == CS_OK &&
	    (err = find_group(&g, c, name)) == CS_OK)
		err = add_rest(c, &g, &p, 0);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_remove(
    struct cs_client *c, const char *name, const char *handle)
{
	struct client_group g = { 0 };
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_mls_commit_options opt = { .remove = leaves };
	enum cs_err err;

	if ((err = client_need_hub(c)) || (err = find_group(&g, c, name)))
		goto out;
	if (strcmp(handle, c->self.handle) == 0) {
		err = client_problem(c, CS_ERR_MISUSE,
		    "To remove yourself, use countersign group leave.");
		goto out;
	}
	err = CS_ERR_EPOCH;
	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		opt.n_remove = client_group_leaves_of(&g, handle, leaves);
		if (opt.n_remove == 0) {
			err = client_problem(c, CS_ERR_NOT_FOUND,
			    "%.40s is not in %.255s.", handle, name);
			goto out;
		}
		err = client_commit(c, &g, &opt);
	}
out:
	client_group_clear(&g);
	return err;
}
