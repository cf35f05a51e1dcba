/* SPDX-License-Identifier: MIT */
#include <ctype.h>

#include "client/account/key_change.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/leaf.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris;
	struct cs_client *c; /* alma's */
};

/* What the last check found. */
static struct client_leaf_check checked;

static void
world_init(struct world *w)
{
	memset(&checked, 0, sizeof checked);
	cs_test_fixed_random(11);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	temp_dir_clear(&w->dir);
	cs_test_real_random();
}

/* What the client says of a leaf; ${old} is empty if it replaces none. */
static enum cs_err
check_leaf(struct cs_client *c, struct cs_view credential, struct cs_view old,
    struct cs_view signature_key)
{
	const struct cs_mls_credential now = { CS_MLS_CREDENTIAL_BASIC,
		credential };
	const struct cs_mls_credential before = { CS_MLS_CREDENTIAL_BASIC,
		old };

	checked.c = c;
	return client_check_leaf(&checked,
	    &(struct cs_mls_auth_request){
		.credential = &now,
		.signature_key = signature_key,
		.old = old.len == 0 ? NULL : &before,
	    });
}

/* What client_check_leaf() and client_contact_learn() say of ${p}: the same. */
static enum cs_err
meet(struct cs_client *c, const struct cw_person *p)
{
	struct cs_view credential = cs_buf_view(&p->credential);
	size_t n = c->contacts.n;
	enum cs_err err = check_leaf(
	    c, credential, cs_view(NULL, 0), CS_VIEW_OF(p->device_key.public));

	assert_int_equal(c->contacts.n, n);
	assert_err(client_contact_learn(&checked, credential), err);
	return err;
}

static void
test_learn(void **state)
{
	struct client_contact *contact;
	struct world w;
	char handle[CS_HANDLE_MAX + 1];

	(void)state;
	world_init(&w);
	assert_null(client_contact_by_handle(w.c, "boris"));
	assert_ok(meet(w.c, &w.boris));
	assert_int_equal(w.c->contacts.n, 1);
	contact = client_contact_by_handle(w.c, "boris");
	assert_non_null(contact);
	assert_ptr_equal(contact, client_contact_find(w.c, w.boris.account));
	assert_memory_equal(
	    contact->account_key, w.boris.account_key.public, 32);
	assert_int_equal(contact->state, CONTACT_KNOWN);
	/* Neither boris again nor alma herself is new. */
	assert_ok(meet(w.c, &w.boris));
	assert_ok(meet(w.c, &w.alma));
	assert_int_equal(w.c->contacts.n, 1);
	client_handle_of(handle, cs_buf_view(&w.boris.credential));
	assert_string_equal(handle, "boris");
	client_handle_of(handle, cs_view_str("nobody"));
	assert_string_equal(handle, "?");
	world_clear(&w);
}

/* A second device of a known person is accepted. */
static void
test_second_device(void **state)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(meet(w.c, &w.boris));
	cs_random(w.boris.device, sizeof w.boris.device);
	assert_ok(cs_sign_key_new(&w.boris.device_key));
	cw_certify(&w.boris, "boris", now - 60, now + 60);
	assert_ok(meet(w.c, &w.boris));
	assert_int_equal(w.c->contacts.n, 1);
	world_clear(&w);
}

/* The first key is remembered, and whatever differs from it later is refused.
 */
static void
test_known_once(void **state)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct cw_person other;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(meet(w.c, &w.boris));
	/* Another account key for the account. */
	cw_person_init(&other, "boris");
	memcpy(other.account, w.boris.account, 16);
	cw_certify(&other, "boris", now - 60, now + 60);
	assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
	cs_buf_free(&other.credential);
	/* Another account under the name. */
	cw_person_init(&other, "boris");
	assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
	cs_buf_free(&other.credential);
	/* Another name for the account. */
	cw_certify(&w.boris, "boris2", now - 60, now + 60);
	assert_err(meet(w.c, &w.boris), CS_ERR_CREDENTIAL);
	/* Our own name. */
	cw_person_init(&other, "alma");
	assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
	cs_buf_free(&other.credential);
	/* Our own account under another key. */
	cw_person_init(&other, "alma");
	memcpy(other.account, w.alma.account, 16);
	cw_certify(&other, "alma", now - 60, now + 60);
	assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
	cs_buf_free(&other.credential);
	assert_int_equal(w.c->contacts.n, 1);
	world_clear(&w);
}

struct counted {
	unsigned warnings, contacts, changed;
};

static enum cs_err
count_warning(void *arg, const struct cs_client_message *m)
{
	struct counted *n = arg;

	n->warnings += m->kind == CS_CLIENT_EVENT && m->warning;
	return CS_OK;
}

static void
count_contact(void *arg, const struct cs_client_contact *contact)
{
	struct counted *n = arg;

	n->contacts++;
	n->changed += contact->changed;
}

