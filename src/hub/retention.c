/* SPDX-License-Identifier: MIT */
#include "hub/retention.h"

#include "hub/accounts/account.h"
#include "hub/blobs/blob.h"
#include "hub/blobs/pin.h"
#include "hub/channels/channel.h"
#include "hub/core/budget.h"
#include "hub/core/push.h"
#include "hub/filings/filing.h"
#include "hub/groups/ask.h"

#define EVERY_MS (10 * CS_MINUTE_MS)
#define ROWS cs_int(HUB_SWEEP_ROWS)

/* ---- steps: each drops at most HUB_SWEEP_ROWS, and says how many -------- */

static uint64_t
window(const struct cs_hub *hub)
{
	return hub->now_ms - HUB_KEEP_MS;
}

/* Entries of the log from before ${before_ms}. */
static enum cs_err
drop_entries(int64_t *n, struct cs_hub *hub, enum cs_mls_content content,
    uint64_t before_ms)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM log WHERE (grp,seq) IN (SELECT grp,seq FROM log"
	    " WHERE content=? AND accepted<? LIMIT ?)",
	    cs_int(content), cs_int(before_ms), ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

static enum cs_err
messages(int64_t *n, struct cs_hub *hub)
{
	return drop_entries(n, hub, CS_MLS_CONTENT_APPLICATION, window(hub));
}

/* Handshakes after so long go, read or not. */
static enum cs_err
old_commits(int64_t *n, struct cs_hub *hub)
{
	return drop_entries(
	    n, hub, CS_MLS_CONTENT_COMMIT, hub->now_ms - HUB_KEEP_HANDSHAKE_MS);
}

static enum cs_err
old_proposals(int64_t *n, struct cs_hub *hub)
{
	return drop_entries(n, hub, CS_MLS_CONTENT_PROPOSAL,
	    hub->now_ms - HUB_KEEP_HANDSHAKE_MS);
}

/* Read on in the handshakes that some device may not have read; those that all
 * have go.  The one that made the epoch stays for those who lose against it:
 * it is in the report window, or nobody is behind it. */
static enum cs_err
read_handshakes(int64_t *n, struct cs_hub *hub, enum cs_mls_content content)
{
	struct hub_sweep *at = &hub->sweep;
	uint64_t last_ms, last_seq;
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT accepted,seq FROM log WHERE content=?"
	    " AND (accepted,seq)>(?,?) AND accepted<?"
	    " ORDER BY accepted,seq LIMIT 1 OFFSET ?",
	    cs_int(content), cs_int(at->after_ms), cs_int(at->after_seq),
	    cs_int(window(hub)), cs_int(HUB_SWEEP_ROWS - 1));
	last_ms = err == CS_OK ? cs_col_int(&row, 0) : window(hub);
	last_seq = err == CS_OK ? cs_col_int(&row, 1) : 0;
	*n = err == CS_OK ? HUB_SWEEP_ROWS : 0;
	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	if ((err = cs_rows_end(&row, err)))
		return err;
	err = cs_db_exec(hub->db,
	    "DELETE FROM log WHERE (grp,seq) IN (SELECT grp,seq FROM log AS l"
	    " WHERE content=? AND (accepted,seq)>(?,?)"
	    " AND (accepted,seq)<=(?,?) AND NOT EXISTS(SELECT 1 FROM member"
	    " WHERE member.grp=l.grp AND cursor<l.seq)"
	    " AND NOT EXISTS(SELECT 1 FROM past_member AS p"
	    " WHERE p.grp=l.grp AND p.cursor<l.seq))",
	    cs_int(content), cs_int(at->after_ms), cs_int(at->after_seq),
	    cs_int(last_ms), cs_int(last_seq));
	at->after_ms = *n != 0 ? last_ms : 0;
	at->after_seq = *n != 0 ? last_seq : 0;
	return err;
}

static enum cs_err
read_commits(int64_t *n, struct cs_hub *hub)
{
	return read_handshakes(n, hub, CS_MLS_CONTENT_COMMIT);
}

static enum cs_err
read_proposals(int64_t *n, struct cs_hub *hub)
{
	return read_handshakes(n, hub, CS_MLS_CONTENT_PROPOSAL);
}

