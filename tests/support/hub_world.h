/* SPDX-License-Identifier: MIT */
/* A hub's handlers without a network, and people
 * whose devices they know. */
#pragma once

#include <sys/socket.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "family/channel.h"
#include "franking/credential.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/fanout.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/schema.h"
#include "hub/core/tlog.h"
#include "hub/groups/log.h"
#include "hub/groups/recent.h"
#include "support/hub_signer.h"
#include "support/temp_dir.h"

struct hw_person {
	uint8_t account[16];
	struct cs_sign_key account_key;
	const char *handle;
};

struct hw_device {
	uint8_t id[16];
	struct cs_sign_key key;
	struct cs_buf cert; /* devices<V> of its credential */
	struct cs_buf credential;
	struct hub_conn conn;
};

struct hub_world {
	struct test_operator operator;
	struct temp_dir dir;
	struct cs_hub *hub;
	struct hub_signer signer;
	struct cs_channel *files; /* the other end of hub->files */
};

static inline void
hw_init(struct hub_world *w)
{
	w->dir = temp_dir_new();
	w->hub = cs_calloc(1, sizeof *w->hub);
	assert_non_null(w->hub);
	w->hub->now_ms = (uint64_t)1800000000 * 1000;
	test_operator_init(&w->operator, 1800000000);
	memcpy(w->hub->root_public, w->operator.root.public, CS_KEY_LEN);
	w->files = NULL;
	w->hub->blobs = -1;
	assert_ok(cs_db_open(&w->hub->db, temp_path(&w->dir, "hub.db"),
	    CS_DB_SHARED, &cs_hub_schema));
	hs_init(&w->signer, w->hub, &w->operator);
}

/* Somebody who has the files, and does nothing: what they are told waits. */
static inline void
hw_files(struct hub_world *w)
{
	const struct cs_channel_limits limits = { CS_MIB, CS_MIB };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_channel_new(&w->hub->files, pair[0], &limits));
	assert_ok(cs_channel_new(&w->files, pair[1], &limits));
}

static inline void
hw_clear(struct hub_world *w)
{
	cs_channel_free(w->hub->files);
	cs_channel_free(w->files);
	cs_db_close(w->hub->db);
	hub_log_free(w->hub);
	hub_recent_free(w->hub);
	hub_fanout_free(w->hub);
	hub_batch_free(w->hub);
	hub_budgets_free(w->hub);
	hs_clear(&w->signer);
	test_operator_clear(&w->operator);
	cs_free(w->hub, sizeof *w->hub);
	temp_dir_clear(&w->dir);
}

static inline void
hw_device_clear(struct hw_device *d)
{
	cs_buf_free(&d->cert);
	cs_buf_free(&d->credential);
}

static inline void
hw_device(struct hub_world *w, struct hw_device *d, const struct hw_person *p)
{
	uint64_t now = w->hub->now_ms / 1000;
	struct cs_device_cert cert = { .handle = cs_view_str(p->handle) };
	struct cs_credential credential;

	memset(d, 0, sizeof *d);
	cs_random(d->id, sizeof d->id);
	assert_ok(cs_sign_key_new(&d->key));
	memcpy(cert.account, p->account, 16);
	memcpy(cert.device, d->id, 16);
	memcpy(cert.public, d->key.public, 32);
	cert.not_before = now - 60;
	cert.not_after = now + 86400;
	test_credential(&d->credential, &w->operator, & cert, &p->account_key);
	assert_ok(
	    cs_credential_parse(&credential, cs_buf_view(&d->credential)));
	assert_ok(cs_credential_write_devices(&d->cert, &credential));
	d->conn.hub = w->hub;
	d->conn.role = HUB_DEVICE;
	memcpy(d->conn.account, p->account, 16);
	memcpy(d->conn.device, d->id, 16);
}

/* Somebody with a first device, as after a join. */
static inline void
hw_person(struct hub_world *w, struct hw_person *p, struct hw_device *d,
    const char *handle)
{
	struct cs_credential credential;

	memset(p, 0, sizeof *p);
	p->handle = handle;
	cs_random(p->account, sizeof p->account);
	assert_ok(cs_sign_key_new(&p->account_key));
	hw_device(w, d, p);
	assert_ok(
	    cs_credential_parse(&credential, cs_buf_view(&d->credential)));
	assert_ok(cs_db_exec(w->hub->db,
	    "INSERT INTO account(id,handle,key,registrar,cert,created)"
	    " VALUES(?,?,?,?,?,0)",
	    cs_blob(CS_VIEW_OF(p->account)), cs_text(cs_view_str(handle)),
	    cs_blob(CS_VIEW_OF(p->account_key.public)),
	    cs_blob(credential.registrar_cert),
	    cs_blob(credential.account_cert)));
	assert_ok(cs_db_exec(w->hub->db,
	    "INSERT INTO device(id,account,key,cert,created)"
	    " VALUES(?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(d->id)), cs_blob(CS_VIEW_OF(p->account)),
	    cs_blob(CS_VIEW_OF(d->key.public)),
	    cs_blob(cs_buf_view(&d->credential)), cs_int(w->hub->now_ms)));
}

/*
 * A request through its handler: 0 or the code of the refusal.  The answer,
 * parsed into ${answer} if that is not NULL, lives until the next call.
 */
static inline uint16_t
hw_ask(struct hub_world *w, struct hub_conn *conn, hub_handler *handle,
    const struct cs_wire_shape *shape, const void *message,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	struct hub_request rq = { .hub = w->hub, .conn = conn, .id = 1 };
	struct cs_buf body = { 0 };
	const struct hub_outgoing *o;
	struct cs_wire_frame frame;
	uint16_t code;

	w->hub->batch.len = 0;
	w->hub->n_out = 0;
	assert_ok(cs_wire_write(&body, shape, message));
	rq.body = cs_buf_view(&body);
	code = hub_refusal_of(&rq, handle(&rq));
	assert_ok(hub_log_flush(w->hub));
	if (code == 0 && answer != NULL) {
		o = &w->hub->out[w->hub->n_out - 1];
		assert_ok(cs_wire_frame_parse(&frame,
		    cs_view(w->hub->batch.data + o->from, o->to - o->from)));
		assert_ok(cs_wire_parse(answer, answer_shape, frame.body));
	}
	cs_buf_free(&rq.error_data);
	cs_buf_free(&body);
	return code;
}

/* As with a process that has the log, and has said that it is empty.  Returns
 * its end, for hw_log_end(). */
static inline struct cs_channel *
hw_log_begin(struct hub_world *w)
{
	const struct cs_channel_limits limits = { CS_MIB, CS_MIB };
	struct cs_channel *end;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_channel_new(&w->hub->tlog.process, pair[0], &limits));
	assert_ok(cs_channel_new(&end, pair[1], &limits));
	assert_ok(hub_tlog_told(w->hub, 0));
	return end;
}

static inline void
hw_log_end(struct hub_world *w, struct cs_channel *end)
{
	cs_channel_free(w->hub->tlog.process);
	w->hub->tlog.process = NULL;
	cs_channel_free(end);
}
