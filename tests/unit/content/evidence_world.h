/* SPDX-License-Identifier: MIT */
/*
 * An operator, three people and what they
 * said in two groups: everything that a bundle is made of.
 */
#pragma once

#include <stdlib.h>

#include "content/evidence.h"
#include "content/mimi_names.h"
#include "crypto/random.h"
#include "support/operator.h"
#include "support/test.h"

#define EW_NOW_S 1700000000u
#define EW_NOW_MS ((uint64_t)EW_NOW_S * 1000)
#define EW_MESSAGES 6
#define EW_GROUPS 2
#define EW_PEOPLE 3

struct ew_person {
	uint8_t account[16], device[16];
	struct cs_sign_key account_key, device_key;
	struct cs_buf cert, credential;
	const char *handle;
};

struct ew_message {
	struct cs_buf content;
	struct cs_capsule capsule;
	unsigned group;
};

struct ew {
	struct test_operator operator;
	struct cs_sign_key root, stamp_key;
	struct cs_buf stamp_cert;
	struct ew_person people[EW_PEOPLE];
	uint8_t group_ref[EW_GROUPS][32];
	uint8_t chain[EW_GROUPS][32];
	uint64_t seq[EW_GROUPS];
	struct ew_message messages[EW_MESSAGES];
	size_t n_messages;
	struct cs_buf photo, sealed; /* as is, and encrypted */
	struct cs_mimi_external part;
};

static inline void
ew_person_init(struct ew *w, struct ew_person *p, const char *handle)
{
	struct cs_device_cert cert = {
		.handle = cs_view_str(handle),
		.not_before = EW_NOW_S - 1000,
		.not_after = EW_NOW_S + 100000,
	};

	p->handle = handle;
	cs_random(p->account, sizeof p->account);
	cs_random(p->device, sizeof p->device);
	assert_ok(cs_sign_key_new(&p->account_key));
	assert_ok(cs_sign_key_new(&p->device_key));
	memcpy(cert.account, p->account, 16);
	memcpy(cert.device, p->device, 16);
	memcpy(cert.public, p->device_key.public, 32);
	assert_ok(cs_device_cert_make(&p->cert, &cert, &p->account_key));
	test_credential(&p->credential, &w->operator, & cert, &p->account_key);
}

/* ${person} encrypts ${bytes}, which it says to be of ${type}. */
static inline void
ew_seal_file(struct ew *w, struct cs_view bytes, const char *type)
{
	struct cs_media_sealer *s = NULL;
	struct cs_media_digests d;

	cs_buf_free(&w->sealed);
	w->part = (struct cs_mimi_external){
		.content_type = cs_view_str(type),
		.url = cs_view_str("https://hub.example/b/"
				   "00112233445566778899aabbccddeeff"),
		.filename = cs_view_str("photo.jpg"),
	};
	cs_random(w->part.key, sizeof w->part.key);
	assert_ok(cs_media_sealer_new(&s, w->part.key));
	assert_ok(cs_media_sealer_add(s, &w->sealed, bytes));
	assert_ok(cs_media_sealer_end(s, &w->sealed, &d));
	cs_media_sealer_free(s);
	memcpy(w->part.content_hash, d.content_hash, 32);
	memcpy(w->part.plain_sha256, d.plain_sha256, 32);
	w->part.size = d.size;
	w->part.plain_size = d.plain_size;
}

/* Tag and signature of the sender over ${m}'s content, and the hub's stamp. */
static inline void
ew_prove(struct ew *w, struct ew_message *m, const struct ew_person *p,
    const uint8_t salt[static 16])
{
	struct cs_capsule *c = &m->capsule;
	struct cs_stamp *s = &c->stamp;
	struct cs_sender_frank f = { 0 };

	c->application_data = cs_buf_view(&m->content);
	c->leaf = 1;
	c->sender_seq = w->n_messages + 1;
	c->credential = cs_buf_view(&p->credential);
	s->epoch = 3;
	s->group_seq = ++w->seq[m->group];
	s->accepted_ms = EW_NOW_MS + 1000 * s->group_seq;
	c->claimed_ms = s->accepted_ms - 20;
	memcpy(s->group_ref, w->group_ref[m->group], 32);
	memcpy(s->account, p->account, 16);
	memcpy(s->device, p->device, 16);
	assert_ok(cs_franking_tag(s->tag, salt, c->application_data));
	cs_random(s->msg_hash, sizeof s->msg_hash);
	memcpy(s->chain_prev, w->chain[m->group], 32);
	memcpy(f.tag, s->tag, 32);
	memcpy(f.group_ref, s->group_ref, 32);
	f.epoch = s->epoch;
	f.leaf = c->leaf;
	memcpy(f.account, s->account, 16);
	memcpy(f.device, s->device, 16);
	f.sender_seq = c->sender_seq;
	f.claimed_ms = c->claimed_ms;
	assert_ok(cs_sender_sign(c->sig, &f, &p->device_key));
	assert_ok(cs_stamp_sign(s, w->root.public, &w->stamp_key));
	assert_ok(cs_stamp_chain(w->chain[m->group], s));
}

