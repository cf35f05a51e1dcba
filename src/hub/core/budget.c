/* SPDX-License-Identifier: MIT */
#include "hub/core/budget.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "crypto/short_hash.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/spent.h"

#define LIMIT CS_WIRE_E_LIMIT
#define DAY CS_DAY_MS
#define MINUTE CS_MINUTE_MS

const struct hub_budget hub_budgets[HUB_BUDGETS] = {
	/* ---- connections ------------------------------------------------ */
	[HUB_B_CONNECTIONS] = { "connections", "connections at once",
	    HUB_PER_HUB, 20000, 0, 0,
	    "A descriptor and some 20 KiB each; fewer where the system "
	    "allows fewer open files. When all are taken, the oldest stranger "
	    "makes room." },
	[HUB_B_STRANGERS] = { "strangers",
	    "connections that have proved nothing", HUB_PER_HUB, 2000, 0, 0,
	    "The rest is kept for members. A login takes less than a second, "
	    "so that of 2,000 the oldest is not somebody who logs in." },
	[HUB_B_STRANGERS_ADDRESS] = { "strangers-address",
	    "connections that have proved nothing", HUB_PER_ADDRESS, 128, 0, 0,
	    "Many people may share an address, and few of them log in in the "
	    "same second." },
	[HUB_B_CONNECTS_ADDRESS] = { "connects-address", "new connections",
	    HUB_PER_ADDRESS, 6000, MINUTE, 0,
	    "A TLS handshake costs about a millisecond: one address gets a "
	    "tenth of a processor." },
	[HUB_B_CONNECTS] = { "connects", "new connections", HUB_PER_HUB, 300,
	    CS_SECOND_MS, 0,
	    "A third of a processor. Over it an address gets few of them "
	    "(connects-busy), and whoever comes once gets in." },
	[HUB_B_CONNECTS_BUSY] = { "connects-busy",
	    "new connections while there are too many", HUB_PER_ADDRESS, 2,
	    CS_SECOND_MS, 0, "An office behind one address." },
	[HUB_B_CONNECTIONS_DEVICE] = { "connections-device",
	    "connections at once", HUB_PER_DEVICE, 8, 0, 0,
	    "A device needs one, and leaves dead ones behind when its network "
	    "changes; the oldest makes room." },
	/* ---- requests and answers --------------------------------------- */
	[HUB_B_REQUESTS] = { "requests", "requests, by their cost",
	    HUB_PER_DEVICE, 30000, MINUTE, LIMIT,
	    "A phone that comes back to a thousand groups after a month asks "
	    "some 10,000 times." },
	[HUB_B_REQUESTS_DAY] = { "requests-day", "requests, by their cost",
	    HUB_PER_ACCOUNT, 3000000, DAY, LIMIT,
	    "A hundred minutes at the highest speed." },
	[HUB_B_STRANGER_REQUESTS] = { "stranger-requests",
	    "requests before the login", HUB_PER_ADDRESS, 6000, MINUTE, LIMIT,
	    "One for each new connection: to join, to link, to log in." },
	[HUB_B_BYTES] = { "bytes", "bytes of requests", HUB_PER_DEVICE,
	    256 * CS_MIB, MINUTE, LIMIT,
	    "Ten of the largest commits, and whatever is said meanwhile." },
	[HUB_B_BYTES_DAY] = { "bytes-day", "bytes of requests", HUB_PER_ACCOUNT,
	    4 * CS_GIB, DAY, LIMIT,
	    "A few thousand messages are some megabytes; files go another "
	    "way." },
	[HUB_B_ROUND_REQUESTS] = { "round-requests", "requests, by their cost",
	    HUB_PER_CONNECTION, 64, 0, 0,
	    "In one round of the hub; what else has come waits until the "
	    "others had their turn." },
	[HUB_B_ROUND_BYTES] = { "round-bytes", "bytes of requests and answers",
	    HUB_PER_CONNECTION, 512 * CS_KIB, 0, 0,
	    "In one round: some milliseconds of copying." },
	[HUB_B_WAITING] = { "waiting", "bytes of answers not yet read",
	    HUB_PER_CONNECTION, CS_MIB, 0, 0,
	    "Over it the next request waits. One answer more, of a few MiB, "
	    "may wait beyond it." },
	[HUB_B_WAITING_ALL] = { "waiting-all", "bytes of answers not yet read",
	    HUB_PER_HUB, 256 * CS_MIB, 0, 0,
	    "Memory that any hub has. Over it whoever has most waiting is cut "
	    "off." },
	/* ---- groups ----------------------------------------------------- */
	[HUB_B_MESSAGES] = { "messages", "messages", HUB_PER_DEVICE, 1200,
	    MINUTE, LIMIT, "Twenty a second: no hand types so fast." },
	[HUB_B_MESSAGES_DAY] = { "messages-day", "messages", HUB_PER_ACCOUNT,
	    20000, DAY, LIMIT, "Heavy users write a few thousand." },
	[HUB_B_MESSAGE_BYTES_DAY] = { "message-bytes-day", "bytes of messages",
	    HUB_PER_ACCOUNT, 256 * CS_MIB, DAY, LIMIT,
	    "20,000 messages of 13 KiB; a text has mostly less than one." },
	[HUB_B_PROPOSALS] = { "proposals", "proposals", HUB_PER_DEVICE, 120,
	    MINUTE, LIMIT,
	    "To leave a group, or to take an own device out of it; the rules "
	    "of rooms bound how many wait." },
	[HUB_B_COMMITS_MEMBER] = { "commits-member", "commits", HUB_PER_MEMBER,
	    120, MINUTE, LIMIT,
	    "Each moves the whole group, and makes the others' changes begin "
	    "again." },
	[HUB_B_COMMITS_GROUP] = { "commits-group", "commits", HUB_PER_GROUP,
	    600, MINUTE, LIMIT,
	    "Each member has to follow each; a thousand members whose keys "
	    "are refreshed weekly make six an hour." },
	[HUB_B_HANDSHAKE_BYTES_DAY] = { "handshake-bytes-day",
	    "bytes of commits and proposals", HUB_PER_ACCOUNT, 256 * CS_MIB,
	    DAY, LIMIT,
	    "They are kept for up to a year. In a group of 5,000 the largest "
	    "commit has about 1 MiB." },
	[HUB_B_GROUPS] = { "groups", "devices in groups", HUB_PER_ACCOUNT,
	    10000, 0, LIMIT, "More would make each login slow." },
	[HUB_B_GROUPS_DAY] = { "groups-day", "new groups", HUB_PER_ACCOUNT,
	    1000, DAY, LIMIT, "Somebody moves here with all conversations." },
	[HUB_B_GROUP_NOTES_DAY] = { "group-notes-day", "notes about groups",
	    HUB_PER_ACCOUNT, 10000, DAY, LIMIT,
	    "One for each group, when they are written anew." },
	/* ---- files ------------------------------------------------------ */
	[HUB_B_FILES_DAY] = { "files-day", "files", HUB_PER_ACCOUNT, 5000, DAY,
	    LIMIT, "All the photos of a long journey." },
	[HUB_B_FILE_BYTES_DAY] = { "file-bytes-day", "bytes of files",
	    HUB_PER_ACCOUNT, 4 * CS_GIB, DAY, LIMIT,
	    "Forty of the largest files." },
	[HUB_B_FILES] = { "files", "files kept", HUB_PER_ACCOUNT, 50000, 0,
	    LIMIT, "They go after 30 days." },
	[HUB_B_FILE_BYTES] = { "file-bytes", "bytes of files kept",
	    HUB_PER_ACCOUNT, 40 * CS_GIB, 0, LIMIT,
	    "Ten days at the highest speed." },
	[HUB_B_UPLOADS] = { "uploads", "uploads at once", HUB_PER_ACCOUNT, 8, 0,
	    0, "A device sends one at a time; the oldest makes room." },
	[HUB_B_UPLOADS_ALL] = { "uploads-all", "uploads at once", HUB_PER_HUB,
	    1000, 0, 0, "A descriptor and a hash each." },
	/* ---- people ----------------------------------------------------- */
	[HUB_B_KEY_PACKAGES_PUT_DAY] = { "key-packages-put-day",
	    "key packages given", HUB_PER_DEVICE, 2000, DAY, LIMIT,
	    "A device keeps 100 here, and each is good for one new group." },
	[HUB_B_KEY_PACKAGES_GET_DAY] = { "key-packages-get-day",
	    "requests for somebody's key packages", HUB_PER_ACCOUNT, 5000, DAY,
	    LIMIT, "A few groups of a thousand in a day." },
	[HUB_B_CONTACTS] = { "contacts", "contacts kept", HUB_PER_ACCOUNT,
	    20000, 0, LIMIT,
	    "A new one needs room; those that are there can be changed and "
	    "blocked for ever." },
	[HUB_B_CONTACTS_DAY] = { "contacts-day", "changes of contacts",
	    HUB_PER_ACCOUNT, 20000, DAY, LIMIT,
	    "All of them once, when their notes are written anew." },
	[HUB_B_NEW_CONTACTS_DAY] = { "new-contacts-day",
	    "strangers that are written to", HUB_PER_ACCOUNT, 50, DAY, LIMIT,
	    "Who writes to more strangers in a day sends advertisements." },
	[HUB_B_OFFERS] = { "offers", "key packages of a stranger",
	    HUB_PER_CONTACT, 5, 0, LIMIT,
	    "One is enough; more for connections that broke." },
	[HUB_B_DEVICES] = { "devices", "devices", HUB_PER_ACCOUNT,
	    CS_WIRE_DEVICES_MAX, 0, LIMIT,
	    "Each is a member of each of its account's groups." },
	[HUB_B_DEVICES_DAY] = { "devices-day", "new devices", HUB_PER_ACCOUNT,
	    50, DAY, LIMIT, "All of them lost, and all replaced, twice." },
	[HUB_B_REVOCATIONS_DAY] = { "revocations-day", "devices removed",
	    HUB_PER_ACCOUNT, 100, DAY, LIMIT,
	    "More than can be added; members fetch each." },
	[HUB_B_LINKS_DAY] = { "links-day", "codes to link a device",
	    HUB_PER_ACCOUNT, 200, DAY, LIMIT, "Each is good for ten minutes." },
	[HUB_B_GROUP_LINKS_DAY] = { "group-links-day", "links to groups",
	    HUB_PER_ACCOUNT, 200, DAY, LIMIT,
	    "Made, shown again or ended; each ends what waits at the one "
	    "before." },
	[HUB_B_ASKS_DAY] = { "asks-day", "asks to be let into a group",
	    HUB_PER_ACCOUNT, 50, DAY, LIMIT,
	    "As many as strangers that are written to." },
	[HUB_B_ASKS] = { "asks", "asks kept", HUB_PER_ACCOUNT,
	    CS_WIRE_OWN_ASKS_MAX, 0, LIMIT, "They go after 14 days." },
	[HUB_B_ASKS_GROUP] = { "asks-group", "asks that wait", HUB_PER_GROUP,
	    CS_WIRE_GROUP_ASKS_MAX, 0, LIMIT,
	    "People look at each; a link that gets more is in wrong hands." },
	[HUB_B_TRIES_CONNECTION] = { "tries-connection",
	    "tries to join, link or recover", HUB_PER_CONNECTION, 5, 0, LIMIT,
	    "A person makes few mistakes; then the connection ends." },
	[HUB_B_TRIES_ADDRESS] = { "tries-address", "wrong invites",
	    HUB_PER_ADDRESS, 100, CS_HOUR_MS, LIMIT,
	    "Guessing 128 bits is hopeless; this makes it slow as well." },
	[HUB_B_EXPORTS_DAY] = { "exports-day", "exports of the account",
	    HUB_PER_ACCOUNT, 50, DAY, LIMIT, "Each reads all that is there." },
	/* ---- the desk --------------------------------------------------- */
	[HUB_B_REPORTS_DAY] = { "reports-day", "reports", HUB_PER_ACCOUNT, 200,
	    DAY, LIMIT, "People read them." },
	[HUB_B_REPORTS_UNREAD] = { "reports-unread",
	    "reports that the desk has not fetched", HUB_PER_ACCOUNT, 100, 0,
	    CS_WIRE_E_DESK_BUSY,
	    "A desk that is away for a weekend is no reason to refuse; a flood "
	    "is." },
	[HUB_B_REPORT_BYTES_UNREAD] = { "report-bytes-unread",
	    "bytes of reports that the desk has not fetched", HUB_PER_ACCOUNT,
	    64 * CS_MIB, 0, CS_WIRE_E_DESK_BUSY,
	    "Nothing that the desk has not read is dropped to make room." },
	[HUB_B_LETTERS_DAY] = { "letters-day", "letters to the desk",
	    HUB_PER_ACCOUNT, 20, DAY, LIMIT, "The desk reads each." },
	/* ---- those who file something from outside ----------------------- */
	[HUB_B_FILINGS_ADDRESS] = { "filings-address", "notices without a key",
	    HUB_PER_ADDRESS, 20, CS_HOUR_MS, CS_WIRE_E_WORK,
	    "A person files one, and somebody who counsels many a handful. "
	    "Whoever has more has a key." },
	[HUB_B_FILINGS_FREE] = { "filings-free",
	    "notices without a key or work", HUB_PER_HUB, 300, CS_HOUR_MS,
	    CS_WIRE_E_WORK, "People read them. Over it, work is asked for." },
	[HUB_B_FILINGS_WORKED] = { "filings-worked",
	    "notices without a key, but with work", HUB_PER_HUB, 1000,
	    CS_HOUR_MS, LIMIT,
	    "Some hundred milliseconds of a processor each: who floods pays "
	    "more "
	    "than who files." },
	[HUB_B_FILINGS_ORGANISATION] = { "filings-organisation",
	    "notices by a key", HUB_PER_ORGANISATION, 5000, CS_HOUR_MS, LIMIT,
	    "A list by CSV in one go." },
	[HUB_B_FILING_BYTES_ADDRESS] = { "filing-bytes-address",
	    "bytes of notices", HUB_PER_ADDRESS, 256 * CS_MIB, CS_HOUR_MS,
	    LIMIT, "A dozen of the largest." },
	[HUB_B_FILING_BYTES] = { "filing-bytes", "bytes of notices",
	    HUB_PER_HUB, 4 * CS_GIB, CS_HOUR_MS, LIMIT,
	    "They wait on the hub's disk until the desk has fetched them." },
	[HUB_B_FILING_TRIES] = { "filing-tries", "wrong secrets of notices",
	    HUB_PER_ADDRESS, 100, CS_HOUR_MS, LIMIT,
	    "Nobody guesses 128 bits; this spares the disk." },
	[HUB_B_CHANNELS_DAY] = { "channels-day", "channels made or changed",
	    HUB_PER_ACCOUNT, 20, DAY, LIMIT, "A person has one or two." },
	[HUB_B_CHANNEL_POSTS_DAY] = { "channel-posts-day", "posts in channels",
	    HUB_PER_ACCOUNT, 200, DAY, LIMIT,
	    "Somebody who reports from a place all day." },
	[HUB_B_CHANNEL_BYTES_DAY] = { "channel-bytes-day",
	    "bytes of posts in channels", HUB_PER_ACCOUNT, 256 * CS_MIB, DAY,
	    LIMIT, "Some hundred photos." },
};

