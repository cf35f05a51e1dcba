/* SPDX-License-Identifier: MIT */
/* Who comes in where, and what pages are shown, without TLS as a proxy asks. */
#include "net/server_door.h"

#include "base/text.h"
#include "net/release.h"
#include "net/server_ask.h"
#include "support/net_words.h"
#include "unit/net/net_raw.h"

#define ORIGIN "https://chat.example.org"
#define BIG_FILE ((size_t)300000)
#define UPGRADE                                                                \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n"                        \
	"Sec-WebSocket-Version: 13\r\n"                                        \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                      \
	"Sec-WebSocket-Protocol: countersign.v1\r\n\r\n"
#define WS "GET /ws HTTP/1.1\r\nHost: a\r\n"

static int web_port;
static uint8_t big[BIG_FILE];

/* ---- the server, in the child ------------------------------------------- */

/* What the program is told: the address, and what a login is bound to. */
static enum cs_err
opened_so(void *arg, struct cs_net_conn *c, void **user)
{
	struct cs_wire_binding b;
	uint8_t told[CS_NET_ADDRESS_LEN + sizeof b];
	enum cs_err err = cs_net_conn_binding(&b, c);

	(void)arg;
	*user = c;
	if (err)
		return err;
	cs_net_conn_address(told, c);
	memcpy(told + CS_NET_ADDRESS_LEN, &b, sizeof b);
	return cs_net_conn_send(c, CS_VIEW_OF(told));
}

static struct cs_release *
make_release(void)
{
	const struct cs_release_file files[] = {
		{ .path = cs_view_str("/app.js"), .bytes = CS_VIEW_OF(big) },
		{ .path = cs_view_str("/app.js.br"),
		    .bytes = cs_view_str("small") },
		{ .path = cs_view_str("/index.html"),
		    .bytes = cs_view_str("index") },
	};
	struct cs_buf pack = { 0 };
	struct cs_release *r = NULL;

	if (cs_release_manifest(&pack, cs_view_str("1"), files, 3) != CS_OK ||
	    cs_buf_add(&pack, cs_view_str("\n")) != CS_OK ||
	    cs_buf_add(&pack, files[0].bytes) != CS_OK ||
	    cs_buf_add(&pack, files[1].bytes) != CS_OK ||
	    cs_buf_add(&pack, files[2].bytes) != CS_OK ||
	    cs_release_open(&r, &pack) != CS_OK)
		_exit(4);
	return r;
}

/* Somebody is asked what is sent to /asked, and answers with a page. */
static bool
asks(void *arg, bool post, struct cs_view target)
{
	(void)arg;
	return post && cs_view_equal(target, cs_view_str("/asked"));
}

static bool
is_asked(void *arg, struct cs_net_ask *a, const struct cs_net_asked *what)
{
	(void)arg;
	(void)a;
	(void)what;
	return true;
}

static void
ask_bytes(void *arg, struct cs_net_ask *a, struct cs_view bytes)
{
	(void)arg;
	(void)a;
	(void)bytes;
}

static void
ask_whole(void *arg, struct cs_net_ask *a)
{
	struct cs_net_answer answer = { .status = 200, .type = "text/html" };
	uint8_t address[CS_NET_ADDRESS_LEN];
	char text[64] = "<form>";

	(void)arg;
	cs_net_conn_address(address, a->conn);
	cs_hex(text + strlen(text), CS_VIEW_OF(address));
	answer.bytes = cs_view_str(text);
	cs_net_ask_answer(a, &answer);
}

static void
ask_over(void *arg, struct cs_net_ask *a)
{
	(void)arg;
	(void)a;
}

