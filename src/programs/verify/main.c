/* SPDX-License-Identifier: MIT */
/* countersign-verify: what a bundle of evidence proves, offline. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/evidence_json.h"
#include "cli/evidence_show.h"
#include "cli/print.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "programs/verify/custody.h"
#include "programs/verify/extract.h"
#include "programs/verify/fault.h"
#include "programs/verify/log.h"
#include "tlog/policy.h"

/* Its own statuses, for scripts; the others are those of all our programs. */
enum { ALL_PROVED = 0, NOT_PROVED = 1, NO_BUNDLE = 2 };

#define KEY_FILE_MAX 4096
/* "CSEVSEAL1", what HPKE adds, and room to see that there is too much. */
#define SEALED_MAX (CS_EVIDENCE_MAX + 4096)

/* ---- files -------------------------------------------------------------- */

static enum cs_err
read_file(struct cs_buf *out, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t chunk[65536];
	enum cs_err err = CS_OK;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? CS_ERR_NOT_FOUND : CS_ERR_IO;
	while (err == CS_OK) {
		n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		err = out->len + (size_t)n > max
		    ? CS_ERR_LIMIT
		    : cs_buf_add(out, cs_view(chunk, (size_t)n));
	}
	if (err == CS_OK && n < 0)
		err = CS_ERR_IO;
	cs_wipe(chunk, sizeof chunk);
	close(fd);
	return err;
}

/* A file of one line of text, as a string of at most ${size} - 1 bytes. */
static enum cs_err
read_line(char *out, size_t size, const char *path)
{
	struct cs_buf b = { 0 };
	enum cs_err err = read_file(&b, path, KEY_FILE_MAX);
	size_t n = b.len;

	while (n > 0 &&
	    (b.data[n - 1] == '\n' || b.data[n - 1] == '\r' ||
		b.data[n - 1] == ' '))
		n--;
	if (err == CS_OK && (n == 0 || n >= size || memchr(b.data, 0, n)))
		err = CS_ERR_FORMAT;
	if (err == CS_OK) {
		memcpy(out, b.data, n);
		out[n] = '\0';
	}
	cs_buf_free(&b);
	return err;
}

/* ---- keys --------------------------------------------------------------- */

/* As in an invite link, behind its #, or in hex, or the whole link. */
static enum cs_err
parse_operator_key(uint8_t out[static 32], const char *s)
{
	const char *hash = strchr(s, '#');

	if (hash != NULL)
		s = hash + 1;
	if (strlen(s) == 64)
		return cs_unhex(out, 32, s);
	return cs_unbase64url(out, 32, s, strlen(s));
}

static int
operator_key(uint8_t out[static 32], const struct cli_args *args)
{
	const char *value = cli_value(args, "operator-key");
	char line[1024];

	if (value == NULL)
		return cli_fail(CLI_USAGE,
		    "Say whose evidence it should be: --operator-key KEY, "
		    "which stands behind the # of an invite link.");
	if (parse_operator_key(out, value) != CS_OK &&
	    (read_line(line, sizeof line, value) != CS_OK ||
		parse_operator_key(out, line) != CS_OK))
		return cli_fail(CLI_USAGE,
		    "\"%.80s\" is no operator key: 43 characters as behind the "
		    "# of an invite link, 64 of hex, or a file with one.",
		    value);
	if (!cs_sign_public_valid(cs_view(out, 32)))
		return cli_fail(
		    CLI_USAGE, "That operator key is not a valid key.");
	return CLI_OK;
}

static int
private_key(struct cs_hpke_key *out, const char *path)
{
	uint8_t private[CS_X25519_LEN];
	char line[256];
	enum cs_err err;

	if ((err = read_line(line, sizeof line, path)) == CS_OK &&
	    (err = cs_unhex(private, sizeof private, line)) == CS_OK)
		err = cs_hpke_key_from_private(
		    out, CS_DHKEM_X25519, CS_VIEW_OF(private));
	cs_wipe(line, sizeof line);
	cs_wipe(private, sizeof private);
	if (err)
		return cli_fail(CLI_USAGE, "%s holds no private key: %s", path,
		    cs_err_text(err));
	return CLI_OK;
}

