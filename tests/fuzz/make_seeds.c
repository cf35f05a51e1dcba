/* SPDX-License-Identifier: MIT */
/*
 * make-seeds DIR: write the seeds of these targets into DIR/<target>/.  They
 * are committed; make them anew when a format changes.
 */

#include <stdio.h>
#include <sys/stat.h>

#include "content/filing_body.h"
#include "franking/csev.h"
#include "franking/filing_entry.h"
#include "franking/safe_aad.h"
#include "fuzz/fuzz_root.h"
#include "fuzz/fuzz_world.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/welcome.h"
#include "support/seen_log.h"
#include "support/wire_shapes.h"

static const char *root;

/* ${mode}, then ${v}, at DIR/${target}/${name}. */
static void
seed(const char *target, const char *name, uint8_t mode, struct cs_view v)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", root, target);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/%s/%s", root, target, name);
	f = fopen(path, "wb");
	fuzz_want(f != NULL);
	fuzz_want(fwrite(&mode, 1, 1, f) == 1);
	fuzz_want(fwrite(v.data, 1, v.len, f) == v.len);
	fuzz_want(fclose(f) == 0);
}

static void
fill(uint64_t *message, const struct cs_wire_shape *shape, struct cs_buf *items)
{
	static const uint8_t bytes[16] = "some bytes here";
	uint64_t item[WIRE_STRUCT_MAX / 8];
	uint8_t *m = (uint8_t *)message;

	memset(message, 0, shape->size);
	for (size_t i = 0; i < shape->n; i++) {
		const struct cs_wire_field *f = &shape->fields[i];
		struct cs_wire_list *list = (void *)(m + f->offset);

		if (f->type == CS_WIRE_VEC) {
			*(struct cs_view *)(void *)list = cs_view(bytes, 5);
		} else if (f->type == CS_WIRE_LIST) {
			fill(item, f->item, items);
			for (int k = 0; k < 2; k++)
				fuzz_ok(cs_wire_list_add(
				    items, &list->n, f->item, item));
			list->raw = cs_buf_view(items);
		} else {
			m[f->offset] = (uint8_t)(i + 1);
		}
	}
}

static void
seeds_wire(void)
{
	uint64_t message[WIRE_STRUCT_MAX / 8];

	for (size_t i = 0; i < N_WIRE_SHAPES; i++) {
		const struct cs_wire_shape *shape = wire_shapes[i].shape;
		struct cs_buf out = { 0 }, items = { 0 };

		fill(message, shape, &items);
		fuzz_ok(cs_wire_write(&out, shape, message));
		seed("wire", wire_shapes[i].name + strlen("cs_wire_"),
		    (uint8_t)i, cs_buf_view(&out));
		cs_buf_free(&out);
		cs_buf_free(&items);
	}
	seed("wire", "frame", 255, cs_view("\x0f\0\0\0\1body", 9));
}

/* Behind 0 a letter, behind 1 a statement, behind 2 an action. */
static void
seeds_letter(void)
{
	const struct cs_wire_statement statement = {
		.version = CS_WIRE_STATEMENT_VERSION,
		.language = cs_view_str("en"),
		.what = cs_view_str("The account was disabled."),
		.facts = cs_view_str("A photo."),
		.ground_kind = CS_WIRE_GROUND_TERMS,
		.ground = cs_view_str("Rule 3"),
	};
	struct cs_wire_action action = { .kind = CS_WIRE_ACTION_DISABLE };
	struct cs_buf out = { 0 }, bytes = { 0 };

	fuzz_ok(cs_wire_write(&out, &cs_wire_statement_shape, &statement));
	action.statement = cs_buf_view(&out);
	fuzz_ok(cs_wire_write(&bytes, &cs_wire_action_shape, &action));
	seed("letter", "letter", 0, cs_view("\1\2en\4text", 9));
	seed("letter", "not-text", 0, cs_view("\1\2en\1\xff", 6));
	seed("letter", "statement", 1, cs_buf_view(&out));
	seed("letter", "action", 2, cs_buf_view(&bytes));
	cs_buf_free(&out);
	cs_buf_free(&bytes);
}

