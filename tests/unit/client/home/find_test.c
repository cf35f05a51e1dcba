/* SPDX-License-Identifier: MIT */
#include "client/home/find.h"

#include <stdio.h>

#include "base/text.h"
#include "client/home/alias.h"
#include "client/home/contact.h"
#include "client/home/group.h"
#include "franking/stamp.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_client *c; /* alma's */
};

static void
world_init(struct world *w)
{
	cs_test_fixed_random(12);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	strcpy(w->c->self.hub, "hub.example");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
	cs_test_real_random();
}

static void
know(struct world *w, const char *handle, enum client_contact_state state)
{
	struct client_contact contact = { .state = state };

	memset(contact.account, handle[0], sizeof contact.account);
	contact.account[15] = (uint8_t)strlen(handle);
	memset(contact.account_key, 7, sizeof contact.account_key);
	snprintf(contact.handle, sizeof contact.handle, "%s", handle);
	assert_ok(client_contact_add(w->c, &contact));
}

static void
be_in(struct world *w, char id, const char *name, bool direct,
    enum cs_client_group_state state)
{
	struct client_group g = { .direct = direct, .state = state };

	g.id[0] = (uint8_t)id;
	g.id_len = 1;
	snprintf(g.name, sizeof g.name, "%s", name);
	strcpy(g.added_by, "zoe");
	assert_ok(cs_group_ref(g.ref, client_group_id(&g)));
	assert_ok(client_group_store_meta(w->c, &g));
}

/* Whom or what ${typed} means: a handle, the id of a group, or an error. */
static void
means(struct world *w, const char *typed, const char *want)
{
	struct client_meant meant;
	enum cs_err err = client_find(&meant, w->c, typed, CLIENT_FIND_ANY);
	char got[64];

	if (err)
		snprintf(got, sizeof got, "%s", cs_err_name(err));
	else if (meant.person)
		snprintf(got, sizeof got, "%s", meant.handle);
	else
		snprintf(got, sizeof got, "#%c", meant.id[0]);
	assert_string_equal(got, want);
}

static void
test_order(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	means(&w, "boris", "not-found");
	be_in(&w, 'a', "boris", false, CS_CLIENT_REQUEST);
	means(&w, "boris", "member");
	be_in(&w, 'a', "boris", false, CS_CLIENT_ACTIVE);
	means(&w, "boris", "#a");
	know(&w, "boris", CONTACT_KNOWN);
	means(&w, "boris", "#a");
	be_in(&w, 'd', "boris", true, CS_CLIENT_REQUEST);
	means(&w, "boris", "#a");
	be_in(&w, 'd', "boris", true, CS_CLIENT_ACTIVE);
	means(&w, "boris", "boris");
	means(&w, "BORIS", "boris");
	means(&w, "boris@hub.example", "boris");
	means(&w, "boris@HUB.example", "boris");
	means(&w, "boris@other.example", "unsupported");
	means(&w, "boris ", "boris");
	means(&w, "bor is", "not-found");
	world_clear(&w);
}

static void
test_several(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	be_in(&w, 'a', "Plan", false, CS_CLIENT_ACTIVE);
	be_in(&w, 'b', "plan", false, CS_CLIENT_LEFT);
	be_in(&w, 'c', "plan", false, CS_CLIENT_BLOCKED);
	be_in(&w, 'd', "plan", false, CS_CLIENT_REQUEST);
	means(&w, "PLAN", "#a");
	be_in(&w, 'b', "plan", false, CS_CLIENT_ACTIVE);
	means(&w, "plan", "exists");
	/* More than are shown. */
	for (char id = 'e'; id < 'z'; id++)
		be_in(&w, id, "plan", false, CS_CLIENT_ACTIVE);
	means(&w, "plan", "exists");
	assert_non_null(strstr(cs_client_problem(w.c), "these and others"));
	world_clear(&w);
}

static void
test_ids(void **state)
{
	char id[CS_ID_TEXT_SIZE], part[CS_ID_TEXT_SIZE];
	uint8_t ref[CS_HASH_LEN];
	struct world w;

	(void)state;
	world_init(&w);
	be_in(&w, 'a', "one", false, CS_CLIENT_LEFT);
	be_in(&w, 'b', "two", false, CS_CLIENT_ACTIVE);
	assert_ok(cs_group_ref(ref, cs_view("a", 1)));
	cs_group_ref_text(id, ref);
	means(&w, id, "#a");
	for (size_t n = 4; n < strlen(id); n++) {
		snprintf(part, sizeof part, "%.*s", (int)n, id);
		means(&w, part, "#a");
	}
	snprintf(part, sizeof part, "%.3s", id);
	means(&w, part, "not-found");
	id[28] = id[28] == '0' ? '1' : '0';
	means(&w, id, "not-found");
	/* Whoever chooses such a name gets nothing by it. */
	snprintf(part, sizeof part, "%.9s", id);
	be_in(&w, 'c', part, false, CS_CLIENT_ACTIVE);
	means(&w, part, "exists");
	know(&w, "boris", CONTACT_BLOCKED);
	cs_id_text(id, w.c->contacts.v[0].account);
	means(&w, id, "boris");
	world_clear(&w);
}

