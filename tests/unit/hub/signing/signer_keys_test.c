/* SPDX-License-Identifier: MIT */
/* What the signer's process takes for its keys, and what it signs. */
#include "hub/signing/signer_keys.h"

#include <sys/stat.h>

#include "base/text.h"
#include "base/writer.h"
#include "crypto/init.h"
#include "franking/credential.h"
#include "franking/stamp.h"
#include "store/file.h"
#include "store/folder.h"
#include "support/mls_world.h"
#include "support/operator.h"
#include "support/temp_dir.h"

#define NOW_S ((uint64_t)1800000000)
#define NOW_MS (NOW_S * CS_SECOND_MS)
#define UNTIL_S (NOW_S + CS_DAY_S)

/* ---- files that belong together ------------------------------------------ */

struct world {
	struct test_operator operator;
	struct cs_sign_key stamp, external;
	struct hub_key_files files;
	struct hub_keyring *keys;
	struct cs_buf answer;
};

static void
set(struct hub_key_files *f, const char *name, struct cs_view bytes)
{
	assert_ok(cs_buf_set(hub_key_file_named(f, name), bytes));
}

static void
make_root(struct hub_key_files *f, const struct cs_sign_key *root)
{
	char text[CS_BASE64URL_SIZE(CS_KEY_LEN) + 1];

	cs_base64url(text, CS_VIEW_OF(root->public));
	strcat(text, "\n");
	set(f, "root.pub", cs_view_str(text));
}

static void
make_stamp_cert(struct world *t, uint64_t from_s, uint64_t until_s)
{
	cs_buf_reset(&t->files.stamp_cert);
	assert_ok(cs_stamp_key_cert_make(&t->files.stamp_cert, t->stamp.public,
	    from_s, until_s, &t->operator.root));
}

static void
make_role_cert(struct world *t, struct cs_buf *out, enum cs_role role,
    const struct cs_sign_key *key, uint64_t from_s, uint64_t until_s)
{
	cs_buf_reset(out);
	assert_ok(cs_role_key_cert_make(
	    out, role, key->public, from_s, until_s, &t->operator.root));
}

static void
make_files(struct world *t)
{
	struct hub_key_files *f = &t->files;

	make_root(f, &t->operator.root);
	set(f, "stamp.key", CS_VIEW_OF(t->stamp.seed));
	set(f, "names.key", CS_VIEW_OF(t->stamp.seed));
	set(f, "external.key", CS_VIEW_OF(t->external.seed));
	set(f, "registrar.key", CS_VIEW_OF(t->operator.registrar.seed));
	make_stamp_cert(t, NOW_S - CS_DAY_S, UNTIL_S);
	make_role_cert(t, &f->external_cert, CS_ROLE_EXTERNAL_SENDER,
	    &t->external, NOW_S - CS_DAY_S, UNTIL_S);
	make_role_cert(t, &f->registrar_cert, CS_ROLE_REGISTRAR,
	    &t->operator.registrar, NOW_S - CS_DAY_S, UNTIL_S);
}

static void
world_init(struct world *t)
{
	memset(t, 0, sizeof *t);
	test_operator_init(&t->operator, NOW_S);
	assert_ok(cs_sign_key_new(&t->stamp));
	assert_ok(cs_sign_key_new(&t->external));
	make_files(t);
	assert_ok(hub_keyring_new(&t->keys, &t->files, NOW_MS));
}

static void
world_clear(struct world *t)
{
	hub_keyring_free(t->keys);
	hub_key_files_clear(&t->files);
	cs_buf_free(&t->answer);
	test_operator_clear(&t->operator);
}

/* What keys the files make at ${now_ms}. */
static enum cs_err
load_at(const struct world *t, uint64_t now_ms)
{
	struct hub_keyring *keys;
	enum cs_err err = hub_keyring_new(&keys, &t->files, now_ms);

	assert_int_equal(keys == NULL, err != CS_OK);
	hub_keyring_free(keys);
	return err;
}

static const char *const names[] = { "root.pub", "stamp.key", "stamp.cert",
	"external.key", "external.cert", "registrar.key", "registrar.cert" };
#define NAMES (sizeof names / sizeof *names)

