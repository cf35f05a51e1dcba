/* SPDX-License-Identifier: MIT */
#include "client/account/note.h"
#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/group.h"
#include "client/home/home.h"
#include "client/home/joining.h"
#include "client/joining/handover.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris;
	struct cs_client *old, *new; /* two devices of alma's */
	struct cs_buf credential;    /* the new device's */
};

/* A home with keys of its own, which belongs to nobody yet. */
static struct cs_client *
empty_home(const char *path)
{
	struct cs_client *c;

	assert_ok(client_home_new(&c, path, cs_view(NULL, 0)));
	strcpy(c->self.hub, "hub.example");
	strcpy(c->self.host, "hub.example");
	c->self.port = 443;
	cs_random(c->self.device, 16);
	assert_ok(cs_sign_key_new(&c->self.device_key));
	return c;
}

static void
world_init(struct world *w)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct client_contact *contact;
	struct cw_person device;

	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	w->old = cw_home(temp_path(&w->dir, "old"), &w->alma, "alma");
	w->new = empty_home(temp_path(&w->dir, "new"));
	memcpy(w->new->self.root, w->old->self.root, CS_KEY_LEN);
	assert_ok(cw_learn(w->old, &w->boris));
	contact = client_contact_by_handle(w->old, "boris");
	assert_ok(
	    client_contact_set_state(w->old, contact, CONTACT_ACCEPTED, 7));
	device = w->alma;
	memset(&device.credential, 0, sizeof device.credential);
	memcpy(device.device, w->new->self.device, 16);
	device.device_key = w->new->self.device_key;
	cw_certify(&device, "alma", now - 60, now + 60);
	w->credential = device.credential;
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->old);
	cs_client_close(w->new);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	cs_buf_free(&w->credential);
	temp_dir_clear(&w->dir);
}

static enum cs_err
take(struct cs_client *c, struct cs_view plain)
{
	enum cs_err err;

	assert_ok(cs_db_begin(c->db));
	err = client_handover_take(c, plain, true);
	if (err == CS_OK)
		assert_ok(cs_db_commit(c->db));
	else
		cs_db_rollback(c->db);
	return err;
}

static void
test_given_and_taken(void **state)
{
	const struct client_contact *contact;
	struct cs_buf plain = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_handover_write(
	    &plain, w.old, cs_buf_view(&w.credential), NULL));
	assert_ok(take(w.new, cs_buf_view(&plain)));
	assert_string_equal(w.new->self.handle, "alma");
	assert_memory_equal(w.new->self.account, w.old->self.account, 16);
	assert_memory_not_equal(w.new->self.device, w.old->self.device, 16);
	assert_memory_equal(
	    w.new->self.account_key, w.old->self.account_key, CS_KEY_LEN);
	assert_memory_equal(w.new->self.account_notes.b,
	    w.old->self.account_notes.b, CS_KEY_LEN);
	assert_false(w.new->self.has_recovery);
	contact = client_contact_by_handle(w.new, "boris");
	assert_non_null(contact);
	assert_int_equal(contact->state, CONTACT_ACCEPTED);
	assert_int_equal(contact->state_ms, 7);
	assert_memory_equal(
	    contact->account_key, w.boris.account_key.public, 32);
	cs_buf_free(&plain);
	world_clear(&w);
}

/* A device refuses to be told that it is another device, or somebody else's. */
static void
test_not_for_us(void **state)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct cs_buf plain = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_handover_write(
	    &plain, w.old, cs_buf_view(&w.alma.credential), NULL));
	assert_err(take(w.new, cs_buf_view(&plain)), CS_ERR_MISMATCH);
	/* For another id under this key, and for this id under another key. */
	for (int i = 0; i < 2; i++) {
		struct cw_person device = w.alma;

		memset(&device.credential, 0, sizeof device.credential);
		if (i == 0)
			device.device_key = w.new->self.device_key;
		else
			memcpy(device.device, w.new->self.device, 16);
		cw_certify(&device, "alma", now - 60, now + 60);
		cs_buf_reset(&plain);
		assert_ok(client_handover_write(
		    &plain, w.old, cs_buf_view(&device.credential), NULL));
		assert_err(take(w.new, cs_buf_view(&plain)), CS_ERR_MISMATCH);
		cs_buf_free(&device.credential);
	}
	/* Registered by another operator than the one of the code. */
	cs_buf_reset(&plain);
	w.new->self.root[0] ^= 1;
	assert_ok(client_handover_write(
	    &plain, w.old, cs_buf_view(&w.credential), NULL));
	assert_int_not_equal(take(w.new, cs_buf_view(&plain)), CS_OK);
	w.new->self.root[0] ^= 1;
	/* With another name than the certificate has. */
	cs_buf_reset(&plain);
	strcpy(w.old->self.handle, "almb");
	assert_ok(client_handover_write(
	    &plain, w.old, cs_buf_view(&w.credential), NULL));
	assert_err(take(w.new, cs_buf_view(&plain)), CS_ERR_MISMATCH);
	assert_int_equal(w.new->contacts.n, 0);
	assert_string_equal(w.new->self.handle, "");
	cs_buf_free(&plain);
	world_clear(&w);
}

