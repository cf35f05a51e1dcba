/* SPDX-License-Identifier: MIT */
/*
 * Any message in any state.  The input is a list of steps, each a byte that
 * says what and who, and steps that bring bytes have them after a length.
 * Three members do what the steps say, and the messages that they make reach
 * the others or do not; what the fuzzer made up comes as it is, or signed and
 * sealed by a member.
 */

#include "fuzz/fuzz_dress.h"
#include "mls/group.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_STEPS 24

enum step {
	STEP_MESSAGE, /* bytes, dressed by one, to all */
	STEP_PRIVATE, /* handshakes are encrypted from here on */
	STEP_ADD,
	STEP_UPDATE,
	STEP_REMOVE,
	STEP_PSK,
	STEP_EXTENSIONS,
	STEP_SELF_REMOVE,
	STEP_EPHEMERAL,
	STEP_REINIT,
	STEP_COMMIT,
	STEP_COMMIT_ADD,
	STEP_EXTERNAL, /* somebody resyncs */
	STEP_RELOAD,
	STEP_TALK,
	STEP_AGAIN, /* the last message, with a byte changed */
	N_STEPS
};

struct state {
	struct fuzz_world *w;
	struct cs_mls_group *g[FUZZ_MEMBERS];
	struct cs_mls_options opt;
	struct cs_buf saved[FUZZ_MEMBERS];
	struct cs_buf last;
};

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	return id->type == CS_MLS_PSK_EXTERNAL ? cs_buf_add(out, id->id)
					       : CS_ERR_NOT_FOUND;
}

/* To everybody whose group it may be. */
static void
deliver(struct state *s, struct cs_view message, size_t not )
{
	struct cs_mls_received got;

	for (size_t i = 0; i < FUZZ_MEMBERS; i++) {
		enum cs_err err;

		if (i == not )
			continue;
		err = cs_mls_process(&got, s->g[i], message);
		fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
		if (err == CS_OK && got.event == CS_MLS_EVENT_COMMIT) {
			fuzz_ok(cs_mls_group_merge(s->g[i], got.staged));
			got.staged = NULL;
		}
		cs_mls_received_clear(&got);
	}
}

static void
made(struct state *s, size_t by, enum cs_err err, struct cs_buf *message)
{
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	if (err == CS_OK) {
		deliver(s, cs_buf_view(message), by);
		cs_buf_free(&s->last);
		cs_buf_move(&s->last, message);
	}
	cs_buf_free(message);
}

static void
propose(struct state *s, enum step what, size_t by)
{
	struct cs_view kp = cs_buf_view(&s->w->m[FUZZ_NEWCOMER].key_package);
	const struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("psk") };
	const struct cs_mls_reinit reinit = { .group_id = cs_view_str("next"),
		.suite_id = 1 };
	struct cs_mls_group *g = s->g[by];
	struct cs_mls_extensions none = { NULL, 0 };
	struct cs_buf m = { 0 };
	enum cs_err err = CS_OK;

	if (what == STEP_ADD)
		err = cs_mls_propose_add(&m, g, kp);
	else if (what == STEP_UPDATE)
		err = cs_mls_propose_update(&m, g);
	else if (what == STEP_REMOVE)
		err = cs_mls_propose_remove(&m, g, (by + 1) % FUZZ_MEMBERS);
	else if (what == STEP_PSK)
		err = cs_mls_propose_psk(&m, g, &psk);
	else if (what == STEP_EXTENSIONS)
		err = cs_mls_propose_extensions(&m, g, none);
	else if (what == STEP_SELF_REMOVE)
		err = cs_mls_propose_self_remove(&m, g);
	else if (what == STEP_EPHEMERAL)
		err = cs_mls_propose_ephemeral(&m, g, 1, cs_view_str("data"));
	else
		err = cs_mls_propose_reinit(&m, g, &reinit);
	made(s, by, err, &m);
}

static void
commit(struct state *s, bool add, size_t by)
{
	struct cs_view kp = cs_buf_view(&s->w->m[FUZZ_NEWCOMER].key_package);
	const struct cs_mls_commit_options opt = {
		.add = &kp,
		.n_add = add,
		.force_path = true,
	};
	struct cs_mls_staged *staged = NULL;
	struct cs_buf m = { 0 }, welcome = { 0 };
	enum cs_err err =
	    cs_mls_commit_new(&staged, &m, &welcome, s->g[by], &opt);

	if (err == CS_OK)
		fuzz_ok(cs_mls_group_merge(s->g[by], staged));
	made(s, by, err, &m);
	cs_buf_free(&welcome);
}