/* Cut, too long, empty, and with any byte changed. */
static void
test_tampered(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	for (size_t i = 0; i < NAMES; i++) {
		struct cs_buf *file = hub_key_file_named(&t.files, names[i]);
		size_t len = file->len;

		for (size_t at = 0; at < len; at++) {
			file->data[at] ^= 0x10;
			assert_err(load_at(&t, NOW_MS), CS_ERR_CORRUPT);
			file->data[at] ^= 0x10;
		}
		file->len = len - 1;
		assert_err(load_at(&t, NOW_MS), CS_ERR_CORRUPT);
		file->len = 0;
		assert_err(load_at(&t, NOW_MS), CS_ERR_CORRUPT);
		file->len = len;
		assert_ok(cs_buf_add(file, cs_view_str("\n")));
		assert_err(load_at(&t, NOW_MS), CS_ERR_CORRUPT);
		file->len = len;
		assert_ok(load_at(&t, NOW_MS));
	}
	assert_null(hub_key_file_named(&t.files, "tls.key"));
	world_clear(&t);
}

/* Each file is whole, and one of them another operator's or another role's. */
static void
test_not_together(void **state)
{
	struct world t, other;
	struct hub_key_files mixed;
	struct hub_keyring *keys;

	(void)state;
	world_init(&t);
	world_init(&other);
	assert_ok(cs_sign_key_new(&other.operator.root));
	assert_ok(cs_sign_key_new(&other.operator.registrar));
	make_files(&other);
	assert_ok(load_at(&other, NOW_MS));
	for (size_t i = 0; i < NAMES; i++) {
		/* Borrowed: nothing of it is freed. */
		mixed = t.files;
		*hub_key_file_named(&mixed, names[i]) =
		    *hub_key_file_named(&other.files, names[i]);
		assert_err(
		    hub_keyring_new(&keys, &mixed, NOW_MS), CS_ERR_CORRUPT);
		assert_null(keys);
	}
	mixed = t.files;
	mixed.external_key = t.files.registrar_key;
	mixed.external_cert = t.files.registrar_cert;
	assert_err(hub_keyring_new(&keys, &mixed, NOW_MS), CS_ERR_CORRUPT);
	world_clear(&t);
	world_clear(&other);
}

static void
test_expired(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(load_at(&t, UNTIL_S * CS_SECOND_MS));
	assert_err(load_at(&t, (UNTIL_S + 1) * CS_SECOND_MS), CS_ERR_EXPIRED);
	assert_err(load_at(&t, NOW_MS - 2 * CS_DAY_MS), CS_ERR_EXPIRED);
	make_stamp_cert(&t, NOW_S - CS_DAY_S, NOW_S - 1);
	assert_err(load_at(&t, NOW_MS), CS_ERR_EXPIRED);
	make_files(&t);
	make_role_cert(&t, &t.files.external_cert, CS_ROLE_EXTERNAL_SENDER,
	    &t.external, NOW_S - CS_DAY_S, NOW_S - 1);
	assert_err(load_at(&t, NOW_MS), CS_ERR_EXPIRED);
	make_files(&t);
	make_role_cert(&t, &t.files.registrar_cert, CS_ROLE_REGISTRAR,
	    &t.operator.registrar, NOW_S + 1, UNTIL_S);
	assert_err(load_at(&t, NOW_MS), CS_ERR_EXPIRED);
	world_clear(&t);
}

/* From a folder, and what is told of them. */
static void
test_read_and_tell(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct hub_key_files read = { 0 };
	struct hub_talk_keys keys;
	struct cs_buf told = { 0 };
	char path[64];
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_file_mkdir(temp_path(&d, "keys")));
	assert_err(hub_key_files_read(&read, d.path), CS_ERR_NOT_FOUND);
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof path, "keys/%s", names[i]);
		assert_ok(cs_file_write(temp_path(&d, path),
		    cs_buf_view(hub_key_file_named(&t.files, names[i])), 0600));
	}
	hub_key_files_clear(&read);
	assert_ok(cs_file_write(temp_path(&d, "keys/names.key"),
	    cs_buf_view(hub_key_file_named(&t.files, "names.key")), 0600));
	assert_ok(hub_key_files_read(&read, d.path));
	for (size_t i = 0; i < NAMES; i++)
		assert_view_equal(
		    cs_buf_view(hub_key_file_named(&read, names[i])),
		    cs_buf_view(hub_key_file_named(&t.files, names[i])));
	assert_ok(hub_keyring_tell(&told, t.keys));
	memcpy(&keys, told.data, sizeof keys);
	assert_memory_equal(keys.root, t.operator.root.public, CS_KEY_LEN);
	assert_memory_equal(keys.external, t.external.public, CS_KEY_LEN);
	assert_int_equal(told.len,
	    sizeof keys + keys.stamp_cert + keys.external_cert +
		keys.registrar_cert);
	assert_memory_equal(
	    told.data + sizeof keys, t.files.stamp_cert.data, keys.stamp_cert);
	/* Nothing secret. */
	assert_null(
	    memmem(told.data, told.len, t.stamp.seed, CS_SIGN_SEED_LEN));
	assert_null(
	    memmem(told.data, told.len, t.external.seed, CS_SIGN_SEED_LEN));
	cs_buf_free(&told);
	hub_key_files_clear(&read);
	world_clear(&t);
	temp_dir_clear(&d);
}