static void
test_alias(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	know(&w, "boris", CONTACT_ACCEPTED);
	know(&w, "carol", CONTACT_ACCEPTED);
	be_in(&w, 'a', "family", false, CS_CLIENT_ACTIVE);
	assert_ok(cs_client_alias(w.c, "boris", "Bobo"));
	assert_ok(cs_client_alias(w.c, "family", "home"));
	means(&w, "bobo", "boris");
	means(&w, "HOME", "#a");
	assert_err(cs_client_alias(w.c, "carol", "bobo"), CS_ERR_EXISTS);
	assert_err(cs_client_alias(w.c, "carol", "B0bo"), CS_ERR_EXISTS);
	assert_err(cs_client_alias(w.c, "carol", "home"), CS_ERR_EXISTS);
	assert_err(cs_client_alias(w.c, "carol", "you"), CS_ERR_EXISTS);
	assert_err(cs_client_alias(w.c, "carol", "a\nb"), CS_ERR_FORMAT);
	assert_err(cs_client_alias(w.c, "dora", "x"), CS_ERR_NOT_FOUND);
	assert_ok(cs_client_alias(w.c, "boris", "bobo"));
	/* It is stored. */
	assert_ok(client_aliases_load(w.c));
	assert_int_equal(w.c->aliases.n, 2);
	assert_string_equal(
	    client_alias_of_person(w.c, w.c->contacts.v[0].account), "bobo");
	assert_ok(cs_client_alias(w.c, "bobo", ""));
	means(&w, "bobo", "not-found");
	assert_int_equal(w.c->aliases.n, 1);
	world_clear(&w);
}

static void
test_person(void **state)
{
	char handle[CS_HANDLE_MAX + 1];
	struct world w;

	(void)state;
	world_init(&w);
	know(&w, "boris", CONTACT_BLOCKED);
	assert_ok(client_find_person(handle, w.c, "Boris"));
	assert_string_equal(handle, "boris");
	assert_ok(client_find_person(handle, w.c, "Dora@hub.example"));
	assert_string_equal(handle, "dora");
	assert_err(client_find_person(handle, w.c, "do ra"), CS_ERR_FORMAT);
	assert_err(client_find_person(handle, w.c, ""), CS_ERR_FORMAT);
	assert_err(
	    client_find_person(handle, w.c, "dora@x.org"), CS_ERR_UNSUPPORTED);
	world_clear(&w);
}

static void
test_impostor(void **state)
{
	char like[CLIENT_NAME_SIZE];
	struct world w;

	(void)state;
	world_init(&w);
	know(&w, "boris", CONTACT_ACCEPTED);
	assert_ok(client_looks_like(like, w.c, "B\xd0\xbeRIS"));
	assert_string_equal(like, "boris");
	assert_ok(client_looks_like(like, w.c, "a1ma"));
	assert_string_equal(like, "alma");
	assert_ok(client_looks_like(like, w.c, "Report desk"));
	assert_string_equal(like, "the operator");
	assert_ok(client_looks_like(like, w.c, "hub.example"));
	assert_string_equal(like, "the operator");
	assert_ok(client_looks_like(like, w.c, "family"));
	assert_string_equal(like, "");
	/* Whoever is met later is known, too. */
	know(&w, "family", CONTACT_KNOWN);
	assert_ok(client_looks_like(like, w.c, "family"));
	assert_string_equal(like, "family");
	assert_ok(client_looks_near(like, w.c, "boriss", NULL));
	assert_string_equal(like, "boris");
	assert_ok(client_looks_near(like, w.c, "boris", "boris"));
	assert_string_equal(like, "");
	world_clear(&w);
}

/* Decided by name, before anything was seen. */
static void
test_named(void **state)
{
	struct client_contact named;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_contact_of_name(&named, "boris"));
	assert_true(client_contact_is_name(&named));
	named.state = CONTACT_BLOCKED;
	assert_ok(client_contact_add(w.c, &named));
	assert_ok(client_contacts_load(w.c));
	assert_int_equal(w.c->contacts.n, 1);
	assert_true(client_contact_is_name(&w.c->contacts.v[0]));
	means(&w, "boris", "member");
	assert_non_null(strstr(cs_client_problem(w.c), "You blocked boris"));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_person),
		cmocka_unit_test(test_impostor),
		cmocka_unit_test(test_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
