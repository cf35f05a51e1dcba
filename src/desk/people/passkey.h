/* SPDX-License-Identifier: MIT */
/*
 * Passkeys (WebAuthn): who has which, and signing in with one, which takes the
 * place of password and one-time code.
 */
#pragma once

#include "base/bytes.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"

struct cs_desk;
struct cs_desk_actor;

/* Devices that somebody works at, and one that lies in a safe. */
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

/*
 * Before one is made: the handle that stands for the person in it, which says
 * nothing of who that is.  CS_ERR_MISUSE: there are as many as may be.
 */
CS_CHECKED enum cs_err cs_desk_passkey_prepare(
    uint8_t handle[static CS_DESK_HANDLE_LEN], struct cs_desk *d,
    const struct cs_desk_actor *actor);
/* CS_ERR_FORMAT: no good name, or what was brought is not right; CS_ERR_EXISTS:
 * it is there already. */
CS_CHECKED enum cs_err cs_desk_passkey_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name,
    const struct desk_passkey_wanted *wanted, struct cs_view client_data,
    struct cs_view attestation);
/* Call ${each} for those of ${actor}, in order; stops at its first error. */
CS_CHECKED enum cs_err desk_passkeys(struct cs_desk *d,
    const struct cs_desk_actor *actor,
    enum cs_err (*each)(void *arg, const struct desk_passkey *k), void *arg);
/* CS_ERR_NOT_FOUND: it is not there, or somebody else's. */
CS_CHECKED enum cs_err cs_desk_passkey_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);

/* What a browser brings when one is used. */
struct cs_desk_passkey_answer {
	struct cs_view id, handle, client_data, data, signature;
};
/* Whose is the credential ${id}?  CS_ERR_DENIED: nobody's. */
CS_CHECKED enum cs_err cs_desk_passkey_owner(
    uint64_t *person, struct cs_desk *d, struct cs_view id);
/* CS_ERR_DENIED: not with this.  It does not say why; a counter that went back
 * stands in the audit log. */
CS_CHECKED enum cs_err cs_desk_passkey_sign_in(struct cs_desk_actor *out,
    struct cs_desk *d, const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer);
/* The same for ${actor}, who is signed in and whose session is locked. */
CS_CHECKED enum cs_err cs_desk_passkey_unlock(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer);
