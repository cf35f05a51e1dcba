/* SPDX-License-Identifier: MIT */
#include "hub/signing/signer.h"

#include <poll.h>
#include <unistd.h>

#include "crypto/init.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "franking/stamp.h"
#include "hub/signing/signer_keys.h"
#include "hub/talk/time.h"
#include "store/file.h"

/* Stamps are the longest that is asked for at once. */
#define ORDER_MAX (CS_STAMPS_MAX * sizeof(struct cs_stamp))
#define ANSWERS_MAX ((size_t)4 << 20)

struct signer {
	struct hub_key_files files; /* as they come, until "keys" */
	struct hub_keyring *keys;
	struct cs_channel *database;
	struct hub_time time;
};

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
tell_keys(struct signer *s)
{
	struct cs_buf told = { 0 };
	enum cs_err err = CS_OK;

	if (s->database != NULL && s->keys != NULL &&
	    (err = hub_keyring_tell(&told, s->keys)) == CS_OK)
		err = cs_channel_put(
		    s->database, HUB_TALK_KEYS, 0, cs_buf_view(&told));
	cs_buf_free(&told);
	return err;
}

/* All files have come.  Those that do not belong together leave the keys as
 * they were, if there are any. */
static enum cs_err
change_keys(struct signer *s)
{
	struct hub_keyring *fresh = NULL;
	enum cs_err err =
	    hub_keyring_new(&fresh, &s->files, hub_time_now(&s->time));

	hub_key_files_clear(&s->files);
	if (err) {
		if (s->keys != NULL)
			cs_part_tell("keys", err, "");
		return s->keys != NULL ? CS_OK : err;
	}
	hub_keyring_free(s->keys);
	s->keys = fresh;
	return tell_keys(s);
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	const struct cs_channel_limits limits = { ORDER_MAX, ANSWERS_MAX };
	struct signer *s = arg;
	struct cs_buf *file = hub_key_file_named(&s->files, h->word);
	enum cs_err err;

	if (cs_hand_is(h, "link") && h->fd >= 0) {
		cs_channel_free(s->database);
		if ((err = cs_channel_new(&s->database, h->fd, &limits)))
			return err;
		return tell_keys(s);
	}
	if (cs_hand_is(h, "keys"))
		return change_keys(s);
	err = CS_OK;
	if (file != NULL && h->fd >= 0) {
		cs_buf_reset(file);
		err = cs_file_read_fd(file, h->fd, HUB_KEY_FILE_MAX);
	}
	if (h->fd >= 0)
		close(h->fd);
	return err;
}

/* ---- orders ------------------------------------------------------------- */

/* All that have come; an order that is refused has an empty answer. */
static enum cs_err
serve(struct signer *s)
{
	struct cs_channel_message m;
	struct cs_buf answer = { 0 };
	enum cs_err err = CS_OK;

	while (err == CS_OK && cs_channel_next(&m, s->database)) {
		cs_buf_reset(&answer);
		hub_keyring_carry_out(
		    &answer, s->keys, m.kind, m.bytes, hub_time_now(&s->time));
		err = cs_channel_put(s->database, HUB_TALK_SIGNED, m.about,
		    cs_buf_view(&answer));
		/* The next one is signed while the first is used. */
		if (err == CS_OK)
			err = cs_channel_flush(s->database);
	}
	cs_buf_free(&answer);
	return err;
}

static void
leave_database(struct signer *s)
{
	cs_channel_free(s->database);
	s->database = NULL;
}

static enum cs_err
run_round(struct signer *s)
{
	struct pollfd p[2] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ -1, POLLIN, 0 },
	};
	enum cs_err err = CS_OK;

	if (s->database != NULL) {
		p[1].fd = cs_channel_fd(s->database);
		if (cs_channel_waiting(s->database) != 0)
			p[1].events |= POLLOUT;
	}
	(void)poll(p, 2, -1);
	if (p[0].revents != 0 && (err = cs_part_take(s, take, false)))
		return err;
	if (p[1].revents == 0 || s->database == NULL)
		return CS_OK;
	if (cs_channel_fill(s->database) != CS_OK || serve(s) != CS_OK ||
	    cs_channel_flush(s->database) != CS_OK)
		leave_database(s);
	return CS_OK;
}

static enum cs_err
begin(struct signer *s)
{
	const struct cs_confinement how = { .stranger = true, .folder = -1 };
	struct cs_confined confined;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_SIGNER)) || (err = cs_crypto_init()) ||
	    (err = cs_confine(&confined, &how)) ||
	    (err = cs_part_take(s, take, true)))
		return err;
	return s->keys != NULL ? cs_part_ready() : CS_ERR_NOT_FOUND;
}

int
hub_signer_main(void)
{
	struct signer s = { 0 };
	enum cs_err err = begin(&s);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&s);
	leave_database(&s);
	hub_keyring_free(s.keys);
	hub_key_files_clear(&s.files);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
