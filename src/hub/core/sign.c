/* SPDX-License-Identifier: MIT */
#include "hub/core/sign.h"

#include "franking/cert.h"
#include "hub/core/stamp_key.h"
#include "hub/core/tlog.h"

static enum cs_err
order(struct cs_hub *hub, uint8_t kind, struct cs_view what)
{
	enum cs_err err;

	if (hub->signing == NULL)
		return CS_ERR_CLOSED;
	err = hub->signing->order(hub->signing->arg, kind, what);
	hub->n_orders += err == CS_OK;
	return err;
}

static enum cs_err
await(struct cs_hub *hub, struct cs_buf *answer)
{
	enum cs_err err = CS_ERR_CLOSED;

	if (hub->signing != NULL && hub->n_orders != 0) {
		err = hub->signing->await(hub->signing->arg, answer);
		hub->n_orders--;
	}
	/* Of a signer that is gone nothing comes. */
	if (err)
		hub->n_orders = 0;
	if (err == CS_OK && answer->len == 0)
		err = CS_ERR_EXPIRED;
	return err;
}

bool
hub_stamp_possible(struct cs_hub *hub, uint64_t accepted_ms)
{
	uint64_t s = accepted_ms / CS_SECOND_MS;
	bool possible = s >= hub->stamp_from_s && s <= hub->stamp_until_s &&
	    hub->now_ms / CS_SECOND_MS <= hub->stamp_until_s &&
	    accepted_ms <= hub->now_ms + HUB_STAMP_AHEAD_MS;

	/* Numbers that were given out already would be given to others. */
	if (!hub_tlog_fits(hub))
		return false;
	hub->stamps_refused |= !possible;
	return possible;
}

enum cs_err
hub_stamps_order(struct cs_hub *hub, const struct cs_stamp *v, size_t n)
{
	return order(hub, HUB_TALK_STAMPS, cs_view(v, n * sizeof *v));
}

enum cs_err
hub_stamps_await(struct cs_hub *hub, struct cs_stamp *s)
{
	struct cs_buf answer = { 0 };
	struct hub_talk_stamped stamped;
	enum cs_err err = await(hub, &answer);

	/* One that names a key which has just been changed is tried again. */
	hub->stamps_refused |= err == CS_ERR_EXPIRED &&
	    memcmp(s->key_id, hub->stamp_key_id, sizeof s->key_id) == 0;
	if (err == CS_OK &&
	    !hub_talk_copy(&stamped, sizeof stamped, cs_buf_view(&answer)))
		err = CS_ERR_CORRUPT;
	cs_buf_free(&answer);
	if (err)
		return err;
	/* The chain counts on the key that was named. */
	if (memcmp(s->key_id, stamped.key_id, sizeof s->key_id) != 0)
		return CS_ERR_CORRUPT;
	memcpy(s->sig, stamped.sig, sizeof s->sig);
	return CS_OK;
}

void
hub_orders_drop(struct cs_hub *hub)
{
	struct cs_buf answer = { 0 };

	while (hub->n_orders != 0)
		(void)!await(hub, &answer);
	cs_buf_free(&answer);
}

enum cs_err
hub_sign_account(struct cs_buf *out, struct cs_hub *hub,
    const struct cs_account_cert *account)
{
	struct hub_talk_account a = { .from_ms = account->from_ms };
	enum cs_err err;

	if (account->handle.len > sizeof a.handle)
		return CS_ERR_MISUSE;
	memcpy(a.account, account->account, CS_ID_LEN);
	memcpy(a.account_key, account->account_key, CS_KEY_LEN);
	memcpy(a.handle, account->handle.data, account->handle.len);
	a.handle_length = (uint8_t)account->handle.len;
	err = order(hub, HUB_TALK_ACCOUNT, HUB_TALK_OF(a));
	return err ? err : await(hub, out);
}

enum cs_err
hub_sign_name(
    struct hub_talk_named *out, struct cs_hub *hub, struct cs_view handle)
{
	struct cs_buf answer = { 0 };
	enum cs_err err = order(hub, HUB_TALK_NAME, handle);

