/* SPDX-License-Identifier: MIT */
#include "hub/witness/witness.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "family/channel.h"
#include "family/part.h"
#include "hub/talk/outward.h"
#include "hub/talk/talk.h"
#include "net/cosign.h"
#include "net/post.h"
#include "store/clock.h"
#include "store/file.h"
#include "tlog/tile.h"

#define ASK_MS 5000
#define FILE_MS 5000 /* for a file of the log's process */
/* A witness that fails is left alone for so long: twice as long each time. */
#define REST_MS (10 * CS_SECOND_MS)
#define REST_MAX_MS (10 * CS_MINUTE_MS)

struct process {
	struct cs_channel *log;
	bool gone; /* the log's process is */
	struct cs_tlog_policy policy;
	struct hub_outward out;
	/* Of each witness: what it cosigned last, and its rest. */
	struct known {
		uint64_t old, rest_ms, until_ms;
	} known[CS_TLOG_POLICY_EACH];
	struct cs_buf note; /* that is to be cosigned */
	uint64_t number;    /* of that */
	uint64_t files;     /* that were asked for */
};

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

/* ---- the log's process -------------------------------------------------- */

/* A cs_tlog_fetch_tile: nothing else is said meanwhile. */
static enum cs_err
fetch(void *arg, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct process *p = arg;
	struct cs_channel_message m = { 0 };
	char path[CS_TLOG_PATH_SIZE];
	enum cs_err err;

	cs_tlog_tile_path(path, tile);
	if ((err = cs_channel_put(p->log, HUB_TALK_TLOG_GET, ++p->files,
		 cs_view_str(path))) == CS_OK)
		err = cs_channel_await(&m, p->log, FILE_MS);
	if (err == CS_OK &&
	    (m.about != p->files ||
		(m.kind != HUB_TALK_TLOG_FILE && m.kind != HUB_TALK_TLOG_NONE)))
		err = CS_ERR_FORMAT;
	p->gone = p->gone || err;
	if (err)
		return err;
	return m.kind == HUB_TALK_TLOG_FILE ? cs_buf_add(out, m.bytes)
					    : CS_ERR_NOT_FOUND;
}

static void
tell(struct process *p, enum hub_talk_witness kind, struct cs_view bytes)
{
	if (!p->gone &&
	    (cs_channel_put(p->log, (uint8_t)kind, p->number, bytes) != CS_OK ||
		cs_channel_flush(p->log) != CS_OK))
		p->gone = true;
}

/* ---- one witness -------------------------------------------------------- */

/* C2SP tlog-witness, "Monitor Retrieval Mechanism": where it shows what it has
 * cosigned. */
static enum cs_err
place_of_shown(char *out, size_t size, const char *url, struct cs_view origin)
{
	uint8_t hash[CS_HASH_LEN];
	char hex[2 * CS_HASH_LEN + 1];
	size_t n = strlen(url);
	enum cs_err err = cs_sha256(hash, origin);

	if (err)
		return err;
	if (n != 0 && url[n - 1] == '/')
		n--;
	cs_hex(hex, CS_VIEW_OF(hash));
	return snprintf(out, size, "%.*s/%s/checkpoint", (int)n, url, hex) <
		(int)size
	    ? CS_OK
	    : CS_ERR_LIMIT;
}

/* The note by which a witness proves that it has cosigned something else: the
 * log's own key has signed it. */
static enum cs_err
get_shown(struct cs_buf *out, const struct process *p, const char *url)
{
	char place[CS_TLOG_POLICY_URL_MAX + 2 * CS_HASH_LEN + 16];
	struct cs_net_endpoint to;
	struct cs_net_post get = {
		.ssl_ctx = p->out.tls,
		.to = &to,
		.timeout_ms = ASK_MS,
		.answer = out,
	};
	struct cs_tlog_checkpoint c;
	struct cs_view text, lines;
	enum cs_err err;

	if ((err = cs_note_split(&text, &lines, cs_buf_view(&p->note))) ||
	    (err = cs_tlog_checkpoint_parse(&c, text)) ||
	    (err = place_of_shown(place, sizeof place, url, c.origin)) ||
	    (err = cs_net_url_parse(&to, cs_view_str(place))) ||
	    (err = cs_net_get(&get)))
		return err;
	return get.status == 200 ? CS_OK : CS_ERR_NOT_FOUND;
}

static void
tell_disagreement(struct process *p, const char *url)
{
	struct cs_buf shown = { .max = CS_TLOG_NOTE_MAX };

	if (get_shown(&shown, p, url) != CS_OK)
		cs_buf_reset(&shown);
	tell(p, HUB_TALK_DISAGREES, cs_buf_view(&shown));
	cs_buf_free(&shown);
}

static void
let_rest(struct known *k)
{
	k->rest_ms = k->rest_ms == 0       ? REST_MS
	    : k->rest_ms < REST_MAX_MS / 2 ? 2 * k->rest_ms
					   : REST_MAX_MS;
	k->until_ms = now_ms() + k->rest_ms;
}

