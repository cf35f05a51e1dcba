/* SPDX-License-Identifier: MIT */
/* A hub in a process and a folder of its own, and members who join it. */
#include "programs/bench/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "hub/admin.h"
#include "hub/hub.h"
#include "net/client.h"
#include "programs/bench/bench.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"
#include "store/clock.h"

int
bench_free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		bench_must(CS_ERR_IO, "no free port");
	close(fd);
	return ntohs(at.sin_port);
}

/* countersignd beside this program. */
static void
run_hub(const char *dir, int out)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);
	char *slash;

	if (n < 0)
		_exit(127);
	path[n] = '\0';
	slash = strrchr(path, '/');
	snprintf(slash + 1, sizeof path - (size_t)(slash + 1 - path), "%s",
	    "countersignd");
	dup2(out, STDOUT_FILENO);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execl(path, path, "run", dir, (char *)NULL);
	_exit(127);
}

/* ---- its end, whatever ours is ------------------------------------------ */

static struct bench_hub running;
static pid_t owner; /* children come past here too, and leave it alone */

/* Only what a signal handler may call. */
static void
stop_running(void)
{
	pid_t pid;

	if (running.pid == 0 || getpid() != owner)
		return;
	kill(running.pid, SIGTERM);
	waitpid(running.pid, NULL, 0);
	running.pid = 0;
	if ((pid = fork()) == 0) {
		execl("/bin/rm", "rm", "-rf", running.dir, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void
on_signal(int number)
{
	stop_running();
	_exit(128 + number);
}

static void
end_with_us(const struct bench_hub *h)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	if (owner == 0)
		atexit(stop_running);
	owner = getpid();
	running = *h;
	*strrchr(running.dir, '/') = '\0';
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

void
bench_hub_stop(struct bench_hub *h)
{
	(void)h;
	stop_running();
}

/* DIR/hub in a new temporary folder DIR. */
static void
make_folder(char *dir, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(dir, size, "%s/countersign-bench-XXXXXX",
	    tmp != NULL && *tmp != '\0' ? tmp : "/tmp");

	if (n < 0 || (size_t)n + sizeof "/hub" > size || mkdtemp(dir) == NULL)
		bench_must(CS_ERR_IO, "temporary folder");
	snprintf(dir + n, size - (size_t)n, "%s", "/hub");
}

/* What is measured is how fast it is, and not how much anybody may take. */
static void
lift_budgets(const char *dir)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/hub.conf", dir);
	f = fopen(path, "a");
	if (f == NULL || fputs("budgets 1000\n", f) < 0 || fclose(f) != 0)
		bench_must(CS_ERR_IO, "the hub's budgets");
}

void
bench_hub_start(struct bench_hub *h)
{
	char root[CS_HUB_ROOT_TEXT_SIZE], line[256] = "";
	int fd[2];

	make_folder(h->dir, sizeof h->dir);
	if (pipe2(fd, O_CLOEXEC) != 0)
		bench_must(CS_ERR_IO, "a pipe");
	h->port = bench_free_port();
	bench_must(cs_hub_init(h->dir, "localhost", "127.0.0.1", h->port),
	    "the hub's folder");
	lift_budgets(h->dir);
	bench_must(cs_hub_root(root, h->dir), "root");
	bench_must(cs_unbase64url(h->root, 32, root, strlen(root)), "root");
	h->pid = fork();
	if (h->pid == 0)
		run_hub(h->dir, fd[1]);
	close(fd[1]);
	end_with_us(h);
	/* Its one line says that it takes connections. */
	if (read(fd[0], line, sizeof line - 1) <= 0)
		bench_must(CS_ERR_IO, "countersignd does not start");
	close(fd[0]);
}

static void
hub_invite(struct bench_hub *h, char *code, unsigned uses)
{
	char link[CS_HUB_LINK_SIZE], *from, *to;

	bench_must(cs_hub_invite(link, h->dir, uses, 3600), "invite");
	from = strstr(link, "/i/") + 3;
	to = strchr(from, '#');
	memcpy(code, from, (size_t)(to - from));
	code[to - from] = '\0';
}

void
bench_hub_join(struct bench_hub *h, struct bench_member *m)
{
	const struct cs_net_client_config config = {
		.host = "localhost",
		.port = h->port,
		.root_public = h->root,
		.timeout_ms = 30000,
	};
	struct cs_wire_login_answer login;
	struct cs_wire_account account;
	struct cs_wire_join join = { 0 };
	char code[128];

	hub_invite(h, code, 1);
	join.invite = cs_view_str(code);
	memcpy(join.account_key, m->account_key.public, 32);
	join.device_cert = cs_buf_view(&m->cert);
	bench_must(cs_session_open(&m->session, &config), "connect");
	bench_must(
	    cs_session_call(&m->session, CS_WIRE_JOIN, &cs_wire_join_shape,
		&join, &cs_wire_account_shape, &account),
	    "join");
	bench_member_registered(
	    m, account.registrar_cert, account.account_cert);
	bench_must(cs_session_login(&m->session, CS_WIRE_ROLE_DEVICE, m->device,
		       &m->device_key, &login),
	    "login");
}

static void
external_key(const struct bench_member *m, uint8_t out[static 32],
    const struct bench_hub *h)
{
	struct cs_role_key_cert cert;

	bench_must(cs_role_key_cert_verify(&cert,
		       cs_buf_view(&m->session.info.external_cert),
		       CS_VIEW_OF(h->root), CS_ROLE_EXTERNAL_SENDER,
		       cs_clock_ms() / 1000),
	    "external sender");
	memcpy(out, cert.public, 32);
}

void
bench_hub_pair(struct bench_hub *h, struct bench_member *a,
    struct bench_member *b, unsigned number)
{
	uint8_t external[32];

	bench_member_init(a, 2 * number);
	bench_member_init(b, 2 * number + 1);
	bench_hub_join(h, a);
	bench_hub_join(h, b);
	external_key(a, external, h);
	bench_pair(a, b,
	    &(struct bench_pairing){ .n = 2,
		.root = h->root,
		.hub_name = "localhost",
		.external_sender = external,
		.hub = true });
}

uint64_t
bench_ping(struct bench_member *m)
{
	const struct cs_wire_empty none = { 0 };
	struct cs_wire_empty answer;
	uint64_t from = bench_ns();

	bench_must(
	    cs_session_call(&m->session, CS_WIRE_PING, &cs_wire_empty_shape,
		&none, &cs_wire_empty_shape, &answer),
	    "ping");
	return bench_ns() - from;
}
