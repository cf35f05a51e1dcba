/* SPDX-License-Identifier: MIT */
/* Telling the user of the desk's decisions, each once. */
#include "client/reports/news.h"

#include "client/home/client.h"
#include "client/home/message.h"
#include "client/reports/notice.h"
#include "crypto/hash.h"

#define FACTS_MAX 240 /* in a sentence; "notices" shows all */

static bool
is_answered(const struct cs_wire_notice *item)
{
	return item->appeal >= CS_WIRE_APPEAL_UPHELD;
}

/* A decision is news twice: when it is made, and when an appeal against it is
 * answered. */
enum news { DECIDED, ANSWERED };

/* Is it the first time that the hub shows this? */
static enum cs_err
is_new(bool *out, struct cs_client *c, const struct cs_wire_notice *item,
    enum news news)
{
	const uint8_t what = news;
	const struct cs_view parts[] = { { &what, 1 },
		CS_VIEW_OF(item->signature), item->action };
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	*out = false;
	if ((err = cs_hash_parts(hash, CS_SHA256, parts, 3)) ||
	    (err = cs_db_exec(c->db,
		 "INSERT INTO told(hash) VALUES(?) ON CONFLICT(hash) DO"
		 " NOTHING",
		 cs_blob(CS_VIEW_OF(hash)))))
		return err;
	*out = cs_db_changes(c->db) != 0;
	return CS_OK;
}

static const char *
deed(const struct cs_client_notice *n)
{
	switch (n->kind) {
	case CS_WIRE_ACTION_DISABLE:
		return "has disabled this account";
	case CS_WIRE_ACTION_REVERSE:
		return "has taken back a decision about this account";
	case CS_WIRE_ACTION_WARN:
		return "warns you";
	case CS_WIRE_ACTION_QUARANTINE:
		return "has locked a file that you sent";
	default:
		return "has ended a conversation of yours";
	}
}

/* Cut the text at the end of a character. */
static struct cs_view
cut(struct cs_view text)
{
	size_t n = text.len;

	if (n > FACTS_MAX)
		for (n = FACTS_MAX; n > 0 && (text.data[n] & 0xc0) == 0x80;)
			n--;
	return cs_view(text.data, n);
}

static enum cs_err
tell_decision(struct cs_client *c, const struct cs_client_notice *n)
{
	struct cs_view facts = cut(n->facts);

	return client_warning(c, NULL,
	    "The report desk %s%s%.*s%s \"countersign notices\" shows the "
	    "whole decision.",
	    deed(n), facts.len != 0 ? ": " : ".", (int)facts.len,
	    (const char *)facts.data,
	    facts.len < n->facts.len ? " [...]"
		: facts.len != 0     ? "."
				     : "");
}

static enum cs_err
tell_one(struct cs_client *c, const struct cs_wire_notice *item)
{
	struct cs_client_notice n;
	bool first, answer = false;
	enum cs_err err = client_notice_read(&n, c, item);
	bool lie = err && cs_err_class(err) == CS_ERR_CLASS_THEIRS;

	if (err && !lie)
		return err;
	if ((err = is_new(&first, c, item, DECIDED)) ||
	    (!lie && is_answered(item) &&
		(err = is_new(&answer, c, item, ANSWERED))))
		return err;
	if (first && lie)
		return client_warning(c, NULL,
		    "The hub shows a decision about this account that is not "
		    "the report desk's. Do not believe it.");
	if (first && (err = tell_decision(c, &n)))
		return err;
	return answer ? client_warning(c, NULL,
			    "The report desk has answered your appeal: "
			    "\"countersign notices\" shows how.")
		      : CS_OK;
}

enum cs_err
client_notices_take(struct cs_client *c, struct cs_view list)
{
	struct cs_wire_notice item;
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_notice_shape, &list))
		err = tell_one(c, &item);
	return cs_db_end(c->db, err);
}
