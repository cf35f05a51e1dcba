/* SPDX-License-Identifier: MIT */
/* Telling the hub, and with it the other devices, about a decision on a
 * contact. */
#include "client/account/share.h"

#include <string.h>

#include "client/account/note.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/hub/call.h"

enum cs_err
client_contact_share(struct cs_client *c, const struct client_contact *contact)
{
	static const uint8_t states[] = {
		[CONTACT_KNOWN] = CS_WIRE_CONTACT_NONE,
		[CONTACT_ACCEPTED] = CS_WIRE_CONTACT_ACCEPTED,
		[CONTACT_BLOCKED] = CS_WIRE_CONTACT_BLOCKED,
	};
	struct cs_wire_contact_set m = { .state = states[contact->state] };
	struct cs_buf note = { 0 };
	enum cs_err err;

	/* Where nothing is known but the name, the hub is told no account. */
	if (!client_contact_is_name(contact))
		memcpy(m.account, contact->account, sizeof m.account);
	m.handle = cs_view_str(contact->handle);
	if ((err = client_note_write(&note, c, contact)) == CS_OK) {
		m.note = cs_buf_view(&note);
		err = client_call_empty(
		    c, CS_WIRE_CONTACT_SET, &cs_wire_contact_set_shape, &m);
	}
	cs_buf_free(&note);
	return err;
}
