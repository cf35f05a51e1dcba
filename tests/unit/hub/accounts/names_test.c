/* SPDX-License-Identifier: MIT */
#include "hub/accounts/names.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/vrf.h"
#include "franking/tlog_entry.h"
#include "hub/core/tlog.h"
#include "support/hub_world.h"

/* Several parts of the map have their nodes stored. */
#define MANY 900

static struct cs_tlog_map_leaf all[MANY];

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, CS_TLOG_MAP_LABEL_LEN);
}

static void
check_root(struct cs_hub *hub, size_t n)
{
	struct cs_tlog_map_leaf sorted[MANY];
	struct cs_tlog_map_node expected;
	struct cs_tlog_hash root;

	memcpy(sorted, all, n * sizeof *all);
	qsort(sorted, n, sizeof *sorted, compare);
	assert_ok(cs_tlog_map_fold(&expected, sorted, n, 0));
	assert_ok(hub_names_root(&root, hub));
	assert_memory_equal(root.bytes, expected.hash.bytes, CS_HASH_LEN);
}

/* What is stored of it is what its leaves make, however many there are. */
static void
test_map(void **state)
{
	struct cs_tlog_map_proof proof;
	struct cs_tlog_hash root;
	struct hub_world w;

	(void)state;
	hw_init(&w);
	check_root(w.hub, 0);
	assert_ok(cs_db_begin(w.hub->db));
	for (size_t i = 0; i < MANY; i++) {
		cs_random(all[i].label, sizeof all[i].label);
		/* Some crowd together: a bucket that runs over at a stroke. */
		if (i % 3 == 0)
			all[i].label[0] = all[i].label[1] = 0x5a;
		cs_random(all[i].value, sizeof all[i].value);
		assert_ok(hub_names_add(w.hub, &all[i]));
		if (i < 3 || i % 97 == 0 || i == MANY - 1)
			check_root(w.hub, i + 1);
	}
	assert_ok(cs_db_commit(w.hub->db));
	assert_ok(hub_names_root(&root, w.hub));
	for (size_t i = 0; i < MANY; i += 7) {
		uint8_t absent[CS_TLOG_MAP_LABEL_LEN];

		assert_ok(hub_names_prove(&proof, w.hub, all[i].label));
		assert_ok(cs_tlog_map_verify(
		    &proof, &root, all[i].label, all[i].value));
		memcpy(absent, all[i].label, sizeof absent);
		absent[31] ^= 1;
		assert_ok(hub_names_prove(&proof, w.hub, absent));
		assert_ok(cs_tlog_map_verify(&proof, &root, absent, NULL));
	}
	/* A label that is there gets no other value. */
	all[0].value[0] ^= 1;
	assert_err(hub_names_add(w.hub, &all[0]), CS_ERR_EXISTS);
	hw_clear(&w);
}

/* ---- accounts ----------------------------------------------------------- */

static void
turn(struct hub_world *w)
{
	w->hub->now_ms += HUB_TURN_MS;
	assert_ok(hub_names_turn(w->hub));
	assert_ok(hub_tlog_turn(w->hub));
	assert_true(hub_batch_end(w->hub));
}

/* The entry with that number. */
static void
read_entry(struct hub_world *w, uint64_t n, uint8_t *out, size_t size)
{
	struct cs_rows row;

	assert_ok(cs_db_row(
	    &row, w->hub->db, "SELECT entry FROM tlog WHERE n=?", cs_int(n)));
	cs_col_copy(&row, 0, out, size);
	assert_ok(cs_rows_end(&row, CS_OK));
}

/* All that a client looks at. */
static void
check_proof(struct hub_world *w, const struct cs_wire_name_proof *a,
    const char *handle, struct cs_view cert)
{
	uint8_t value[CS_VRF_OUTPUT_LEN], hash[CS_HASH_LEN];
	uint8_t entry[CS_TLOG_NAMES_LEN];
	struct cs_tlog_names said;
	struct cs_tlog_map_proof proof;
	struct cs_tlog_hash root;

	assert_ok(cs_vrf_verify(value, a->key, a->proof, cs_view_str(handle)));
	assert_memory_equal(value, a->label, sizeof a->label);
	assert_ok(cs_sha256(hash, cert));
	memcpy(root.bytes, a->root, sizeof root.bytes);
	assert_ok(cs_tlog_map_proof_parse(&proof, a->map_proof));
	assert_ok(cs_tlog_map_verify(&proof, &root, a->label, hash));
	read_entry(w, a->entry, entry, sizeof entry);
	assert_ok(cs_tlog_names_parse(&said, CS_VIEW_OF(entry)));
	assert_int_equal(said.n, a->names);
	assert_memory_equal(said.root.bytes, root.bytes, sizeof root.bytes);
	assert_memory_equal(said.key, a->key, sizeof said.key);
}

static void
test_turn(void **state)
{
	struct cs_wire_name_proof_get get;
	struct cs_wire_name_proof answer;
	struct cs_credential credential;
	struct hw_person alma, boris;
	struct hw_device phone, tablet;
	uint8_t entry[CS_TLOG_NAME_LEN];
	struct cs_channel *log_end;
	struct hub_world w;
	uint64_t last;

	(void)state;
	hw_init(&w);
	log_end = hw_log_begin(&w);
	hw_person(&w, &alma, &phone, "alma");
	memcpy(get.account, alma.account, sizeof get.account);
	assert_int_equal(hw_ask(&w, &phone.conn, hub_name_proof,
			     &cs_wire_name_proof_get_shape, &get, NULL, NULL),
	    CS_WIRE_E_WAITING);
	turn(&w);
	assert_int_equal(hw_ask(&w, &phone.conn, hub_name_proof,
			     &cs_wire_name_proof_get_shape, &get,
			     &cs_wire_name_proof_shape, &answer),
	    0);
	assert_ok(
	    cs_credential_parse(&credential, cs_buf_view(&phone.credential)));
	check_proof(&w, &answer, "alma", credential.account_cert);
	last = answer.entry;
	assert_int_equal(answer.names, 1);
	/* The leaf is an entry, for who makes the map anew. */
	read_entry(&w, last - 1, entry, sizeof entry);
	assert_int_equal(entry[1], CS_TLOG_NAME);
	assert_memory_equal(entry + 2, answer.label, sizeof answer.label);

	/* Nothing is new: the root stays where it is. */
	turn(&w);
	hw_person(&w, &boris, &tablet, "boris");
	assert_int_equal(hw_ask(&w, &tablet.conn, hub_name_proof,
			     &cs_wire_name_proof_get_shape, &get,
			     &cs_wire_name_proof_shape, &answer),
	    0);
	assert_int_equal(answer.entry, last);
	check_proof(&w, &answer, "alma", credential.account_cert);
	turn(&w);
	assert_int_equal(hw_ask(&w, &tablet.conn, hub_name_proof,
			     &cs_wire_name_proof_get_shape, &get,
			     &cs_wire_name_proof_shape, &answer),
	    0);
	assert_int_equal(answer.names, 2);
	assert_true(answer.entry > last);
	check_proof(&w, &answer, "alma", credential.account_cert);

	memset(get.account, 7, sizeof get.account);
	assert_int_equal(hw_ask(&w, &tablet.conn, hub_name_proof,
			     &cs_wire_name_proof_get_shape, &get, NULL, NULL),
	    CS_WIRE_E_UNAVAILABLE);
	hw_log_end(&w, log_end);
	hw_device_clear(&phone);
	hw_device_clear(&tablet);
	hw_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_turn),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