const char *
hub_per_name(enum hub_per per)
{
	static const char *const names[] = { "hub", "address", "connection",
		"device", "account", "group", "member", "contact",
		"organisation" };

	return names[per];
}

uint64_t
hub_budget_amount_times(uint64_t times, enum hub_budget_id id)
{
	/* What a round does, what waits in memory and what is open at once is
	 * for everybody's sake. */
	bool fixed = id == HUB_B_CONNECTIONS || id == HUB_B_UPLOADS_ALL ||
	    (id >= HUB_B_ROUND_REQUESTS && id <= HUB_B_WAITING_ALL);

	return hub_budgets[id].amount * (times != 0 && !fixed ? times : 1);
}

uint64_t
hub_budget_amount(const struct cs_hub *hub, enum hub_budget_id id)
{
	return hub_budget_amount_times(hub->budget_times, id);
}

/* ---- what was spent ----------------------------------------------------- */

/* Those of a day that are an account's outlive the hub. */
static bool
is_kept(const struct hub_budget *b)
{
	return b->per == HUB_PER_ACCOUNT &&
	    (b->window_ms == 0 || b->window_ms >= CS_DAY_MS);
}

static bool
is_over(const struct hub_budget *b, const struct hub_spent *s, uint64_t now_ms)
{
	return b->window_ms != 0 &&
	    (now_ms < s->since_ms || now_ms - s->since_ms >= b->window_ms);
}

