/* SPDX-License-Identifier: MIT */
/* Vectors about ratchet trees and TreeKEM. */

#include <string.h>

#include "kat/mls_vectors.h"
#include "mls/change.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_codec.h"
#include "mls/tree_hash.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "mls/tree_verify.h"

static enum cs_err
accept(void *arg, const struct cs_mls_auth_request *request)
{
	(void)arg;
	(void)request;
	return CS_OK;
}

static const struct cs_mls_options trusting = {
	.auth = { accept, NULL },
	.any_lifetime = true,
	.max_skip = 100,
	.past_epochs = 1,
};

static bool
root_hash_is(struct cs_mls_tree *t, struct cs_view want)
{
	uint8_t hash[CS_HASH_MAX];

	return cs_mls_tree_root_hash(hash, t) == CS_OK &&
	    cs_view_equal(cs_view(hash, t->suite->hash_len), want);
}

/* ---- tree-validation ---------------------------------------------------- */

static enum kat_result
check_nodes(struct cs_mls_tree *t, const json_t *c)
{
	const json_t *hashes = json_object_get(c, "tree_hashes");
	const json_t *resolutions = json_object_get(c, "resolutions");

	for (uint32_t x = 0; x < cs_mls_node_width(t->n_leaves); x++) {
		const json_t *want = json_array_get(resolutions, x);
		struct cs_mls_nodes got = { 0 };
		uint8_t hash[CS_HASH_MAX];
		bool equal;

		CHECK(cs_mls_tree_hash(hash, t, x) == CS_OK);
		CHECK(cs_view_equal(cs_view(hash, t->suite->hash_len),
		    kat_hex_value(json_array_get(hashes, x))));
		CHECK(cs_mls_tree_resolution(&got, t, x) == CS_OK);
		equal = got.n == json_array_size(want);
		for (size_t i = 0; equal && i < got.n; i++)
			equal = json_integer_value(json_array_get(want, i)) ==
			    got.v[i].x;
		cs_mls_nodes_clear(&got);
		CHECK(equal);
	}
	return KAT_PASSED;
}

enum kat_result
kat_tree_validation(const json_t *c)
{
	const struct cs_mls_ext_list none = { { NULL, 0 } };
	struct cs_mls_unverified_tree in = { 0 };
	struct cs_mls_tree t = { 0 };
	enum kat_result result;
	enum cs_err err;

	CHECK(
	    cs_mls_tree_parse(&in, kat_suite(c), kat_hex(c, "tree")) == CS_OK);
	err = cs_mls_tree_verify(
	    &t, &in, kat_hex(c, "group_id"), &none, &trusting);
	if (err != CS_OK)
		fprintf(stderr, "tree: %s\n", cs_err_name(err));
	result = err == CS_OK ? check_nodes(&t, c) : KAT_FAILED;
	cs_mls_tree_clear(&in.tree);
	cs_mls_tree_clear(&t);
	return result;
}

/* ---- tree-operations ---------------------------------------------------- */

static enum kat_result
operate(struct cs_mls_tree *t, const json_t *c)
{
	struct cs_mls_proposal p;
	struct cs_mls_valid_leaf leaf;
	struct cs_writer w = cs_writer(kat_buf());
	uint32_t index;

	CHECK(root_hash_is(t, kat_hex(c, "tree_hash_before")));
	CHECK(cs_mls_proposal_parse(&p, kat_hex(c, "proposal")) == CS_OK);
	switch (p.type) {
	case CS_MLS_PROPOSAL_ADD:
		leaf.leaf = p.add.leaf;
		CHECK(cs_mls_tree_add(t, &leaf, &index) == CS_OK);
		break;
	case CS_MLS_PROPOSAL_UPDATE:
		leaf.leaf = p.update;
		CHECK(cs_mls_tree_update(t,
			  (uint32_t)kat_int(c, "proposal_sender"),
			  &leaf) == CS_OK);
		break;
	case CS_MLS_PROPOSAL_REMOVE:
		CHECK(cs_mls_tree_remove(t, p.remove) == CS_OK);
		break;
	default:
		return KAT_FAILED;
	}
	cs_mls_tree_write(&w, t);
	CHECK(cs_writer_end(&w) == CS_OK);
	CHECK(cs_view_equal(cs_buf_view(w.buf), kat_hex(c, "tree_after")));
	CHECK(root_hash_is(t, kat_hex(c, "tree_hash_after")));
	return KAT_PASSED;
}

enum kat_result
kat_tree_operations(const json_t *c)
{
	struct cs_mls_unverified_tree in = { 0 };
	enum kat_result result;

	CHECK(cs_mls_tree_parse(&in, kat_suite(c), kat_hex(c, "tree_before")) ==
	    CS_OK);
	result = operate(&in.tree, c);
	cs_mls_tree_clear(&in.tree);
	return result;
}