static void
ask_one(struct process *p, size_t i, struct cs_tlog_tiles *tiles)
{
	struct known *k = &p->known[i];
	struct cs_buf line = { 0 };
	struct cs_net_cosign ask = {
		.to = &p->policy.witnesses[i],
		.note = cs_buf_view(&p->note),
		.read = cs_tlog_tiles_node,
		.arg = tiles,
		.ssl_ctx = p->out.tls,
		.timeout_ms = ASK_MS,
		.old = k->old,
	};
	enum cs_err err = cs_net_cosign(&line, &ask);

	if (err == CS_OK) {
		k->old = ask.old;
		k->rest_ms = 0;
		tell(p, HUB_TALK_COSIGNED, cs_buf_view(&line));
	} else {
		k->old = 0; /* it will say */
		let_rest(k);
		if (err == CS_ERR_MISMATCH ||
		    (err == CS_ERR_REFUSED && ask.status == 422))
			tell_disagreement(p, ask.to->url);
	}
	cs_buf_free(&line);
}

static void
ask_all(struct process *p)
{
	static struct cs_tlog_tiles tiles;
	struct cs_tlog_checkpoint c;
	struct cs_view text, lines;

	if (cs_note_split(&text, &lines, cs_buf_view(&p->note)) != CS_OK ||
	    cs_tlog_checkpoint_parse(&c, text) != CS_OK) {
		p->gone = true;
		return;
	}
	memset(&tiles, 0, sizeof tiles);
	tiles.size = c.size;
	tiles.fetch = fetch;
	tiles.arg = p;
	for (size_t i = 0; i < p->policy.n_witnesses && !p->gone; i++)
		if (p->policy.witnesses[i].url[0] != '\0' &&
		    (p->known[i].rest_ms == 0 ||
			now_ms() >= p->known[i].until_ms))
			ask_one(p, i, &tiles);
	tell(p, HUB_TALK_ASKED, cs_view(NULL, 0));
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_policy(struct process *p, int fd)
{
	struct cs_buf text = { 0 };
	unsigned line;
	enum cs_err err = cs_file_read_fd(&text, fd, CS_TLOG_POLICY_MAX);

	/* What is wrong with it the log's process says. */
	if (err == CS_OK)
		err =
		    cs_tlog_policy_parse(&p->policy, &line, cs_buf_view(&text));
	if (err)
		p->policy.n_witnesses = 0;
	cs_buf_free(&text);
	return err == CS_ERR_NOMEM ? err : CS_OK;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	const struct cs_channel_limits limits = { CS_TLOG_NOTE_MAX + CS_KIB,
		CS_MIB };
	struct process *p = arg;
	enum cs_err err = CS_OK;

	if (cs_hand_is(h, "link") && h->fd >= 0) {
		cs_channel_free(p->log);
		p->gone = false;
		return cs_channel_new(&p->log, h->fd, &limits);
	}
	if (cs_hand_is(h, "witnesses") && h->fd >= 0)
		err = take_policy(p, h->fd);
	if (err == CS_OK)
		err = hub_outward_take(&p->out, h);
	if (h->fd >= 0)
		close(h->fd);
	return err;
}

/* ---- the loop ----------------------------------------------------------- */

static void
serve(struct process *p)
{
	enum cs_err err = cs_channel_fill(p->log);
	struct cs_channel_message m;

	if (err == CS_OK && cs_channel_next(&m, p->log)) {
		p->number = m.about;
		err = m.kind == HUB_TALK_COSIGN ? cs_buf_set(&p->note, m.bytes)
						: CS_ERR_FORMAT;
		if (err == CS_OK)
			ask_all(p);
	}
	p->gone = p->gone || err;
}

static enum cs_err
run_round(struct process *p)
{
	struct pollfd fds[] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ p->log != NULL ? cs_channel_fd(p->log) : -1, POLLIN, 0 },
	};
	enum cs_err err;

	(void)poll(fds, 2, -1);
	if (fds[0].revents != 0 && (err = cs_part_take(p, take, false)))
		return err;
	if (fds[1].revents != 0 && p->log != NULL && fds[0].revents == 0)
		serve(p);
	if (p->gone) {
		cs_channel_free(p->log);
		p->log = NULL;
	}
	return CS_OK;
}

static enum cs_err
begin(struct process *p)
{
	enum cs_err err = hub_outward_begin(&p->out, HUB_WITNESS, p, take);

	/* Without authorities, witnesses with http:// can be asked. */
	return err ? err : cs_part_ready();
}

int
hub_witness_main(void)
{
	static struct process p;
	enum cs_err err = begin(&p);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&p);
	cs_channel_free(p.log);
	hub_outward_free(&p.out);
	cs_buf_free(&p.note);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