/* A body that another member could have sent, taken out of its message. */
static void
seed_body(const char *name, uint8_t mode, const struct cs_buf *message)
{
	struct cs_reader r = cs_reader(cs_buf_view(message));
	struct cs_mls_public_message m;

	seed("mls_message", name, 0, cs_buf_view(message));
	(void)cs_mls_message_read(&r);
	cs_mls_public_message_read(&r, &m);
	if (cs_reader_end(&r) == CS_OK) {
		char body[64];

		snprintf(body, sizeof body, "%s-body", name);
		seed("mls_message", body, mode, m.content.framed.body);
	}
}

/* A proposal of each type, by member 0. */
static void
seeds_proposals(struct fuzz_world *w)
{
	struct cs_view kp = cs_buf_view(&w->m[FUZZ_NEWCOMER].key_package);
	const struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("psk") };
	const struct cs_mls_psk_id past = { .type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_APP,
		.id = cs_mls_group_id(w->m[0].group),
		.epoch = cs_mls_group_epoch(w->m[0].group) };
	const struct cs_mls_extension ext = { CS_MLS_EXT_REQUIRED_CAPABILITIES,
		cs_view("\0\0\0", 3) };
	const struct cs_mls_extensions exts = { &ext, 1 };
	const struct cs_mls_reinit reinit = { .group_id = cs_view_str("next"),
		.suite_id = 2,
		.extensions = exts };
	struct cs_mls_group *g = w->m[0].group;
	struct cs_buf m = { 0 };

	fuzz_ok(cs_mls_propose_add(&m, g, kp));
	seed_body("propose-add", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_update(&m, g));
	seed_body("propose-update", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_remove(&m, g, 2));
	seed_body("propose-remove", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_psk(&m, g, &psk));
	seed_body("propose-psk", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_psk(&m, g, &past));
	seed_body("propose-resumption", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_extensions(&m, g, exts));
	seed_body("propose-extensions", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_self_remove(&m, g));
	seed_body("propose-self-remove", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_ephemeral(&m, g, 1, cs_view_str("data")));
	seed_body("propose-ephemeral", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_reinit(&m, g, &reinit));
	seed_body("propose-reinit", 1, &m);
	cs_buf_free(&m);
}

static void
seeds_message(struct fuzz_world *w)
{
	struct cs_view kp = cs_buf_view(&w->m[FUZZ_NEWCOMER].key_package);
	uint32_t one = 1, two = 2;
	struct cs_mls_external_proposal out = { .remove = &one };
	struct cs_mls_commit_options add = { .add = &kp, .n_add = 1 };
	struct cs_mls_commit_options remove = { .remove = &two, .n_remove = 1 };
	const struct world_member *new = &w->m[FUZZ_NEWCOMER];
	struct cs_mls_options opt = world_options();
	struct cs_mls_staged *staged;
	struct cs_mls_group *g;
	struct cs_buf m = { 0 }, other = { 0 };

	fuzz_ok(cs_mls_protect(
	    &m, w->m[0].group, cs_view_str("aad"), cs_view_str("hello")));
	seed("mls_message", "application", 0, cs_buf_view(&m));
	seed("mls_message", "private", 4, cs_view("\0hello", 6));
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_commit_new(&staged, &m, &other, w->m[0].group, &add));
	seed_body("commit-add", 2, &m);
	cs_mls_staged_free(staged);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_commit_new(&staged, &m, &other, w->m[0].group, &remove));
	seed_body("commit-remove", 2, &m);
	cs_mls_staged_free(staged);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_external_propose(&m, w->pub, 0, w->external, &out));
	seed_body("external-remove", 3, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_external_commit(
	    &g, &m, cs_buf_view(&w->info), &new->id, &opt, NULL));
	cs_mls_group_free(g);
	seed("mls_message", "external-commit", 0, cs_buf_view(&m));
	cs_buf_reset(&m);
	cs_buf_reset(&other);
	fuzz_ok(cs_mls_new_member_add(
	    &m, &other, NULL, cs_buf_view(&w->info), &new->id));
	seed("mls_message", "new-member-add", 0, cs_buf_view(&m));
	cs_buf_free(&m);
	cs_buf_free(&other);
	seeds_proposals(w);
}

/* The Welcome of a group in suite ${suite}, decrypted: what dressing it again
 * makes is good. */
