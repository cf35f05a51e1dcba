/* SPDX-License-Identifier: MIT */
/* The log of a group. */
#pragma once

#include "hub/groups/group.h"

/* Something that is to be appended. */
struct hub_entry {
	struct cs_view message;
	const struct hub_conn *by;  /* that handed it in; NULL: nobody */
	uint8_t account[CS_ID_LEN]; /* zero for the hub itself */
	uint8_t device[CS_ID_LEN];
	uint64_t epoch;
	uint8_t content;          /* enum cs_mls_content */
	uint8_t tag[CS_HASH_LEN]; /* zero for handshakes */
	uint8_t msg_hash[CS_HASH_LEN];
};
/* What became of it. */
struct hub_appended {
	uint64_t seq;
	struct cs_buf stamp; /* in wire form; the caller frees it */
	bool waits;          /* there is no stamp yet, only room for it */
};
/* The time that the next entry's stamp bears: it does not go backwards in a
 * group (FRANKING, rule 7), unless the hub's clock was far ahead and is right
 * again; then the stamp says so. */
uint64_t hub_log_time(const struct cs_hub *hub, const struct hub_group *group);
/* Number the entry, stamp it, store it and have its readers told; ${group}
 * moves along.  ${out->stamp} is empty before. */
CS_CHECKED enum cs_err hub_log_append(struct hub_appended *out,
    struct cs_hub *hub, struct hub_group *group, const struct hub_entry *entry);
/* Where in the batch of answers the stamp is to be put that the last entry
 * waits for: CS_STAMP_WIRE_MAX bytes at the end of the last answer, which
 * becomes shorter then. */
void hub_log_answer_at(struct cs_hub *hub, size_t at);

/* Store what waits for its stamp.  A failure fails the round. */
CS_CHECKED enum cs_err hub_log_flush(struct cs_hub *hub);

void hub_log_free(struct cs_hub *hub);

/* Where the group's log is with what waits. */
void hub_log_overlay(struct hub_group *group, const struct cs_hub *hub);
/* Does a message of that hash wait? */
bool hub_log_waits(const struct cs_hub *hub, struct cs_view group,
    const uint8_t msg_hash[static CS_HASH_LEN]);
