/* SPDX-License-Identifier: MIT */
#include "hub/watch.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/tls_cert.h"
#include "franking/cert.h"
#include "hub/core/keys.h"
#include "hub/tlog_admin.h"
#include "store/file.h"

#define FILE_MAX ((size_t)16 << 10)
#define WEB_FILE_MAX ((size_t)64 << 10)

struct look {
	struct cs_hub_troubles *out;
	const char *dir;
	uint8_t root[CS_KEY_LEN];
	uint64_t now_s;
	bool root_here;
};

static void __attribute__((format(printf, 4, 5)))
note(struct look *l, const char *kind, int64_t left, const char *format, ...)
{
	struct cs_hub_troubles *out = l->out;
	struct cs_hub_trouble *t;
	va_list ap;

	if (out->n == CS_HUB_TROUBLES_MAX)
		return;
	t = &out->v[out->n++];
	snprintf(t->kind, sizeof t->kind, "%s", kind);
	t->left = left;
	va_start(ap, format);
	vsnprintf(t->sentence, sizeof t->sentence, format, ap);
	va_end(ap);
}

static enum cs_err
read_file(struct cs_buf *out, const struct look *l, const char *name)
{
	char *path = cs_path_join(l->dir, name);
	enum cs_err err =
	    path != NULL ? cs_file_read(out, path, FILE_MAX) : CS_ERR_NOMEM;

	cs_free_plain(path);
	return err;
}

/* ---- keys --------------------------------------------------------------- */

/* A certificate that ends at ${until_s}; ${what} is named in the sentence. */
static void
certificate(struct look *l, const char *kind, const char *what, uint64_t from_s,
    uint64_t until_s, uint64_t warn_s)
{
	int64_t left = (int64_t)until_s - (int64_t)l->now_s;
	const char *remedy = l->root_here
	    ? "\"countersignctl renew\" makes new ones"
	    : "renew them with \"countersignctl root request\", \"root sign\" "
	      "and \"root install\"";

	if (left < l->out->keys_left_s)
		l->out->keys_left_s = left;
	/* It was made while the clock was wrong. */
	if (from_s > l->now_s + CS_HOUR_S) {
		l->out->keys_early = true;
		note(l, kind, left,
		    "%s is not valid yet. If the clock is right now, %s.", what,
		    remedy);
		return;
	}
	if (left > (int64_t)warn_s)
		return;
	if (left <= 0)
		note(l, kind, left, "%s has run out: %s.", what, remedy);
	else
		note(l, kind, left, "%s runs out in %lld %s: %s.", what,
		    (long long)(left < 2 * (int64_t)CS_DAY_S
			    ? left / (int64_t)CS_HOUR_S
			    : left / (int64_t)CS_DAY_S),
		    left < 2 * (int64_t)CS_DAY_S ? "hours" : "days", remedy);
}

static enum cs_err
stamp_key(struct look *l)
{
	struct cs_stamp_key_cert cert;
	struct cs_buf file = { 0 };
	enum cs_err err = read_file(&file, l, "keys/stamp.cert");

	if (err == CS_OK &&
	    (err = cs_stamp_key_cert_parse(
		 &cert, cs_buf_view(&file), CS_VIEW_OF(l->root))) == CS_OK)
		certificate(l, "stamp-key", "The key that stamps messages",
		    cert.not_before, cert.not_after, CS_HUB_KEYS_WARN_S);
	cs_buf_free(&file);
	return err;
}

static enum cs_err
tls(struct look *l)
{
	struct cs_buf file = { 0 };
	uint64_t until_s;
	enum cs_err err = read_file(&file, l, "keys/tls.pem");

	if (err == CS_OK &&
	    (err = cs_tls_chain_until(&until_s, cs_buf_view(&file))) == CS_OK)
		certificate(l, "tls", "The TLS certificate", 0, until_s,
		    CS_HUB_YEAR_WARN_S);
	cs_buf_free(&file);
	return err;
}

static enum cs_err
role(struct look *l, const char *kind, const char *name, enum cs_role which,
    const char *what)
{
	struct cs_role_key_cert cert;
	struct cs_buf file = { 0 };
	enum cs_err err = read_file(&file, l, name);

	if (err == CS_OK)
		err = cs_role_key_cert_verify(&cert, cs_buf_view(&file),
		    CS_VIEW_OF(l->root), which, l->now_s);
	if (err == CS_OK || err == CS_ERR_EXPIRED) {
		certificate(l, kind, what, cert.not_before, cert.not_after,
		    CS_HUB_YEAR_WARN_S);
		err = CS_OK;
	}
	cs_buf_free(&file);
	return err;
}

/* One <V> after the other; a hub without a desk has none. */
static enum cs_err
desk(struct look *l)
{
	struct cs_role_key_cert cert;
	struct cs_buf file = { 0 };
	struct cs_reader r;
	enum cs_err err = read_file(&file, l, "keys/desk.certs");

	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	r = cs_reader(cs_buf_view(&file));
	if (err == CS_OK && cs_reader_more(&r)) {
		err = cs_role_key_cert_verify(&cert, cs_read_vec(&r),
		    CS_VIEW_OF(l->root), CS_ROLE_DESK_HPKE, l->now_s);
		if (err == CS_OK || err == CS_ERR_EXPIRED) {
			certificate(l, "desk",
			    "The certificate of the report desk's keys",
			    cert.not_before, cert.not_after,
			    CS_HUB_YEAR_WARN_S);
			err = CS_OK;
		}
	}
	cs_buf_free(&file);
	return err;
}

/* ---- pages ------------------------------------------------------------- */

