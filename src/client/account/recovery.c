/* SPDX-License-Identifier: MIT */
/* The recovery words of the account, while they are on this device. */
#include "client/account/recovery.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "crypto/random.h"

_Static_assert(CS_CLIENT_WORDS_SIZE >= CS_RECOVERY_TEXT_SIZE, "room for words");

enum cs_err
cs_client_recovery_words(
    struct cs_client *c, char out[static CS_CLIENT_WORDS_SIZE])
{
	struct client_recovery_key now;
	struct cs_sign_key key;
	enum cs_err err = client_recovery_key_kept(&key, &now, c);

	client_recovery_key_clear(&now);
	cs_wipe(&key, sizeof key);
	if (err == CS_ERR_NOT_FOUND)
		return client_problem(c, err,
		    "The recovery words are not on this device: they were "
		    "shown once, when %s joined or renewed them.",
		    c->self.handle);
	return err ? err : cs_recovery_write(out, &c->self.recovery);
}

enum cs_err
cs_client_recovery_forget(struct cs_client *c)
{
	c->self.has_recovery = false;
	cs_wipe(&c->self.recovery, sizeof c->self.recovery);
	return client_identity_save(c);
}

void
cs_client_recovery_link(
    const struct cs_client *c, char out[static CS_CLIENT_CODE_SIZE])
{
	char root[CS_BASE64URL_SIZE(CS_KEY_LEN)];

	cs_base64url(root, CS_VIEW_OF(c->self.root));
	snprintf(out, CS_CLIENT_CODE_SIZE, "https://%s:%d/r#%s", c->self.host,
	    c->self.port, root);
}

enum cs_err
client_recovery_read(
    struct cs_recovery *out, struct cs_client *c, const char *words)
{
	int word;
	enum cs_err err = cs_recovery_read(out, &word, words);

	if (err == CS_ERR_FORMAT && word != 0)
		return client_problem(
		    c, err, "Word %d is not one of the list.", word);
	if (err == CS_ERR_FORMAT)
		return client_problem(
		    c, err, "There have to be %d words.", CS_RECOVERY_WORDS);
	if (err == CS_ERR_MISMATCH)
		return client_problem(c, err,
		    "These words do not belong together: one of them is wrong, "
		    "or stands in the wrong place.");
	return err;
}

/* Is it the account's, but not the one of now? */
static bool
is_replaced(const struct client_recovery_key *now, const struct cs_client *c,
    const struct cs_sign_key *key)
{
	struct cs_identity identity;

	if (now->renewed == 0)
		return false;
	if (memcmp(key->public, c->self.account_key, CS_KEY_LEN) == 0)
		return true;
	if (cs_identity_peek(&identity, cs_buf_view(&now->credential)) != CS_OK)
		return false;
	for (size_t i = 0; i < identity.n; i++)
		if (memcmp(identity.keys[i], key->public, CS_KEY_LEN) == 0)
			return true;
	return false;
}

enum cs_err
client_recovery_words_key(struct cs_sign_key *key,
    struct client_recovery_key *now, struct cs_client *c,
    const struct cs_recovery *recovery)
{
	enum cs_err err = client_recovery_key_of(now, c);

	if (err || (err = cs_recovery_key(key, recovery)) ||
	    memcmp(key->public, now->public, CS_KEY_LEN) == 0)
		return err;
	return is_replaced(now, c, key)
	    ? client_problem(c, CS_ERR_MISMATCH,
		  "These words were of this account, until others took their "
		  "place. They do nothing any more.")
	    : client_problem(
		  c, CS_ERR_MISMATCH, "These words are of another account.");
}

/* Read words, and see that they are this account's; the caller wipes ${out}. */
static enum cs_err
read_words(struct cs_recovery *out, struct cs_client *c, const char *words)
{
	struct client_recovery_key now = { .renewed = 0 };
	struct cs_sign_key key;
	enum cs_err err = client_recovery_read(out, c, words);

	if (err == CS_OK)
		err = client_recovery_words_key(&key, &now, c, out);
	client_recovery_key_clear(&now);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
cs_client_recovery_check(struct cs_client *c, const char *words)
{
	struct cs_recovery recovery = { 0 };
	enum cs_err err = read_words(&recovery, c, words);

	cs_wipe(&recovery, sizeof recovery);
	return err;
}

enum cs_err
cs_client_recovery_keep(struct cs_client *c, const char *words)
{
	struct cs_recovery recovery = { 0 };
	enum cs_err err = read_words(&recovery, c, words);

	if (err == CS_OK) {
		c->self.recovery = recovery;
		c->self.has_recovery = true;
		err = client_identity_save(c);
	}
	cs_wipe(&recovery, sizeof recovery);
	return err;
}