static void
test_cut(void **state)
{
	struct cs_buf plain = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_handover_write(
	    &plain, w.old, cs_buf_view(&w.credential), NULL));
	for (size_t i = 0; i < plain.len; i++)
		assert_int_not_equal(
		    take(w.new, cs_view(plain.data, i)), CS_OK);
	assert_ok(cs_buf_add(&plain, cs_view("", 1)));
	assert_err(take(w.new, cs_buf_view(&plain)), CS_ERR_FORMAT);
	plain.data[0] ^= 2;
	assert_err(take(w.new, cs_buf_view(&plain)), CS_ERR_VERSION);
	cs_buf_free(&plain);
	world_clear(&w);
}

/* Conversations wait to be entered. */
static void
test_joining(void **state)
{
	struct client_group g = { .direct = true, .state = CS_CLIENT_REQUEST };
	struct client_group got = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	memcpy(g.id, "0123456789abcdef", 16);
	g.id_len = 16;
	strcpy(g.name, "boris");
	strcpy(g.added_by, "boris");
	assert_err(client_joining_find(&got, w.new, client_group_id(&g)),
	    CS_ERR_NOT_FOUND);
	assert_ok(client_joining_add(w.new, &g));
	assert_ok(client_joining_add(w.new, &g));
	assert_ok(client_joining_find(&got, w.new, client_group_id(&g)));
	assert_true(got.direct);
	assert_int_equal(got.state, CS_CLIENT_REQUEST);
	assert_string_equal(got.name, "boris");
	/* Each is bound to its row. */
	assert_ok(cs_db_exec(w.new->db, "UPDATE joining SET id=x'01'"));
	assert_err(
	    client_joining_find(&got, w.new, cs_view("\1", 1)), CS_ERR_CORRUPT);
	assert_ok(client_joining_forget(w.new, cs_view("\1", 1)));
	assert_err(client_joining_find(&got, w.new, cs_view("\1", 1)),
	    CS_ERR_NOT_FOUND);
	world_clear(&w);
}

/* Names and notes open only on devices of the account, and only in their place.
 */
static void
test_names(void **state)
{
	char name[CS_CLIENT_DEVICE_NAME_MAX + 1];
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_client *boris;
	struct world w;

	(void)state;
	world_init(&w);
	boris = cw_home(temp_path(&w.dir, "boris"), &w.boris, "boris");
	assert_ok(client_device_name_seal(
	    &sealed, w.old, w.new->self.device, "laptop"));
	assert_true(sealed.len <= CS_WIRE_NOTE_MAX);
	assert_ok(client_device_name_open(
	    name, w.old, w.new->self.device, cs_buf_view(&sealed)));
	assert_string_equal(name, "laptop");
	assert_err(client_device_name_open(
		       name, w.old, w.old->self.device, cs_buf_view(&sealed)),
	    CS_ERR_MISMATCH);
	assert_string_equal(name, "");
	assert_err(client_device_name_open(
		       name, boris, w.new->self.device, cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	/* A name is no note. */
	assert_err(client_account_open(&plain, w.old,
		       "countersign/contact-note/v1", cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	assert_ok(client_note_write(
	    &sealed, w.old, client_contact_by_handle(w.old, "boris")));
	assert_true(sealed.len <= CS_WIRE_NOTE_MAX);
	assert_ok(client_account_open(&plain, w.old,
	    "countersign/contact-note/v1", cs_buf_view(&sealed)));
	sealed.data[sealed.len - 1] ^= 1;
	assert_err(client_account_open(&plain, w.old,
		       "countersign/contact-note/v1", cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	cs_client_close(boris);
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
	world_clear(&w);
}

/* The key of the archive is taken by whoever asked for it, and by nobody else.
 */
static void
test_history(void **state)
{
	struct client_archive_key key;

	(void)state;
	for (int i = 0; i < 4; i++) {
		const bool given = i & 1, wanted = i & 2;
		struct cs_buf plain = { 0 };
		struct world w;

		world_init(&w);
		cs_random(key.b, sizeof key.b);
		assert_ok(client_handover_write(&plain, w.old,
		    cs_buf_view(&w.credential), given ? &key : NULL));
		assert_ok(cs_db_begin(w.new->db));
		assert_ok(
		    client_handover_take(w.new, cs_buf_view(&plain), wanted));
		assert_ok(cs_db_commit(w.new->db));
		assert_int_equal(
		    cs_client_history_comes(w.new), given && wanted);
		cs_buf_free(&plain);
		world_clear(&w);
	}
}

static enum cs_err
try_write(void *arg)
{
	struct world *w = arg;
	struct cs_buf out = { 0 };
	enum cs_err err = client_handover_write(
	    &out, w->old, cs_buf_view(&w->credential), NULL);

	cs_buf_free(&out);
	return err;
}

static void
test_allocations(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	cs_test_allocations(try_write, &w);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_given_and_taken),
		cmocka_unit_test(test_not_for_us),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_joining),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