	if (err == CS_OK)
		err = await(hub, &answer);
	if (err == CS_OK &&
	    !hub_talk_copy(out, sizeof *out, cs_buf_view(&answer)))
		err = CS_ERR_CORRUPT;
	cs_buf_free(&answer);
	return err;
}

enum cs_err
hub_sign_receipt(
    struct cs_buf *out, struct cs_hub *hub, const struct cs_receipt *receipt)
{
	struct hub_talk_receipt r = {
		.number = receipt->number,
		.about = receipt->about,
		.received_ms = receipt->received_ms,
		.what = receipt->what,
		.category = receipt->category,
	};
	struct cs_buf what = { 0 };
	enum cs_err err;

	memcpy(r.commitment, receipt->commitment, sizeof r.commitment);
	if ((err = cs_buf_add(&what, HUB_TALK_OF(r))) == CS_OK &&
	    (err = cs_buf_add(&what, receipt->hub)) == CS_OK &&
	    (err = order(hub, HUB_TALK_RECEIPT, cs_buf_view(&what))) == CS_OK)
		err = await(hub, out);
	cs_buf_free(&what);
	return err;
}

/* The signature of a proposal to remove somebody. */
static enum cs_err
sign_proposal(void *arg, uint8_t out[static CS_SIG_MAX], size_t *n,
    struct cs_view message)
{
	struct cs_hub *hub = arg;
	struct cs_buf answer = { 0 };
	enum cs_err err = order(hub, HUB_TALK_PROPOSAL, message);

	if (err == CS_OK)
		err = await(hub, &answer);
	if (err == CS_OK && answer.len > CS_SIG_MAX)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		memcpy(out, answer.data, answer.len);
		*n = answer.len;
	}
	cs_buf_free(&answer);
	return err;
}

enum cs_err
hub_keys_told(struct cs_hub *hub, struct cs_view told)
{
	struct cs_stamp_key_cert stamp;
	struct hub_talk_keys keys;
	size_t certs;
	enum cs_err err;

	if (told.len < sizeof keys)
		return CS_ERR_FORMAT;
	memcpy(&keys, told.data, sizeof keys);
	certs =
	    (size_t)keys.stamp_cert + keys.external_cert + keys.registrar_cert;
	if (told.len - sizeof keys != certs)
		return CS_ERR_FORMAT;
	told = cs_view(told.data + sizeof keys, certs);
	memcpy(hub->root_public, keys.root, CS_KEY_LEN);
	memcpy(hub->external_public, keys.external, CS_KEY_LEN);
	memcpy(hub->names_public, keys.names, CS_KEY_LEN);
	cs_signer_free(hub->external_signer);
	hub->external_signer = NULL;
	if ((err = cs_operator_id(hub->operator_id, hub->root_public)) ||
	    (err = cs_stamp_key_cert_parse(&stamp,
		 cs_view(told.data, keys.stamp_cert),
		 CS_VIEW_OF(hub->root_public))) ||
	    (err = cs_buf_set(
		 &hub->stamp_cert, cs_view(told.data, keys.stamp_cert))) ||
	    (err = cs_buf_set(&hub->external_cert,
		 cs_view(told.data + keys.stamp_cert, keys.external_cert))) ||
	    (err = cs_buf_set(&hub->registrar_cert,
		 cs_view(told.data + keys.stamp_cert + keys.external_cert,
		     keys.registrar_cert))) ||
	    (err = cs_signer_elsewhere(&hub->external_signer, CS_ED25519,
		 CS_VIEW_OF(hub->external_public), sign_proposal, hub)))
		return err;
	memcpy(hub->stamp_key_id, stamp.key_id, sizeof hub->stamp_key_id);
	hub->stamp_from_s = stamp.not_before;
	hub->stamp_until_s = stamp.not_after;
	if ((err = hub_tlog_add_once(
		 hub, CS_TLOG_CERTIFICATE, cs_buf_view(&hub->external_cert))) ||
	    (err = hub_tlog_add_once(
		 hub, CS_TLOG_CERTIFICATE, cs_buf_view(&hub->registrar_cert))))
		return err;
	return hub_stamp_key_remember(hub);
}