static void
seed_welcome(struct fuzz_world *w, const struct cs_suite *suite, bool tree)
{
	static const struct cs_mls_extensions none;
	const struct world_member *new = &w->by_suite[suite->id];
	struct cs_view kp = cs_buf_view(&new->key_package);
	const struct cs_mls_commit_options add = { .add = &kp,
		.n_add = 1,
		.force_path = true,
		.without_tree = !tree };
	struct world_member founder;
	struct cs_buf commit = { 0 }, welcome = { 0 }, secrets = { 0 },
		      info = { 0 }, out = { 0 }, apart = { 0 };
	struct cs_mls_key_package_secrets keys;
	struct cs_mls_group_secrets s;
	struct cs_mls_joiner_secret joiner = { 0 };
	const struct cs_mls_psk_secret no_psk = { 0 };
	struct cs_mls_group_info gi;
	struct cs_mls_welcome parsed;
	struct cs_reader r;
	struct cs_writer wr = cs_writer(&out);
	char name[32];

	world_suite = suite->id;
	fuzz_ok(world_member_init(&founder, 0));
	fuzz_ok(world_found(&founder, none));
	world_suite = 1;
	fuzz_ok(world_commit(&founder, &add, &commit, &welcome));
	fuzz_ok(cs_mls_group_tree(founder.group, &apart));
	r = cs_reader(cs_buf_view(&welcome));
	(void)cs_mls_message_read(&r);
	cs_mls_welcome_read(&r, &parsed);
	fuzz_ok(cs_mls_key_package_secrets_parse(
	    &keys, cs_buf_view(&new->secrets)));
	fuzz_ok(cs_mls_welcome_open_secrets(&s, &secrets, &parsed, suite,
	    cs_mls_hash_view(&new->ref), &keys.init));
	memcpy(joiner.b, s.joiner_secret.data, s.joiner_secret.len);
	fuzz_ok(cs_mls_welcome_open_info(
	    &gi, &info, &parsed, suite, &joiner, &no_psk));
	cs_write_vec(&wr, cs_buf_view(&secrets));
	cs_write_vec(&wr, cs_buf_view(&info));
	if (!tree)
		cs_write_vec(&wr, cs_buf_view(&apart));
	fuzz_ok(cs_writer_end(&wr));
	snprintf(name, sizeof name, "suite-%u%s", suite->id,
	    tree ? "" : "-tree-apart");
	seed("mls_welcome", name, (uint8_t)(2 * (suite->id - 1) + 1),
	    cs_buf_view(&out));
	if (suite->id == 1 && tree)
		seed("mls_welcome", "welcome", 0, cs_buf_view(&welcome));
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&secrets);
	cs_buf_free(&info);
	cs_buf_free(&out);
	cs_buf_free(&apart);
	world_member_clear(&founder);
}

/* With a PSK, and a GroupInfo that is somebody else's. */
static void
seeds_welcome(struct fuzz_world *w)
{
	static const uint8_t joiner[32] = { 5 };
	/* PreSharedKeyID: external, "psk", a nonce. */
	static const uint8_t psk[38] = { 1, 3, 'p', 's', 'k', 32 };
	struct cs_buf out = { 0 }, secrets = { 0 };
	struct cs_writer ws = cs_writer(&secrets), wo = cs_writer(&out);
	struct cs_mls_group_secrets s = { .joiner_secret = CS_VIEW_OF(joiner),
		.has_path_secret = true,
		.path_secret = CS_VIEW_OF(joiner),
		.psks = CS_VIEW_OF(psk) };
	struct cs_view info = cs_buf_view(&w->info);

	cs_mls_group_secrets_write(&ws, &s);
	cs_write_vec(&wo, cs_buf_view(&secrets));
	/* Without version and wire format. */
	cs_write_vec(&wo, cs_view(info.data + 4, info.len - 4));
	fuzz_ok(cs_writer_end(&ws));
	fuzz_ok(cs_writer_end(&wo));
	seed("mls_welcome", "dressed", 1, cs_buf_view(&out));
	cs_buf_free(&secrets);
	cs_buf_free(&out);
	for (size_t i = 0; cs_suite_at(i) != NULL; i++) {
		seed_welcome(w, cs_suite_at(i), true);
		seed_welcome(w, cs_suite_at(i), false);
	}
}

static void
seeds_credential(void)
{
	/* Behind the zero of the type. */
	seed("credential", "basic", 0, cs_view("\1\4name", 6));
	seed("credential", "x509-one", 0, cs_view("\2\5\4cert", 7));
	seed("credential", "x509-two", 0, cs_view("\2\6\3abc\1d", 8));
	seed("credential", "x509-none", 0, cs_view("\2\0", 2));
}

