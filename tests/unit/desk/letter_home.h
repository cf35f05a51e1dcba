/* SPDX-License-Identifier: MIT */
/* Letters from reporters. */
#pragma once

#include "content/letter.h"
#include "desk/core/actor.h"
#include "desk/decisions/appeal.h"
#include "unit/desk/case_home.h"
#include "unit/desk/sealed_letter.h"
#include "wire/messages.h"

/* Somebody else than whoever dismissed it. */
static const struct cs_desk_actor somebody_else = {
	.id = 9, .name = "else", .pseudonym = "R-9", .role = CS_DESK_SENIOR
};

/* The reporter of ${report} asks for a second look, which is granted. */
static inline void
second_look(struct world *w, uint8_t report)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str("Look again.") };
	struct cs_wire_desk_letter letter = {
		.kind = CS_WIRE_LETTER_SECOND_LOOK, .received_ms = EW_NOW_MS
	};
	struct cs_buf sealed = { 0 };

	memset(letter.id, 0xaa, sizeof letter.id);
	memset(letter.subject, report, sizeof letter.subject);
	sealed = sealed_letter(w, &letter, &text, &w->e.people[2]);
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w->d, &letter));
	assert_ok(cs_desk_appeal_decide(w->d, &somebody_else, letter.id,
	    CS_DESK_APPEAL_REVERSED, "We will."));
	cs_buf_free(&sealed);
}

/* The reporter of ${report} answers the question. */
static inline void
reply(struct world *w, uint8_t report, const char *answer)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str(answer) };
	struct cs_wire_desk_letter letter = { .kind = CS_WIRE_LETTER_REPLY,
		.received_ms = EW_NOW_MS };
	struct cs_buf sealed = { 0 };

	memset(letter.id, 0xbb, sizeof letter.id);
	memset(letter.subject, report, sizeof letter.subject);
	sealed = sealed_letter(w, &letter, &text, &w->e.people[2]);
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w->d, &letter));
	cs_buf_free(&sealed);
}