/* ---- orders ---------------------------------------------------------------
 */

static bool
ordered_at(struct world *t, uint8_t kind, struct cs_view what, uint64_t now_ms)
{
	assert_ok(cs_buf_set(&t->answer, cs_view_str("of the one before")));
	hub_keyring_carry_out(&t->answer, t->keys, kind, what, now_ms);
	return t->answer.len != 0;
}

static bool
ordered(struct world *t, uint8_t kind, struct cs_view what)
{
	return ordered_at(t, kind, what, NOW_MS);
}

static struct cs_stamp_key_cert
stamp_cert(const struct world *t)
{
	struct cs_stamp_key_cert cert;

	assert_ok(
	    cs_stamp_key_cert_parse(&cert, cs_buf_view(&t->files.stamp_cert),
		CS_VIEW_OF(t->operator.root.public)));
	return cert;
}

static struct cs_stamp
stamp(const struct world *t)
{
	struct cs_stamp_key_cert cert = stamp_cert(t);
	struct cs_stamp s = { .accepted_ms = NOW_MS, .group_seq = 9 };

	memset(s.tag, 0x11, sizeof s.tag);
	memset(s.account, 0x22, sizeof s.account);
	memcpy(s.key_id, cert.key_id, sizeof s.key_id);
	return s;
}

static void
test_stamp(void **state)
{
	struct cs_stamp_key_cert cert;
	struct hub_talk_stamped stamped;
	struct cs_stamp s;
	struct world t;

	(void)state;
	world_init(&t);
	cert = stamp_cert(&t);
	s = stamp(&t);
	assert_true(ordered(&t, HUB_TALK_STAMPS, HUB_TALK_OF(s)));
	assert_true(
	    hub_talk_copy(&stamped, sizeof stamped, cs_buf_view(&t.answer)));
	assert_memory_equal(stamped.key_id, cert.key_id, sizeof cert.key_id);
	memcpy(s.sig, stamped.sig, sizeof s.sig);
	assert_ok(cs_operator_id(s.operator_id, t.operator.root.public));
	/* One alone is a batch of one. */
	s.batch.n = 1;
	assert_ok(cs_stamp_verify(&s, &cert, t.operator.root.public));
	s.group_seq++;
	assert_err(
	    cs_stamp_verify(&s, &cert, t.operator.root.public), CS_ERR_STAMP);
	s.flags = CS_STAMP_HANDSHAKE;
	assert_true(ordered(&t, HUB_TALK_STAMPS, HUB_TALK_OF(s)));
	/* Of whatever size but the right one. */
	assert_false(ordered(&t, HUB_TALK_STAMPS, cs_view(&s, sizeof s - 1)));
	assert_false(ordered(&t, HUB_TALK_STAMPS, cs_view(NULL, 0)));
	s.flags = 4;
	assert_false(ordered(&t, HUB_TALK_STAMPS, HUB_TALK_OF(s)));
	s.flags = 0;
	s.key_id[7] ^= 1;
	assert_false(ordered(&t, HUB_TALK_STAMPS, HUB_TALK_OF(s)));
	world_clear(&t);
}