static int
new_key(const char *path)
{
	struct cs_hpke_key key;
	char text[2 * CS_X25519_LEN + 1];
	int fd, status = CLI_OK;
	FILE *f = NULL;

	if (cs_hpke_key_new(&key, CS_DHKEM_X25519) != CS_OK)
		return cli_fail(CLI_SOFTWARE, "No key could be made.");
	fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || (f = fdopen(fd, "w")) == NULL) {
		status = cli_fail(
		    CLI_CANNOT_WRITE, "%s: %s.", path, strerror(errno));
		goto out;
	}
	cs_hex(text, cs_hpke_key_private(&key));
	fprintf(f, "%s\n", text);
	if (fflush(f) != 0 || fsync(fd) != 0) {
		status = cli_fail(
		    CLI_CANNOT_WRITE, "%s: %s.", path, strerror(errno));
		goto out;
	}
	cs_hex(text, cs_hpke_key_public(&key));
	printf("%s\n", text);
out:
	if (f != NULL)
		fclose(f);
	cs_wipe(&key, sizeof key);
	cs_wipe(text, sizeof text);
	return status;
}

/* ---- bundles ------------------------------------------------------------ */

struct job {
	const struct cli_args *args;
	uint8_t root[32];
	const struct cs_hpke_key *key; /* or NULL */
	struct cs_json_writer *json;   /* NULL: text for people */
	const char *extract;           /* or NULL */
	/* One a file: the hash of a bundle, for the custody records among
	 * them. */
	struct seen {
		bool bundle;
		uint8_t hash[32];
	} * seen;
	bool named;  /* a bundle says who made it */
	bool faults; /* a file shows what the operator was caught at */
	const struct cli_witnesses *witnesses; /* or NULL */
};

static enum cs_err
read_bundle(struct cs_buf *out, const struct job *job, const char *path)
{
	struct cs_buf file = { 0 };
	enum cs_err err = read_file(&file, path, SEALED_MAX);

	if (err == CS_OK && cs_evidence_is_sealed(cs_buf_view(&file))) {
		err = job->key == NULL
		    ? CS_ERR_DENIED
		    : cs_evidence_open(out, cs_buf_view(&file), job->key);
	} else if (err == CS_OK) {
		cs_buf_move(out, &file);
	}
	cs_buf_free(&file);
	return err;
}

static int
say_no_bundle(const struct job *job, const char *path, enum cs_err err)
{
	if (job->json != NULL)
		cli_evidence_json(job->json, path, NULL, err, NULL);
	else if (err == CS_ERR_DENIED)
		cli_fail(0,
		    "%s is sealed to somebody's key: give --key-file with the "
		    "private half.",
		    path);
	else if (err == CS_ERR_DECRYPT)
		cli_fail(0, "%s is sealed to another key.", path);
	else
		cli_fail(0, "%s is not a bundle of evidence: %s", path,
		    cs_err_text(err));
	return err == CS_ERR_NOMEM ? CLI_SOFTWARE : NO_BUNDLE;
}

/* The bundle of that hash, or NULL; ${*others}: another one was given. */
static const char *
find_bundle(bool *others, const struct job *job, const uint8_t hash[static 32])
{
	*others = false;
	for (int i = 0; i < cli_count(job->args); i++) {
		if (!job->seen[i].bundle)
			continue;
		if (memcmp(job->seen[i].hash, hash, 32) == 0)
			return cli_arg(job->args, i);
		*others = true;
	}
	return NULL;
}

/* A record beside the bundle of another report says nothing about what lies
 * there. */
static int
verify_record(const struct job *job, const char *path, struct cs_view file)
{
	struct cs_custody *c = NULL;
	enum cs_err err = cs_custody_check(&c, file, job->root);
	struct verify_custody_beside beside = { 0 };
	bool proved;

	if (err)
		return say_no_bundle(job, path, err);
	beside.bundle = find_bundle(&beside.others, job, c->bundle_sha256);
	if (job->json != NULL)
		verify_custody_json(job->json, path, c, &beside);
	else
		verify_custody_show(path, c, &beside);
	proved = c->cert_err == CS_OK && c->signature_err == CS_OK &&
	    (beside.bundle != NULL || !beside.others);
	cs_custody_free(c);
	return proved ? ALL_PROVED : NOT_PROVED;
}

