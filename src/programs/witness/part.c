/* SPDX-License-Identifier: MIT */
#include "programs/witness/part.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/report_error.h"
#include "crypto/init.h"
#include "family/confine.h"
#include "family/part.h"
#include "net/web_far.h"
#include "net/web_part.h"
#include "programs/witness/place.h"
#include "store/clock.h"
#include "store/tlog_seen.h"
#include "tlog/witness.h"

#define TEXT "text/plain; charset=utf-8"
#define CHECKPOINT "/checkpoint"
#define RETRY_S 10

struct part {
	struct cs_tlog_witness_key key;
	struct cs_tlog_witness witness;
	bool has_key;
	int web_link; /* -1: none that is new */
	struct cs_web_far *web;
	enum cs_err said; /* the last trouble that the operator was told of */
};

/* ---- requests ----------------------------------------------------------- */

/* What is not the fault of who asks.  It is said when it begins, and not again
 * and again. */
static void
trouble(struct part *p, struct cs_web_answer *answer, enum cs_err err)
{
	if (p->said != err) {
		if (err == CS_ERR_EXPIRED)
			fprintf(stderr,
			    "countersign-witness: the clock says an earlier "
			    "time than the last cosignature, so that nothing "
			    "is signed until it is later.\n");
		else
			fprintf(stderr,
			    "countersign-witness: a checkpoint was not "
			    "cosigned: %s.%s\n",
			    cs_err_text(err),
			    p->witness.broken
				? " Nothing more is signed until the witness "
				  "is started anew."
				: "");
	}
	p->said = err;
	answer->status = 503;
	answer->retry_after_s = RETRY_S;
}

static void
add_checkpoint(struct part *p, const struct cs_web_request *rq,
    struct cs_web_answer *answer)
{
	struct cs_tlog_witness_reply reply;
	enum cs_err err = cs_tlog_witness_add(
	    &reply, &p->witness, rq->body, cs_clock_ms() / CS_SECOND_MS);

	if (err) {
		trouble(p, answer, err);
		return;
	}
	answer->status = reply.status;
	cs_buf_move(&answer->body, &reply.body);
	if (reply.status == 409)
		answer->media_type = CS_TLOG_WITNESS_SIZE_TYPE;
	/* A log that it knows has signed this. */
	answer->known = reply.status == 200;
	if (reply.status == 200)
		p->said = CS_OK;
}

static void
show_checkpoint(struct part *p, const char *id, struct cs_web_answer *answer)
{
	enum cs_err err = cs_tlog_witness_show(&answer->body, &p->witness, id);

	answer->status = err == CS_ERR_NOT_FOUND ? 404 : 200;
	if (err && err != CS_ERR_NOT_FOUND)
		trouble(p, answer, err);
}

/* "/ID/checkpoint" */
static bool
asks_for(char id[static CS_TLOG_SEEN_ID_SIZE], const char *path)
{
	const size_t n = CS_TLOG_SEEN_ID_SIZE - 1;

	if (path[0] != '/' || strspn(path + 1, "0123456789abcdef") != n ||
	    strcmp(path + 1 + n, CHECKPOINT) != 0)
		return false;
	memcpy(id, path + 1, n);
	id[n] = '\0';
	return true;
}

static bool
is_method(const struct cs_web_request *rq, const char *method)
{
	return strcmp(rq->method, method) == 0;
}

static void
handle(void *arg, const struct cs_web_request *rq, struct cs_web_answer *answer)
{
	struct part *p = arg;
	char id[CS_TLOG_SEEN_ID_SIZE];

	answer->media_type = TEXT;
	if (strcmp(rq->path, CS_TLOG_WITNESS_PATH) == 0) {
		if (is_method(rq, "POST"))
			add_checkpoint(p, rq, answer);
		else
			answer->status = 405;
	} else if (asks_for(id, rq->path)) {
		if (is_method(rq, "GET") || is_method(rq, "HEAD"))
			show_checkpoint(p, id, answer);
		else
			answer->status = 405;
	} else {
		answer->status = 404;
	}
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct part *p = arg;
	enum cs_err err = CS_OK;

	if (h->fd < 0)
		return CS_OK;
	if (cs_hand_is(h, "link")) {
		if (p->web_link >= 0)
			close(p->web_link);
		p->web_link = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, HAND_LOGS) && p->witness.dir < 0) {
		p->witness.dir = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, HAND_LOCK))
		return CS_OK; /* it stays open */
	if (cs_hand_is(h, HAND_KEY)) {
		err = place_key_read(&p->key, h->fd);
		p->has_key = err == CS_OK;
	}
	close(h->fd);
	return err;
}

/* Begin with a web server that is new, or was started anew. */
static enum cs_err
take_web(struct part *p)
{
	const struct cs_web_far_config config = {
		.body_max = CS_TLOG_WITNESS_REQUEST_MAX,
		.arg = p,
		.handle = handle,
	};

	return cs_web_far_renew(&p->web, &p->web_link, &config);
}

/* ---- its life ----------------------------------------------------------- */

/* From now on it opens files in logs/, and nothing else. */
static enum cs_err
confine(const struct part *p)
{
	struct cs_confinement how = {
		.more = CS_CONFINE_FILES,
		.folder = p->witness.dir,
		.folder_too = -1,
	};
	struct cs_confined confined;
	struct stat st;

	if (fstat(p->witness.dir, &st) != 0)
		return CS_ERR_IO;
	how.uid = st.st_uid;
	return cs_confine(&confined, &how);
}

static enum cs_err
begin(struct part *p)
{
	enum cs_err err;

	if ((err = cs_part_begin(PART_SIGNER)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(p, take, true)))
		return err;
	if (!p->has_key || p->witness.dir < 0)
		return CS_ERR_MISUSE;
	p->witness.key = &p->key;
	if ((err = cs_tlog_seen_settle(p->witness.dir)) || (err = confine(p)) ||
	    (err = take_web(p)))
		return err;
	return cs_part_ready();
}

/* Until it is time to end. */
static enum cs_err
serve(struct part *p)
{
	enum cs_err err;

	for (;;) {
		struct pollfd fds[2] = {
			{ cs_part_socket(), POLLIN, 0 },
			{ -1, POLLIN, 0 },
		};

		if (p->web != NULL)
			fds[1].fd = cs_web_far_fd(p->web, &fds[1].events);
		(void)poll(fds, 2, -1);
		if (fds[0].revents != 0 &&
		    ((err = cs_part_take(p, take, false)) ||
			(err = take_web(p))))
			return err == CS_ERR_CLOSED ? CS_OK : err;
		/* It was not a web server that says such things. */
		if (fds[1].revents != 0 && p->web != NULL &&
		    cs_web_far_serve(p->web) != CS_OK) {
			cs_web_far_free(p->web);
			p->web = NULL;
		}
	}
}

static int
signer_main(void)
{
	static struct part p = { .web_link = -1, .witness = { .dir = -1 } };
	enum cs_err err = begin(&p);

	if (err)
		cs_part_failed(err);
	else
		err = serve(&p);
	cs_web_far_free(p.web);
	cs_wipe(&p.key, sizeof p.key);
	return err ? report_error(err, "The witness") : CLI_OK;
}

int
witness_part(const char *name)
{
	if (strcmp(name, CS_WEB_PART) == 0)
		return cs_web_part_main();
	return strcmp(name, PART_SIGNER) == 0 ? signer_main() : CLI_USAGE;
}