static void
resync(struct state *s, size_t by)
{
	const struct cs_mls_external_options ext = { .resync = true };
	struct cs_mls_group *g = NULL;
	struct cs_buf info = { 0 }, m = { 0 };
	enum cs_err err;

	if ((err = cs_mls_group_info(s->g[(by + 1) % FUZZ_MEMBERS], &info,
		 CS_MLS_WITH_TREE)) == CS_OK &&
	    (err = cs_mls_external_commit(&g, &m, cs_buf_view(&info),
		 &s->w->m[by].id, &s->opt, &ext)) == CS_OK) {
		cs_mls_group_free(s->g[by]);
		s->g[by] = g;
	}
	made(s, by, err, &m);
	cs_buf_free(&info);
}

static void
reload(struct state *s, size_t by)
{
	struct cs_buf a = { 0 }, b = { 0 };

	fuzz_ok(world_save(s->g[by], &a));
	cs_mls_group_free(s->g[by]);
	fuzz_ok(world_load(&s->g[by], cs_buf_view(&a), &s->opt));
	fuzz_ok(world_save(s->g[by], &b));
	fuzz_want(cs_view_equal(cs_buf_view(&a), cs_buf_view(&b)));
	cs_buf_free(&a);
	cs_buf_free(&b);
}

static void
talk(struct state *s, size_t by)
{
	struct cs_buf m = { 0 };
	enum cs_err err = cs_mls_protect(
	    &m, s->g[by], cs_view_str("aad"), cs_view_str("hello"));

	made(s, by, err, &m);
}

static void
made_up(struct state *s, struct cs_reader *r, size_t by)
{
	enum dress how = (enum dress)(cs_read_u8(r) % N_DRESSES);
	struct cs_view body = cs_read_bytes(r, cs_read_u16(r));
	struct cs_buf m = { 0 };

	if (r->err == CS_OK && !s->g[by]->ended &&
	    dress(&m, s->g[by], how, s->w->external, body) == CS_OK)
		deliver(s, cs_buf_view(&m), by);
	cs_buf_free(&m);
}

/* From whoever: it is checked by all. */
static void
change(struct state *s, struct cs_reader *r)
{
	uint16_t at = cs_read_u16(r);
	uint8_t bits = cs_read_u8(r);

	if (r->err != CS_OK || at >= s->last.len)
		return;
	s->last.data[at] ^= bits;
	deliver(s, cs_buf_view(&s->last), FUZZ_MEMBERS);
}

static void
run(struct state *s, struct cs_reader *r)
{
	uint8_t byte = cs_read_u8(r);
	size_t by = byte / N_STEPS % FUZZ_MEMBERS;
	enum step what = (enum step)(byte % N_STEPS);

	switch (what) {
	case STEP_MESSAGE:
		made_up(s, r, by);
		break;
	case STEP_PRIVATE:
		s->opt.encrypt_handshake = !s->opt.encrypt_handshake;
		for (size_t i = 0; i < FUZZ_MEMBERS; i++)
			cs_mls_group_set_options(s->g[i], &s->opt);
		break;
	case STEP_COMMIT:
	case STEP_COMMIT_ADD:
		commit(s, what == STEP_COMMIT_ADD, by);
		break;
	case STEP_EXTERNAL:
		resync(s, by);
		break;
	case STEP_RELOAD:
		reload(s, by);
		break;
	case STEP_TALK:
		talk(s, by);
		break;
	case STEP_AGAIN:
		change(s, r);
		break;
	default:
		propose(s, what, by);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct state s;
	struct cs_reader r = cs_reader(cs_view(data, size));

	s.w = fuzz_world();
	cs_test_fixed_random(2);
	s.opt = world_options();
	s.opt.psks.find = find_psk;
	for (size_t i = 0; i < FUZZ_MEMBERS; i++) {
		if (s.saved[i].len == 0)
			fuzz_ok(world_save(s.w->m[i].group, &s.saved[i]));
		fuzz_ok(world_load(&s.g[i], cs_buf_view(&s.saved[i]), &s.opt));
	}
	for (int i = 0; i < MAX_STEPS && cs_reader_more(&r); i++)
		run(&s, &r);
	for (size_t i = 0; i < FUZZ_MEMBERS; i++)
		cs_mls_group_free(s.g[i]);
	cs_buf_free(&s.last);
	return 0;
}