/* ---- in memory ---------------------------------------------------------- */

/*
 * Of a set the one whose window began first makes room: who has many scopes
 * may so be counted too little, but nobody is counted too much, and the memory
 * stays what it is.  Strangers' addresses have a table of their own, so that
 * they push no member out.
 */
#define SETS 4096
#define WAYS 8

struct slot {
	uint64_t key; /* 0: free */
	struct hub_spent spent;
};

struct hub_counters {
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	struct slot slots[2][SETS][WAYS];
};

static struct hub_spent *
look_up(struct cs_hub *hub, enum hub_budget_id id, struct cs_view scope)
{
	const struct hub_budget *b = &hub_budgets[id];
	uint8_t named[1 + 2 * CS_WIRE_GROUP_ID_MAX] = { (uint8_t)id };
	struct slot *set, *oldest;
	uint64_t key;

	if (hub->counters == NULL) {
		hub->counters = cs_calloc(1, sizeof *hub->counters);
		if (hub->counters == NULL)
			return NULL;
		cs_random(hub->counters->key, sizeof hub->counters->key);
	}
	if (scope.len != 0)
		memcpy(named + 1, scope.data, scope.len);
	key = cs_short_hash(hub->counters->key, cs_view(named, 1 + scope.len));
	key += key == 0;
	set = hub->counters->slots[b->per != HUB_PER_ADDRESS][key % SETS];
	oldest = &set[0];
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i].spent;
		if (set[i].spent.since_ms < oldest->spent.since_ms)
			oldest = &set[i];
	}
	*oldest =
	    (struct slot){ .key = key, .spent = { .since_ms = hub->now_ms } };
	return &oldest->spent;
}