static int
verify_bundle(struct job *job, int i, struct cs_view bundle)
{
	const char *path = cli_arg(job->args, i);
	struct cs_evidence *e = NULL;
	enum cs_err err;
	int status;

	if ((err = cs_sha256(job->seen[i].hash, bundle)) ||
	    (err = cs_evidence_check(&e, bundle, job->root)))
		return say_no_bundle(job, path, err);
	job->seen[i].bundle = true;
	job->named = job->named || e->mode == CS_CSEV_NAMED;
	status = e->all_proved &&
		(job->witnesses == NULL ||
		    cli_evidence_witnessed(e, job->witnesses))
	    ? ALL_PROVED
	    : NOT_PROVED;
	if (job->json != NULL)
		cli_evidence_json(job->json, path, e, CS_OK, job->witnesses);
	else
		cli_evidence_show(path, e, job->witnesses);
	if (job->extract != NULL &&
	    (err = verify_extract(job->extract, e,
		 job->json == NULL ? VERIFY_TELL : VERIFY_QUIET)))
		status = cli_fail(
		    CLI_CANNOT_WRITE, "%s: %s", job->extract, cs_err_text(err));
	cs_evidence_free(e);
	return status;
}

/* What a member's program kept because the hub's log did not fit. */
static int
verify_fault(struct job *job, const char *path, struct cs_view file)
{
	struct cs_tlog_fault_shown shown = { 0 };
	struct cs_tlog_fault f;
	enum cs_err err = cs_tlog_fault_parse(&f, file);

	if (err)
		return say_no_bundle(job, path, err);
	job->faults = true;
	err = cs_tlog_fault_verify(&shown, &f, job->root);
	if (err == CS_ERR_NOMEM)
		return say_no_bundle(job, path, err);
	if (job->json != NULL)
		verify_fault_json(job->json, path, &f, &shown, err);
	else
		verify_fault_show(path, &f, &shown, err);
	return err ? NOT_PROVED : ALL_PROVED;
}

enum round { BUNDLES, RECORDS };

/* Verify file ${i} if it belongs to this round; what cannot be read belongs to
 * the first. */
static int
verify_one(struct job *job, int i, enum round round)
{
	const char *path = cli_arg(job->args, i);
	struct cs_buf file = { 0 };
	enum cs_err err = read_bundle(&file, job, path);
	bool record = err == CS_OK && cs_custody_is(cs_buf_view(&file));
	int status = ALL_PROVED;

	if (record && round == RECORDS)
		status = verify_record(job, path, cs_buf_view(&file));
	else if (!record && round == BUNDLES)
		status = err ? say_no_bundle(job, path, err)
		    : cs_tlog_fault_is(cs_buf_view(&file))
		    ? verify_fault(job, path, cs_buf_view(&file))
		    : verify_bundle(job, i, cs_buf_view(&file));
	cs_buf_free(&file);
	return status;
}

static int
verify_all(struct job *job)
{
	int worst = ALL_PROVED;

	if (job->json != NULL) {
		cs_json_object(job->json, NULL);
		cs_json_array(job->json, "bundles");
	}
	for (enum round round = BUNDLES; round <= RECORDS; round++)
		for (int i = 0; i < cli_count(job->args); i++) {
			int status = verify_one(job, i, round);

			if (status > worst)
				worst = status;
		}
	if (job->json != NULL) {
		cs_json_close(job->json);
		cs_json_bool(job->json, "all_proved", worst == ALL_PROVED);
		cs_json_close(job->json);
		if (cli_json_print(job->json) != CS_OK)
			return cli_fail(
			    CLI_CANNOT_WRITE, "The result cannot be written.");
	} else if (worst <= NOT_PROVED && !job->faults) {
		cli_evidence_meaning(worst == ALL_PROVED, job->named);
	}
	return worst;
}

/* Whose cosignatures count. */
static int
read_policy(struct cs_tlog_policy *out, const char *path)
{
	struct cs_buf text = { 0 };
	enum cs_err err = read_file(&text, path, CS_TLOG_POLICY_MAX);
	unsigned line = 0;
	int status = CLI_OK;

	if (err)
		status = cli_fail(CLI_USAGE, "%s: %s", path, cs_err_text(err));
	else if ((err = cs_tlog_policy_parse(out, &line, cs_buf_view(&text))))
		status = cli_fail(
		    CLI_USAGE, "%s, line %u: %s", path, line, cs_err_text(err));
	cs_buf_free(&text);
	return status;
}

