/* SPDX-License-Identifier: MIT */
/*
 * The console's requests, as somebody sends them who is signed in, holds a
 * token, or is nobody: path, query, headers and body, through the table of
 * routes into a real desk, which is as it was at first for each input.
 *
 * An input is requests one after the other, with a line "%%" between them:
 *
 *	r POST /cases/2/note?x=y	who, method, path below /api/v1
 *	host: elsewhere			headers, if they are to be others
 *					an empty line, and the body
 *	{"version":1,"text":"hello"}
 *
 * Who: one of those in people[]; t and T: a token that reads, and one that
 * may everything; l: a session that is locked; any other: nobody.
 */
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "crypto/password.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/console/api.h"
#include "desk/console/call.h"
#include "desk/console/events.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/policy.h"
#include "desk/daemon/intake.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/send.h"
#include "desk/desk.h"
#include "desk/people/attempts.h"
#include "desk/people/people.h"
#include "desk/people/sign_in.h"
#include "desk/people/token.h"
#include "desk/photos/lists.h"
#include "fuzz/fuzz_want.h"
#include "net/web.h"
#include "store/clock.h"
#include "store/db.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

#define REQUESTS_MAX 8
#define HOST "127.0.0.1:1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
enum cs_err __wrap_cs_password_key(uint8_t *out, size_t n,
    struct cs_view passphrase, const uint8_t salt[static CS_PASSWORD_SALT_LEN],
    struct cs_password_cost cost);

static const struct {
	char letter;
	enum cs_desk_role role;
	const char *name;
} people[] = {
	{ 'r', CS_DESK_REVIEWER, "rosa" },
	{ 's', CS_DESK_SENIOR, "sara" },
	{ 'a', CS_DESK_AUDITOR, "audi" },
	{ 'd', CS_DESK_ADMINISTRATOR, "dina" },
};
#define PEOPLE (sizeof people / sizeof *people)

static struct world w;
static struct cs_desk_api *api;
static struct cs_desk_actor persons[PEOPLE];
static struct cs_buf pristine; /* the database, as it was at first */
static char tokens[2][CS_DESK_TOKEN_SIZE];

/* As random as the passphrase, and much faster. */
enum cs_err
__wrap_cs_password_key(uint8_t *out, size_t n, struct cs_view passphrase,
    const uint8_t salt[static CS_PASSWORD_SALT_LEN],
    struct cs_password_cost cost)
{
	(void)cost;
	memset(out, 0, n);
	memcpy(out, salt, CS_PASSWORD_SALT_LEN);
	for (size_t i = 0; i < passphrase.len; i++)
		out[i % n] ^= passphrase.data[i];
	return CS_OK;
}

/* ---- the desk ----------------------------------------------------------- */

static uint64_t
count(const char *sql)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, w.d->db, sql));
	return n;
}

static void
take(uint8_t id, int message)
{
	const int which[] = { message, message == 0 ? 1 : -1, -1 };
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct cs_wire_desk_report report = { .received_ms = EW_NOW_MS,
		.named = CS_WIRE_REPORTER_NAMED };
	struct desk_taken taken;
	struct ew_report r;

	ew_pick(&r, &w.e, which);
	r.media.bytes = none; /* the hub has it */
	memset(r.in.report_id, id, 16);
	assert_ok(cs_evidence_write(&bundle, &r.in));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&bundle), CS_VIEW_OF(w.seal_public)));
	memset(report.report, id, sizeof report.report);
	memcpy(report.reporter, w.e.people[2].account, 16);
	report.sealed = cs_buf_view(&sealed);
	assert_ok(desk_report_take(&taken, w.d, &report));
	desk_taken_clear(&taken);
	cs_buf_free(&bundle);
	cs_buf_free(&sealed);
}

/* Decide "no violation" as somebody who is none of the people. */
static void
dismiss(uint64_t case_id)
{
	const struct cs_desk_choice choice = { .action = CS_DESK_ACTION_NONE,
		.reason = "spam",
		.facts = "",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	struct cs_desk_edit e = {
		.d = w.d, .actor = &cs_desk_operator, .case_id = case_id
	};
	struct desk_case c;
	uint64_t made;

	assert_ok(desk_case_load(&c, w.d, case_id));
	e.version = c.version;
	desk_case_clear(&c);
	assert_ok(cs_desk_case_decide(&e, &choice, &made));
	assert_ok(desk_decisions_send(w.d));
}

static void
second_look(uint8_t report)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str("Look again.") };
	struct cs_wire_desk_letter letter = {
		.kind = CS_WIRE_LETTER_SECOND_LOOK, .received_ms = EW_NOW_MS
	};
	const struct ew_person *p = &w.e.people[2];
	const struct cs_letter_author author = {
		.credential = cs_buf_view(&p->credential),
		.device_key = &p->device_key,
	};
	struct cs_letter_about about = { .kind = letter.kind };
	struct cs_buf sealed = { 0 };
	uint8_t reply[32];

	memset(letter.id, 0xaa, sizeof letter.id);
	memset(letter.subject, report, sizeof letter.subject);
	memcpy(about.id, letter.id, sizeof about.id);
	memcpy(about.subject, letter.subject, sizeof about.subject);
	memcpy(about.account, p->account, sizeof about.account);
	assert_ok(cs_letter_seal(
	    &sealed, reply, &text, &about, &author, CS_VIEW_OF(w.seal_public)));
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w.d, &letter));
	cs_buf_free(&sealed);
}