static enum cs_err
welcomes(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM welcome WHERE id IN (SELECT id FROM welcome"
	    " WHERE created<? LIMIT ?)",
	    cs_int(window(hub)), ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

static enum cs_err
key_packages(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM key_package WHERE id IN (SELECT id FROM key_package"
	    " WHERE not_after<? LIMIT ?)",
	    cs_int(hub->now_ms / CS_SECOND_MS), ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

static enum cs_err
tickets(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err;

	*n = 0;
	if ((err = cs_db_exec(hub->db, "DELETE FROM link WHERE expires<?",
		 cs_int(hub->now_ms))))
		return err;
	return cs_db_exec(hub->db,
	    "DELETE FROM invite WHERE uses=0 OR expires<?",
	    cs_int(hub->now_ms));
}

static enum cs_err
blobs(int64_t *n, struct cs_hub *hub)
{
	*n = 0;
	return hub_blob_sweep(hub);
}

static enum cs_err
channel_pieces(int64_t *n, struct cs_hub *hub)
{
	return hub_channel_pieces_sweep(n, hub);
}

static enum cs_err
filing_pieces(int64_t *n, struct cs_hub *hub)
{
	return hub_filing_pieces_sweep(n, hub);
}

/* A browser that is used says anew where it gets its pushes. */
static enum cs_err
pushes(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM push WHERE device IN (SELECT device FROM push"
	    " WHERE since<? LIMIT ?)",
	    cs_int(hub->now_ms - HUB_PUSH_KEEP_MS), ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

/* Answered, without an open question or second look. */
static enum cs_err
reports(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM report WHERE id IN (SELECT id FROM report"
	    " WHERE updated<? AND state>=? AND sealed IS NULL"
	    " AND question=x'' AND second_look<>? LIMIT ?)",
	    cs_int(hub->now_ms - HUB_KEEP_ANSWER_MS),
	    cs_int(CS_WIRE_REPORT_REJECTED), cs_int(CS_WIRE_SECOND_LOOK_ASKED),
	    ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

static enum cs_err
letters(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM letter WHERE id IN (SELECT id FROM letter"
	    " WHERE updated<? AND state>? AND sealed IS NULL LIMIT ?)",
	    cs_int(hub->now_ms - HUB_KEEP_ANSWER_MS),
	    cs_int(CS_WIRE_APPEAL_RECEIVED), ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

/* Those that are over. */
static enum cs_err
actions(int64_t *n, struct cs_hub *hub)
{
	uint64_t before = hub->now_ms - HUB_KEEP_ANSWER_MS;
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM action WHERE id IN (SELECT id FROM action"
	    " WHERE applied<? AND (kind IN (?,?)"
	    " OR (reversed<>0 AND reversed<?)"
	    " OR (until<>0 AND until<?)) LIMIT ?)",
	    cs_int(before), cs_int(CS_WIRE_ACTION_WARN),
	    cs_int(CS_WIRE_ACTION_REVERSE), cs_int(before), cs_int(before),
	    ROWS);

	*n = cs_db_changes(hub->db);
	return err;
}

/* A device that stays in a group until its removal is committed stays here. */
static enum cs_err
devices(int64_t *n, struct cs_hub *hub)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT id FROM device WHERE removed<>0 AND removed<?"
	    " AND NOT EXISTS(SELECT 1 FROM member WHERE device=device.id"
	    " AND until_seq IS NULL) LIMIT ?",
	    cs_int(window(hub)), ROWS);
	while (err == CS_OK && cs_rows_next(&rows))
		err = cs_buf_add(&ids, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	for (size_t i = 0; err == CS_OK && i + CS_ID_LEN <= ids.len;
	     i += CS_ID_LEN) {
		struct cs_view id = cs_view(ids.data + i, CS_ID_LEN);

		if ((err = cs_db_exec(hub->db,
			 "DELETE FROM member WHERE device=?", cs_blob(id))) ==
			CS_OK &&
		    (err = cs_db_exec(hub->db,
			 "DELETE FROM past_member WHERE device=?",
			 cs_blob(id))) == CS_OK)
			err = cs_db_exec(hub->db,
			    "DELETE FROM device WHERE id=?", cs_blob(id));
	}
	*n = (int64_t)(ids.len / CS_ID_LEN);
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
accounts(int64_t *n, struct cs_hub *hub)
{
	return hub_accounts_forget(n, hub, window(hub));
}

/* How what was stamped hangs together with the log: nobody asks after that. */
static enum cs_err
turns(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM tlog_node WHERE (turn,level,at) IN (SELECT turn,level,"
	    "at FROM tlog_turn JOIN tlog_node ON turn=n WHERE ended<? LIMIT ?)",
	    cs_int(window(hub)), ROWS);

	*n = cs_db_changes(hub->db);
	if (err || *n != 0)
		return err;
	err = cs_db_exec(hub->db,
	    "DELETE FROM tlog_turn WHERE n IN"
	    " (SELECT n FROM tlog_turn WHERE ended<? LIMIT ?)",
	    cs_int(window(hub)), ROWS);
	*n = cs_db_changes(hub->db);
	return err;
}

typedef enum cs_err step(int64_t *n, struct cs_hub *hub);
static step *const steps[] = { messages, read_commits, read_proposals,
	old_commits, old_proposals, welcomes, key_packages, tickets,
	hub_asks_sweep, hub_pins_sweep, blobs, reports, letters, actions,
	devices, accounts, pushes, turns, filing_pieces, channel_pieces,
	hub_budgets_sweep };
#define STEPS (sizeof steps / sizeof *steps)

/* ---- one after the other ------------------------------------------------ */

bool
hub_retention_due(const struct cs_hub *hub)
{
	return hub->sweep.under_way;
}

void
hub_retention_work(struct cs_hub *hub)
{
	struct hub_sweep *at = &hub->sweep;
	int64_t n = 0;
	enum cs_err err;

	if (!at->under_way && hub->now_ms < at->next_ms)
		return;
	at->under_way = true;
	err = cs_db_begin(hub->db);
	if (err == CS_OK)
		err = cs_db_end(hub->db, steps[at->step](&n, hub));
	if (err == CS_OK && n >= HUB_SWEEP_ROWS)
		return;
	at->after_ms = at->after_seq = 0;
	at->step = (at->step + 1) % STEPS;
	at->under_way = at->step != 0;
	if (!at->under_way)
		at->next_ms = hub->now_ms + EVERY_MS;
}