static void
serve_web(struct net_world *w, int ready)
{
	struct cs_net_web web = { .plain = true,
		.n_origins = 2,
		.origins = { "https://other.example.org", ORIGIN } };
	struct cs_net_server_config config = {
		.web = &web,
		.opened = opened_so,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
		.asks = asks,
		.ask = is_asked,
		.ask_bytes = ask_bytes,
		.ask_whole = ask_whole,
		.ask_over = ask_over,
		.ask_max = 100,
		.page = net_no_page,
	};
	struct cs_net_server *server = NULL;
	struct cs_release *r = make_release();

	if (cs_net_listen(&config.listener, 1, "127.0.0.1", w->port) != CS_OK ||
	    cs_net_listen(&web.listener, 1, "127.0.0.1", web_port) != CS_OK ||
	    cs_tls_server_new(&config.tls, temp_path(&w->dir, "tls.pem"),
		temp_path(&w->dir, "tls.key")) != CS_OK ||
	    cs_net_server_new(&server, &config) != CS_OK)
		_exit(2);
	cs_net_server_show(server, r, NULL);
	cs_release_drop(r);
	if (write(ready, "", 1) != 1)
		_exit(2);
	while (cs_net_server_run(server, 1000) == CS_OK)
		;
	_exit(3);
}

/* ---- who asks ----------------------------------------------------------- */

static char in[BIG_FILE + 8192];
static size_t n_in;

/* Say ${request} and hear all, or until ${least} bytes are there. */
static int
ask(const char *request, size_t least)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)web_port) };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM, 0), code = 0;
	ssize_t got = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(
	    write(fd, request, strlen(request)), (ssize_t)strlen(request));
	n_in = 0;
	while (
	    got > 0 && n_in < sizeof in - 1 && (least == 0 || n_in < least)) {
		got = read(fd, in + n_in, sizeof in - 1 - n_in);
		if (got > 0)
			n_in += (size_t)got;
	}
	in[n_in] = '\0';
	close(fd);
	sscanf(in, "HTTP/1.1 %d ", &code);
	return code;
}

#define GET(path, fields)                                                      \
	ask("GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" fields \
	    "\r\n",                                                            \
	    0)

static void
world_init(struct net_world *w)
{
	limits = (struct cs_net_limits){ 0 };
	web_port = net_free_port();
	memset(big, 'x', sizeof big);
	net_fork(w, serve_web, &good);
}

static void
test_doors(void **state)
{
	struct net_world w;

	(void)state;
	world_init(&w);
	assert_int_equal(ask(WS "Origin: " ORIGIN "\r\n" UPGRADE, 20), 101);
	assert_int_equal(ask(WS "oRIGIN:  " ORIGIN " \r\n" UPGRADE, 20), 101);
	assert_int_equal(ask(WS UPGRADE, 20), 403);
	assert_int_equal(ask(WS "Origin: " ORIGIN ".\r\n" UPGRADE, 20), 403);
	assert_int_equal(ask(WS "Origin: null\r\n" UPGRADE, 20), 403);
	assert_int_equal(ask(WS "Origin:\r\n" UPGRADE, 20), 403);
	assert_int_equal(
	    ask(WS "Origin: " ORIGIN "\r\nOrigin: " ORIGIN "\r\n" UPGRADE, 20),
	    403);
	assert_int_equal(
	    ask("PUT /b/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
		20),
	    403);
	assert_int_equal(GET("/", "Origin: https://evil.example.org\r\n"), 403);
	/* Where programs come in, it is the other way round. */
	assert_int_equal(raw_status(&w, WS UPGRADE), 101);
	assert_int_equal(
	    raw_status(&w, WS "Origin: " ORIGIN "\r\n" UPGRADE), 403);
	assert_int_equal(
	    raw_status(&w, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
	net_world_clear(&w);
}

/* What the program is told of a page, whose proxy names who it is. */
static void
test_told(void **state)
{
	static const struct {
		const char *field;
		uint8_t address[CS_NET_ADDRESS_LEN];
	} all[] = {
		{ "X-Forwarded-For: 1.2.3.4\r\n",
		    { [10] = 0xff, 0xff, 1, 2, 3, 4 } },
		{ "X-Forwarded-For: 9.9.9.9, 2001:db8::7\r\n",
		    { 0x20, 1, 0x0d, 0xb8, [15] = 7 } },
		{ "X-Forwarded-For: 9.9.9.9,evil\r\n", { 0xfd } },
		{ "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 1.2.3.4\r\n",
		    { 0xfd } },
		{ "", { 0xfd } },
	};
	struct cs_wire_binding b;
	struct net_world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_wire_origin_binding(&b, cs_view_str(ORIGIN)));
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		char request[1024];
		const char *told;

		snprintf(request, sizeof request,
		    WS "Origin: " ORIGIN "\r\n%s" UPGRADE, all[i].field);
		assert_int_equal(ask(request, 180), 101);
		told = strstr(in, "\r\n\r\n") + 4 + 2; /* of the frame */
		assert_memory_equal(told, all[i].address,
		    all[i].address[0] == 0xfd ? 1 : CS_NET_ADDRESS_LEN);
		assert_memory_equal(told + CS_NET_ADDRESS_LEN, &b, sizeof b);
	}
	net_world_clear(&w);
}