/* Case 1 is decided and has been asked about; case 2, with a photo, is open. */
static void
furnish(void)
{
	char code[CS_DESK_WELCOME_SIZE];
	const struct cs_desk_actor *dina = &persons[PEOPLE - 1];
	uint64_t id;

	take(0x11, 0);
	dismiss(1);
	second_look(0x11);
	take(0x12, 4);
	for (size_t i = 0; i < PEOPLE; i++) {
		assert_ok(cs_desk_person_add(w.d, &cs_desk_operator,
		    people[i].name, people[i].role, &id, code));
		assert_ok(cs_desk_person(&persons[i], w.d, id));
	}
	assert_ok(cs_desk_token_add(
	    w.d, dina, "reads", CS_DESK_SCOPE_READ, &id, tokens[0]));
	assert_ok(cs_desk_token_add(w.d, dina, "may everything",
	    CS_DESK_SCOPE_READ | CS_DESK_SCOPE_WORK | CS_DESK_SCOPE_ADMIN, &id,
	    tokens[1]));
	assert_ok(cs_desk_list_add(
	    w.d, dina, "Hotline", "INHOPE", "known abuse", &id));
}

static void
open_desk(void)
{
	assert_ok(cs_desk_open(&w.d, temp_path(&w.dir, "desk"), none));
	assert_ok(cs_db_exec(w.d->db, "PRAGMA synchronous=OFF"));
	api->d = w.d;
}

static void
leave(void)
{
	cs_desk_api_free(api);
	cs_buf_free(&pristine);
	world_clear(&w);
}

static void
begin(void)
{
	static const struct cs_desk_api_options options = {
		.idle_ms = UINT32_MAX, .life_ms = UINT32_MAX
	};

	assert_ok(cs_crypto_init());
	setenv("COUNTERSIGN_PHOTO", "/bin/false", 1);
	world_init(&w);
	atexit(leave);
	furnish();
	assert_ok(cs_desk_api_new(&api, w.d, &options));
	cs_desk_api_listens(api, "127.0.0.1", 1);
	cs_desk_close(w.d);
	pristine = cs_test_read_file(temp_path(&w.dir, "desk/desk.db"));
	open_desk();
}

/* Put everything back to what it was at first. */
static void
restore(void)
{
	FILE *f;

	cs_desk_close(w.d);
	f = fopen(temp_path(&w.dir, "desk/desk.db"), "wb");
	fuzz_want(f != NULL &&
	    fwrite(pristine.data, 1, pristine.len, f) == pristine.len &&
	    fclose(f) == 0);
	open_desk();
}

/* Everybody is signed in: session and token of who is number ${i} there. */
static void
sign_in(void)
{
	memset(api->sessions, 0, sizeof api->sessions);
	desk_attempts_init(&api->attempts);
	for (size_t i = 0; i <= PEOPLE; i++) {
		struct api_session *s = &api->sessions[i];

		memset(s->token, 'A' + (int)i, 43);
		memset(s->csrf, 'a', 43);
		s->person = persons[i % PEOPLE].id;
		s->passwords = persons[i % PEOPLE].passwords;
		s->made_ms = s->used_ms = cs_clock_ms();
		s->locked = i == PEOPLE;
	}
}

/* ---- requests ----------------------------------------------------------- */

/* Take a line off ${rest}. */
static struct cs_view
line(struct cs_view *rest)
{
	const uint8_t *end =
	    rest->len != 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	struct cs_view got = cs_view(
	    rest->data, end != NULL ? (size_t)(end - rest->data) : rest->len);
	size_t n = got.len + (end != NULL);

	*rest = cs_view(rest->data + n, rest->len - n);
	return got;
}

/* Copy as a string; no HTTP server gives us a zero within one. */
static void
text(char *out, size_t size, struct cs_view in)
{
	size_t n = in.len < size - 1 ? in.len : size - 1;

	if (n != 0)
		memcpy(out, in.data, n);
	out[n] = '\0';
}

static void
actor(struct cs_web_request *rq, char letter)
{
	for (size_t i = 0; i <= PEOPLE; i++)
		if (letter == (i < PEOPLE ? people[i].letter : 'l')) {
			snprintf(rq->cookie, sizeof rq->cookie,
			    "countersign=%s", api->sessions[i].token);
			memset(rq->csrf, 'a', 43);
		}
	if (letter == 't' || letter == 'T')
		snprintf(rq->authorization, sizeof rq->authorization,
		    "Bearer %s", tokens[letter == 'T']);
}