/* All of a batch are read before it is signed. */
static void
test_stamps(void **state)
{
	struct cs_stamp_key_cert cert;
	struct hub_talk_stamped stamped;
	struct cs_stamp v[CS_STAMPS_MAX + 1];
	uint8_t leaf[CS_HASH_LEN];
	struct world t;

	(void)state;
	world_init(&t);
	cert = stamp_cert(&t);
	for (size_t i = 0; i <= CS_STAMPS_MAX; i++) {
		v[i] = stamp(&t);
		v[i].group_seq = i + 1;
		v[i].batch.entry = 5;
		assert_ok(
		    cs_operator_id(v[i].operator_id, t.operator.root.public));
	}
	assert_true(ordered(
	    &t, HUB_TALK_STAMPS, cs_view(v, CS_STAMPS_MAX * sizeof *v)));
	assert_true(
	    hub_talk_copy(&stamped, sizeof stamped, cs_buf_view(&t.answer)));
	assert_ok(cs_stamps_place(v, CS_STAMPS_MAX, leaf));
	memcpy(v[31].sig, stamped.sig, sizeof stamped.sig);
	assert_ok(cs_stamp_verify(&v[31], &cert, t.operator.root.public));
	assert_false(ordered(
	    &t, HUB_TALK_STAMPS, cs_view(v, (CS_STAMPS_MAX + 1) * sizeof *v)));
	v[31].flags = 4;
	assert_false(ordered(
	    &t, HUB_TALK_STAMPS, cs_view(v, CS_STAMPS_MAX * sizeof *v)));
	v[31].flags = 0;
	v[31].accepted_ms = NOW_MS + HUB_STAMP_AHEAD_MS + 1;
	assert_false(ordered(
	    &t, HUB_TALK_STAMPS, cs_view(v, CS_STAMPS_MAX * sizeof *v)));
	world_clear(&t);
}

/* Neither for a time that the key may not stamp, nor for one to come. */
static void
test_stamp_time(void **state)
{
	const uint64_t from = (NOW_S - CS_DAY_S) * CS_SECOND_MS;
	const uint64_t until = UNTIL_S * CS_SECOND_MS;
	const struct {
		uint64_t accepted_ms, now_ms;
		bool signs;
	} c[] = {
		{ from, NOW_MS, true },
		{ from - 1, NOW_MS, false },
		{ 0, NOW_MS, false },
		{ NOW_MS + HUB_STAMP_AHEAD_MS, NOW_MS, true },
		{ NOW_MS + HUB_STAMP_AHEAD_MS + 1, NOW_MS, false },
		{ UINT64_MAX, NOW_MS, false },
		{ until, until, true },
		{ until + CS_SECOND_MS, until, false },
		{ until, until + CS_SECOND_MS, false },
		{ NOW_MS, until + CS_SECOND_MS, false },
	};
	struct cs_stamp s;
	struct world t;

	(void)state;
	world_init(&t);
	s = stamp(&t);
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		s.accepted_ms = c[i].accepted_ms;
		assert_int_equal(ordered_at(&t, HUB_TALK_STAMPS, HUB_TALK_OF(s),
				     c[i].now_ms),
		    c[i].signs);
	}
	world_clear(&t);
}

static void
test_name(void **state)
{
	struct hub_talk_named named;
	struct hub_talk_keys keys;
	uint8_t value[CS_VRF_OUTPUT_LEN];
	struct cs_buf told = { 0 };
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(hub_keyring_tell(&told, t.keys));
	memcpy(&keys, told.data, sizeof keys);
	cs_buf_free(&told);
	assert_true(ordered(&t, HUB_TALK_NAME, cs_view_str("alma")));
	assert_true(
	    hub_talk_copy(&named, sizeof named, cs_buf_view(&t.answer)));
	assert_ok(
	    cs_vrf_verify(value, keys.names, named.proof, cs_view_str("alma")));
	assert_memory_equal(value, named.label, sizeof named.label);
	assert_false(ordered(&t, HUB_TALK_NAME, cs_view_str("Alma")));
	assert_false(ordered(&t, HUB_TALK_NAME, cs_view_str("")));
	world_clear(&t);
}