/* ---- treekem ------------------------------------------------------------ */

/* The private keys of one leaf, each checked against the tree. */
static enum kat_result
load_private(struct cs_mls_private_tree *out, const struct cs_mls_tree *t,
    const json_t *leaf)
{
	struct cs_view private =
	    kat_private(t->suite, kat_hex(leaf, "encryption_priv"));
	struct cs_hpke_key key;
	json_t *entry;
	size_t i;

	*out = (struct cs_mls_private_tree){ 0 };
	CHECK(cs_hpke_key_from_private(&key, t->suite->kem, private) == CS_OK);
	cs_mls_private_tree_set(
	    out, cs_mls_leaf_to_node((uint32_t)kat_int(leaf, "index")), &key);
	json_array_foreach (json_object_get(leaf, "path_secrets"), i, entry) {
		struct cs_view v = kat_hex(entry, "path_secret");
		struct cs_mls_path_secret s = { 0 };

		CHECK(v.len == t->suite->hash_len);
		memcpy(s.b, v.data, v.len);
		CHECK(cs_mls_path_secret_key(&key, t->suite, &s) == CS_OK);
		cs_mls_private_tree_set(
		    out, (uint32_t)kat_int(entry, "node"), &key);
	}
	i = out->n;
	cs_mls_private_tree_sync(out, t);
	CHECK(out->n == i);
	return KAT_PASSED;
}

static const json_t *
private_of(const json_t *c, uint32_t leaf)
{
	json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(c, "leaves_private"), i, entry)
		if (kat_int(entry, "index") == leaf)
			return entry;
	return NULL;
}

/* Everybody but the sender reads ${path}; ${secrets} may be NULL. */
static enum kat_result
read_by_all(const json_t *c, struct cs_mls_change *change,
    const struct cs_mls_tree *before, const struct cs_mls_update_path *path,
    const json_t *secrets, struct cs_view commit_secret)
{
	struct cs_mls_tree *t = &change->next.tree;

	for (uint32_t j = 0; j < t->n_leaves; j++) {
		struct cs_mls_path_reader in = {
			.tree = t,
			.path = &change->path,
			.message = path,
			.own_leaf = j,
			.context = cs_buf_view(&change->provisional),
		};
		struct cs_mls_private_tree keys;
		struct cs_mls_path_secret s;
		struct cs_mls_commit_secret commit;
		size_t at;

		if (j == change->committer || !cs_mls_tree_has(t, j))
			continue;
		CHECK(load_private(&keys, before, private_of(c, j)) ==
		    KAT_PASSED);
		cs_mls_private_tree_sync(&keys, t);
		CHECK(cs_mls_path_decrypt(&s, &at, &in, &keys) == CS_OK);
		CHECK(secrets == NULL ||
		    cs_view_equal(cs_view(s.b, t->suite->hash_len),
			kat_hex_value(json_array_get(secrets, j))));
		CHECK(cs_mls_path_climb(
			  &keys, &commit, t, &change->path, at, &s) == CS_OK);
		CHECK(cs_view_equal(
		    cs_view(commit.b, t->suite->hash_len), commit_secret));
	}
	return KAT_PASSED;
}

/* A change without proposals by ${sender}, on the tree of the case. */
static enum kat_result
begin(struct cs_mls_change *out, const struct cs_mls_public *p, uint32_t sender)
{
	const struct cs_mls_proposal_list none = { NULL, 0 };

	CHECK(cs_mls_change_begin(out, p, &none, sender) == CS_OK);
	out->next.epoch = p->epoch;
	return KAT_PASSED;
}

static enum kat_result
process_path(const json_t *c, const json_t *u, const struct cs_mls_public *p,
    struct cs_mls_change *change)
{
	struct cs_reader r = cs_reader(kat_hex(u, "update_path"));
	struct cs_mls_update_path path;

	cs_mls_update_path_read(&r, &path);
	CHECK(cs_reader_end(&r) == CS_OK);
	CHECK(begin(change, p, (uint32_t)kat_int(u, "sender")) == KAT_PASSED);
	CHECK(cs_mls_change_merge_path(change, p, &path) == CS_OK);
	CHECK(cs_mls_change_settle(change, p) == CS_OK);
	CHECK(root_hash_is(&change->next.tree, kat_hex(u, "tree_hash_after")));
	return read_by_all(c, change, &p->tree, &path,
	    json_object_get(u, "path_secrets"), kat_hex(u, "commit_secret"));
}