static void
header(struct cs_web_request *rq, struct cs_view in)
{
	static const char *const names[] = { "host: ", "origin: ", "cookie: ",
		"authorization: ", "x-csrf-token: " };
	char *const at[] = { rq->host, rq->origin, rq->cookie,
		rq->authorization, rq->csrf };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);

		if (in.len >= n && memcmp(in.data, names[i], n) == 0)
			text(at[i], CS_WEB_HEADER_MAX,
			    cs_view(in.data + n, in.len - n));
	}
}

static void
query(struct cs_web_request *rq, char *path)
{
	char *at = strchr(path, '?');

	if (at == NULL)
		return;
	*at++ = '\0';
	while (rq->n_args < CS_WEB_ARGS_MAX && *at != '\0') {
		size_t n = strcspn(at, "&");

		text(rq->args[rq->n_args++], CS_WEB_ARG_MAX, cs_view(at, n));
		at += n + (at[n] == '&');
	}
}

/* Without bytes that would begin another header? */
static bool
one_line(const char *s)
{
	return strpbrk(s, "\r\n") == NULL;
}

static void
stream(void *s)
{
	struct cs_buf out = { 0 };

	fuzz_want(cs_desk_events_more(api, s, &out) && out.len != 0);
	cs_buf_free(&out);
	cs_desk_events_ended(api, s);
}

static void
check(const struct cs_web_answer *a)
{
	fuzz_want(a->status >= 200 && a->status < 600 && a->status != 500);
	fuzz_want(!cs_db_in_transaction(w.d->db));
	fuzz_want(one_line(a->disposition) && one_line(a->set_cookie));
	if (a->status >= 400)
		fuzz_want(
		    a->set_cookie[0] == '\0' && a->disposition[0] == '\0');
	if (a->stream != NULL) {
		stream(a->stream);
	} else if (a->media_type != NULL &&
	    strcmp(a->media_type, "application/json") == 0) {
		json_t *o = json_loadb(
		    (const char *)a->body.data, a->body.len, 0, NULL);

		fuzz_want(json_is_object(o) &&
		    (a->status >= 400) ==
			(json_object_get(o, "error") != NULL));
		json_decref(o);
	}
}

/* Counts that an auditor's requests never change. */
static uint64_t
work_done(void)
{
	return count("SELECT (SELECT SUM(version) FROM cases)"
		     "+(SELECT COUNT(*) FROM decision)"
		     "+(SELECT COUNT(*) FROM list)+(SELECT COUNT(*) FROM token)"
		     "+(SELECT COUNT(*) FROM entry)"
		     "+(SELECT COUNT(*) FROM person)");
}

static void
request(struct cs_view in)
{
	static struct cs_web_request rq;
	struct cs_web_answer a = { .status = 500, .media_type = "text/plain" };
	struct cs_view first = line(&in), next;
	char start[CS_WEB_PATH_MAX + 64], method[8],
	    path[sizeof "/api/v1" + sizeof start];
	uint64_t before = work_done();
	char *at;

	memset(&rq, 0, sizeof rq);
	text(start, sizeof start, first);
	if (start[0] == '\0' || start[1] != ' ' ||
	    (at = strchr(start + 2, ' ')) == NULL)
		return;
	*at++ = '\0';
	text(method, sizeof method, cs_view_str(start + 2));
	snprintf(path, sizeof path, "/api/v1%s", at);
	query(&rq, path);
	rq.method = method;
	rq.path = path;
	snprintf(rq.host, sizeof rq.host, HOST);
	snprintf(rq.peer, sizeof rq.peer, "127.0.0.1");
	actor(&rq, start[0]);
	while ((next = line(&in)).len != 0)
		header(&rq, next);
	rq.body = in;
	cs_desk_api_handle(api, &rq, &a);
	check(&a);
	cs_buf_free(&a.body);
	if (start[0] == 'a' || start[0] == 't' || start[0] == 'l')
		fuzz_want(
		    strcmp(rq.method, "POST") != 0 || before == work_done());
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char between[] = "\n%%\n";
	struct cs_view rest = cs_view(data, size);

	if (api == NULL)
		begin();
	sign_in();
	for (unsigned i = 0; i < REQUESTS_MAX && rest.len != 0; i++) {
		const uint8_t *end =
		    memmem(rest.data, rest.len, between, sizeof between - 1);
		size_t n = end != NULL ? (size_t)(end - rest.data) : rest.len;

		request(cs_view(rest.data, n));
		n += end != NULL ? sizeof between - 1 : 0;
		rest = cs_view(rest.data + n, rest.len - n);
	}
	if (count("SELECT total_changes()") != 0) {
		fuzz_want(cs_desk_audit_verify(w.d, NULL, NULL) == CS_OK);
		restore();
	}
	return 0;
}