static void
test_account(void **state)
{
	struct hub_talk_account a = {
		.from_ms = NOW_MS, .handle_length = 4, .handle = "alma"
	};
	struct cs_sign_key key;
	struct cs_account_cert cert;
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_sign_key_new(&key));
	memset(a.account, 0x22, sizeof a.account);
	memcpy(a.account_key, key.public, sizeof a.account_key);
	assert_true(ordered(&t, HUB_TALK_ACCOUNT, HUB_TALK_OF(a)));
	assert_ok(cs_account_cert_verify(&cert, cs_buf_view(&t.answer),
	    cs_buf_view(&t.files.registrar_cert),
	    CS_VIEW_OF(t.operator.root.public)));
	assert_view_equal(cert.handle, cs_view_str("alma"));
	assert_memory_equal(cert.account, a.account, CS_ID_LEN);
	assert_memory_equal(cert.account_key, key.public, CS_KEY_LEN);
	assert_int_equal(cert.from_ms, NOW_MS);
	assert_false(ordered(&t, HUB_TALK_ACCOUNT, cs_view(&a, sizeof a - 1)));
	/* A name that is none, or longer than there is room for. */
	for (int length = 0; length < 256; length++) {
		a.handle_length = (uint8_t)length;
		if (length == 0 || length > 4)
			assert_false(
			    ordered(&t, HUB_TALK_ACCOUNT, HUB_TALK_OF(a)));
	}
	a.handle_length = 4;
	a.handle[0] = 'A';
	assert_false(ordered(&t, HUB_TALK_ACCOUNT, HUB_TALK_OF(a)));
	a.handle[0] = 'a';
	memset(a.account, 0, sizeof a.account);
	assert_false(ordered(&t, HUB_TALK_ACCOUNT, HUB_TALK_OF(a)));
	world_clear(&t);
}

/* ---- proposals ------------------------------------------------------------
 */

/* A group whose hub has its key elsewhere. */
struct watched {
	struct world t;
	struct world_member m[2];
	struct cs_mls_public_group *hub;
	struct cs_signer *signer;
	struct cs_buf asked; /* the last that was to be signed */
};

static enum cs_err
sign_elsewhere(void *arg, uint8_t out[static CS_SIG_MAX], size_t *n,
    struct cs_view message)
{
	struct watched *w = arg;

	assert_ok(cs_buf_set(&w->asked, message));
	if (!ordered(&w->t, HUB_TALK_PROPOSAL, message))
		return CS_ERR_DENIED;
	assert_in_range(w->t.answer.len, 1, CS_SIG_MAX);
	memcpy(out, w->t.answer.data, w->t.answer.len);
	*n = w->t.answer.len;
	return CS_OK;
}