/* State on disk, and a tree with parents, of member 1. */
static void
seeds_saved(struct fuzz_world *w)
{
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_reader r = cs_reader(cs_buf_view(&w->saved));
	struct cs_mls_staged *staged;
	struct cs_buf commit = { 0 }, none = { 0 }, saved = { 0 }, tree = { 0 };

	seed("saved_group", "both", 0, cs_buf_view(&w->saved));
	seed("saved_group", "public", 1, cs_read_vec(&r));
	seed("saved_group", "secret", 2, cs_read_vec(&r));
	fuzz_ok(
	    cs_mls_commit_new(&staged, &commit, &none, w->m[1].group, &opt));
	fuzz_ok(cs_mls_staged_save(staged, &saved));
	seed("saved_group", "staged", 3, cs_buf_view(&saved));
	fuzz_ok(cs_mls_group_merge(w->m[1].group, staged));
	fuzz_ok(cs_mls_group_tree(w->m[1].group, &tree));
	seed("ratchet_tree", "with-parents", 1, cs_buf_view(&tree));
	cs_buf_reset(&saved);
	/* With an epoch that is over, and one that is exported from. */
	fuzz_ok(cs_mls_group_safe_export(
	    w->m[1].group, &(struct cs_mls_hash){ 0 }, 1));
	fuzz_ok(world_save(w->m[1].group, &saved));
	seed("saved_group", "later", 0, cs_buf_view(&saved));
	fuzz_world_restore(w);
	for (uint8_t mode = 0; mode < 3; mode++)
		seed("ratchet_tree",
		    (const char *[]){ "as-it-is", "fitted", "signed" }[mode],
		    mode, cs_buf_view(&w->tree));
	cs_buf_free(&commit);
	cs_buf_free(&none);
	cs_buf_free(&saved);
	cs_buf_free(&tree);
}

/* Steps of group_states_fuzz.c: what + 16 * who; the first is the mode. */
static void
seeds_states(void)
{
	seed("group_states", "life", 2,
	    cs_view("\x1a\x0e\x1d\x13\x2a\x1e\x2d\x0e\x0c\x1a\x0e", 11));
	seed("group_states", "private", 1,
	    cs_view("\x13\x04\x2a\x1e\x0f\0\x30\1\x1d\x0e", 10));
	seed("group_states", "proposals", 5,
	    cs_view("\x16\x28\x07\x03\x1a\x04\x2b\x0e\x1e", 9));
	seed("group_states", "reinit", 9, cs_view("\x1a\x0e\x0a", 3));
	/* By member 0, a public proposal: Remove 2; then all of it again. */
	seed("group_states", "made-up", 0,
	    cs_view("\1\0\6\0\3\0\0\0\2\x1a\x0f\0\x20\4\x1e", 15));
}

/* A request, its answer, and the certificates in that. */
static void
seeds_root(void)
{
	struct cs_sign_key key = fuzz_root();
	struct cs_buf request = { 0 }, answer = { 0 }, certs = { 0 };
	struct cs_writer w = cs_writer(&certs);
	struct hub_root_answer a;

	fuzz_root_request(&request);
	fuzz_ok(hub_root_answer_make(
	    &answer, cs_buf_view(&request), &key, FUZZ_ROOT_NOW));
	fuzz_ok(hub_root_answer_verify(&a, cs_buf_view(&answer),
	    cs_buf_view(&request), key.public, FUZZ_ROOT_NOW));
	for (size_t i = 0; i < a.n; i++)
		cs_write_vec(&w, a.certs[i]);
	fuzz_ok(cs_writer_end(&w));
	seed("root", "request", 0, cs_buf_view(&request));
	seed("root", "answer", 1, cs_buf_view(&answer));
	seed("root", "certificates", 2, cs_buf_view(&certs));
	cs_buf_free(&request);
	cs_buf_free(&answer);
	cs_buf_free(&certs);
}

/* A request of each kind, on a connection that may make it; the first byte of a
 * seed is the deed of opening that. */