/* What each request takes of is written later. */
static bool
is_lazy(enum hub_budget_id id)
{
	return id == HUB_B_REQUESTS_DAY || id == HUB_B_BYTES_DAY ||
	    id == HUB_B_MESSAGES_DAY || id == HUB_B_MESSAGE_BYTES_DAY;
}

/* ---- spending ----------------------------------------------------------- */

enum cs_err
hub_over(struct hub_request *rq, enum hub_budget_id id, uint64_t wait_ms)
{
	const struct cs_wire_retry retry = {
		.seconds =
		    (uint32_t)((wait_ms + CS_SECOND_MS - 1) / CS_SECOND_MS),
	};
	enum cs_err err;

	cs_buf_reset(&rq->error_data);
	if (hub_budgets[id].code == CS_WIRE_E_LIMIT &&
	    (err = cs_wire_write(
		 &rq->error_data, &cs_wire_retry_shape, &retry)))
		return err;
	return hub_refuse(rq, hub_budgets[id].code);
}

static enum cs_err
add(struct hub_request *rq, enum hub_budget_id id, struct hub_spent *s,
    uint64_t amount)
{
	const struct hub_budget *b = &hub_budgets[id];
	uint64_t most = hub_budget_amount(rq->hub, id), now = rq->hub->now_ms;

	if (is_over(b, s, now))
		*s = (struct hub_spent){ .since_ms = now };
	if (s->n >= most || amount > most - s->n)
		return hub_over(rq, id,
		    b->window_ms != 0 ? s->since_ms + b->window_ms - now : 0);
	s->n += amount;
	return CS_OK;
}

