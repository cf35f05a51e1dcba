/* SPDX-License-Identifier: MIT */
/* People at a desk, who have passkeys. */
#pragma once

#include "crypto/totp.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/people/people.h"
#include "desk/people/sign_in.h"
#include "store/clock.h"
#include "unit/desk/desk_home.h"
#include "unit/desk/passkey_world.h"

#define PASSWORD "horse battery staple"

/* The secret of an authenticator app, as a welcome shows it. */
static inline void
secret_of(uint8_t out[static CS_TOTP_SECRET_LEN], const char *base32)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (; *base32 != '\0'; base32++) {
		bits =
		    bits << 5 | (unsigned)(strchr(letters, *base32) - letters);
		if ((have += 5) >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
}

/* Whoever has ${welcome} chooses a password. */
static inline struct cs_desk_actor
person_welcome(struct cs_desk *d, const char *welcome)
{
	uint8_t secret[CS_TOTP_SECRET_LEN];
	struct cs_desk_welcome shown;
	struct cs_desk_actor actor;
	uint32_t number;
	char code[8];

	assert_ok(cs_desk_welcome(&shown, d, welcome, ""));
	secret_of(secret, shown.secret);
	assert_ok(
	    cs_totp_code(&number, secret, cs_clock_ms() / CS_TOTP_PERIOD_MS));
	snprintf(code, sizeof code, "%06u", (unsigned)number);
	assert_ok(cs_desk_welcome_finish(&actor, d,
	    &(struct cs_desk_codes){
		.code = welcome, .word = "", .totp = code },
	    cs_view_str(PASSWORD)));
	return actor;
}

static inline struct cs_desk_actor
person_new(struct cs_desk *d, const char *name)
{
	char welcome[CS_DESK_WELCOME_SIZE];
	uint64_t id;

	assert_ok(cs_desk_person_add(
	    d, &cs_desk_operator, name, CS_DESK_REVIEWER, &id, welcome));
	return person_welcome(d, welcome);
}

static inline enum cs_err
keep_event(void *arg, const struct cs_desk_audit_line *line)
{
	snprintf(arg, 64, "%s", line->what);
	return CS_OK;
}

/* What the last line of the audit log says. */
static inline const char *
last_event(struct cs_desk *d)
{
	static char what[64];

	what[0] = '\0';
	assert_ok(desk_audit_page(d, INT64_MAX, 0, 1, keep_event, what));
	return what;
}
