/* SPDX-License-Identifier: MIT */
/*
 * Three members, an external sender and a hub; and
 * handshakes that are well signed and tagged by a member, and whatever else
 * they say is up to the test.
 */
#pragma once

#include "crypto/label.h"
#include "mls/group.h"
#include "mls/group_propose.h"
#include "support/mls_world.h"

struct scene {
	struct world_member m[3];
	struct cs_signer *external;
	struct cs_mls_public_group *hub;
};

/* ${sig}: of the external sender, which that of the suite is. */
static inline void
set_up_of(struct scene *s, enum cs_sig sig)
{
	struct cs_mls_extension senders = { CS_MLS_EXT_EXTERNAL_SENDERS,
		{ NULL, 0 } };
	struct cs_mls_options opt = world_options();
	struct cs_mls_external_sender sender;
	struct cs_buf data = { 0 }, info = { 0 };

	memset(s, 0, sizeof *s);
	assert_ok(cs_signer_new(&s->external, sig));
	sender = (struct cs_mls_external_sender){ cs_signer_public(s->external),
		{ CS_MLS_CREDENTIAL_BASIC, cs_view_str("hub") } };
	assert_ok(cs_mls_external_senders(&data, &sender, 1));
	senders.data = cs_buf_view(&data);
	assert_ok(
	    world_group(s->m, 3, (struct cs_mls_extensions){ &senders, 1 }));
	assert_ok(cs_mls_group_info(s->m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &s->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	cs_buf_free(&data);
	cs_buf_free(&info);
}

static inline void
set_up(struct scene *s)
{
	set_up_of(s, CS_ED25519);
}

static inline void
tear_down(struct scene *s)
{
	for (int i = 0; i < 3; i++)
		world_member_clear(&s->m[i]);
	cs_mls_public_group_free(s->hub);
	cs_signer_free(s->external);
}

/* ${body} as a message of member 0, or of the external sender. */
static inline void
send(struct cs_buf *out, const struct scene *s, enum cs_mls_content type,
    bool external, struct cs_view body)
{
	static const uint8_t tag[32] = { 1 };
	const struct cs_mls_group *g = s->m[0].group;
	struct cs_view context = cs_mls_public_context(&g->pub);
	struct cs_mls_signature signature;
	struct cs_mls_unverified c = {
		.wire = CS_MLS_WIRE_PUBLIC,
		.framed = cs_mls_group_frame(g, type, cs_view(NULL, 0), body),
	};

	if (external)
		c.framed.sender =
		    (struct cs_mls_sender){ CS_MLS_SENDER_EXTERNAL, 0 };
	if (type == CS_MLS_CONTENT_COMMIT)
		c.confirmation_tag = CS_VIEW_OF(tag);
	cs_buf_reset(out);
	assert_ok(cs_mls_framed_sign(&signature, c.wire, &c.framed,
	    external ? s->external : g->signer, context));
	c.signature = cs_view(signature.b, signature.n);
	assert_ok(cs_mls_public_message_seal(out, &c, g->pub.suite,
	    external ? NULL : &g->secrets.membership, context));
}

/* What member 1 and the hub make of it: the same. */
static inline void
judged(struct scene *s, enum cs_mls_content type, bool external,
    const struct cs_buf *body, enum cs_err want)
{
	struct cs_buf message = { 0 };
	struct cs_mls_received got;
	struct cs_mls_public_outcome o;

	send(&message, s, type, external, cs_buf_view(body));
	assert_err(
	    cs_mls_process(&got, s->m[1].group, cs_buf_view(&message)), want);
	assert_err(
	    cs_mls_public_process(&o, s->hub, cs_buf_view(&message)), want);
	cs_mls_received_clear(&got);
	cs_mls_public_outcome_clear(&o);
	cs_buf_free(&message);
}

static inline void
write_proposal(struct cs_buf *out, const struct cs_mls_proposal *p)
{
	struct cs_writer w = cs_writer(out);

	cs_buf_reset(out);
	cs_mls_proposal_write(&w, p);
	assert_ok(cs_writer_end(&w));
}

/* A commit of ${n} entries, with the path of ${path}, or without one. */
static inline void
write_commit_of(struct cs_buf *out, const struct cs_mls_proposal_or_ref *entry,
    size_t n, const struct cs_mls_update_path *path)
{
	struct cs_buf list = { 0 };
	struct cs_writer w = cs_writer(&list), wo = cs_writer(out);
	struct cs_mls_commit commit = { .n_proposals = n };

	cs_buf_reset(out);
	for (size_t i = 0; i < n; i++)
		cs_mls_proposal_or_ref_write(&w, &entry[i]);
	assert_ok(cs_writer_end(&w));
	commit.proposals = cs_buf_view(&list);
	if (path != NULL) {
		commit.has_path = true;
		commit.path = *path;
	}
	cs_mls_commit_write(&wo, &commit);
	assert_ok(cs_writer_end(&wo));
	cs_buf_free(&list);
}

static inline void
write_commit(struct cs_buf *out, const struct cs_mls_proposal_or_ref *entry)
{
	write_commit_of(out, entry, 1, NULL);
}

/* The path of an empty commit of ${m}, in ${hold}: good for an empty commit,
 * and there in others. */
static inline struct cs_mls_update_path
some_path(struct world_member *m, struct cs_buf *hold)
{
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_mls_staged *staged;
	struct cs_mls_public_message message;
	struct cs_mls_commit commit;
	struct cs_buf none = { 0 };
	struct cs_reader r;

	assert_ok(cs_mls_commit_new(&staged, hold, &none, m->group, &opt));
	cs_mls_staged_free(staged);
	r = cs_reader(cs_buf_view(hold));
	assert_int_equal(cs_mls_message_read(&r), CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_read(&r, &message);
	r = cs_reader(message.content.framed.body);
	cs_mls_commit_read(&r, &commit);
	assert_ok(cs_reader_end(&r));
	return commit.path;
}

/* ${message} comes to everybody but ${by}; commits are merged. */
static inline void
deliver(struct scene *s, const struct world_member *by,
    const struct cs_buf *message)
{
	struct cs_mls_public_outcome o;
	struct cs_mls_received got;

	assert_ok(cs_mls_public_process(&o, s->hub, cs_buf_view(message)));
	cs_mls_public_outcome_clear(&o);
	for (int i = 0; i < 3; i++) {
		if (&s->m[i] == by || s->m[i].group == NULL)
			continue;
		assert_ok(
		    cs_mls_process(&got, s->m[i].group, cs_buf_view(message)));
		if (got.event == CS_MLS_EVENT_COMMIT) {
			assert_ok(
			    cs_mls_group_merge(s->m[i].group, got.staged));
			got.staged = NULL;
		}
		cs_mls_received_clear(&got);
	}
}

/* ${by} commits, and everybody follows and agrees. */
static inline void
committed(struct scene *s, struct world_member *by,
    const struct cs_mls_commit_options *opt)
{
	struct cs_buf commit = { 0 }, welcome = { 0 };

	assert_ok(world_commit(by, opt, &commit, &welcome));
	deliver(s, by, &commit);
	for (int i = 0; i < 3; i++)
		assert_true(world_agree(by, &s->m[i]));
	assert_int_equal(
	    cs_mls_public_group_epoch(s->hub), cs_mls_group_epoch(by->group));
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}