static struct counted
count(struct cs_client *c)
{
	struct counted n = { 0 };

	assert_ok(cs_client_messages(c, CS_CLIENT_ALL, count_warning, &n));
	assert_ok(cs_client_contacts(c, count_contact, &n));
	return n;
}

static void
warn(struct cs_client *c)
{
	assert_ok(cs_db_begin(c->db));
	assert_ok(client_contact_warn(c, &checked.differs));
	memset(&checked.differs, 0, sizeof checked.differs);
	assert_ok(cs_db_commit(c->db));
}

/* The user is warned once of a changed key, which replaces the known one only
 * when she says so. */
static void
test_changed_key(void **state)
{
	char old[CS_CLIENT_SAFETY_DIGITS + 1], new[CS_CLIENT_SAFETY_DIGITS + 1];
	struct client_contact *contact, by;
	struct cw_person other;
	struct counted n;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(meet(w.c, &w.boris));
	assert_ok(cs_client_safety_number(w.c, "boris", old));
	assert_err(
	    cs_client_new_safety_number(w.c, "boris", new), CS_ERR_NOT_FOUND);
	/* A stranger's key is no changed key. */
	warn(w.c);
	assert_int_equal(count(w.c).warnings, 0);
	cw_person_init(&other, "boris");
	for (int i = 0; i < 2; i++) {
		assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
		warn(w.c);
		n = count(w.c);
		assert_int_equal(n.warnings, 1);
		assert_int_equal(n.contacts, 1);
		assert_int_equal(n.changed, 1);
	}
	/* The change is stored, and the known key stays known. */
	cs_client_close(w.c);
	assert_ok(
	    cs_client_open(&w.c, temp_path(&w.dir, "alma"), cs_view(NULL, 0)));
	assert_int_equal(count(w.c).changed, 1);
	assert_ok(cs_client_safety_number(w.c, "boris", new));
	assert_string_equal(old, new);
	assert_ok(cs_client_new_safety_number(w.c, "boris", new));
	assert_string_not_equal(old, new);
	assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
	assert_ok(meet(w.c, &w.boris));
	/* A third key is warned of, too. */
	cs_buf_free(&other.credential);
	cw_person_init(&other, "boris");
	assert_err(meet(w.c, &other), CS_ERR_CREDENTIAL);
	warn(w.c);
	assert_int_equal(count(w.c).warnings, 2);
	/* Once it is accepted, the new key is known and the old one is refused.
	 */
	contact = client_contact_by_handle(w.c, "boris");
	by = *contact;
	memcpy(by.account, contact->new_account, 16);
	memcpy(by.account_key, contact->new_key, 32);
	by.changed = false;
	assert_ok(cs_db_begin(w.c->db));
	assert_ok(client_contact_renew(w.c, contact, &by));
	assert_ok(cs_db_commit(w.c->db));
	assert_ok(meet(w.c, &other));
	assert_err(meet(w.c, &w.boris), CS_ERR_CREDENTIAL);
	assert_int_equal(count(w.c).changed, 0);
	assert_ok(client_contacts_load(w.c));
	assert_ok(meet(w.c, &other));
	assert_int_equal(w.c->contacts.n, 1);
	cs_buf_free(&other.credential);
	world_clear(&w);
}

static void
test_leaf(void **state)
{
	struct cs_view none = { NULL, 0 }, alma, boris;
	struct world w;

	(void)state;
	world_init(&w);
	alma = cs_buf_view(&w.alma.credential);
	boris = cs_buf_view(&w.boris.credential);
	assert_ok(check_leaf(
	    w.c, boris, none, CS_VIEW_OF(w.boris.device_key.public)));
	assert_ok(check_leaf(
	    w.c, boris, boris, CS_VIEW_OF(w.boris.device_key.public)));
	/* A leaf belongs to one device. */
	assert_err(
	    check_leaf(w.c, boris, alma, CS_VIEW_OF(w.boris.device_key.public)),
	    CS_ERR_CREDENTIAL);
	/* The leaf has to sign with the key of its certificate. */
	assert_err(check_leaf(w.c, boris, none,
		       CS_VIEW_OF(w.boris.account_key.public)),
	    CS_ERR_CREDENTIAL);
	assert_err(check_leaf(w.c, boris, none,
		       cs_view(w.boris.device_key.public, 31)),
	    CS_ERR_CREDENTIAL);
	assert_err(check_leaf(w.c, boris, none, none), CS_ERR_CREDENTIAL);
	world_clear(&w);
}