/* Others renew it, and a hub without it goes on for all but pages. */
static enum cs_err
web(struct look *l)
{
	struct hub_conf conf;
	struct cs_buf file = { 0 };
	uint64_t until_s = 0;
	int64_t left;
	enum cs_err err = hub_conf_read(&conf, l->dir);

	if (err || conf.web_cert[0] == '\0')
		return err;
	err = cs_file_read(&file, conf.web_cert, WEB_FILE_MAX);
	if (err == CS_OK)
		err = cs_tls_chain_until(&until_s, cs_buf_view(&file));
	cs_buf_free(&file);
	if (err == CS_ERR_NOMEM)
		return err;
	left = (int64_t)until_s - (int64_t)l->now_s;
	if (err) {
		note(l, "web", 0,
		    "The certificate for pages, %.100s, cannot be read: "
		    "members who use a browser are not let in.",
		    conf.web_cert);
		return CS_OK;
	}
	l->out->web_left_s = left;
	if (left <= 0)
		note(l, "web", left,
		    "The certificate for pages, %.100s, has run out: see why "
		    "it was not renewed.",
		    conf.web_cert);
	else if (left <= (int64_t)CS_HUB_WEB_WARN_S)
		note(l, "web", left,
		    "The certificate for pages, %.100s, runs out in %lld days: "
		    "see why it was not renewed.",
		    conf.web_cert, (long long)(left / (int64_t)CS_DAY_S));
	return CS_OK;
}

/* ---- witnesses ---------------------------------------------------------- */

/* A log that nobody has cosigned for an hour, although it was written to.  What
 * was changed in the policy a moment ago had no time yet. */
static enum cs_err
witnesses(struct look *l)
{
	struct cs_hub_log log;
	uint64_t since;
	enum cs_err err = cs_hub_log_look(&log, l->dir, l->now_s);

	/* A hub that never ran has no log. */
	if (err || log.policy[0] == '\0')
		return err == CS_ERR_NOMEM ? err : CS_OK;
	if (log.policy_err) {
		note(l, "witnesses", 0,
		    "Nobody cosigns the log: the policy %.100s cannot be read, "
		    "or is wrong in line %u (%s).",
		    log.policy, log.policy_line, cs_err_text(log.policy_err));
		return CS_OK;
	}
	since = log.quorum_s > log.policy_s ? log.quorum_s : log.policy_s;
	if (log.written_s < since || log.written_s - since <= CS_HUB_QUORUM_S)
		return CS_OK;
	note(l, "witnesses", (int64_t)since - (int64_t)log.written_s,
	    "For %llu hours too few witnesses have cosigned the log: "
	    "\"countersignctl log show\" says who has.",
	    (unsigned long long)((log.written_s - since) / CS_HOUR_S));
	return CS_OK;
}

/* ---- the disk ----------------------------------------------------------- */

static enum cs_err
disk(struct look *l)
{
	struct statvfs v;
	uint64_t free_bytes, all;

	if (statvfs(l->dir, &v) != 0)
		return cs_file_errno();
	free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
	all = (uint64_t)v.f_blocks * v.f_frsize;
	if (free_bytes >= CS_HUB_DISK_WARN && free_bytes >= all / 20)
		return CS_OK;
	if (free_bytes >= 20 * CS_HUB_DISK_WARN)
		return CS_OK; /* a twentieth of a large disk is much */
	note(l, "disk", (int64_t)free_bytes,
	    "The disk of the hub is nearly full: %llu MiB are free of %llu. "
	    "When it is full, messages are refused.",
	    (unsigned long long)(free_bytes >> 20),
	    (unsigned long long)(all >> 20));
	return CS_OK;
}

enum cs_err
cs_hub_troubles(struct cs_hub_troubles *out, const char *dir, uint64_t now_s)
{
	struct look l = { .out = out, .dir = dir, .now_s = now_s };
	struct cs_sign_key root;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->keys_left_s = out->web_left_s = INT64_MAX;
	if ((err = hub_root_public(l.root, dir)))
		return err;
	l.root_here = hub_root_private(&root, dir) == CS_OK;
	cs_wipe(&root, sizeof root);
	if ((err = stamp_key(&l)) || (err = tls(&l)) ||
	    (err = role(&l, "external", "keys/external.cert",
		 CS_ROLE_EXTERNAL_SENDER, "The key that proposes removals")) ||
	    (err = role(&l, "registrar", "keys/registrar.cert",
		 CS_ROLE_REGISTRAR, "The key that certifies accounts")) ||
	    (err = role(&l, "tlog", "keys/tlog.cert", CS_ROLE_TLOG,
		 "The key that signs the log")) ||
	    (err = desk(&l)) || (err = web(&l)) || (err = witnesses(&l)))
		return err;
	return disk(&l);
}

/* ---- the operator's program --------------------------------------------- */

enum cs_err
cs_hub_hook(const char *path, const struct cs_hub_trouble *t)
{
	static char *const nothing[] = { NULL };
	char left[24], program[256], kind[sizeof t->kind];
	char sentence[sizeof t->sentence];
	char *const argv[] = { program, kind, left, sentence, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid;
	int failed;

	snprintf(program, sizeof program, "%s", path);
	snprintf(kind, sizeof kind, "%s", t->kind);
	snprintf(left, sizeof left, "%lld", (long long)t->left);
	snprintf(sentence, sizeof sentence, "%s", t->sentence);
	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&files) != 0)
		return CS_ERR_NOMEM;
	posix_spawn_file_actions_addopen(
	    &files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	failed = posix_spawn(&pid, path, &files, &attr, argv, nothing);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return failed == 0 ? CS_OK : CS_ERR_NOT_FOUND;
}