static const struct {
	const char *name;
	const struct cs_wire_shape *shape;
	uint8_t kind;
	char role; /* as hub_line_fuzz has them; 'n': nobody */
} requests[] = {
	{ "ping", &cs_wire_empty_shape, CS_WIRE_PING, 'n' },
	{ "join", &cs_wire_join_shape, CS_WIRE_JOIN, 'n' },
	{ "login", &cs_wire_login_shape, CS_WIRE_LOGIN, 'n' },
	{ "link_ask", &cs_wire_link_ask_shape, CS_WIRE_LINK_ASK, 'n' },
	{ "recover", &cs_wire_recover_shape, CS_WIRE_RECOVER, 'n' },
	{ "key_packages_put", &cs_wire_key_packages_put_shape,
	    CS_WIRE_KEY_PACKAGES_PUT, 0 },
	{ "key_packages_get", &cs_wire_key_packages_get_shape,
	    CS_WIRE_KEY_PACKAGES_GET, 0 },
	{ "contact_set", &cs_wire_contact_set_shape, CS_WIRE_CONTACT_SET, 0 },
	{ "group_new", &cs_wire_group_new_shape, CS_WIRE_GROUP_NEW, 0 },
	{ "submit", &cs_wire_submit_shape, CS_WIRE_SUBMIT, 0 },
	{ "sync", &cs_wire_empty_shape, CS_WIRE_SYNC, 0 },
	{ "fetch", &cs_wire_fetch_shape, CS_WIRE_FETCH, 0 },
	{ "ack", &cs_wire_ack_shape, CS_WIRE_ACK, 0 },
	{ "welcomes", &cs_wire_empty_shape, CS_WIRE_WELCOMES, 0 },
	{ "blob_remove", &cs_wire_blob_get_shape, CS_WIRE_BLOB_REMOVE, 0 },
	{ "recovery_renew", &cs_wire_recovery_renew_shape,
	    CS_WIRE_RECOVERY_RENEW, 0 },
	{ "report", &cs_wire_report_shape, CS_WIRE_REPORT, 0 },
	{ "device_add", &cs_wire_device_add_shape, CS_WIRE_DEVICE_ADD, 0 },
	{ "device_remove", &cs_wire_device_remove_shape, CS_WIRE_DEVICE_REMOVE,
	    0 },
	{ "contacts", &cs_wire_empty_shape, CS_WIRE_CONTACTS, 0 },
	{ "groups", &cs_wire_empty_shape, CS_WIRE_GROUPS, 0 },
	{ "blob_put", &cs_wire_blob_put_shape, CS_WIRE_BLOB_PUT, 0 },
	{ "blob_get", &cs_wire_blob_get_shape, CS_WIRE_BLOB_GET, 0 },
	{ "group_info", &cs_wire_group_info_get_shape, CS_WIRE_GROUP_INFO, 0 },
	{ "group_link_set", &cs_wire_group_link_shape, CS_WIRE_GROUP_LINK_SET,
	    0 },
	{ "group_ask", &cs_wire_group_ask_shape, CS_WIRE_GROUP_ASK, 0 },
	{ "group_asks", &cs_wire_group_asks_get_shape, CS_WIRE_GROUP_ASKS, 0 },
	{ "group_ask_drop", &cs_wire_group_ask_drop_shape,
	    CS_WIRE_GROUP_ASK_DROP, 0 },
	{ "own_asks", &cs_wire_empty_shape, CS_WIRE_OWN_ASKS, 0 },
	{ "push_set", &cs_wire_push_set_shape, CS_WIRE_PUSH_SET, 0 },
	{ "push_clear", &cs_wire_empty_shape, CS_WIRE_PUSH_CLEAR, 0 },
	{ "notices", &cs_wire_empty_shape, CS_WIRE_NOTICES, 2 },
	{ "letter", &cs_wire_letter_shape, CS_WIRE_LETTER, 2 },
	{ "recovering", &cs_wire_device_add_shape, CS_WIRE_DEVICE_ADD, 3 },
	{ "desk_reports", &cs_wire_empty_shape, CS_WIRE_DESK_REPORTS, 1 },
	{ "desk_action", &cs_wire_desk_action_shape, CS_WIRE_DESK_ACTION, 1 },
	{ "desk_pins", &cs_wire_desk_pins_shape, CS_WIRE_DESK_PINS, 1 },
	{ "desk_head", &cs_wire_desk_head_shape, CS_WIRE_DESK_HEAD, 1 },
	{ "filing_piece", &cs_wire_filing_piece_shape, CS_WIRE_FILING_PIECE,
	    8 },
	{ "filing", &cs_wire_filing_shape, CS_WIRE_FILING, 8 },
	{ "filing_state", &cs_wire_filing_state_get_shape, CS_WIRE_FILING_STATE,
	    8 },
	{ "filings_open", &cs_wire_filings_get_shape, CS_WIRE_FILINGS_OPEN, 8 },
	{ "filings_months", &cs_wire_empty_shape, CS_WIRE_FILINGS_MONTHS, 8 },
	{ "desk_filings", &cs_wire_empty_shape, CS_WIRE_DESK_FILINGS, 1 },
	{ "desk_filing_piece", &cs_wire_desk_filing_piece_shape,
	    CS_WIRE_DESK_FILING_PIECE, 1 },
	{ "desk_filing_answer", &cs_wire_desk_filing_answer_shape,
	    CS_WIRE_DESK_FILING_ANSWER, 1 },
	{ "channel_set", &cs_wire_channel_set_shape, CS_WIRE_CHANNEL_SET, 0 },
	{ "channel_piece", &cs_wire_channel_piece_shape, CS_WIRE_CHANNEL_PIECE,
	    0 },
	{ "channel_post", &cs_wire_channel_post_shape, CS_WIRE_CHANNEL_POST,
	    0 },
	{ "channel_drop", &cs_wire_channel_drop_shape, CS_WIRE_CHANNEL_DROP,
	    0 },
	{ "channels", &cs_wire_empty_shape, CS_WIRE_CHANNELS, 0 },
	{ "channel_read", &cs_wire_channel_read_shape, CS_WIRE_CHANNEL_READ,
	    8 },
	{ "channel_bytes", &cs_wire_channel_bytes_get_shape,
	    CS_WIRE_CHANNEL_BYTES, 8 },
	{ "channel_directory", &cs_wire_empty_shape, CS_WIRE_CHANNEL_DIRECTORY,
	    8 },
};