static void
test_tampered(void **state)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct cs_buf *b;
	struct world w;

	(void)state;
	world_init(&w);
	b = &w.boris.credential;
	for (size_t i = 0; i < b->len; i++) {
		struct cs_buf cut = { 0 };

		b->data[i] ^= 1;
		assert_int_not_equal(meet(w.c, &w.boris), CS_OK);
		b->data[i] ^= 1;
		assert_ok(cs_buf_set(&cut, cs_view(b->data, i)));
		assert_int_not_equal(
		    client_contact_learn(&checked, cs_buf_view(&cut)), CS_OK);
		cs_buf_free(&cut);
	}
	assert_ok(cs_buf_add(b, cs_view("", 1)));
	assert_err(meet(w.c, &w.boris), CS_ERR_FORMAT);
	/* The certificate has expired, or is not valid yet. */
	cw_certify(&w.boris, "boris", now - 100, now - 50);
	assert_err(check_leaf(w.c, cs_buf_view(b), cs_view(NULL, 0),
		       CS_VIEW_OF(w.boris.device_key.public)),
	    CS_ERR_EXPIRED);
	cw_certify(&w.boris, "boris", now + 600, now + 700);
	assert_err(check_leaf(w.c, cs_buf_view(b), cs_view(NULL, 0),
		       CS_VIEW_OF(w.boris.device_key.public)),
	    CS_ERR_EXPIRED);
	assert_int_equal(w.c->contacts.n, 0);
	cw_certify(&w.boris, "boris", now - 100, now + 100);
	assert_ok(meet(w.c, &w.boris));
	world_clear(&w);
}

static void
test_safety_number(void **state)
{
	char ours[CS_CLIENT_SAFETY_DIGITS + 1];
	char theirs[CS_CLIENT_SAFETY_DIGITS + 1];
	struct cw_person other;
	struct cs_client *b;
	struct world w;

	(void)state;
	world_init(&w);
	b = cw_home(temp_path(&w.dir, "boris"), &w.boris, "boris");
	assert_err(
	    cs_client_safety_number(w.c, "boris", ours), CS_ERR_NOT_FOUND);
	assert_non_null(strstr(cs_client_problem(w.c), "boris"));
	assert_ok(meet(w.c, &w.boris));
	assert_ok(meet(b, &w.alma));
	assert_ok(cs_client_safety_number(w.c, "boris", ours));
	assert_ok(cs_client_safety_number(b, "alma", theirs));
	assert_string_equal(ours, theirs);
	assert_int_equal(strlen(ours), 60);
	for (size_t i = 0; i < 60; i++)
		assert_true(isdigit((unsigned char)ours[i]));
	/* Somebody in between has another key, so the numbers differ. */
	cs_client_close(b);
	cw_person_init(&other, "boris");
	b = cw_home(temp_path(&w.dir, "other"), &other, "boris");
	assert_ok(meet(b, &w.alma));
	assert_ok(cs_client_safety_number(b, "alma", theirs));
	assert_string_not_equal(ours, theirs);
	cs_client_close(b);
	cs_buf_free(&other.credential);
	world_clear(&w);
}

static void
test_kept(void **state)
{
	static const enum client_contact_state states[] = { CONTACT_ACCEPTED,
		CONTACT_BLOCKED, CONTACT_KNOWN };
	struct client_contact *contact;
	struct cw_person cleo;
	struct world w;

	(void)state;
	world_init(&w);
	cw_person_init(&cleo, "cleo");
	assert_ok(meet(w.c, &w.boris));
	assert_ok(meet(w.c, &cleo));
	for (size_t i = 0; i < 3; i++) {
		contact = client_contact_by_handle(w.c, "boris");
		assert_ok(
		    client_contact_set_state(w.c, contact, states[i], i + 1));
		cs_client_close(w.c);
		assert_ok(cs_client_open(
		    &w.c, temp_path(&w.dir, "alma"), cs_view(NULL, 0)));
		assert_int_equal(w.c->contacts.n, 2);
		contact = client_contact_by_handle(w.c, "boris");
		assert_non_null(contact);
		assert_int_equal(contact->state, states[i]);
		assert_memory_equal(
		    contact->account_key, w.boris.account_key.public, 32);
		contact = client_contact_by_handle(w.c, "cleo");
		assert_int_equal(contact->state, CONTACT_KNOWN);
	}
	/* Rows of two people were exchanged. */
	assert_ok(cs_db_exec(w.c->db,
	    "UPDATE contact SET sealed=(SELECT sealed FROM contact"
	    " WHERE account=?) WHERE account=?",
	    cs_blob(CS_VIEW_OF(cleo.account)),
	    cs_blob(CS_VIEW_OF(w.boris.account))));
	assert_err(client_contacts_load(w.c), CS_ERR_CORRUPT);
	cs_buf_free(&cleo.credential);
	world_clear(&w);
}

static enum cs_err
try_learn(void *arg)
{
	struct world *w = arg;

	return cw_learn(w->c, &w->boris);
}

static void
test_allocations(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	cs_test_allocations(try_learn, &w);
	assert_int_equal(w.c->contacts.n, 1);
	assert_ok(client_contacts_load(w.c));
	assert_int_equal(w.c->contacts.n, 1);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_second_device),
		cmocka_unit_test(test_known_once),
		cmocka_unit_test(test_changed_key),
		cmocka_unit_test(test_leaf),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_safety_number),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
