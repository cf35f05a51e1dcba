/* SPDX-License-Identifier: MIT */
/*
 * A hub whose network processes have been taken over: "evil-hub run DIR" is
 * countersignd, but what has the sockets does as it likes.  It says what it
 * tried, and whether it got it: lines "evil: got WHAT" or "evil: no WHAT".
 *
 * A takeover comes after the process has confined itself, so this one does so,
 * too.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "crypto/init.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "hub/hub.h"
#include "hub/talk/talk.h"
#include "wire/codec.h"
#include "wire/frame.h"
#include "wire/messages.h"

static int listener = -1, links[3] = { -1, -1, -1 };
enum { DATABASE, FILES, TLS };
static const char *const names[] = { HUB_DATABASE, HUB_FILES, HUB_TLS };
static uint64_t next_line = 1;

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	(void)arg;
	if (cs_hand_is(h, "listener"))
		listener = h->fd;
	for (size_t i = 0; cs_hand_is(h, "link") && i < 3; i++)
		if (cs_view_equal(
			cs_view(h->bytes, h->length), cs_view_str(names[i])))
			links[i] = h->fd;
	return CS_OK;
}

static void
say(bool got, const char *what)
{
	dprintf(2, "evil: %s %s\n", got ? "got" : "no", what);
}

/* ---- the system --------------------------------------------------------- */

static void
try_system(void)
{
	static const char *const files[] = { "keys/stamp.key", "keys/tls.key",
		"keys/registrar.key", "hub.db", "/etc/passwd",
		"/proc/self/mem" };
	const char *dir = getenv("EVIL_DIR");
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char path[4096];
	int fd;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s%s%s",
		    files[i][0] == '/' ? "" : dir,
		    files[i][0] == '/' ? "" : "/", files[i]);
		fd = open(path, O_RDONLY);
		say(fd >= 0, files[i]);
	}
	say(open("/tmp/evil", O_WRONLY | O_CREAT, 0600) >= 0, "a new file");
	say(socket(AF_INET, SOCK_STREAM, 0) >= 0, "a socket of its own");
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	say(fd >= 0 && connect(fd, (void *)&at, sizeof at) == 0,
	    "a socket of others");
	say(kill(getppid(), 0) == 0, "a signal to its parent");
	say(fork() >= 0, "a child");
}

/* ---- the database ------------------------------------------------------- */

static struct cs_channel *
channel(int which)
{
	const struct cs_channel_limits limits = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	struct cs_channel *c = NULL;

	if (cs_channel_new(&c, links[which], &limits) != CS_OK)
		_exit(1);
	return c;
}

/* Open a connection that nobody made, with a binding of our choice. */
static uint64_t
open_line(
    struct cs_channel *c, struct cs_wire_hello *hello, struct cs_buf *kept)
{
	struct hub_talk_opened opened = { .address = { 1 } };
	struct cs_channel_message m;
	struct cs_wire_frame frame;
	uint64_t line = (uint64_t)1 << 32 | next_line++;

	if (cs_channel_put(c, HUB_TALK_OPENED, line, HUB_TALK_OF(opened)) !=
		CS_OK ||
	    cs_channel_await(&m, c, 5000) != CS_OK ||
	    cs_buf_set(kept, m.bytes) != CS_OK ||
	    cs_wire_frame_parse(&frame, cs_buf_view(kept)) != CS_OK ||
	    cs_wire_parse(hello, &cs_wire_hello_shape, frame.body) != CS_OK)
		_exit(2);
	return line;
}

