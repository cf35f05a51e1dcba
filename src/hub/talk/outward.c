/* SPDX-License-Identifier: MIT */
#include "hub/talk/outward.h"

#include <signal.h>

#include "crypto/init.h"
#include "crypto/tls_public.h"
#include "family/confine.h"
#include "family/part.h"
#include "store/file.h"

#define AUTHORITIES_MAX ((size_t)4 << 20)

enum cs_err
hub_outward_begin(struct hub_outward *o, const char *name, void *arg,
    enum cs_err (*take)(void *arg, struct cs_hand *h))
{
	const struct cs_confinement how = {
		.more = CS_CONFINE_NAMES,
		.stranger = true,
		.folder = -1,
	};
	struct cs_confined confined;
	enum cs_err err;

	(void)signal(SIGPIPE, SIG_IGN);
	if ((err = cs_part_begin(name)) || (err = cs_crypto_init()) ||
	    (err = cs_confine(&confined, &how)) ||
	    (err = cs_part_take(arg, take, true)))
		return err;
	if (cs_tls_public_new(&o->tls, cs_buf_view(&o->authorities)) != CS_OK)
		o->tls = NULL;
	cs_buf_free(&o->authorities);
	return CS_OK;
}

void
hub_outward_free(struct hub_outward *o)
{
	cs_tls_public_free(o->tls);
	cs_buf_free(&o->authorities);
}

enum cs_err
hub_outward_take(struct hub_outward *o, const struct cs_hand *h)
{
	enum cs_err err;

	if (!cs_hand_is(h, "authorities") || h->fd < 0 ||
	    o->authorities.len != 0)
		return CS_OK;
	o->authorities.max = AUTHORITIES_MAX;
	err = cs_file_read_fd(&o->authorities, h->fd, AUTHORITIES_MAX);
	return err == CS_ERR_NOMEM ? err : CS_OK;
}
