/* SPDX-License-Identifier: MIT */
#include "family/part.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wipe.h"

enum cs_err
cs_part_begin(const char *name)
{
	int type = 0;
	socklen_t len = sizeof type;

	if (getsockopt(CS_HAND_FD, SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
	    type != SOCK_SEQPACKET)
		return CS_ERR_MISUSE;
	(void)fcntl(CS_HAND_FD, F_SETFD, FD_CLOEXEC);
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return CS_OK;
}

int
cs_part_socket(void)
{
	return CS_HAND_FD;
}

enum cs_err
cs_part_take(
    void *arg, enum cs_err (*take)(void *arg, struct cs_hand *h), bool until_go)
{
	struct cs_hand h;
	enum cs_err err;

	while ((err = cs_hand_take(&h, CS_HAND_FD, until_go)) == CS_OK) {
		if (cs_hand_is(&h, "stop"))
			return CS_ERR_CLOSED;
		if (cs_hand_is(&h, "go"))
			return CS_OK;
		err = take(arg, &h);
		cs_wipe(h.bytes, sizeof h.bytes);
		if (err)
			return err;
	}
	return err == CS_ERR_BUSY ? CS_OK : err;
}

enum cs_err
cs_part_ready(void)
{
	return cs_hand_word(CS_HAND_FD, "ready", -1);
}

void
cs_part_failed(enum cs_err why)
{
	cs_part_tell("failed", why, "");
}

void
cs_part_tell(const char *word, uint32_t number, const char *text)
{
	(void)!cs_hand_bytes(CS_HAND_FD, word, number, cs_view_str(text));
}
