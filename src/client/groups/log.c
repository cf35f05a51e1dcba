/* SPDX-License-Identifier: MIT */
/* Reading the logs of groups, from where this device stopped. */
#include "client/groups/log.h"

#include <string.h>

#include "client/groups/receive.h"
#include "client/home/activity.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/hub/call.h"
#include "client/hub/stamp.h"
#include "franking/stamp.h"

/* A page takes about so long: long enough for the way there and back, and short
 * enough to be read once more when the line breaks. */
#define PAGE_MS 3000
/* What is asked for at first, and at least and at most. */
#define PAGE_BYTES_FIRST ((uint32_t)32 << 10)
#define PAGE_BYTES_LEAST ((uint32_t)8 << 10)
#define PAGE_BYTES_MOST ((uint32_t)2 << 20)
/* How much larger the next one is at most, or smaller. */
#define PAGE_STEP 4

/* What was read up to a place that is on disk need not be given again. */
static enum cs_err
acknowledge(struct cs_client *c, struct cs_view group_id, uint64_t seq)
{
	const struct cs_wire_ack ack = {
		.group_id = group_id,
		.group_seq = seq,
	};

	return client_call_empty(c, CS_WIRE_ACK, &cs_wire_ack_shape, &ack);
}

/* Acknowledge ${g} when the next transaction has been synced. */
static enum cs_err
acknowledge_later(struct cs_client *c, const struct client_group *g)
{
	struct cs_writer w = cs_writer(&c->acks);

	cs_write_vec(&w, client_group_id(g));
	cs_write_u64(&w, g->seq);
	return cs_writer_end(&w);
}

enum cs_err
client_acks_flush(struct cs_client *c)
{
	struct cs_reader r = cs_reader(cs_buf_view(&c->acks));
	enum cs_err err = CS_OK;

	if (c->acks.len != 0 && c->link.online)
		err = cs_db_sync(c->db);
	while (err == CS_OK && c->link.online && cs_reader_more(&r)) {
		struct cs_view id = cs_read_vec(&r);

		err = acknowledge(c, id, cs_read_u64(&r));
	}
	/* What the hub did not hear, it gives again. */
	cs_buf_reset(&c->acks);
	return err == CS_ERR_DENIED ? CS_OK : err;
}

/* Have the certificates of the keys that stamped a page before a transaction is
 * open: nobody waits for the hub in one.  What there is none of, the entries
 * that want it say. */