/* ${person} says ${text} in ${group}, with the file at hand if ${file}. */
static inline struct ew_message *
ew_say(
    struct ew *w, unsigned group, unsigned person, const char *text, bool file)
{
	const struct ew_person *p = &w->people[person];
	struct ew_message *m = &w->messages[w->n_messages];
	struct cs_mimi_content content = { 0 };
	struct cs_buf sender = { 0 }, room = { 0 };

	assert_true(w->n_messages < EW_MESSAGES);
	m->group = group;
	cs_random(content.salt, sizeof content.salt);
	assert_ok(
	    cs_mimi_user_uri(&sender, "hub.example", cs_view_str(p->handle)));
	assert_ok(cs_mimi_room_uri(&room, "hub.example", w->group_ref[group]));
	content.sender_uri = cs_buf_view(&sender);
	content.room_uri = cs_buf_view(&room);
	content.has_text = true;
	content.text = cs_view_str(text);
	if (file) {
		content.n_external = 1;
		content.external[0] = w->part;
	}
	assert_ok(cs_mimi_write(&m->content, &content));
	ew_prove(w, m, p, content.salt);
	w->n_messages++;
	cs_buf_free(&sender);
	cs_buf_free(&room);
	return m;
}

/*
 * Two groups.  In the first "first", "second", something undisclosed twice, and
 * a photo; in the second one message.
 */
static inline void
ew_init(struct ew *w, struct cs_view photo)
{
	static const char *const handles[] = { "alma", "boris", "cleo" };

	memset(w, 0, sizeof *w);
	cs_test_fixed_random(7);
	test_operator_init(&w->operator, EW_NOW_S);
	w->root = w->operator.root;
	assert_ok(cs_sign_key_new(&w->stamp_key));
	assert_ok(cs_stamp_key_cert_make(&w->stamp_cert, w->stamp_key.public,
	    EW_NOW_S - 500, EW_NOW_S + 50000, &w->root));
	for (size_t i = 0; i < EW_PEOPLE; i++)
		ew_person_init(w, &w->people[i], handles[i]);
	for (size_t i = 0; i < EW_GROUPS; i++)
		assert_ok(cs_group_ref(
		    w->group_ref[i], cs_view_str(i == 0 ? "one" : "two")));
	assert_ok(cs_buf_add(&w->photo, photo));
	ew_seal_file(w, photo, "image/jpeg");
	(void)ew_say(w, 0, 0, "first", false);
	(void)ew_say(w, 0, 1, "second", false);
	(void)ew_say(w, 0, 0, "of no concern", false);
	(void)ew_say(w, 0, 2, "nor this", false);
	(void)ew_say(w, 0, 1, "look", true);
	(void)ew_say(w, 1, 1, "you will regret it", false);
}

static inline void
ew_clear(struct ew *w)
{
	for (size_t i = 0; i < EW_PEOPLE; i++) {
		cs_buf_free(&w->people[i].cert);
		cs_buf_free(&w->people[i].credential);
	}
	for (size_t i = 0; i < EW_MESSAGES; i++)
		cs_buf_free(&w->messages[i].content);
	test_operator_clear(&w->operator);
	cs_buf_free(&w->stamp_cert);
	cs_buf_free(&w->photo);
	cs_buf_free(&w->sealed);
	cs_test_real_random();
}

/* A report of cleo on some of the messages. */
struct ew_report {
	struct cs_evidence_input in;
	struct cs_evidence_input_item items[EW_MESSAGES];
	struct cs_evidence_media media;
	struct cs_evidence_gap gap;
	uint8_t hashes[2 * 32];
};

/* Messages are picked by number, in any order; -1 ends. */
static inline void
ew_pick(struct ew_report *r, struct ew *w, const int *which)
{
	struct cs_evidence_input *in = &r->in;

	memset(r, 0, sizeof *r);
	memset(in->report_id, 0x11, sizeof in->report_id);
	in->created_ms = EW_NOW_MS + 60000;
	in->reason = CS_REASON_THREAT_TO_LIFE;
	in->note = cs_view_str("He knows where she lives.");
	in->items = r->items;
	in->mode = CS_CSEV_NAMED;
	in->credential = cs_buf_view(&w->people[2].credential);
	in->device_key = &w->people[2].device_key;
	memcpy(in->root_public, w->root.public, 32);
	r->media.with_key = true;
	r->media.bytes = cs_buf_view(&w->sealed);
	for (; *which >= 0; which++) {
		struct cs_evidence_input_item *item = &r->items[in->n_items++];

		item->capsule = w->messages[*which].capsule;
		item->stamp_key_cert = cs_buf_view(&w->stamp_cert);
		item->media = &r->media;
		item->n_media = *which == 4;
	}
}

/* The hashes of the two that stay undisclosed. */
static inline void
ew_gap(struct ew_report *r, struct ew *w)
{
	memcpy(r->gap.group_ref, w->group_ref[0], 32);
	r->gap.first_seq = 3;
	r->gap.leafhashes = CS_VIEW_OF(r->hashes);
	assert_ok(cs_stamp_leafhash(r->hashes, &w->messages[2].capsule.stamp));
	assert_ok(
	    cs_stamp_leafhash(r->hashes + 32, &w->messages[3].capsule.stamp));
	r->in.gaps = &r->gap;
	r->in.n_gaps = 1;
}