enum cs_err
hub_spend_of(struct hub_request *rq, enum hub_budget_id id,
    struct cs_view scope, uint64_t amount)
{
	const struct hub_budget *b = &hub_budgets[id];
	struct hub_spent *in_memory, on_disk;
	enum cs_err err;

	if (!is_kept(b)) {
		in_memory = look_up(rq->hub, id, scope);
		return in_memory != NULL ? add(rq, id, in_memory, amount)
					 : CS_ERR_NOMEM;
	}
	if (is_lazy(id)) {
		if ((err = hub_spent_find(
			 &in_memory, rq->hub, id, b->name, scope.data)) ||
		    (err = add(rq, id, in_memory, amount)))
			return err;
		if (amount != 0)
			hub_spent_changed(rq->hub, in_memory);
		return CS_OK;
	}
	if ((err = hub_spent_load(&on_disk, rq->hub, b->name, scope)) ||
	    (err = add(rq, id, &on_disk, amount)))
		return err;
	/* Triggers count what stands. */
	return b->window_ms != 0 && amount != 0
	    ? hub_spent_store(rq->hub, b->name, scope, &on_disk)
	    : CS_OK;
}

enum cs_err
hub_spend(struct hub_request *rq, enum hub_budget_id id, uint64_t amount)
{
	switch (hub_budgets[id].per) {
	case HUB_PER_ADDRESS:
		return hub_spend_of(
		    rq, id, CS_VIEW_OF(rq->conn->address), amount);
	case HUB_PER_DEVICE:
		return hub_spend_of(
		    rq, id, CS_VIEW_OF(rq->conn->device), amount);
	case HUB_PER_ACCOUNT:
		return hub_spend_of(
		    rq, id, CS_VIEW_OF(rq->conn->account), amount);
	default:
		return hub_spend_of(rq, id, cs_view(NULL, 0), amount);
	}
}

