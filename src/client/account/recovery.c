/* SPDX-License-Identifier: MIT */
/* The recovery words of the account, while they are on this device. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "crypto/random.h"

_Static_assert(CS_CLIENT_WORDS_SIZE >= CS_RECOVERY_TEXT_SIZE, "room for words");

enum cs_err
cs_client_recovery_words(
    struct cs_client *c, char out[static CS_CLIENT_WORDS_SIZE])
{
	if (!c->self.has_recovery)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "The recovery words are not on this device: they were "
		    "shown once, when %s joined.",
		    c->self.handle);
	return cs_recovery_write(out, &c->self.recovery);
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

/* Read words, and see that they are this account's; the caller wipes ${out}. */
static enum cs_err
read_words(struct cs_recovery *out, struct cs_client *c, const char *words)
{
	struct cs_sign_key key;
	struct cs_seal_key notes;
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
	if (err || (err = client_account_keys(&key, &notes, out)))
		return err;
	if (memcmp(key.public, c->self.account_key, CS_KEY_LEN) != 0)
		err = client_problem(
		    c, CS_ERR_MISMATCH, "These words are of another account.");
	cs_wipe(&key, sizeof key);
	cs_wipe(&notes, sizeof notes);
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
