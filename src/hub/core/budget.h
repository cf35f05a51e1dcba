/* SPDX-License-Identifier: MIT */
/*
 * What everybody may take of the hub: one table, and who has taken how much
 * (DESIGN, "Limits"; decision 0024).
 *
 * A budget with a window is spent: the window begins with the first spending,
 * and what is over the amount is refused until it ends, with the seconds that
 * are left.  Those of a day that are an account's are rows of "spent", written
 * in the transaction of what they count, or some seconds later where each
 * request takes of them (core/spent.h); the others are in memory, in tables of
 * a fixed size, and begin anew when the hub does.
 *
 * A standing budget (window 0) bounds what there is at once.  Those of an
 * account are counted by triggers of the schema; those of connections by
 * net/server.h.
 */
#pragma once

#include "hub/core/hub.h"

enum hub_budget_id {
	/* connections */
	HUB_B_CONNECTIONS,
	HUB_B_STRANGERS,
	HUB_B_STRANGERS_ADDRESS,
	HUB_B_CONNECTS_ADDRESS,
	HUB_B_CONNECTS,
	HUB_B_CONNECTS_BUSY,
	HUB_B_CONNECTIONS_DEVICE,
	/* requests, and answers that wait for their reader */
	HUB_B_REQUESTS,
	HUB_B_REQUESTS_DAY,
	HUB_B_STRANGER_REQUESTS,
	HUB_B_BYTES,
	HUB_B_BYTES_DAY,
	HUB_B_ROUND_REQUESTS,
	HUB_B_ROUND_BYTES,
	HUB_B_WAITING,
	HUB_B_WAITING_ALL,
	/* what groups take */
	HUB_B_MESSAGES,
	HUB_B_MESSAGES_DAY,
	HUB_B_MESSAGE_BYTES_DAY,
	HUB_B_PROPOSALS,
	HUB_B_COMMITS_MEMBER,
	HUB_B_COMMITS_GROUP,
	HUB_B_HANDSHAKE_BYTES_DAY,
	HUB_B_GROUPS,
	HUB_B_GROUPS_DAY,
	HUB_B_GROUP_NOTES_DAY,
	/* files */
	HUB_B_FILES_DAY,
	HUB_B_FILE_BYTES_DAY,
	HUB_B_FILES,
	HUB_B_FILE_BYTES,
	HUB_B_UPLOADS,
	HUB_B_UPLOADS_ALL,
	/* people */
	HUB_B_KEY_PACKAGES_PUT_DAY,
	HUB_B_KEY_PACKAGES_GET_DAY,
	HUB_B_CONTACTS,
	HUB_B_CONTACTS_DAY,
	HUB_B_NEW_CONTACTS_DAY,
	HUB_B_OFFERS,
	HUB_B_DEVICES,
	HUB_B_DEVICES_DAY,
	HUB_B_REVOCATIONS_DAY,
	HUB_B_LINKS_DAY,
	HUB_B_GROUP_LINKS_DAY,
	HUB_B_ASKS_DAY,
	HUB_B_ASKS,
	HUB_B_ASKS_GROUP,
	HUB_B_TRIES_CONNECTION,
	HUB_B_TRIES_ADDRESS,
	HUB_B_EXPORTS_DAY,
	/* the desk */
	HUB_B_REPORTS_DAY,
	HUB_B_REPORTS_UNREAD,
	HUB_B_REPORT_BYTES_UNREAD,
	HUB_B_LETTERS_DAY,
	/* those who file something from outside */
	HUB_B_FILINGS_ADDRESS,
	HUB_B_FILINGS_FREE,
	HUB_B_FILINGS_WORKED,
	HUB_B_FILINGS_ORGANISATION,
	HUB_B_FILING_BYTES_ADDRESS,
	HUB_B_FILING_BYTES,
	HUB_B_FILING_TRIES,
	/* channels */
	HUB_B_CHANNELS_DAY,
	HUB_B_CHANNEL_POSTS_DAY,
	HUB_B_CHANNEL_BYTES_DAY,
	HUB_BUDGETS,
};

enum hub_per {
	HUB_PER_HUB,
	HUB_PER_ADDRESS,
	HUB_PER_CONNECTION,
	HUB_PER_DEVICE,
	HUB_PER_ACCOUNT,
	HUB_PER_GROUP,
	HUB_PER_MEMBER,  /* an account in a group */
	HUB_PER_CONTACT, /* an account and one that it writes to */
	HUB_PER_ORGANISATION,
};

struct hub_budget {
	const char *name; /* never changes: "spent" has it */
	const char *resource;
	enum hub_per per;
	uint64_t amount;
	uint64_t window_ms; /* 0: standing */
	uint16_t code;      /* of the refusal; 0: the hub waits, or cuts */
	const char *reason;
};

extern const struct hub_budget hub_budgets[HUB_BUDGETS];

/* "account", "address", ... */
const char *hub_per_name(enum hub_per per);
/* How much that is on this hub: hub.conf may multiply all of them. */
uint64_t hub_budget_amount(const struct cs_hub *hub, enum hub_budget_id id);
/* The same on one where hub.conf says "budgets ${times}". */
uint64_t hub_budget_amount_times(uint64_t times, enum hub_budget_id id);

/*
 * Take ${amount} of a budget that is the connection's address's, device's or
 * account's, or the hub's.  Refuses with the budget's code when that is more
 * than is left; CS_WIRE_E_LIMIT comes with a cs_wire_retry.  ${amount} 0 asks
 * whether anything is left.
 */
CS_CHECKED enum cs_err hub_spend(
    struct hub_request *rq, enum hub_budget_id id, uint64_t amount);
/* The same for what ${scope} names: a group, for instance. */
CS_CHECKED enum cs_err hub_spend_of(struct hub_request *rq,
    enum hub_budget_id id, struct cs_view scope, uint64_t amount);
/* Refuse as hub_spend() does, for a budget that somebody else counts. */
CS_CHECKED enum cs_err hub_over(
    struct hub_request *rq, enum hub_budget_id id, uint64_t wait_ms);

/* Count a try to join, link or recover: of a connection there are few, and none
 * where the address has failed too often. */
CS_CHECKED enum cs_err hub_try(struct hub_request *rq);
/* It failed: count that, and refuse with ${code}. */
CS_CHECKED enum cs_err hub_try_failed(struct hub_request *rq, uint16_t code);

/* Drop rows of windows that are over; returns how many in ${*n}. */
CS_CHECKED enum cs_err hub_budgets_sweep(int64_t *n, struct cs_hub *hub);
void hub_budgets_free(struct cs_hub *hub);
