/* SPDX-License-Identifier: MIT */
/*
 * Who may do what in a room: its owner, its admins, and what it leaves to all
 * members.  It stands in the GroupContext, so hub and members know the same
 * (decision 0033); a conversation of two has none.
 *
 *	RoomPolicy (component 0xC502 of app_data_dictionary)
 *	u8 version=1 | owner16 | admins<V, 1600> of account16 | u8 flags
 *
 * A later program that adds a field or a flag writes another version: whoever
 * does not know it refuses all of it, and reads nothing of it wrongly.
 *
 * Admins are listed in the order in which they were made: the first is the one
 * of the longest standing.  Everybody listed is in the room: whoever goes, and
 * comes back, is a member.
 */
#pragma once

#include "base/units.h"
#include "countersign/mls.h"

#define CS_COMPONENT_ROOM_POLICY 0xC502
#define CS_ROOM_ADMINS_MAX 100

enum cs_room_role { CS_ROOM_MEMBER, CS_ROOM_ADMIN, CS_ROOM_OWNER };

/* What a policy leaves to all members unless the flag is set. */
#define CS_ROOM_ADMINS_ADD 0x01
#define CS_ROOM_ADMINS_RENAME 0x02
#define CS_ROOM_ADMINS_SET_TIMERS 0x04
#define CS_ROOM_ADMINS_WRITE 0x08 /* announcements */
#define CS_ROOM_FLAGS 0x0f

struct cs_room_policy {
	bool written; /* false: of a room whose context has none */
	uint8_t owner[CS_ID_LEN];
	uint8_t admins[CS_ROOM_ADMINS_MAX][CS_ID_LEN];
	size_t n_admins;
	uint8_t flags;
};

/* Whatever somebody may want to do by themselves. */
enum cs_room_act {
	CS_ROOM_ADD,        /* bring somebody in */
	CS_ROOM_REMOVE,     /* take a member out */
	CS_ROOM_RENAME,     /* give the room a name, or a picture */
	CS_ROOM_SET_TIMER,  /* for messages to disappear */
	CS_ROOM_WRITE,      /* say something */
	CS_ROOM_SET_FLAGS,  /* of the policy */
	CS_ROOM_GIVE_ROLES, /* make owners, admins and members */
};

/* ---- as bytes ----------------------------------------------------------- */

/* Append the component.  CS_ERR_MISUSE: it breaks the rules of the format. */
CS_CHECKED enum cs_err cs_room_policy_write(
    struct cs_buf *out, const struct cs_room_policy *policy);
/* CS_ERR_VERSION: a newer program wrote it; CS_ERR_FORMAT: an owner or admin of
 * zeroes, one listed twice, an unknown flag, bytes left over; CS_ERR_LIMIT: too
 * many. */
CS_CHECKED enum cs_err cs_room_policy_parse(
    struct cs_room_policy *out, struct cs_view component);
bool cs_room_policy_equal(
    const struct cs_room_policy *a, const struct cs_room_policy *b);
/* Find it in ${extensions}, the content of a GroupContext's list.
 * CS_ERR_NOT_FOUND: there is none. */
CS_CHECKED enum cs_err cs_room_policy_find(
    struct cs_room_policy *out, struct cs_view extensions);
/* Append ${extensions} with ${policy} in it, or in the place of the one that is
 * in it, and nothing else changed.  CS_ERR_FORMAT, CS_ERR_NOT_FOUND: they are
 * not those of a room. */
CS_CHECKED enum cs_err cs_room_policy_put(struct cs_buf *out,
    struct cs_view extensions, const struct cs_room_policy *policy);

/* ---- in a room ---------------------------------------------------------- */

/* The policy of ${g}.  Where none is written, whoever has the lowest leaf is
 * the owner, there are no admins, and all members may do what members may. */
CS_CHECKED enum cs_err cs_room_policy_of(
    struct cs_room_policy *out, const struct cs_mls_public *g);
/*
 * What becomes of ${policy} when the leaves that ${going} marks, one for each
 * leaf of ${g}, are gone.  Admins who have no other leaf are no admins any
 * more; if the owner has none, the first of the admins who stay is the owner,
 * or else whoever has the lowest leaf.
 */
void cs_room_policy_without(struct cs_room_policy *policy,
    const struct cs_mls_public *g, const bool *going);
/* Is everybody that it lists in ${g}? */
bool cs_room_policy_fits(
    const struct cs_room_policy *policy, const struct cs_mls_public *g);

/* ---- questions ---------------------------------------------------------- */

/* Of an account that is in the room. */
enum cs_room_role cs_room_role_of(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN]);
bool cs_room_may(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN], enum cs_room_act act);
/* May ${account} remove devices of ${other}?  An admin removes members, the
 * owner everybody, and everybody their own. */
bool cs_room_may_remove(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN],
    const uint8_t other[static CS_ID_LEN]);
/* May ${account} put ${to} in the place of ${from}? */
bool cs_room_may_change(const struct cs_room_policy *from,
    const struct cs_room_policy *to, const uint8_t account[static CS_ID_LEN]);

/* Give ${account} a role; an owner who hands over becomes an admin.
 * CS_ERR_LIMIT: there are as many admins as there may be; CS_ERR_MISUSE: the
 * owner is to be something else, without another. */
CS_CHECKED enum cs_err cs_room_policy_give(struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN], enum cs_room_role role);