static void
seeds_hub_line(void)
{
	uint64_t message[WIRE_STRUCT_MAX / 8];
	/* Opened; (logged in); asked twice; the round; closed. */
	static const uint8_t closed[] = { 5, 0, 0, 0, 3, 1, 0, 0 };

	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		struct cs_buf body = { 0 }, items = { 0 }, out = { 0 };
		struct cs_writer w = cs_writer(&out);

		fill(message, requests[i].shape, &items);
		fuzz_ok(cs_wire_write(&body, requests[i].shape, message));
		cs_write_bytes(&w, cs_view("\0\1", 2));
		if (requests[i].role != 'n')
			cs_write_bytes(&w,
			    cs_view((const uint8_t[]){ 2, 0,
					(uint8_t)requests[i].role },
				3));
		for (int k = 0; k < 2; k++) {
			cs_write_bytes(&w,
			    cs_view(
				(const uint8_t[]){ 3, 0, 1, requests[i].kind },
				4));
			cs_write_u16(&w, (uint16_t)body.len);
			cs_write_bytes(&w, cs_buf_view(&body));
		}
		cs_write_bytes(&w, CS_VIEW_OF(closed));
		fuzz_ok(cs_writer_end(&w));
		seed("hub_line", requests[i].name, 1, cs_buf_view(&out));
		cs_buf_free(&body);
		cs_buf_free(&items);
		cs_buf_free(&out);
	}
}

/* Two states of a log, what a member tells of it, and a proof out of it. */
static void
seeds_tlog_fault(void)
{
	struct cs_tlog_fault f = { .kind = CS_TLOG_FAULT_FORK };
	struct cs_safe_aad aad = { .has_told = true };
	struct cs_buf a = { 0 }, b = { 0 }, out = { 0 };
	struct seen_log log;

	seen_log_init(&log, "hub.example/log", 1700000000);
	seen_log_note(&a, &log, 3);
	seen_log_entry(&log, 1, cs_view_str("another"));
	seen_log_note(&b, &log, 7);
	f.a =
	    (struct cs_tlog_signed){ cs_buf_view(&log.cert), cs_buf_view(&a) };
	f.b =
	    (struct cs_tlog_signed){ cs_buf_view(&log.cert), cs_buf_view(&b) };
	fuzz_ok(cs_tlog_consistency_make(&f.proof, 3, 7, seen_log_node, &log));
	fuzz_ok(cs_tlog_root(&f.prefix, 3, seen_log_node, &log));
	fuzz_ok(cs_tlog_fault_write(&out, &f));
	seed("tlog_fault", "fork", 0, cs_buf_view(&out));
	f.kind = CS_TLOG_FAULT_ENTRY;
	f.promise.n = 1;
	f.stamp_cert = cs_buf_view(&log.stamp_cert);
	f.entry = cs_view_str("entry");
	cs_buf_reset(&out);
	fuzz_ok(cs_tlog_fault_write(&out, &f));
	seed("tlog_fault", "entry", 0, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_safe_aad_write(&out, &aad));
	seed("tlog_fault", "told", 1, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_csev_log_proof_write(
	    &out, cs_view_str("turn"), cs_view_str("proof")));
	seed("tlog_fault", "log-proof", 2, cs_buf_view(&out));
	cs_buf_free(&a);
	cs_buf_free(&b);
	cs_buf_free(&out);
	seen_log_clear(&log);
}