static void
test_files(void **state)
{
	struct net_world w;
	const char *body;

	(void)state;
	world_init(&w);
	assert_int_equal(GET("/", ""), 200);
	assert_non_null(strstr(in, "\r\n\r\nindex"));
	assert_non_null(strstr(in, "require-trusted-types-for 'script'"));
	assert_null(strstr(in, "Strict-Transport-Security"));
	assert_int_equal(GET("/i/code", ""), 200);
	assert_int_equal(GET("/app.js?v=1", ""), 200);
	body = strstr(in, "\r\n\r\n") + 4;
	assert_int_equal(in + n_in - body, BIG_FILE);
	assert_memory_equal(body, big, BIG_FILE);
	assert_int_equal(GET("/app.js", "Accept-Encoding: gzip, br\r\n"), 200);
	assert_non_null(strstr(in, "Content-Encoding: br\r\n"));
	assert_non_null(strstr(in, "\r\n\r\nsmall"));
	assert_int_equal(GET("/release/latest", ""), 200);
	assert_int_equal(GET("/release/", ""), 404);
	assert_int_equal(GET("/file/zz", ""), 404);
	assert_int_equal(GET("/../app.js", ""), 404);
	assert_int_equal(GET("/app.js/", ""), 404);
	/* One behind the other, of which the second waits. */
	ask("GET /app.js HTTP/1.1\r\nHost: a\r\n\r\n"
	    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	    0);
	body = strstr(in, "\r\n\r\n") + 4;
	assert_memory_equal(body, big, BIG_FILE);
	assert_memory_equal(body + BIG_FILE, "HTTP/1.1 200", 12);
	net_world_clear(&w);
}

/* A page of who is asked may send its form, as a browser does that says no
 * origin; the pages of a release may not. */
static void
test_forms(void **state)
{
	struct net_world w;

	(void)state;
	world_init(&w);
	assert_int_equal(GET("/", ""), 200);
	assert_non_null(strstr(in, "form-action 'none'"));
	assert_int_equal(ask("POST /asked HTTP/1.1\r\nHost: a\r\n"
			     "Origin: null\r\nConnection: close\r\n"
			     "Content-Length: 1\r\n\r\nx",
			     0),
	    200);
	assert_non_null(strstr(in, "\r\n\r\n<form>"));
	assert_non_null(strstr(in, "form-action 'self'"));
	assert_non_null(strstr(in, "require-trusted-types-for 'script'"));
	assert_int_equal(GET("/asked", ""), 404);
	assert_non_null(strstr(in, "form-action 'none'"));
	net_world_clear(&w);
}

#define ASKED(fields)                                                          \
	ask("POST /asked HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" fields  \
	    "Content-Length: 1\r\n\r\nx",                                      \
	    0)

/* Who asks is who the proxy says, and does not ask because another site made
 * their browser do so. */
static void
test_askers(void **state)
{
	struct net_world w;

	(void)state;
	world_init(&w);
	assert_int_equal(ASKED("X-Forwarded-For: 192.0.2.7\r\n"), 200);
	assert_non_null(strstr(in, "<form>00000000000000000000ffffc0000207"));
	assert_int_equal(ASKED("X-Forwarded-For: 1.1.1.1, 192.0.2.8\r\n"), 200);
	assert_non_null(strstr(in, "ffffc0000208"));
	assert_int_equal(ASKED("Sec-Fetch-Site: same-origin\r\n"), 200);
	assert_int_equal(ASKED("Sec-Fetch-Site: none\r\n"), 200);
	assert_int_equal(ASKED("Sec-Fetch-Site: cross-site\r\n"), 403);
	assert_int_equal(ASKED("Sec-Fetch-Site: same-site\r\n"), 403);
	assert_int_equal(ASKED("Sec-Fetch-Site: x\r\n"), 403);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doors),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_askers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