static int
run(const struct cli_args *args)
{
	const char *make = cli_value(args, "new-key");
	const char *key_file = cli_value(args, "key-file");
	const char *policy_file = cli_value(args, "witnesses");
	static struct cs_tlog_policy policy; /* large */
	struct cli_witnesses witnesses = { &policy, 0 };
	struct cs_hpke_key key;
	struct cs_buf text = { 0 };
	struct cs_json_writer json = cs_json_writer(&text);
	struct job job = {
		.args = args,
		.json = cli_flag(args, "json") ? &json : NULL,
		.extract = cli_value(args, "extract"),
	};
	int status;

	if (cli_value(args, "log") != NULL)
		return cli_count(args) == 0
		    ? verify_log(args)
		    : cli_fail(CLI_USAGE, "--log takes no bundles.");
	if (make != NULL)
		return cli_count(args) == 0
		    ? new_key(make)
		    : cli_fail(CLI_USAGE, "--new-key takes no bundles.");
	if (cli_count(args) == 0)
		return cli_fail(CLI_USAGE,
		    "Say which bundle: countersign-verify FILE... "
		    "--operator-key KEY");
	if (job.extract != NULL && cli_count(args) != 1)
		return cli_fail(
		    CLI_USAGE, "--extract takes one bundle at a time.");
	if ((status = operator_key(job.root, args)))
		return status;
	if (key_file != NULL) {
		if ((status = private_key(&key, key_file)))
			return status;
		job.key = &key;
	}
	if (policy_file != NULL) {
		if ((status = read_policy(&policy, policy_file)))
			return status;
		witnesses.now_s = (uint64_t)time(NULL);
		job.witnesses = &witnesses;
	}
	job.seen = cs_calloc((size_t)cli_count(args), sizeof *job.seen);
	if (job.seen == NULL)
		return cli_fail(CLI_SOFTWARE, "Out of memory.");
	status = verify_all(&job);
	cs_buf_free(&text);
	cs_free_plain(job.seen);
	cs_wipe(&key, sizeof key);
	return status;
}

/* ---- the table ---------------------------------------------------------- */

static const struct cli_option options[] = {
	{ "operator-key", 0, "KEY",
	    "whose hub it was: as behind the # of an invite link, in hex, or a "
	    "file" },
	{ "json", 0, NULL, "for programs: one object" },
	{ "extract", 0, "DIR", "write texts and photos into a new folder" },
	{ "key-file", 0, "FILE",
	    "private key, for bundles that are sealed to it" },
	{ "witnesses", 0, "FILE",
	    "a policy (C2SP tlog-policy): which witnesses of a log count, and "
	    "how many; with --log a quorum has to have cosigned" },
	{ "new-key", 0, "FILE", "make such a key and print its public half" },
	{ "log", 0, "URL|FOLDER", "audit a whole log in place of bundles" },
	{ "key", 0, "KEY", "with --log: the log's key, or a file with it" },
	{ "from", 0, "STATE",
	    "with --log: go on from this file, which is made or renewed" },
	{ "authorities", 0, "FILE",
	    "with --log: who certifies the server, PEM (the system's)" },
	{ "report", 0, "FILE",
	    "with --log: the hub's transparency report (JSON), to be "
	    "compared" },
	{ "release", 0, "FILE",
	    "with --log: a program, package or release.txt that is to be among "
	    "the releases in it" },
	{ "times", 0, "DIR",
	    "with --log: what \"countersign-witness timestamp\" kept, to be "
	    "compared" },
	{ "times-authorities", 0, "FILE",
	    "with --times: whose word on time counts, PEM" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "", "FILE... --operator-key KEY",
	    "verify bundles of evidence and custody records, offline",
	    "Prints each link of the proof: who committed to these bytes, that "
	    "the operator accepted them and when, in which order, and where "
	    "the operator's log has them, if the bundle shows that. Verifies "
	    "what \"countersign log proof\" wrote, too. Nothing "
	    "is asked of any server. Get the operator's key from somebody "
	    "other "
	    "than whoever gave you the bundle. With --log and --key it reads "
	    "all of a log, from a folder or from where it is served: does "
	    "every "
	    "entry and every tile make the root that its key has signed? With "
	    "--from it reads what is new since the last audit, and says if the "
	    "log was rolled back or is a fork.",
	    0, -1, options, run },
	{ 0 },
};

static const struct cli_exit_text exits[] = {
	{ ALL_PROVED, "All of it is proved." },
	{ NOT_PROVED, "Something in it is not proved." },
	{ NO_BUNDLE, "A file is not a bundle, or cannot be read or opened." },
	{ CLI_USAGE, "Wrong, missing or too many arguments." },
	{ CLI_SOFTWARE, "Out of memory, or a fault of the program." },
	{ CLI_CANNOT_WRITE, "Something could not be written." },
	{ 0, NULL },
};

static const struct cli_program program = {
	.name = "countersign-verify",
	.summary = "verify bundles of evidence, offline",
	.options = NULL,
	.commands = commands,
	.exits = exits,
	.see_also = "countersign(1)",
};

int
main(int argc, char **argv)
{
	return cli_main(&program, argc, argv);
}
