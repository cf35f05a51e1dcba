/* SPDX-License-Identifier: MIT */
/*
 * mls-interop: a client for interoperability tests.
 *
 * Each line on standard input is a request, {"rpc": NAME, ...}, with the fields
 * of the working group's mls_client.proto; each gets one line of answer: the
 * fields of the response, or {"error": "..."}.  Bytes are base64.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "interop/mls_interop.h"

static struct interop_thing *things;
static uint32_t last_id;

struct psk {
	struct psk *next;
	struct cs_buf id;
	struct cs_buf secret;
};
static struct psk *psks;

enum cs_err
interop_thing_new(struct interop_thing **out, enum interop_kind kind,
    uint16_t suite_id, struct cs_view name)
{
	const struct cs_suite *suite = cs_suite_find(suite_id);
	struct interop_thing *t;
	enum cs_err err;

	*out = NULL;
	if (suite == NULL)
		return CS_ERR_UNSUPPORTED;
	t = cs_calloc(1, sizeof *t);
	if (t == NULL)
		return CS_ERR_NOMEM;
	t->kind = kind;
	t->suite_id = suite_id;
	if ((err = cs_signer_new(&t->signer, suite->sig)) ||
	    (err = cs_buf_set(&t->name, name))) {
		interop_thing_free(t);
		return err;
	}
	*out = t;
	return CS_OK;
}

void
interop_thing_free(struct interop_thing *t)
{
	if (t == NULL)
		return;
	interop_forget_proposals(t);
	cs_mls_staged_free(t->pending);
	cs_mls_group_free(t->group);
	cs_signer_free(t->signer);
	cs_buf_free(&t->secrets);
	cs_buf_free(&t->name);
	cs_free_plain(t);
}

void
interop_keep(struct interop_thing *t)
{
	t->id = ++last_id;
	t->next = things;
	things = t;
}

struct interop_thing *
interop_find(struct interop_call *c, const char *field, enum interop_kind kind)
{
	uint32_t id = (uint32_t)interop_number(c, c->in, field, UINT32_MAX);

	if (c->err)
		return NULL;
	for (struct interop_thing *t = things; t != NULL; t = t->next)
		if (t->id == id && t->kind == kind)
			return t;
	c->err = CS_ERR_NOT_FOUND;
	return NULL;
}

bool
interop_drop(uint32_t id, enum interop_kind kind)
{
	for (struct interop_thing **at = &things; *at; at = &(*at)->next) {
		struct interop_thing *t = *at;

		if (t->id != id || t->kind != kind)
			continue;
		*at = t->next;
		interop_thing_free(t);
		return true;
	}
	return false;
}

struct cs_mls_identity
interop_identity(const struct interop_thing *t)
{
	uint64_t now = (uint64_t)time(NULL);

	return (struct cs_mls_identity){
		.credential = cs_buf_view(&t->name),
		.signer = t->signer,
		.not_before_s = now - 86400,
		.not_after_s = now + 90 * 86400,
	};
}

/* Whoever comes is welcome. */
static enum cs_err
anybody(void *arg, const struct cs_mls_auth_request *request)
{
	(void)arg;
	(void)request;
	return CS_OK;
}

static struct psk *
find_psk(struct cs_view id)
{
	for (struct psk *p = psks; p != NULL; p = p->next)
		if (cs_view_equal(cs_buf_view(&p->id), id))
			return p;
	return NULL;
}

static enum cs_err
known_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	const struct psk *p = find_psk(id->id);

	(void)arg;
	if (id->type != CS_MLS_PSK_EXTERNAL || p == NULL)
		return CS_ERR_NOT_FOUND;
	return cs_buf_add(out, cs_buf_view(&p->secret));
}

enum cs_err
interop_psk_add(struct cs_view id, struct cs_view secret)
{
	struct psk *p = find_psk(id);
	enum cs_err err;

	if (p != NULL)
		return cs_buf_set(&p->secret, secret);
	p = cs_calloc(1, sizeof *p);
	if (p == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_buf_set(&p->id, id)) ||
	    (err = cs_buf_set(&p->secret, secret))) {
		cs_buf_free(&p->id);
		cs_buf_free(&p->secret);
		cs_free_plain(p);
		return err;
	}
	p->next = psks;
	psks = p;
	return CS_OK;
}

struct cs_mls_options
interop_options(bool encrypt)
{
	struct cs_mls_options opt = cs_mls_options_default();

	opt.auth.check = anybody;
	opt.psks.find = known_psk;
	opt.now_s = (uint64_t)time(NULL);
	opt.past_psks = CS_MLS_MAX_PAST_PSKS;
	opt.encrypt_handshake = encrypt;
	return opt;
}

static enum cs_err
name(struct interop_call *c)
{
	return json_object_set_new(c->out, "name", json_string("countersign"))
	    ? CS_ERR_NOMEM
	    : CS_OK;
}