enum cs_err
hub_try(struct hub_request *rq)
{
	if (++rq->conn->join_tries >
	    hub_budget_amount(rq->hub, HUB_B_TRIES_CONNECTION)) {
		rq->conn->end_after_round = true;
		return hub_over(rq, HUB_B_TRIES_CONNECTION, 0);
	}
	return hub_spend(rq, HUB_B_TRIES_ADDRESS, 0);
}

enum cs_err
hub_try_failed(struct hub_request *rq, uint16_t code)
{
	enum cs_err err = hub_spend(rq, HUB_B_TRIES_ADDRESS, 1);

	return err ? err : hub_refuse(rq, code);
}

/* ---- keeping house ------------------------------------------------------ */

enum cs_err
hub_budgets_sweep(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM spent WHERE (scope,budget) IN (SELECT scope,budget"
	    " FROM spent WHERE since<>0 AND since<? LIMIT ?)",
	    cs_int(hub->now_ms - CS_DAY_MS), cs_int(HUB_SWEEP_ROWS));

	*n = cs_db_changes(hub->db);
	if (err)
		return err;
	return cs_db_exec(hub->db,
	    "DELETE FROM spent WHERE (scope,budget) IN (SELECT scope,budget"
	    " FROM spent WHERE n<=0 LIMIT ?)",
	    cs_int(HUB_SWEEP_ROWS));
}

void
hub_budgets_free(struct cs_hub *hub)
{
	if (hub->counters != NULL)
		cs_free(hub->counters, sizeof *hub->counters);
	hub->counters = NULL;
	hub_spent_free(hub);
}