static void
seeds_filing(void)
{
	static const uint8_t place[] = "\2\14bob@hub.test";
	struct cs_filing_body body = { .what = CS_FILING_NOTICE,
		.category = CS_FILING_FRAUD,
		.flags = CS_FILING_GOOD_FAITH,
		.text = cs_view_str("text"),
		.n_places = 1,
		.places = { { CS_FILING_PLACE_HANDLE,
		    cs_view(place + 2, sizeof place - 3) } },
		.n_files = 1,
		.files = { { cs_view_str("a.csev"), cs_view_str("bytes") } } };
	const struct cs_filing_hash hash = { .label = cs_view_str("of me") };
	const struct cs_receipt receipt = { .number = 1,
		.what = CS_FILING_NOTICE,
		.category = CS_FILING_FRAUD,
		.hub = cs_view_str("hub.test") };
	const struct cs_filing_answer answer = { .number = 1,
		.outcome = CS_FILING_ACTED,
		.hub = cs_view_str("hub.test"),
		.text = cs_view_str("sealed") };
	const struct cs_filing_answered answered = { .number = 1,
		.outcome = CS_FILING_ACTED };
	struct cs_sign_key key = { 0 };
	struct cs_buf hashes = { 0 }, out = { 0 };

	fuzz_ok(cs_sign_key_from_seed(&key, key.seed));
	fuzz_ok(cs_filing_hash_add(&hashes, &hash));
	body.hashes = cs_buf_view(&hashes);
	fuzz_ok(cs_filing_body_write(&out, &body));
	seed("filing", "body", 0, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_receipt_make(&out, &receipt, &key));
	seed("filing", "receipt", 1, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_filing_answer_make(&out, &answer, &key));
	seed("filing", "answer", 1, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_filing_entry_write(&out, &receipt));
	seed("filing", "entry", 2, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_filing_answered_write(&out, &answered));
	seed("filing", "entry-answered", 2, cs_buf_view(&out));
	cs_buf_reset(&out);
	fuzz_ok(cs_filing_overdue_write(&out, 1, 2));
	seed("filing", "entry-overdue", 2, cs_buf_view(&out));
	seed("filing", "form", 3, cs_view_str("a=1+2%2B3&b=%D8%A7&c"));
	seed("filing", "parts", 4,
	    cs_view_str("--x\r\nContent-Disposition: form-data; name=\"f\"; "
			"filename=\"a\"\r\n\r\nbytes\r\n--x--\r\n"));
	seed("filing", "secret", 5,
	    cs_view_str("f0f1-f2f3-f4f5-f6f7-f8f9-fafb-fcfd-feff"));
	cs_buf_free(&out);
	cs_buf_free(&hashes);
}

int
main(int argc, char **argv)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_view kp = cs_buf_view(&w->m[FUZZ_NEWCOMER].key_package);

	if (argc != 2) {
		fprintf(stderr, "usage: make-seeds DIR\n");
		return 2;
	}
	root = argv[1];
	seeds_wire();
	seeds_tlog_fault();
	seeds_letter();
	seeds_filing();
	seeds_hub_line();
	seed("key_package", "as-it-is", 0, kp);
	seed("key_package", "signed-anew", 1, kp);
	seed("public_group", "group-info", 0, cs_buf_view(&w->info));
	seed("public_group", "group-info-signed", 1, cs_buf_view(&w->info));
	seed("public_group", "saved-public", 2, cs_buf_view(&w->saved_pub));
	seeds_credential();
	seeds_root();
	seeds_states();
	seeds_saved(w);
	seeds_welcome(w);
	/* Last: proposals stay in member 0's group. */
	seeds_message(w);
	return 0;
}