static enum kat_result
make_path(const json_t *c, const json_t *u, const struct cs_mls_public *p,
    struct cs_mls_change *change)
{
	uint32_t sender = (uint32_t)kat_int(u, "sender");
	struct cs_view seed = kat_hex(private_of(c, sender), "signature_priv");
	struct cs_buf *raw = kat_buf(), *nodes = kat_buf(), *all = kat_buf();
	struct cs_mls_leaf leaf;
	struct cs_writer w = cs_writer(all);
	struct cs_mls_path_secrets *fresh = kat_alloc(sizeof *fresh);
	struct cs_mls_update_path path;
	struct cs_signer *key = kat_signer(p->suite, seed);
	struct cs_reader r;

	CHECK(key != NULL);
	CHECK(cs_mls_tree_leaf(&p->tree, sender, &leaf));
	CHECK(begin(change, p, sender) == KAT_PASSED);
	CHECK(
	    cs_mls_path_secrets_new(fresh, p->suite, change->path.n) == CS_OK);
	CHECK(cs_mls_change_set_own_path(change, fresh, &leaf, key, raw) ==
	    CS_OK);
	CHECK(cs_mls_change_settle(change, p) == CS_OK);
	CHECK(cs_mls_path_encrypt(nodes, &change->next.tree, &change->path,
		  fresh, cs_buf_view(&change->provisional),
		  &(struct cs_mls_new_leaves){ NULL, 0 }) == CS_OK);
	cs_write_bytes(&w, cs_buf_view(raw));
	cs_write_vec(&w, cs_buf_view(nodes));
	CHECK(cs_writer_end(&w) == CS_OK);
	r = cs_reader(cs_buf_view(all));
	cs_mls_update_path_read(&r, &path);
	CHECK(cs_reader_end(&r) == CS_OK);
	return read_by_all(c, change, &p->tree, &path, NULL,
	    cs_view(fresh->commit.b, p->suite->hash_len));
}

static enum kat_result
all_paths(const json_t *c, const struct cs_mls_public *p)
{
	struct cs_mls_private_tree keys;
	json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(c, "leaves_private"), i, entry)
		CHECK(load_private(&keys, &p->tree, entry) == KAT_PASSED);
	json_array_foreach (json_object_get(c, "update_paths"), i, entry) {
		struct cs_mls_change change = { 0 };
		enum kat_result result = process_path(c, entry, p, &change);

		cs_mls_change_clear(&change);
		CHECK(result == KAT_PASSED);
		result = make_path(c, entry, p, &change);
		cs_mls_change_clear(&change);
		CHECK(result == KAT_PASSED);
	}
	return KAT_PASSED;
}

enum kat_result
kat_treekem(const json_t *c)
{
	struct cs_view confirmed = kat_hex(c, "confirmed_transcript_hash");
	struct cs_mls_unverified_tree in = { 0 };
	struct cs_mls_public p = { .suite = kat_suite(c), .opt = trusting };
	enum kat_result result = KAT_FAILED;

	CHECK(confirmed.len <= CS_HASH_MAX);
	memcpy(p.confirmed.b, confirmed.data, confirmed.len);
	p.confirmed.len = (uint8_t)confirmed.len;
	p.epoch = kat_int(c, "epoch");
	CHECK(cs_mls_tree_parse(&in, p.suite, kat_hex(c, "ratchet_tree")) ==
	    CS_OK);
	p.tree = in.tree;
	if (cs_mls_key_index_build(&p.index, &p.tree) == CS_OK &&
	    cs_buf_set(&p.group_id, kat_hex(c, "group_id")) == CS_OK)
		result = all_paths(c, &p);
	cs_mls_public_clear(&p);
	return result;
}

/* ---- passive clients ---------------------------------------------------- */

/* External PSKs of a case, by their ids. */
static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach ((json_t *)arg, i, entry)
		if (cs_view_equal(id->id, kat_hex(entry, "psk_id")))
			return cs_buf_add(out, kat_hex(entry, "psk"));
	return CS_ERR_NOT_FOUND;
}

static enum kat_result
take_message(struct cs_mls_group *g, struct cs_view message)
{
	struct cs_mls_received got;
	enum cs_err err = cs_mls_process(&got, g, message);

	if (err != CS_OK)
		fprintf(stderr, "message: %s\n", cs_err_name(err));
	if (err == CS_OK && got.event == CS_MLS_EVENT_COMMIT) {
		err = cs_mls_group_merge(g, got.staged);
		got.staged = NULL;
		if (err != CS_OK)
			fprintf(stderr, "merge: %s\n", cs_err_name(err));
	}
	cs_mls_received_clear(&got);
	return err == CS_OK ? KAT_PASSED : KAT_FAILED;
}