static enum cs_err
learn_stamp_keys(struct cs_client *c, struct cs_view entries)
{
	struct cs_wire_entry entry;
	struct cs_stamp stamp;
	struct cs_buf cert = { 0 };
	uint8_t last[sizeof stamp.key_id] = { 0 };
	enum cs_err err = CS_OK;

	while (err == CS_OK &&
	    cs_wire_next(&entry, &cs_wire_entry_shape, &entries)) {
		if (cs_stamp_parse(&stamp, entry.stamp) != CS_OK ||
		    cs_view_equal(CS_VIEW_OF(last), CS_VIEW_OF(stamp.key_id)))
			continue;
		memcpy(last, stamp.key_id, sizeof last);
		err = client_stamp_cert(&cert, c, stamp.key_id);
		if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	cs_buf_free(&cert);
	return err;
}

/*
 * Take one page in one transaction: entries, their consequences, the MLS state
 * and the cursor change together.  If there are but messages of this device no
 * key was used, and whatever a power cut takes is read once more: that costs no
 * sync now, and is acknowledged later.
 */
static enum cs_err
take_page(struct cs_client *c, struct client_group *g, struct cs_view entries)
{
	enum cs_db_ending ending = CS_DB_SOON;
	struct cs_wire_entry entry;
	enum cs_err err;

	if ((err = learn_stamp_keys(c, entries)) || (err = cs_db_begin(c->db)))
		return err;
	while (err == CS_OK &&
	    cs_wire_next(&entry, &cs_wire_entry_shape, &entries)) {
		if (!client_receive_is_own(c, &entry))
			ending = CS_DB_GONE;
		err = client_receive(c, g, &entry);
	}
	if (err == CS_OK)
		err = client_group_store(c, g);
	if ((err = cs_db_end_as(c->db, err, ending)))
		return err;
	return ending == CS_DB_SOON
	    ? acknowledge_later(c, g)
	    : acknowledge(c, client_group_id(g), g->seq);
}

/* After a failure within a page, the state in memory is not the one on disk:
 * load it again. */
static enum cs_err
reload(struct cs_client *c, struct client_group *g)
{
	struct client_group fresh;
	enum cs_err err = client_group_load(&fresh, c, client_group_id(g));

	if (err) {
		client_group_clear(&fresh);
		return err;
	}
	client_group_clear(g);
	*g = fresh;
	return CS_OK;
}

/* How much to ask for, after ${asked} bytes were, of which ${came} did in
 * ${took_ms}. */
static uint32_t
next_bytes(uint32_t asked, size_t came, uint64_t took_ms)
{
	uint64_t fits = (uint64_t)came * PAGE_MS / (took_ms != 0 ? took_ms : 1);

	/* The end of a log says nothing of the line. */
	if (came < asked / 2 && took_ms < PAGE_MS)
		return asked;
	if (fits > (uint64_t)asked * PAGE_STEP)
		fits = (uint64_t)asked * PAGE_STEP;
	if (fits < asked / PAGE_STEP)
		fits = asked / PAGE_STEP;
	return fits < PAGE_BYTES_LEAST ? PAGE_BYTES_LEAST
	    : fits > PAGE_BYTES_MOST   ? PAGE_BYTES_MOST
				       : (uint32_t)fits;
}

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

static enum cs_err
fetch(struct cs_client *c, struct client_group *g, struct cs_buf *raw,
    uint32_t *n)
{
	uint32_t *bytes = &c->fetching.page_bytes;
	struct cs_wire_fetch ask = {
		.group_id = client_group_id(g),
		.after = g->seq,
		.max = CS_WIRE_FETCH_MAX,
	};
	struct cs_wire_fetch_answer answer;
	uint64_t from_ms = now_ms();
	enum cs_err err;

	/* What was shown of the last page ended what was said of waiting. */
	if (c->fetching.total > c->fetching.done)
		client_activity(
		    CS_CLIENT_FETCHING, c->fetching.done, c->fetching.total);
	ask.max_bytes = *bytes != 0 ? *bytes : PAGE_BYTES_FIRST;
	/* Should it break off, less of it is lost the next time. */
	*bytes = next_bytes(ask.max_bytes, 0, UINT64_MAX);
	if ((err = client_call(c, CS_WIRE_FETCH, &cs_wire_fetch_shape, &ask,
		 &cs_wire_fetch_answer_shape, &answer)))
		return err;
	*n = answer.entries.n;
	*bytes = next_bytes(
	    ask.max_bytes, answer.entries.raw.len, now_ms() - from_ms);
	/* Processing may ask the hub for certificates, which reuses the
	 * answer's buffer. */
	return cs_buf_set(raw, answer.entries.raw);
}

/* ${n} entries are stored; ${more}: others are to come. */
static enum cs_err
tell(struct cs_client *c, uint64_t n, bool more)
{
	struct client_fetching *f = &c->fetching;

	c->progress += n;
	f->done += n;
	if (f->total < f->done)
		f->total = f->done;
	client_activity(CS_CLIENT_FETCHING, f->done, f->total);
	return more && f->told != NULL ? f->told(f->arg, c) : CS_OK;
}

enum cs_err
client_log_read(struct cs_client *c, struct client_group *g)
{
	return client_log_read_to(c, g, UINT64_MAX);
}

enum cs_err
client_log_read_to(struct cs_client *c, struct client_group *g, uint64_t head)
{
	bool was_left = g->state == CS_CLIENT_LEFT;
	struct cs_buf raw = { 0 };
	uint64_t before;
	uint32_t n = 0;
	enum cs_err err = CS_OK;

	while (g->seq < head) {
		before = g->seq;
		if ((err = fetch(c, g, &raw, &n)) || n == 0)
			break;
		if ((err = take_page(c, g, cs_buf_view(&raw)))) {
			enum cs_err reloaded = reload(c, g);

			if (reloaded)
				err = reloaded;
			break;
		}
		/* What comes behind this device's removal is for a Welcome that
		 * brings it back, which is taken first. */
		if (g->seq == before ||
		    (err = tell(c, g->seq - before, g->seq < head)) ||
		    (!was_left && g->state == CS_CLIENT_LEFT))
			break;
	}
	cs_buf_free(&raw);
	return err;
}
