/* SPDX-License-Identifier: MIT */
/*
 * What a network process, and the database, may say to the process with the
 * files.  An input is a list of deeds, each a byte that says which (modulo):
 *
 *	0	a message of the network's: kind, number, length, bytes
 *	1	the same of the database's
 *	2	the network begins, with a good pass: number, blob (and whether
 *		it is written), size, offset, length
 *	3	the database notes: number, status
 *	4	bytes that are no message: length, bytes
 *	5	all of that is heard, and what was broken is new
 */
#include <dirent.h>
#include <sys/stat.h>

#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "support/files_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIZE_MAX_OF_BLOB 64

struct input {
	const uint8_t *at, *end;
};

static uint8_t
byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static struct cs_view
bytes(struct input *in)
{
	size_t n = byte(in), left = (size_t)(in->end - in->at);
	struct cs_view v = cs_view(in->at, n < left ? n : left);

	in->at += v.len;
	return v;
}

/* Nothing was left open, and no file is longer than a pass says. */
static void
check_folder(const struct files_world *w)
{
	DIR *dir = opendir(w->dir.path);
	struct dirent *e;
	struct stat st;

	fuzz_want(dir != NULL);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		fuzz_want(
		    fstatat(w->fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0);
		fuzz_want(
		    S_ISREG(st.st_mode) && st.st_size <= SIZE_MAX_OF_BLOB);
		fuzz_want(strspn(e->d_name, "0123456789abcdef") == 32);
	}
	closedir(dir);
}

static void
begin(struct files_world *w, struct input *in)
{
	uint64_t number = byte(in);
	uint8_t blob = byte(in);
	struct hub_pass pass = {
		.size = byte(in) % (SIZE_MAX_OF_BLOB + 1),
		.offset = byte(in),
		.length = byte(in),
		.until_ms = cs_clock_ms() + CS_HOUR_MS,
		.put = blob & 1,
	};
	struct hub_talk_grant grant;

	memset(pass.id, blob >> 1 & 3, CS_ID_LEN);
	memset(pass.account, blob >> 3 & 1, CS_ID_LEN);
	/* Every blob is to be nothing but zeroes. */
	fuzz_ok(cs_sha256(pass.sha256,
	    cs_view(
		(const uint8_t[SIZE_MAX_OF_BLOB]){ 0 }, (size_t)pass.size)));
	grant = fw_grant(&pass);
	(void)!cs_channel_put(
	    w->network, HUB_TALK_BEGIN, number, HUB_TALK_OF(grant));
}

/* Hear all; what they say back is well formed. */
static void
hear(struct files_world *w)
{
	struct cs_channel_message m;

	fw_run(w);
	(void)!cs_channel_fill(w->network);
	while (cs_channel_next(&m, w->network)) {
		if (m.kind == HUB_TALK_STATUS)
			fuzz_want(m.bytes.len == sizeof(int32_t));
		else if (m.kind == HUB_TALK_TAKEN)
			fuzz_want(m.bytes.len == sizeof(uint64_t));
		else
			fuzz_want(m.kind == HUB_TALK_BYTES && m.bytes.len != 0);
	}
	(void)!cs_channel_fill(w->database);
	while (cs_channel_next(&m, w->database))
		fuzz_want(m.kind == HUB_TALK_COMPLETE &&
		    m.bytes.len == CS_ID_LEN && m.about != 0);
	check_folder(w);
	if (w->link.channel == NULL)
		fw_link(w);
	/* It may have made up another key for passes. */
	fw_database(w);
}

static void
do_one(struct files_world *w, struct input *in)
{
	uint8_t deed = byte(in) % 6, kind;
	struct cs_channel *c = deed == 1 ? w->database : w->network;
	struct cs_view v;
	uint64_t number;
	int32_t status;

	switch (deed) {
	case 0:
	case 1:
		kind = byte(in);
		number = byte(in);
		(void)!cs_channel_put(c, kind, number, bytes(in));
		return;
	case 2:
		begin(w, in);
		return;
	case 3:
		number = (uint64_t)1 << 32 | byte(in);
		status = (int8_t)byte(in);
		(void)!cs_channel_put(
		    w->database, HUB_TALK_NOTED, number, HUB_TALK_OF(status));
		return;
	case 4:
		v = bytes(in);
		(void)!cs_channel_flush(w->network);
		if (v.len != 0)
			(void)!send(cs_channel_fd(w->network), v.data, v.len,
			    MSG_NOSIGNAL);
		return;
	default:
		hear(w);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	struct files_world w;
	int before = dup(0), after;

	close(before);
	if (cs_crypto_init() != CS_OK || size > 4096)
		return 0;
	fw_init(&w);
	while (in.at < in.end)
		do_one(&w, &in);
	hear(&w);
	fw_clear(&w);
	after = dup(0);
	close(after);
	fuzz_want(before == after);
	return 0;
}
