/* SPDX-License-Identifier: MIT */
#pragma once

#include "content/letter.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

/* Seal ${text}, signed by ${p} as what ${letter} says it is. */
static inline struct cs_buf
sealed_letter(struct world *w, const struct cs_wire_desk_letter *letter,
    const struct cs_letter *text, const struct ew_person *p)
{
	const struct cs_letter_author author = {
		.credential = cs_buf_view(&p->credential),
		.device_key = &p->device_key,
	};
	struct cs_letter_about about = { .kind = letter->kind };
	struct cs_buf sealed = { 0 };
	uint8_t reply[32];

	memcpy(about.id, letter->id, sizeof about.id);
	memcpy(about.subject, letter->subject, sizeof about.subject);
	memcpy(about.account, p->account, sizeof about.account);
	assert_ok(cs_letter_seal(
	    &sealed, reply, text, &about, &author, CS_VIEW_OF(w->seal_public)));
	return sealed;
}
