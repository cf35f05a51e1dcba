/* SPDX-License-Identifier: MIT */
/* Members who keep their MLS state in memory. */
#include "programs/bench/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "crypto/random.h"
#include "franking/sender.h"
#include "franking/stamp.h"
#include "mls/group.h"
#include "programs/bench/bench.h"
#include "programs/bench/util.h"
#include "room/context.h"
#include "store/clock.h"

#define PADDING 256 /* what the client uses */

static enum cs_err
accept_all(void *arg, const struct cs_mls_auth_request *request)
{
	(void)arg;
	(void)request;
	return CS_OK;
}

static struct cs_mls_options
options(void)
{
	return (struct cs_mls_options){
		.auth = { accept_all, NULL },
		.now_s = cs_clock_ms() / 1000,
		.max_skip = 1000,
		.past_epochs = 3,
		.padding = PADDING,
	};
}

static struct cs_mls_identity
identity(const struct bench_member *m)
{
	uint64_t now = cs_clock_ms() / 1000;

	return (struct cs_mls_identity){
		.credential = cs_buf_view(&m->credential),
		.signer = m->signer,
		.not_before_s = now - 3600,
		.not_after_s = now + 86400,
	};
}

void
bench_member_init(struct bench_member *m, unsigned number)
{
	struct cs_device_cert cert = { 0 };
	uint64_t now = cs_clock_ms() / 1000;

	memset(m, 0, sizeof *m);
	cs_random(m->account, 16);
	/* Another run at the same hub may have the same numbers. */
	snprintf(m->handle, sizeof m->handle, "m%u-%02x%02x%02x%02x", number,
	    m->account[0], m->account[1], m->account[2], m->account[3]);
	cs_random(m->device, 16);
	bench_must(cs_sign_key_new(&m->account_key), "key");
	bench_must(cs_sign_key_new(&m->device_key), "key");
	bench_must(cs_signer_from_ed25519(&m->signer, &m->device_key), "key");
	memcpy(cert.account, m->account, 16);
	memcpy(cert.device, m->device, 16);
	memcpy(cert.public, m->device_key.public, 32);
	cert.handle = cs_view_str(m->handle);
	cert.not_before = now - 3600;
	cert.not_after = now + 86400;
	bench_must(cs_device_cert_make(&m->cert, &cert, &m->account_key),
	    "certificate");
}

void
bench_member_registered(struct bench_member *m, struct cs_view registrar_cert,
    struct cs_view account_cert)
{
	const struct cs_credential credential = {
		.registrar_cert = registrar_cert,
		.account_cert = account_cert,
		.n = 1,
		.devices = { cs_buf_view(&m->cert) },
	};
	struct cs_mls_identity id;

	bench_must(
	    cs_credential_write(&m->credential, &credential), "credential");
	id = identity(m);
	bench_must(cs_mls_key_package_new(&m->key_package, &m->secrets, &m->ref,
		       CS_SUITE_X25519_AES128, &id, CS_MLS_SINGLE_USE),
	    "key package");
}

void
bench_member_register(struct bench_member *m, const struct cs_sign_key *root)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct cs_account_cert account = {
		.handle = cs_view_str(m->handle),
		.from_ms = now * 1000,
	};
	struct cs_buf registrar_cert = { 0 }, account_cert = { 0 };

	memcpy(account.account, m->account, 16);
	memcpy(account.account_key, m->account_key.public, 32);
	/* The registrar's key is one that is at hand: the root's. */
	bench_must(cs_role_key_cert_make(&registrar_cert, CS_ROLE_REGISTRAR,
		       root->public, now - 3600, now + 86400, root),
	    "registrar");
	bench_must(
	    cs_account_cert_make(&account_cert, &account, root), "account");
	bench_member_registered(
	    m, cs_buf_view(&registrar_cert), cs_buf_view(&account_cert));
	cs_buf_free(&registrar_cert);
	cs_buf_free(&account_cert);
}

void
bench_member_clear(struct bench_member *m)
{
	if (m->session.net != NULL)
		cs_session_close(&m->session);
	cs_mls_group_free(m->group);
	cs_signer_free(m->signer);
	cs_buf_free(&m->credential);
	cs_buf_free(&m->cert);
	cs_buf_free(&m->key_package);
	cs_buf_free(&m->secrets);
	cs_wipe(m, sizeof *m);
}

static void
make_group(struct bench_member *a, const struct bench_pairing *how)
{
	const struct cs_room_operator op = {
		.hub = cs_view_str(how->hub_name),
		.root = how->root,
		.external_key = how->external_sender,
	};
	struct cs_buf context = { 0 };
	struct cs_mls_extension exts[2];
	struct cs_mls_options opt = options();
	struct cs_mls_identity id = identity(a);
	struct cs_view list;
	uint8_t group_id[32];

	cs_random(group_id, sizeof group_id);
	bench_must(cs_room_context_write(&context, &op, cs_view(NULL, 0), NULL),
	    "context");
	list = cs_buf_view(&context);
	for (unsigned i = 0; i < 2; i++)
		bench_must(cs_mls_extension_next(&list, &exts[i])
			? CS_OK
			: CS_ERR_FORMAT,
		    "context");
	bench_must(cs_mls_group_new(&a->group, CS_SUITE_X25519_AES128,
		       CS_VIEW_OF(group_id), &id,
		       (struct cs_mls_extensions){ exts, 2 }, &opt),
	    "group");
	bench_must(cs_group_ref(a->group_ref, CS_VIEW_OF(group_id)), "ref");
	cs_buf_free(&context);
}