static enum kat_result
same_epoch(const struct cs_mls_group *g, struct cs_view want)
{
	struct cs_mls_hash out;

	CHECK(cs_mls_group_epoch_authenticator(g, &out) == CS_OK);
	CHECK(cs_view_equal(cs_mls_hash_view(&out), want));
	return KAT_PASSED;
}

/* Save and load: what comes out has to go on as well. */
static enum kat_result
reload(struct cs_mls_group **g, const struct cs_mls_options *opt)
{
	struct cs_buf public = { 0 }, *secret = kat_buf();
	struct cs_mls_group *again = NULL;
	enum cs_err err;

	CHECK(cs_mls_group_save(*g, &public, secret) == CS_OK);
	err = cs_mls_group_load(&again, &public, cs_buf_view(secret), opt);
	cs_buf_free(&public);
	CHECK(err == CS_OK);
	cs_mls_group_free(*g);
	*g = again;
	return KAT_PASSED;
}

static enum kat_result
follow(
    struct cs_mls_group **g, const json_t *c, const struct cs_mls_options *opt)
{
	json_t *e, *p;
	size_t i, j;

	CHECK(same_epoch(*g, kat_hex(c, "initial_epoch_authenticator")) ==
	    KAT_PASSED);
	json_array_foreach (json_object_get(c, "epochs"), i, e) {
		json_array_foreach (json_object_get(e, "proposals"), j, p)
			CHECK(take_message(*g, kat_hex_value(p)) == KAT_PASSED);
		CHECK(reload(g, opt) == KAT_PASSED);
		CHECK(take_message(*g, kat_hex(e, "commit")) == KAT_PASSED);
		CHECK(same_epoch(*g, kat_hex(e, "epoch_authenticator")) ==
		    KAT_PASSED);
	}
	return KAT_PASSED;
}

enum kat_result
kat_passive_client(const json_t *c)
{
	const struct cs_suite *suite = kat_suite(c);
	struct cs_view kp = kat_hex(c, "key_package");
	struct cs_buf *secrets = kat_buf();
	struct cs_writer w = cs_writer(secrets);
	const struct cs_mls_join_options join = {
		.ratchet_tree = kat_hex(c, "ratchet_tree"),
	};
	struct cs_mls_options opt = trusting;
	struct cs_mls_key_package parsed;
	struct cs_mls_identity id = { 0 };
	struct cs_mls_group *g = NULL;
	enum kat_result result;
	enum cs_err err;

	opt.past_psks = CS_MLS_MAX_PAST_PSKS;
	opt.psks = (struct cs_mls_psks){ find_psk,
		json_object_get(c, "external_psks") };
	CHECK(cs_mls_key_package_parse_message(&parsed, kp) == CS_OK);
	cs_write_u8(&w, 2);
	cs_write_vec(&w, parsed.raw);
	cs_write_vec(&w, kat_private(suite, kat_hex(c, "init_priv")));
	cs_write_vec(&w, kat_private(suite, kat_hex(c, "encryption_priv")));
	CHECK(cs_writer_end(&w) == CS_OK);
	id.signer = kat_signer(suite, kat_hex(c, "signature_priv"));
	CHECK(id.signer != NULL);
	id.credential = parsed.leaf.credential.identity;
	err = cs_mls_welcome_join(
	    &g, kat_hex(c, "welcome"), cs_buf_view(secrets), &id, &opt, &join);
	if (err != CS_OK)
		fprintf(stderr, "welcome: %s\n", cs_err_name(err));
	CHECK(err == CS_OK);
	result = follow(&g, c, &opt);
	cs_mls_group_free(g);
	return result;
}

/* ---- psk_secret --------------------------------------------------------- */

enum kat_result
kat_psk_secret(const json_t *c)
{
	const struct cs_suite *suite = kat_suite(c);
	const json_t *psks = json_object_get(c, "psks");
	struct cs_mls_psk_mixer m =
	    cs_mls_psk_mixer(suite, json_array_size(psks));
	json_t *e;
	size_t i;

	json_array_foreach (psks, i, e) {
		const struct cs_mls_psk_id id = {
			.type = CS_MLS_PSK_EXTERNAL,
			.id = kat_hex(e, "psk_id"),
			.nonce = kat_hex(e, "psk_nonce"),
		};

		CHECK(cs_mls_psk_mix(&m, &id, kat_hex(e, "psk")) == CS_OK);
	}
	CHECK(cs_view_equal(
	    cs_view(m.secret.b, suite->hash_len), kat_hex(c, "psk_secret")));
	return KAT_PASSED;
}