static void
watched_init(struct watched *w)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_external_sender sender[2];
	struct cs_buf senders = { 0 }, info = { 0 };
	struct cs_mls_extension ext = { .type = CS_MLS_EXT_EXTERNAL_SENDERS };

	memset(w, 0, sizeof *w);
	world_init(&w->t);
	assert_ok(cs_signer_elsewhere(&w->signer, CS_ED25519,
	    CS_VIEW_OF(w->t.external.public), sign_elsewhere, w));
	for (size_t i = 0; i < 2; i++)
		sender[i] = (struct cs_mls_external_sender){
			CS_VIEW_OF(w->t.external.public),
			{ CS_MLS_CREDENTIAL_BASIC, cs_view_str("hub") }
		};
	assert_ok(cs_mls_external_senders(&senders, sender, 2));
	ext.data = cs_buf_view(&senders);
	assert_ok(world_group(w->m, 2, (struct cs_mls_extensions){ &ext, 1 }));
	assert_ok(cs_mls_group_info(w->m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	cs_buf_free(&info);
	cs_buf_free(&senders);
}

static void
watched_clear(struct watched *w)
{
	for (size_t i = 0; i < 2; i++)
		world_member_clear(&w->m[i]);
	cs_mls_public_group_free(w->hub);
	cs_signer_free(w->signer);
	cs_buf_free(&w->asked);
	world_clear(&w->t);
}

static enum cs_err
propose(struct watched *w, uint32_t index,
    const struct cs_mls_external_proposal *p, struct cs_buf *message)
{
	cs_buf_reset(message);
	return cs_mls_external_propose(message, w->hub, index, w->signer, p);
}

/* A removal is signed, and members take it; nothing else is. */
static void
test_proposals(void **state)
{
	const uint32_t leaf = 1;
	struct cs_mls_external_proposal p = { .remove = &leaf };
	const struct cs_mls_extensions none = { NULL, 0 };
	struct cs_mls_received got;
	struct cs_buf message = { 0 };
	struct world_member third;
	struct watched w;

	(void)state;
	watched_init(&w);
	assert_ok(propose(&w, 0, &p, &message));
	assert_ok(cs_mls_process(&got, w.m[0].group, cs_buf_view(&message)));
	assert_int_equal(got.sender_leaf, UINT32_MAX);
	cs_mls_received_clear(&got);
	/* By the other sender, although its key is the same. */
	assert_err(propose(&w, 1, &p, &message), CS_ERR_DENIED);
	assert_ok(world_member_init(&third, 3));
	p = (struct cs_mls_external_proposal){ .add = cs_buf_view(
						   &third.key_package) };
	assert_err(propose(&w, 0, &p, &message), CS_ERR_DENIED);
	assert_true(w.asked.len > third.key_package.len / 2);
	p = (struct cs_mls_external_proposal){ .context_exts = &none };
	assert_err(propose(&w, 0, &p, &message), CS_ERR_DENIED);
	world_member_clear(&third);
	cs_buf_free(&message);
	watched_clear(&w);
}

/* What MLS signs (RFC 9420, sections 5.1.2 and 6.1), with whatever is in it. */
struct tbs {
	const char *label, *group, *data, *rest;
	uint16_t version, wire, proposal;
	uint8_t sender, content;
	uint32_t index;
};

static bool
signs(struct world *t, const struct tbs *s)
{
	struct cs_buf content = { 0 }, tbs = { 0 };
	struct cs_writer w = cs_writer(&content);
	bool done;

	cs_write_u16(&w, s->version);
	cs_write_u16(&w, s->wire);
	cs_write_vec(&w, cs_view_str(s->group));
	cs_write_u64(&w, 7);
	cs_write_u8(&w, s->sender);
	cs_write_u32(&w, s->index);
	cs_write_vec(&w, cs_view_str(s->data));
	cs_write_u8(&w, s->content);
	cs_write_u16(&w, s->proposal);
	cs_write_u32(&w, 1);
	cs_write_bytes(&w, cs_view_str(s->rest));
	assert_ok(cs_writer_end(&w));
	w = cs_writer(&tbs);
	cs_write_vec(&w, cs_view_str(s->label));
	cs_write_vec(&w, cs_buf_view(&content));
	assert_ok(cs_writer_end(&w));
	done = ordered(t, HUB_TALK_PROPOSAL, cs_buf_view(&tbs));
	cs_buf_free(&content);
	cs_buf_free(&tbs);
	return done;
}

static const struct tbs removal = {
	.label = "MLS 1.0 FramedContentTBS",
	.group = "a group",
	.data = "",
	.rest = "",
	.version = 1,
	.wire = 1,
	.proposal = 3,
	.sender = 2,
	.content = 2,
};

#define assert_refused(field, value)                                           \
	do {                                                                   \
		struct tbs twin = removal;                                     \
                                                                               \
		twin.field = (value);                                          \
		assert_false(signs(&t, &twin));                                \
	} while (0)

static void
test_proposal_twins(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_true(signs(&t, &removal));
	assert_refused(label, "MLS 1.0 LeafNodeTBS");
	assert_refused(label, "MLS 1.0 FramedContentTBS ");
	assert_refused(label, "FramedContentTBS");
	assert_refused(version, 2);
	assert_refused(wire, 2);
	assert_refused(sender, 1);
	assert_refused(sender, 3);
	assert_refused(index, 1);
	assert_refused(data, "x");
	assert_refused(content, 1);
	assert_refused(content, 3);
	assert_refused(proposal, 1);
	assert_refused(proposal, 2);
	assert_refused(proposal, 7);
	assert_refused(rest, "x");
	world_clear(&t);
}

/* A real one, cut short anywhere, with something behind it, and as another
 * kind of order. */
static void
test_proposal_bytes(void **state)
{
	const uint32_t leaf = 1;
	const struct cs_mls_external_proposal p = { .remove = &leaf };
	struct cs_buf message = { 0 };
	struct watched w;

	(void)state;
	watched_init(&w);
	assert_ok(propose(&w, 0, &p, &message));
	for (size_t n = 0; n < w.asked.len; n++)
		assert_false(
		    ordered(&w.t, HUB_TALK_PROPOSAL, cs_view(w.asked.data, n)));
	assert_true(ordered(&w.t, HUB_TALK_PROPOSAL, cs_buf_view(&w.asked)));
	for (unsigned kind = 0; kind < 256; kind++)
		if (kind != HUB_TALK_PROPOSAL)
			assert_false(ordered(
			    &w.t, (uint8_t)kind, cs_buf_view(&w.asked)));
	assert_ok(cs_buf_add(&w.asked, cs_view_str("x")));
	assert_false(ordered(&w.t, HUB_TALK_PROPOSAL, cs_buf_view(&w.asked)));
	cs_buf_free(&message);
	watched_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_not_together),
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_read_and_tell),
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_stamp_time),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_proposals),
		cmocka_unit_test(test_proposal_twins),
		cmocka_unit_test(test_proposal_bytes),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