static enum cs_err
supported(struct interop_call *c)
{
	json_t *list = json_array();
	const struct cs_suite *suite;

	for (size_t i = 0; (suite = cs_suite_at(i)) != NULL; i++)
		if (json_array_append_new(list, json_integer(suite->id)) != 0)
			c->err = CS_ERR_NOMEM;
	if (json_object_set_new(c->out, "ciphersuites", list) != 0)
		c->err = CS_ERR_NOMEM;
	return c->err;
}

static const struct rpc {
	const char *name;
	interop_fn *run;
} rpcs[] = {
	{ "Name", name },
	{ "SupportedCiphersuites", supported },
	{ "CreateGroup", interop_create_group },
	{ "CreateKeyPackage", interop_create_key_package },
	{ "JoinGroup", interop_join_group },
	{ "ExternalJoin", interop_external_join },
	{ "GroupInfo", interop_group_info },
	{ "StateAuth", interop_state_auth },
	{ "Export", interop_export },
	{ "Protect", interop_protect },
	{ "Unprotect", interop_unprotect },
	{ "StorePSK", interop_store_psk },
	{ "AddProposal", interop_add_proposal },
	{ "UpdateProposal", interop_update_proposal },
	{ "RemoveProposal", interop_remove_proposal },
	{ "ExternalPSKProposal", interop_external_psk_proposal },
	{ "ResumptionPSKProposal", interop_resumption_psk_proposal },
	{ "GroupContextExtensionsProposal", interop_extensions_proposal },
	{ "Commit", interop_commit },
	{ "HandleCommit", interop_handle_commit },
	{ "HandlePendingCommit", interop_handle_pending },
	{ "ReInitProposal", interop_reinit_proposal },
	{ "ReInitCommit", interop_commit },
	{ "HandlePendingReInitCommit", interop_handle_pending_reinit },
	{ "HandleReInitCommit", interop_handle_reinit },
	{ "ReInitWelcome", interop_reinit_welcome },
	{ "HandleReInitWelcome", interop_handle_reinit_welcome },
	{ "CreateBranch", interop_create_branch },
	{ "HandleBranch", interop_handle_branch },
	{ "NewMemberAddProposal", interop_new_member_add },
	{ "CreateExternalSigner", interop_create_external_signer },
	{ "AddExternalSigner", interop_add_external_signer },
	{ "ExternalSignerProposal", interop_external_signer_proposal },
	{ "Free", interop_free },
};
#define N_RPCS (sizeof rpcs / sizeof *rpcs)

/* The answer, which is the call's; NULL only without memory. */
static json_t *
answer(struct interop_call *c)
{
	const char *which = json_string_value(json_object_get(c->in, "rpc"));
	const struct rpc *rpc = NULL;
	enum cs_err err;

	for (size_t i = 0; i < N_RPCS && which != NULL; i++)
		if (strcmp(which, rpcs[i].name) == 0)
			rpc = &rpcs[i];
	if (rpc == NULL)
		return json_pack("{s:s}", "error", "no such rpc");
	c->out = json_object();
	err = rpc->run(c);
	if (err == CS_OK)
		err = c->err;
	if (err)
		return json_pack(
		    "{s:s+++}", "error", which, ": ", cs_err_text(err), "");
	return json_incref(c->out);
}

/* One line in, one line out. */
static bool
serve(const char *line, size_t n)
{
	struct interop_call c = { 0 };
	json_error_t where;
	json_t *in = json_loadb(line, n, JSON_REJECT_DUPLICATES, &where), *out;
	bool good;

	c.in = in;
	out = json_is_object(in)
	    ? answer(&c)
	    : json_pack("{s:s}", "error", "not an object of JSON");
	good = out != NULL && json_dumpf(out, stdout, JSON_COMPACT) == 0 &&
	    putchar('\n') != EOF && fflush(stdout) == 0;
	json_decref(out);
	interop_call_clear(&c);
	json_decref(in);
	return good;
}

int
main(int argc, char **argv)
{
	static const char help[] =
	    "Usage: mls-interop\n\n"
	    "A client of the MLS working group's interoperability API: reads "
	    "one JSON\nobject a line, {\"rpc\": \"CreateGroup\", ...} with the "
	    "fields of its request,\nand answers each with one line, the "
	    "fields of the response or {\"error\": ...}.\nBytes are base64.\n";
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool good = true;

	if (argc > 1) {
		bool asked = strcmp(argv[1], "--help") == 0 ||
		    strcmp(argv[1], "-h") == 0;

		fputs(help, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	if (cs_crypto_init() != CS_OK)
		return 2;
	while (good && (n = getline(&line, &size, stdin)) > 0)
		good = serve(line, (size_t)n);
	free(line);
	while (things != NULL)
		interop_drop(things->id, things->kind);
	while (psks != NULL) {
		struct psk *p = psks;

		psks = p->next;
		cs_buf_free(&p->id);
		cs_buf_free(&p->secret);
		cs_free_plain(p);
	}
	return good ? 0 : 1;
}
