/* SPDX-License-Identifier: MIT */
#include "member/program.h"

#include <string.h>

#include "base/text.h"
#include "crypto/note.h"
#include "member/take.h"

/* ---- releases ----------------------------------------------------------- */

enum cs_err
member_release_check(struct member_call *k)
{
	struct cs_note_key key;
	struct cs_view text;
	bool ok = cs_note_key_read(&key, member_view(k, "key")) == CS_OK &&
	    cs_note_verify(&text, member_view(k, "note"), &key) == CS_OK;

	cs_json_object(k->out, "give");
	cs_json_bool(k->out, "signed", ok);
	cs_json_close(k->out);
	return CS_OK;
}

/* ---- pushes ------------------------------------------------------------- */

static enum cs_err
set(struct member_call *k, const struct cs_client_push *to)
{
	struct cs_buf key = { 0 };
	char text[CS_BASE64URL_SIZE(CS_CLIENT_PUSH_KEY_LEN)] = "";
	enum cs_err err = cs_client_push_set(k->c, &key, to);

	if (err == CS_OK && key.len <= CS_CLIENT_PUSH_KEY_LEN)
		cs_base64url(text, cs_buf_view(&key));
	cs_buf_free(&key);
	if (err)
		return err;
	if (to != NULL)
		return CS_OK;
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "key", text);
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_push_key(struct member_call *k)
{
	return set(k, NULL);
}

enum cs_err
member_push_set(struct member_call *k)
{
	struct cs_client_push to = { .endpoint = member_view(k, "endpoint") };
	struct cs_view key = member_view(k, "p256dh");
	struct cs_view auth = member_view(k, "auth");

	if (to.endpoint.len == 0 ||
	    cs_unbase64url(to.key, sizeof to.key, (const char *)key.data,
		key.len) != CS_OK ||
	    cs_unbase64url(to.auth, sizeof to.auth, (const char *)auth.data,
		auth.len) != CS_OK)
		return member_fail(k, CS_ERR_FORMAT,
		    "That is not what a browser says of its pushes.");
	return set(k, &to);
}

enum cs_err
member_push_clear(struct member_call *k)
{
	return cs_client_push_clear(k->c);
}
