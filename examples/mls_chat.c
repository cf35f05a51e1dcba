/* SPDX-License-Identifier: MIT */
/*
 * mls_chat: three members in one process, on countersign/mls.h alone.  Ada
 * founds a group and adds Ben; Ben adds Cleo; they talk; Ada removes Ben, who
 * can read nothing from then on.  What would travel over a network are the
 * buffers; who carries them has to let one commit win in each epoch.
 */

#include <stdio.h>
#include <stdlib.h>

#include "countersign/mls.h"
#include "crypto/init.h"
#include "mls/group.h"

#define NOW 1700000000            /* the library knows no clock */
static struct cs_mls_options opt; /* as main() sets them */

struct member {
	const char *name;
	struct cs_mls_identity id;
	struct cs_buf key_package; /* public: for whoever adds the member */
	struct cs_buf secrets;     /* its private half */
	struct cs_mls_group *group;
};

static void
must(enum cs_err err, const char *what)
{
	if (err != CS_OK) {
		fprintf(stderr, "mls_chat: %s: %s\n", what, cs_err_text(err));
		exit(1);
	}
}

/* The authentication service.  A real one checks a certificate, or asks the
 * user to compare a number: here whoever has a name is believed. */
static enum cs_err
check(void *arg, const struct cs_mls_auth_request *rq)
{
	(void)arg;
	return rq->credential->identity.len != 0 ? CS_OK : CS_ERR_CREDENTIAL;
}

/* A key of its own, and a key package to be added with. */
static void
introduce(struct member *m, const char *name)
{
	*m = (struct member){ name,
		{ .credential = cs_view_str(name),
		    .not_before_s = NOW - 3600,
		    .not_after_s = NOW + 86400 } };
	must(cs_signer_new(&m->id.signer, CS_ED25519), "a key");
	must(cs_mls_key_package_new(&m->key_package, &m->secrets, NULL,
		 CS_SUITE_X25519_AES128, &m->id, CS_MLS_SINGLE_USE),
	    "a key package");
}

static void
leave(struct member *m)
{
	cs_mls_group_free(m->group);
	cs_buf_free(&m->key_package);
	cs_buf_free(&m->secrets);
	cs_signer_free(m->id.signer);
}

/* What arrived for ${m}: a message is printed, a commit merged. */
static void
receive(struct member *m, const struct cs_buf *message)
{
	struct cs_mls_received got;

	if (cs_mls_process(&got, m->group, cs_buf_view(message)) != CS_OK)
		printf("%s cannot read this.\n", m->name);
	if (got.event == CS_MLS_EVENT_APPLICATION)
		printf("%s reads from %.*s: %.*s\n", m->name,
		    (int)got.credential.len, (const char *)got.credential.data,
		    (int)got.data.len, (const char *)got.data.data);
	if (got.event == CS_MLS_EVENT_COMMIT) {
		must(cs_mls_group_merge(m->group, got.staged), "a commit");
		got.staged = NULL; /* the group has taken it */
	}
	cs_mls_received_clear(&got);
}

/* ${by} commits; ${n} others receive it, and ${guest} is welcomed, if any. */
static void
commit(struct member *by, const struct cs_mls_commit_options *what,
    struct member *const *others, size_t n, struct member *guest)
{
	struct cs_buf message = { 0 }, welcome = { 0 };
	struct cs_mls_staged *staged;
	must(cs_mls_commit_new(&staged, &message, &welcome, by->group, what),
	    "a commit");
	/* Here the delivery service would say whether ours is the one. */
	must(cs_mls_group_merge(by->group, staged), "our commit");
	for (size_t i = 0; i < n; i++)
		receive(others[i], &message);
	if (guest != NULL)
		must(cs_mls_welcome_join(&guest->group, cs_buf_view(&welcome),
			 cs_buf_view(&guest->secrets), &guest->id, &opt, NULL),
		    "joining");
	cs_buf_free(&message);
	cs_buf_free(&welcome);
}

static void
say(struct member *from, const char *text, struct member *const *to, size_t n)
{
	struct cs_buf message = { 0 };

	must(cs_mls_protect(
		 &message, from->group, cs_view_str(""), cs_view_str(text)),
	    "a message");
	for (size_t i = 0; i < n; i++)
		receive(to[i], &message);
	cs_buf_free(&message);
}

int
main(void)
{
	struct member m[3], *ada = &m[0], *ben = &m[1], *cleo = &m[2];
	const struct cs_mls_extensions no_extensions = { NULL, 0 };
	uint32_t leaf = 1;
	struct cs_view kp;
	const struct cs_mls_commit_options add = { .add = &kp, .n_add = 1 },
					   remove = { .remove = &leaf,
						   .n_remove = 1 };

	must(cs_crypto_init(), "the cryptographic libraries");
	opt = cs_mls_options_default();
	opt.auth.check = check;
	opt.now_s = NOW;
	for (int i = 0; i < 3; i++)
		introduce(&m[i], (const char *[]){ "Ada", "Ben", "Cleo" }[i]);
	must(cs_mls_group_new(&ada->group, CS_SUITE_X25519_AES128,
		 cs_view_str("a chat"), &ada->id, no_extensions, &opt),
	    "a group");
	kp = cs_buf_view(&ben->key_package);
	commit(ada, &add, NULL, 0, ben);
	kp = cs_buf_view(&cleo->key_package);
	commit(ben, &add, &ada, 1, cleo);
	say(ada, "Welcome, both.", (struct member *[]){ ben, cleo }, 2);
	say(cleo, "Thank you!", (struct member *[]){ ada, ben }, 2);
	commit(ada, &remove, (struct member *[]){ ben, cleo }, 2, NULL);
	say(ada, "Now we are two.", (struct member *[]){ ben, cleo }, 2);
	for (int i = 0; i < 3; i++)
		leave(&m[i]);
	return 0;
}
