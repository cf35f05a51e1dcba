/* SPDX-License-Identifier: MIT */
/* Passkeys (WebAuthn): who has which, and signing in with one instead of a
 * password and a one-time code. */
#pragma once

#include "base/bytes.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"

struct cs_desk;
struct cs_desk_actor;

/* Enough for the devices that somebody works at, and one in a safe. */
#define CS_DESK_PASSKEYS_MAX 8
#define CS_DESK_PASSKEY_NAME_MAX 100 /* bytes */
#define DESK_HOST_MAX 255

enum desk_passkey_algorithm { DESK_PASSKEY_ES256 = 0, DESK_PASSKEY_EDDSA = 1 };

struct desk_passkey {
	uint64_t id, person;
	uint32_t resets; /* of the person, when it was made */
	char name[CS_DESK_PASSKEY_NAME_MAX + 1];
	char host[DESK_HOST_MAX + 1]; /* where it was made */
	struct cs_buf credential;     /* its id */
	enum desk_passkey_algorithm algorithm;
	struct cs_buf key;
	uint32_t count; /* of signatures */
	bool backup_eligible, backed_up;
	uint64_t made_ms, used_ms;
};
extern const struct desk_record desk_passkey_record;

/* Prepare for a new passkey: get the handle that stands for the person in it
 * and does not tell who that is.  CS_ERR_MISUSE if they have as many as they
 * may. */
CS_CHECKED enum cs_err cs_desk_passkey_prepare(
    uint8_t handle[static CS_DESK_HANDLE_LEN], struct cs_desk *d,
    const struct cs_desk_actor *actor);
/* Add one.  CS_ERR_FORMAT if the name is not good or the browser's answer is
 * not right, CS_ERR_EXISTS if it is there already. */
CS_CHECKED enum cs_err cs_desk_passkey_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name,
    const struct desk_passkey_wanted *wanted, struct cs_view client_data,
    struct cs_view attestation);
/* Call ${each} for the passkeys of ${actor}, in order; stops at its first
 * error. */
CS_CHECKED enum cs_err desk_passkeys(struct cs_desk *d,
    const struct cs_desk_actor *actor,
    enum cs_err (*each)(void *arg, const struct desk_passkey *k), void *arg);
/* CS_ERR_NOT_FOUND if it is not there, or is somebody else's. */
CS_CHECKED enum cs_err cs_desk_passkey_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);

/* What a browser brings when one is used. */
struct cs_desk_passkey_answer {
	struct cs_view id, handle, client_data, data, signature;
};
/* Find whose the credential ${id} is; CS_ERR_DENIED if it is nobody's. */
CS_CHECKED enum cs_err cs_desk_passkey_owner(
    uint64_t *person, struct cs_desk *d, struct cs_view id);
/* Sign in.  CS_ERR_DENIED if the answer is not right; it does not say why,
 * but a counter that went back is written to the audit log. */
CS_CHECKED enum cs_err cs_desk_passkey_sign_in(struct cs_desk_actor *out,
    struct cs_desk *d, const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer);
/* The same for ${actor}, who is signed in, to unlock their session. */
CS_CHECKED enum cs_err cs_desk_passkey_unlock(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer);