static void
register_group(struct bench_member *a)
{
	struct cs_wire_group_new m;
	struct cs_wire_empty none;
	struct cs_buf info = { 0 };

	bench_must(
	    cs_mls_group_info(a->group, &info, CS_MLS_WITH_TREE), "info");
	m.group_info = cs_buf_view(&info);
	bench_must(
	    cs_session_call(&a->session, CS_WIRE_GROUP_NEW,
		&cs_wire_group_new_shape, &m, &cs_wire_empty_shape, &none),
	    "group at the hub");
	cs_buf_free(&info);
}

/* The hub lets a stranger in once the other has said so. */
static void
let_in(struct bench_member *owner, const struct bench_member *other)
{
	struct cs_wire_contact_set m = { .state = CS_WIRE_CONTACT_ACCEPTED };
	struct cs_wire_empty none;

	memcpy(m.account, other->account, 16);
	bench_must(
	    cs_session_call(&owner->session, CS_WIRE_CONTACT_SET,
		&cs_wire_contact_set_shape, &m, &cs_wire_empty_shape, &none),
	    "contact");
}

void
bench_pair(struct bench_member *a, struct bench_member *b,
    const struct bench_pairing *how)
{
	unsigned n = how->n;
	struct bench_member other;
	struct cs_buf *packages = cs_calloc(n, sizeof *packages);
	struct cs_view *views = cs_calloc(n, sizeof *views);
	struct cs_buf commit = { 0 }, welcome = { 0 }, info = { 0 };
	struct cs_mls_staged *staged = NULL;
	struct cs_mls_options opt = options();
	struct cs_mls_identity id = identity(b);
	struct cs_mls_commit_options c = { .add = views, .n_add = n - 1 };

	if (packages == NULL || views == NULL)
		bench_must(CS_ERR_NOMEM, "memory");
	make_group(a, how);
	views[0] = cs_buf_view(&b->key_package);
	for (unsigned i = 1; i + 1 < n; i++) {
		bench_member_init(&other, 1000 + i);
		bench_member_register(&other, &other.account_key);
		cs_buf_move(&packages[i], &other.key_package);
		views[i] = cs_buf_view(&packages[i]);
		bench_member_clear(&other);
	}
	bench_must(cs_mls_commit_new(&staged, &commit, &welcome, a->group, &c),
	    "commit");
	if (how->hub) {
		struct cs_wire_submit m = {
			.group_id = cs_mls_group_id(a->group),
			.message = cs_buf_view(&commit),
			.welcome = cs_buf_view(&welcome),
		};
		struct cs_wire_submit_answer answer;

		bench_must(cs_mls_staged_group_info(
			       &info, staged, a->group, CS_MLS_WITHOUT_TREE),
		    "info");
		m.group_info = cs_buf_view(&info);
		let_in(b, a);
		register_group(a);
		bench_must(cs_session_call(&a->session, CS_WIRE_SUBMIT,
			       &cs_wire_submit_shape, &m,
			       &cs_wire_submit_answer_shape, &answer),
		    "commit at the hub");
	}
	bench_must(cs_mls_group_merge(a->group, staged), "merge");
	bench_must(cs_mls_welcome_join(&b->group, cs_buf_view(&welcome),
		       cs_buf_view(&b->secrets), &id, &opt, NULL),
	    "join");
	memcpy(b->group_ref, a->group_ref, 32);
	for (unsigned i = 0; i < n; i++)
		cs_buf_free(&packages[i]);
	cs_free_plain(packages);
	cs_free_plain(views);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&info);
}

void
bench_send(struct cs_buf *message, struct bench_member *m, const char *hub_name,
    struct cs_view text, struct cs_buf *body)
{
	struct cs_mimi_content content = { .has_text = true, .text = text };
	struct cs_sender_frank f = { 0 };
	struct cs_safe_aad items = { 0 };
	struct cs_buf sender = { 0 }, room = { 0 }, aad = { 0 };

	cs_random(content.salt, sizeof content.salt);
	bench_must(
	    cs_mimi_user_uri(&sender, hub_name, cs_view_str(m->handle)), "uri");
	bench_must(cs_mimi_room_uri(&room, hub_name, m->group_ref), "uri");
	content.sender_uri = cs_buf_view(&sender);
	content.room_uri = cs_buf_view(&room);
	bench_must(cs_mimi_write(body, &content), "content");
	bench_must(
	    cs_franking_tag(f.tag, content.salt, cs_buf_view(body)), "tag");
	f.epoch = cs_mls_group_epoch(m->group);
	f.leaf = cs_mls_group_own_leaf(m->group);
	f.sender_seq = ++m->sender_seq;
	f.claimed_ms = cs_clock_ms();
	memcpy(f.group_ref, m->group_ref, 32);
	memcpy(f.account, m->account, 16);
	memcpy(f.device, m->device, 16);
	bench_must(cs_sender_sign(items.sig, &f, &m->device_key), "sign");
	memcpy(items.tag, f.tag, 32);
	items.sender_seq = f.sender_seq;
	items.claimed_ms = f.claimed_ms;
	bench_must(cs_safe_aad_write(&aad, &items), "aad");
	bench_must(cs_mls_protect(
		       message, m->group, cs_buf_view(&aad), cs_buf_view(body)),
	    "protect");
	cs_buf_free(&sender);
	cs_buf_free(&room);
	cs_buf_free(&aad);
}