/* A request on it: does the hub do it? */
static bool
ask(struct cs_channel *c, uint64_t line, uint8_t kind,
    const struct cs_wire_shape *shape, const void *message)
{
	struct cs_channel_message m;
	struct cs_wire_frame frame;
	struct cs_buf bytes = { 0 };
	enum cs_err err = cs_wire_frame_head(&bytes, kind, 1);

	if (err == CS_OK)
		err = cs_wire_write(&bytes, shape, message);
	if (err == CS_OK)
		err = cs_channel_put(
		    c, HUB_TALK_FRAME, line, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	while (err == CS_OK && (err = cs_channel_await(&m, c, 5000)) == CS_OK)
		if (m.kind == HUB_TALK_SEND && m.about == line)
			return cs_wire_frame_parse(&frame, m.bytes) == CS_OK &&
			    frame.kind == CS_WIRE_ANSWER;
	return false;
}

static void
unhex(uint8_t *out, size_t n, const char *name)
{
	const char *hex = getenv(name);

	for (size_t i = 0; hex != NULL && i < n; i++)
		sscanf(hex + 2 * i, "%2hhx", &out[i]);
}

static void
try_requests(struct cs_channel *c)
{
	struct cs_wire_login login = { .role = CS_WIRE_ROLE_DEVICE };
	struct cs_wire_submit submit = { .message = cs_view_str("message") };
	struct cs_wire_fetch fetch = { .max = 10 };
	struct cs_wire_empty reports = { 0 };
	struct cs_wire_hello hello;
	struct cs_sign_key key;
	struct cs_buf kept = { 0 }, tbs = { 0 };
	const struct cs_wire_binding binding = { 0 };
	uint8_t group[32];
	uint64_t line = open_line(c, &hello, &kept);

	unhex(login.device, sizeof login.device, "EVIL_DEVICE");
	unhex(group, sizeof group, "EVIL_GROUP");
	submit.group_id = fetch.group_id = CS_VIEW_OF(group);
	say(ask(c, line, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &submit),
	    "a stamp for somebody who is not there");
	say(ask(c, line, CS_WIRE_FETCH, &cs_wire_fetch_shape, &fetch), "a log");
	say(ask(c, line, CS_WIRE_DESK_REPORTS, &cs_wire_empty_shape, &reports),
	    "the desk's reports");
	/* A login with all that it can make up, and a key of its own. */
	if (cs_sign_key_new(&key) != CS_OK ||
	    cs_wire_login_tbs(&tbs, login.role, login.device, hello.challenge,
		hello.hub_name, &binding) != CS_OK ||
	    cs_sign(login.signature, &key, cs_buf_view(&tbs)) != CS_OK)
		_exit(3);
	say(ask(c, line, CS_WIRE_LOGIN, &cs_wire_login_shape, &login),
	    "a login as somebody else");
	cs_buf_free(&kept);
	cs_buf_free(&tbs);
}

/* What no process says ends the link, and nothing else. */
static void
try_nonsense(struct cs_channel *c)
{
	struct cs_channel_message m;
	uint8_t stamp[256] = { 0 };
	enum cs_err err;

	err = cs_channel_put(c, 77, 1, CS_VIEW_OF(stamp));
	while (err == CS_OK)
		err = cs_channel_await(&m, c, 5000);
	say(err == CS_ERR_TIMEOUT, "an answer to what is no message");
}

/* ---- the others --------------------------------------------------------- */

static void
try_tls(void)
{
	static const char client[] = "TLS 1.3, client CertificateVerify";
	struct cs_channel *c = channel(TLS);
	struct cs_channel_message m;
	uint8_t tbs[64 + sizeof client + 32];

	memset(tbs, 0x20, sizeof tbs);
	memcpy(tbs + 64, client, sizeof client);
	(void)!cs_channel_put(
	    c, HUB_TALK_SIGN, (uint64_t)1 << 32 | 7, CS_VIEW_OF(tbs));
	do
		if (cs_channel_await(&m, c, 5000) != CS_OK)
			_exit(4);
	while (m.kind != HUB_TALK_SIGNATURE);
	say(m.bytes.len != 0, "a signature for something else than TLS");
	cs_channel_free(c);
}

static void
try_files(void)
{
	struct cs_channel *c = channel(FILES);
	struct hub_talk_grant grant = { .status = 0 };
	struct cs_channel_message m;
	int32_t status = 0;

	unhex(grant.pass.id, sizeof grant.pass.id, "EVIL_BLOB");
	grant.pass.size = grant.pass.length = 1000;
	grant.pass.until_ms = UINT64_MAX;
	(void)!cs_channel_put(
	    c, HUB_TALK_BEGIN, (uint64_t)1 << 32 | 1, HUB_TALK_OF(grant));
	say(cs_channel_await(&m, c, 5000) != CS_OK ||
		!hub_talk_copy(&status, sizeof status, m.bytes) || status == 0,
	    "a file without a pass");
	cs_channel_free(c);
}

static int
evil_main(void)
{
	const struct cs_confinement how = {
		.more = CS_CONFINE_ACCEPT, .stranger = true, .folder = -1
	};
	struct cs_confined confined;
	struct cs_channel *c;

	if (cs_part_begin("evil") != CS_OK || cs_crypto_init() != CS_OK ||
	    cs_part_take(NULL, take, true) != CS_OK ||
	    cs_confine(&confined, &how) != CS_OK || cs_part_ready() != CS_OK)
		return 1;
	try_system();
	c = channel(DATABASE);
	try_requests(c);
	try_nonsense(c);
	cs_channel_free(c);
	try_tls();
	try_files();
	say(true, "to the end");
	/* Of this it dies; under a sanitizer it would get it. */
	if (!confined.seccomp)
		return 0;
	ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	say(true, "another process");
	return 0;
}

static void
ready(const struct cs_hub_ready *at)
{
	printf("evil-hub: listens on %s:%d\n", at->host, at->port);
	fflush(stdout);
}

static void
tell(const char *sentence)
{
	fprintf(stderr, "evil-hub: %s\n", sentence);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return strcmp(argv[2], HUB_NETWORK) == 0 &&
			getenv("EVIL_DIR") != NULL
		    ? evil_main()
		    : cs_hub_part(argv[2]);
	if (argc != 3 || strcmp(argv[1], "run") != 0)
		return 64;
	return cs_hub_run(argv[2], ready, tell) == CS_OK ? 0 : 1;
}
