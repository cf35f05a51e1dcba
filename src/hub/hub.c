/* SPDX-License-Identifier: MIT */
/* The parent of a hub's processes: it opens what they read, and sees to it that
 * they are there. */
#include "hub/hub.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "family/family.h"
#include "family/part.h"
#include "hub/core/budget.h"
#include "hub/core/keys.h"
#include "hub/core/tlog.h"
#include "hub/database.h"
#include "hub/files/files.h"
#include "hub/network/network.h"
#include "hub/page.h"
#include "hub/push/push.h"
#include "hub/signing/signer.h"
#include "hub/signing/tls.h"
#include "hub/site/site.h"
#include "hub/talk/talk.h"
#include "hub/tlog/tlog.h"
#include "hub/watch.h"
#include "hub/witness/witness.h"
#include "net/authorities.h"
#include "net/listen.h"
#include "store/clock.h"
#include "store/file.h"
#include "store/folder.h"

#define OWN_FILES 64        /* of a process, beside its connections */
#define FILES_ANYWHERE 1024 /* on any system */
#define TAKE_OVER_MS 5000   /* for a hub that was killed to be gone */
/* Where Debian and others keep them. */
/* In the hub's folder: more languages of the site. */
#define HUB_SITE_WORDS "site"
#define QUIET_MS 50 /* after a change of keys: others may belong to it */
#define QUIET_MAX 40

/* Where each process stands among the parts. */
enum { SIGNER, TLS, FILES, TLOG, SITE, DATABASE, NETWORKS };
#define PARTS_MAX (NETWORKS + HUB_NETWORK_MAX + 2)

/* How often the hub looks for what its operator has to see to. */
#define LOOK_MS ((uint64_t)10 * 60 * CS_SECOND_MS)

struct parent {
	struct cs_folder folder;
	struct hub_conf conf;
	int keys, blobs, page, tlog, lock, watched; /* descriptors, or -1 */
	int listeners[HUB_NETWORK_MAX], web_listeners[HUB_NETWORK_MAX];
	int page_watch; /* what inotify calls the page's folder */
	unsigned n_networks;
	struct cs_net_limits limits; /* of all network processes */
	uint64_t wanted;             /* connections, if files allowed */
	struct cs_family_part parts[PARTS_MAX];
	struct cs_family_link links[6 + 5 * HUB_NETWORK_MAX];
	size_t n_parts, n_links;
	void (*tell)(const char *sentence);
	size_t troubles; /* that were said last, and when */
	uint64_t troubled_ms;
	struct cs_hub_troubles seen; /* by the last look */
	struct cs_family *family;    /* NULL: not started yet */
};

/* ---- what is told ------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
say(const struct parent *p, const char *format, ...)
{
	char sentence[512];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	p->tell(sentence);
}

/* A reminder; the operator's program hears it, too. */
static void
tell_notices(const struct parent *p, const struct cs_hand *h)
{
	struct cs_hub_trouble t = { .kind = "notices", .left = h->number };

	snprintf(t.sentence, sizeof t.sentence,
	    "Notices that were not answered in time, as everybody can see: %u. "
	    "To be answered in the next six hours: %.*s.",
	    h->number, (int)h->length, (const char *)h->bytes);
	say(p, "%s", t.sentence);
	if (p->conf.hook[0] != '\0' && cs_hub_hook(p->conf.hook, &t) != CS_OK)
		say(p, "The hook %s cannot be run.", p->conf.hook);
}

static void
on_said(void *arg, size_t part, const struct cs_hand *h)
{
	(void)part;
	if (cs_hand_is(h, "keys"))
		say(arg,
		    "New keys are not taken up (%s); the hub goes on with "
		    "those that it has.",
		    cs_err_text((enum cs_err)h->number));
	else if (cs_hand_is(h, "web-keys"))
		say(arg,
		    "The certificate for pages, or its key, is not taken up "
		    "(%s): it has to be PEM, with a key on P-256 that belongs "
		    "to it.",
		    cs_err_text((enum cs_err)h->number));
	else if (cs_hand_is(h, "authorities"))
		say(arg,
		    "No pushes are sent: there are no certificates of "
		    "authorities.");
	else if (cs_hand_is(h, "page"))
		say(arg,
		    "What is installed as the page is none (%s), and is not "
		    "shown.",
		    cs_err_text((enum cs_err)h->number));
	else if (cs_hand_is(h, "words"))
		say(arg,
		    "The language \"%.*s\" of the site is not taken up (%s): a "
		    "JSON object of keys and texts.",
		    (int)h->length, (const char *)h->bytes,
		    cs_err_text((enum cs_err)h->number));
	else if (cs_hand_is(h, "notices"))
		tell_notices(arg, h);
	else if (cs_hand_is(h, "clock"))
		say(arg,
		    "The system's clock leapt ahead by %.*s hours. The hub "
		    "follows it at twice the speed of time; if the clock is "
		    "right, restart the hub.",
		    (int)h->length, (const char *)h->bytes);
	else if (cs_hand_is(h, "tlog"))
		say(arg, "%s",
		    h->number == HUB_TLOG_SHORT
			? "The log has fewer entries than it once had, or "
			  "others: an older copy of its folder was put back. "
			  "Messages are refused until the newest one is "
			  "there: members and witnesses remember."
			: "The log has entries that the database does not "
			  "know: an older copy of the database was put back. "
			  "Messages are refused until the newest one is there, "
			  "or \"countersignctl log restored\" says to "
			  "everybody that it is lost.");
	else if (cs_hand_is(h, "witnesses"))
		say(arg,
		    "No witnesses are asked: line %u of the policy that "
		    "\"witnesses\" in hub.conf names is wrong (%.*s).",
		    h->number, (int)h->length, (const char *)h->bytes);
	else if (cs_hand_is(h, "disagrees"))
		say(arg,
		    "A witness says that it has cosigned another state of the "
		    "log, and does not show it. If the log was put back, end "
		    "the hub; if not, ask whoever runs the witness.");
	else if (cs_hand_is(h, "stamps"))
		say(arg,
		    "Messages are refused: no stamp is made outside the time "
		    "of the stamp key's certificate. \"countersignctl renew\" "
		    "makes a new one, unless the clock is wrong.");
}

static void
on_ended(void *arg, size_t part, int status)
{
	const struct parent *p = arg;
	char how[64];

	/* It ended because another one did. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (WIFSIGNALED(status))
		snprintf(how, sizeof how, "by signal %d", WTERMSIG(status));
	else
		snprintf(
		    how, sizeof how, "with status %d", WEXITSTATUS(status));
	say(p, "The process \"%s\" ended %s and is started anew.",
	    p->parts[part].name, how);
}

/* ---- what is handed over ------------------------------------------------ */

/* Nobody else made it or can change it; root passes over whose it is. */
static bool
is_ours(const struct stat *st)
{
	return (st->st_uid == geteuid() || geteuid() == 0) &&
	    (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Hand over a file of one of the hub's folders as ${word}; one of nobody else's
 * making. */
static enum cs_err
hand_file(int folder, int socket, const char *name, struct cs_hand *word)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	enum cs_err err;

	if (fd < 0)
		return errno == ELOOP ? CS_ERR_SHARED : cs_file_errno();
	word->fd = fd;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !is_ours(&st))
		err = CS_ERR_SHARED;
	else
		err = cs_hand_send(socket, word);
	close(fd);
	return err;
}

static enum cs_err
hand_key(const struct parent *p, int socket, const char *name)
{
	struct cs_hand word = { .number = 0 };

	snprintf(word.word, sizeof word.word, "%s", name);
	return hand_file(p->keys, socket, name, &word);
}

/* What certbot or uacme wrote may be root's, and lie behind a link. */
static enum cs_err
hand_web_file(int socket, const char *word, const char *path, mode_t others)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_uid != 0 && st.st_uid != geteuid() && geteuid() != 0) ||
	    (st.st_mode & others) != 0)
		err = CS_ERR_SHARED;
	else
		err = cs_hand_word(socket, word, fd);
	close(fd);
	return err;
}

/* The public certificate and its key.  A hub whose certificate cannot be read
 * goes on for those who need none. */
static enum cs_err
hand_web(const struct parent *p, int socket)
{
	enum cs_err err;

	if (p->conf.web_cert[0] == '\0')
		return CS_OK;
	if ((err = hand_web_file(socket, "web-key", p->conf.web_key,
		 S_IWGRP | S_IRWXO)) == CS_OK &&
	    (err = hand_web_file(socket, "web-cert", p->conf.web_cert,
		 S_IWGRP | S_IWOTH)) == CS_OK)
		return cs_hand_word(socket, "web-keys", -1);
	if (err == CS_ERR_CLOSED)
		return err;
	say(p,
	    "The certificate for pages, %s, or its key, cannot be read (%s): "
	    "both have to be the hub's or root's, and the key nobody else's to "
	    "read.",
	    p->conf.web_cert, cs_err_text(err));
	return CS_OK;
}

static enum cs_err
hand_keys(const struct parent *p, int socket, const char *const *names)
{
	enum cs_err err = CS_OK;

	for (; err == CS_OK && *names != NULL; names++)
		err = hand_key(p, socket, *names);
	return err ? err : cs_hand_word(socket, "keys", -1);
}

/* What the operator has to see to: the desk asks for it.  That nobody cosigns
 * the log stops nothing that a desk would wait for. */
static enum cs_err
hand_troubles(const struct parent *p, int socket)
{
	enum cs_err err = cs_hand_word(socket, "troubles", -1);

	for (size_t i = 0; err == CS_OK && i < p->seen.n; i++) {
		const struct cs_hub_trouble *t = &p->seen.v[i];
		struct hub_trouble told = {
			.left = t->left > 0 ? (uint64_t)t->left : 0,
		};

		if (strcmp(t->kind, "witnesses") == 0)
			continue;
		snprintf(told.kind, sizeof told.kind, "%s", t->kind);
		err = cs_hand_bytes(
		    socket, "trouble", 0, cs_view(&told, sizeof told));
	}
	return err;
}

static enum cs_err
equip_database(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_bytes(socket, "conf", 0, HUB_TALK_OF(p->conf))) ||
	    (err = cs_hand_word(socket, "folder", p->folder.fd)) ||
	    (err = cs_hand_bytes(socket, "connections",
		 p->limits.connections + p->n_networks, cs_view(NULL, 0))) ||
	    (err = cs_hand_word(socket, "lock", p->lock)) ||
	    (err = cs_hand_word(socket, "blobs", p->blobs)) ||
	    (err = hand_troubles(p, socket)) ||
	    (err = hand_key(p, socket, "pseudonym.key")))
		return err;
	err = hand_key(p, socket, "desk.certs");
	if (err == CS_OK || err == CS_ERR_NOT_FOUND)
		err = hand_key(p, socket, "tlog.cert");
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Who certifies whom the hub asks. */
static const char *
authorities(const struct parent *p)
{
	return p->conf.push_authorities[0] != '\0' ? p->conf.push_authorities
						   : CS_NET_AUTHORITIES;
}

static enum cs_err
hand_policy(const struct parent *p, int socket)
{
	return hand_web_file(
	    socket, "witnesses", p->conf.witnesses, S_IWGRP | S_IWOTH);
}

/* Whose log it is: C2SP tlog-tiles, "Parameters". */
static enum cs_err
equip_tlog(const struct parent *p, int socket)
{
	char origin[sizeof p->conf.name + sizeof HUB_TLOG_ORIGIN];
	enum cs_err err;

	snprintf(origin, sizeof origin, "%s" HUB_TLOG_ORIGIN, p->conf.name);
	if ((err = cs_hand_word(socket, "folder", p->tlog)) ||
	    (err = cs_hand_bytes(socket, "origin", 0, cs_view_str(origin))) ||
	    (err = hand_key(p, socket, "tlog.key")) ||
	    p->conf.witnesses[0] == '\0')
		return err;
	err = hand_policy(p, socket);
	if (err == CS_ERR_CLOSED)
		return err;
	if (err)
		say(p,
		    "No witnesses are asked: the policy %s cannot be read "
		    "(%s); it has to be the hub's or root's, and nobody "
		    "else's to write.",
		    p->conf.witnesses, cs_err_text(err));
	return CS_OK;
}

/* The policy, and who certifies those whom it names. */
static enum cs_err
equip_witness(const struct parent *p, int socket)
{
	enum cs_err err = hand_policy(p, socket);

	if (err != CS_ERR_CLOSED)
		err = hand_web_file(
		    socket, "authorities", authorities(p), S_IWGRP | S_IWOTH);
	return err == CS_ERR_CLOSED ? err : CS_OK;
}

/* A network process's share of what all of them may have.  Who comes once gets
 * in, wherever: connects_busy is for each of them. */
static unsigned
share(const struct parent *p, unsigned of)
{
	return (of + p->n_networks - 1) / p->n_networks;
}

/* A hub may have no page, or but one. */
static enum cs_err
hand_page(const struct parent *p, int socket, uint32_t number, const char *name)
{
	struct cs_hand word = { .word = "page", .number = number };
	enum cs_err err = hand_file(p->page, socket, name, &word);

	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
equip_web(const struct parent *p, size_t i, int socket)
{
	struct cs_net_web web = {
		.listener = -1,
		.plain = p->conf.web_cert[0] == '\0',
		.n_origins = p->conf.n_origins,
	};
	enum cs_err err;

	_Static_assert(sizeof web.origins == sizeof p->conf.origins,
	    "origins are copied as they are");
	memcpy(web.origins, p->conf.origins, sizeof web.origins);
	if ((err = cs_hand_bytes(socket, "web", 0, HUB_TALK_OF(web))) ||
	    (err = cs_hand_word(socket, "web-listener", p->web_listeners[i])) ||
	    (err = hand_page(p, socket, 0, HUB_PAGE_NOW)))
		return err;
	return hand_page(p, socket, 1, HUB_PAGE_BEFORE);
}

static enum cs_err
equip_network(const struct parent *p, size_t i, int socket)
{
	struct cs_net_limits l = p->limits;
	enum cs_err err;

	l.connections = share(p, l.connections);
	l.strangers = share(p, l.strangers);
	l.strangers_address = share(p, l.strangers_address);
	l.connects_address = share(p, l.connects_address);
	l.connects = share(p, l.connects);
	l.waiting_all /= p->n_networks;
	if ((err = cs_hand_bytes(socket, "limits", 0, HUB_TALK_OF(l))) ||
	    (err = cs_hand_word(socket, "listener", p->listeners[i])))
		return err;
	return p->conf.web_port != 0 ? equip_web(p, i, socket) : CS_OK;
}

/* Languages beside those that are built in: LANGUAGE.json in the folder. */
static enum cs_err
hand_words(const struct parent *p, int socket)
{
	int fd = openat(p->folder.fd, HUB_SITE_WORDS,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	enum cs_err err = CS_OK;
	struct dirent *e;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return CS_OK;
	}
	while (err == CS_OK && (e = readdir(folder)) != NULL) {
		size_t n = strlen(e->d_name);
		struct cs_hand word = { .word = "words" };

		if (n <= 5 || n > 32 || strcmp(e->d_name + n - 5, ".json") != 0)
			continue;
		word.length = (uint32_t)(n - 5);
		memcpy(word.bytes, e->d_name, n - 5);
		err = hand_file(fd, socket, e->d_name, &word);
		if (err != CS_OK && err != CS_ERR_CLOSED) {
			say(p, "The language %s is not taken up: %s", e->d_name,
			    cs_err_text(err));
			err = CS_OK;
		}
	}
	closedir(folder);
	return err;
}

/* A page that is installed has the module that reads photos. */
static enum cs_err
equip_site(const struct parent *p, int socket)
{
	enum cs_err err;

	if ((err = cs_hand_bytes(
		 socket, "name", 0, cs_view_str(p->conf.name))) ||
	    (err = cs_hand_bytes(
		 socket, "origin", 0, cs_view_str(p->conf.origins[0]))) ||
	    (err = hand_key(p, socket, "root.pub")) ||
	    (err = hand_words(p, socket)))
		return err;
	return p->conf.web_port != 0 &&
		faccessat(p->page, HUB_PAGE_NOW, R_OK, 0) == 0
	    ? cs_hand_word(socket, "page", -1)
	    : CS_OK;
}

/* Whom to ask about pushes is where the pages are. */
static enum cs_err
equip_push(const struct parent *p, int socket)
{
	enum cs_err err = cs_hand_bytes(
	    socket, "subject", 0, cs_view_str(p->conf.origins[0]));

	if (err == CS_OK)
		err = hand_key(p, socket, "vapid.key");
	if (err == CS_OK || err == CS_ERR_NOT_FOUND)
		err = hand_web_file(
		    socket, "authorities", authorities(p), S_IWGRP | S_IWOTH);
	return err == CS_ERR_CLOSED || err == CS_ERR_SHARED ? err : CS_OK;
}

static enum cs_err
equip(void *arg, size_t part, int socket)
{
	static const char *const signer[] = { "root.pub", "stamp.key",
		"stamp.cert", "external.key", "external.cert", "registrar.key",
		"registrar.cert", "names.key", NULL };
	static const char *const tls[] = { "tls.key", "tls.pem", NULL };
	const struct parent *p = arg;
	enum cs_err err;

	switch (part) {
	case SIGNER:
		return hand_keys(p, socket, signer);
	case TLS:
		if ((err = hand_keys(p, socket, tls)))
			return err;
		return hand_web(p, socket);
	case FILES:
		return cs_hand_word(socket, "blobs", p->blobs);
	case TLOG:
		return equip_tlog(p, socket);
	case SITE:
		return equip_site(p, socket);
	case DATABASE:
		return equip_database(p, socket);
	default:
		if (part - NETWORKS < p->n_networks)
			return equip_network(p, part - NETWORKS, socket);
		return strcmp(p->parts[part].name, HUB_PUSH) == 0
		    ? equip_push(p, socket)
		    : equip_witness(p, socket);
	}
}

/* ---- keys that change --------------------------------------------------- */

/* Which folders something has changed in. */
struct changes {
	bool page, other;
};

static void
drain(struct changes *out, const struct parent *p)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t n;

	while ((n = read(p->watched, events, sizeof events)) > 0)
		for (char *at = events; at < events + n;) {
			const struct inotify_event *e =
			    (const struct inotify_event *)(void *)at;

			if (e->wd == p->page_watch)
				out->page = true;
			else
				out->other = true;
			at += sizeof *e + e->len;
		}
}

/* Something in the keys' folder has changed, or in that of the page.  What else
 * belongs to it follows at once: a key and its certificate are two files. */
static void
on_changed(void *arg, struct cs_family *f)
{
	const struct parent *p = arg;
	struct pollfd more = { p->watched, POLLIN, 0 };
	struct changes what = { false, false };

	for (int i = 0; i < QUIET_MAX && poll(&more, 1, QUIET_MS) > 0; i++) {
		drain(&what, p);
		/* The desk's certificates are whole by themselves. */
		if (what.other)
			(void)!cs_family_equip(f, DATABASE);
	}
	for (unsigned i = 0; what.page && i < p->n_networks; i++)
		(void)!cs_family_equip(f, NETWORKS + i);
	if (!what.other)
		return;
	(void)!cs_family_equip(f, SIGNER);
	(void)!cs_family_equip(f, TLS);
}

/* By its descriptor: the folder that was checked. */
static int
watch(const struct parent *p, int folder)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
	return inotify_add_watch(
	    p->watched, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE);
}

/* The folder of a file that certbot or uacme replaces, or the link to it.  One
 * that is not there is said when the file is read. */
static void
watch_beside(const struct parent *p, const char *file)
{
	char folder[sizeof p->conf.web_cert];
	char *end;

	snprintf(folder, sizeof folder, "%s", file);
	if ((end = strrchr(folder, '/')) == NULL)
		return;
	end[end == folder] = '\0';
	(void)inotify_add_watch(
	    p->watched, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE);
}

static enum cs_err
watch_folders(struct parent *p)
{
	p->watched = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (p->watched < 0 || watch(p, p->keys) < 0 ||
	    (p->page_watch = watch(p, p->page)) < 0)
		return CS_ERR_IO;
	watch_beside(p, p->conf.web_cert);
	watch_beside(p, p->conf.web_key);
	return CS_OK;
}

/* ---- what the operator has to see to ------------------------------------ */

static bool
root_is_here(const struct parent *p)
{
	return faccessat(p->keys, "root.key", R_OK, 0) == 0;
}

/* Keys that run out are made anew where the root key is at hand. */
static void
renew(const struct parent *p)
{
	enum cs_err err = hub_keys_renew(p->folder.path, p->conf.name);

	if (err)
		say(p,
		    "The hub's keys run out soon and could not be renewed "
		    "(%s): \"countersignctl renew\".",
		    cs_err_text(err));
	else
		say(p,
		    "The hub's keys were renewed: they would have run out, or "
		    "were not valid yet.");
}

/* Say what troubles the hub, if it is a day since that was said. */
static void
look_after(void *arg)
{
	struct parent *p = arg;
	struct cs_hub_troubles troubles;
	uint64_t now_ms = cs_clock_ms();

	if (cs_hub_troubles(&troubles, p->folder.path, now_ms / CS_SECOND_MS) !=
	    CS_OK)
		return;
	if ((troubles.keys_left_s <= (int64_t)CS_HUB_KEYS_WARN_S ||
		troubles.keys_early) &&
	    root_is_here(p)) {
		renew(p);
		if (cs_hub_troubles(&troubles, p->folder.path,
			now_ms / CS_SECOND_MS) != CS_OK)
			return;
	}
	if (troubles.n != 0 || p->seen.n != 0) {
		p->seen = troubles;
		if (p->family != NULL)
			(void)!cs_family_equip(p->family, DATABASE);
	}
	if (troubles.n == 0 ||
	    (p->troubles == troubles.n && now_ms >= p->troubled_ms &&
		now_ms - p->troubled_ms < CS_DAY_MS))
		return;
	p->troubles = troubles.n;
	p->troubled_ms = now_ms;
	for (size_t i = 0; i < troubles.n; i++) {
		say(p, "%s", troubles.v[i].sentence);
		if (p->conf.hook[0] != '\0' &&
		    cs_hub_hook(p->conf.hook, &troubles.v[i]) != CS_OK)
			say(p, "The hook %s cannot be run.", p->conf.hook);
	}
}

/* ---- limits ------------------------------------------------------------- */

static uint64_t
amount(const struct parent *p, enum hub_budget_id id)
{
	return hub_budget_amount_times(p->conf.budget_times, id);
}

/* The open files that are needed: may there be so many?  Fewer mean fewer
 * connections. */
static unsigned
connections(const struct parent *p)
{
	uint64_t most = amount(p, HUB_B_CONNECTIONS);
	uint64_t needed = most + OWN_FILES;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		files.rlim_cur = files.rlim_max = FILES_ANYWHERE;
	if (files.rlim_cur < needed) {
		files.rlim_cur =
		    files.rlim_max < needed ? files.rlim_max : (rlim_t)needed;
		(void)!setrlimit(RLIMIT_NOFILE, &files);
		if (getrlimit(RLIMIT_NOFILE, &files) != 0)
			files.rlim_cur = FILES_ANYWHERE;
	}
	return files.rlim_cur >= needed ? (unsigned)most
					: (unsigned)(files.rlim_cur / 4 * 3);
}

static void
set_limits(struct parent *p)
{
	struct cs_net_limits *l = &p->limits;

	p->wanted = amount(p, HUB_B_CONNECTIONS);
	*l = (struct cs_net_limits){
		.connections = connections(p),
		.strangers = (unsigned)amount(p, HUB_B_STRANGERS),
		.strangers_address =
		    (unsigned)amount(p, HUB_B_STRANGERS_ADDRESS),
		.connects_address = (unsigned)amount(p, HUB_B_CONNECTS_ADDRESS),
		.connects = (unsigned)amount(p, HUB_B_CONNECTS),
		.connects_busy = (unsigned)amount(p, HUB_B_CONNECTS_BUSY),
		.stranger_s = HUB_LOGIN_MS / CS_SECOND_MS,
		.waiting = amount(p, HUB_B_WAITING),
		.waiting_all = amount(p, HUB_B_WAITING_ALL),
	};
	/* Most places are members'. */
	if (l->strangers > l->connections / 4)
		l->strangers = l->connections / 4;
	if (l->strangers_address > l->strangers / 2)
		l->strangers_address = l->strangers / 2;
}

/* ---- beginning and end -------------------------------------------------- */

static void
add_part(struct parent *p, size_t at, const char *name, uint32_t number)
{
	p->parts[at] = (struct cs_family_part){ name, number };
}

static void
add_link(struct parent *p, size_t a, size_t b)
{
	p->links[p->n_links++] = (struct cs_family_link){ a, b };
}

/* Who is there, and who talks to whom. */
static void
plan(struct parent *p)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	p->n_networks = p->conf.network != 0 ? p->conf.network
	    : cores < 1                      ? 1
	    : cores > HUB_NETWORK_MAX        ? HUB_NETWORK_MAX
					     : (unsigned)cores;
	add_part(p, SIGNER, HUB_SIGNER, 0);
	add_part(p, TLS, HUB_TLS, 0);
	add_part(p, FILES, HUB_FILES, 0);
	add_part(p, TLOG, HUB_TLOG, 0);
	add_part(p, SITE, HUB_SITE, 0);
	add_part(p, DATABASE, HUB_DATABASE, 0);
	add_link(p, SIGNER, DATABASE);
	add_link(p, FILES, DATABASE);
	add_link(p, TLOG, DATABASE);
	add_link(p, SITE, DATABASE);
	p->n_parts = NETWORKS + p->n_networks;
	if (p->conf.web_port != 0) {
		add_part(p, p->n_parts, HUB_PUSH, 0);
		add_link(p, p->n_parts++, DATABASE);
	}
	if (p->conf.witnesses[0] != '\0') {
		add_part(p, p->n_parts, HUB_WITNESS, 0);
		add_link(p, TLOG, p->n_parts++);
	}
	for (unsigned i = 0; i < p->n_networks; i++) {
		add_part(p, NETWORKS + i, HUB_NETWORK, i);
		add_link(p, TLS, NETWORKS + i);
		add_link(p, FILES, NETWORKS + i);
		add_link(p, TLOG, NETWORKS + i);
		add_link(p, SITE, NETWORKS + i);
		add_link(p, DATABASE, NETWORKS + i);
	}
}

/* A folder in the hub's own, which nobody else made or can change. */
static enum cs_err
open_inner(int *fd, const struct parent *p, const char *name)
{
	struct stat st;

	*fd = openat(p->folder.fd, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return errno == ELOOP ? CS_ERR_SHARED : cs_file_errno();
	return fstat(*fd, &st) == 0 && is_ours(&st) ? CS_OK : CS_ERR_SHARED;
}

/* Both ports or none. */
static enum cs_err
listen_all(struct parent *p)
{
	enum cs_err err = cs_net_listen(
	    p->listeners, p->n_networks, p->conf.host, p->conf.port);

	if (err || p->conf.web_port == 0)
		return err;
	err = cs_net_listen(p->web_listeners, p->n_networks, p->conf.web_host,
	    p->conf.web_port);
	for (unsigned i = 0; err != CS_OK && i < p->n_networks; i++) {
		close(p->listeners[i]);
		p->listeners[i] = -1;
	}
	return err;
}

/* A hub that is older than what is in it has no such folder. */
static enum cs_err
open_newer(int *fd, const struct parent *p, const char *name)
{
	if (mkdirat(p->folder.fd, name, 0700) != 0 && errno != EEXIST)
		return cs_file_errno();
	return open_inner(fd, p, name);
}

/* Processes of a hub that was killed end by themselves, at once; a hub that
 * runs does not. */
static enum cs_err
take_over(struct parent *p)
{
	char *path = cs_path_join(p->folder.path, "lock");
	uint64_t end_us = cs_clock_us() + TAKE_OVER_MS * 1000;
	bool locked = false;
	enum cs_err err;

	if (path == NULL)
		return CS_ERR_NOMEM;
	for (;;) {
		err = locked ? CS_OK : cs_file_try_lock(&p->lock, path);
		locked = err == CS_OK;
		if (locked)
			err = listen_all(p);
		if (err != CS_ERR_BUSY || cs_clock_us() >= end_us)
			break;
		poll(NULL, 0, 20);
	}
	cs_free_plain(path);
	/* The address is none of this machine's. */
	return err == CS_ERR_IO && locked ? CS_ERR_BUSY : err;
}

static enum cs_err
open_all(struct parent *p, const char *dir)
{
	enum cs_err err;

	if ((err = cs_folder_open(&p->folder, dir)) ||
	    (err = hub_conf_read(&p->conf, p->folder.path)) ||
	    (err = open_inner(&p->keys, p, "keys")) ||
	    (err = open_inner(&p->blobs, p, "blobs")) ||
	    (err = open_newer(&p->page, p, HUB_PAGE)) ||
	    (err = open_newer(&p->tlog, p, HUB_TLOG)) ||
	    (err = hub_keys_create_tlog(p->folder.path)) ||
	    (err = hub_keys_create_names(p->folder.path)) ||
	    (err = watch_folders(p)))
		return err;
	plan(p);
	set_limits(p);
	return take_over(p);
}

static void
close_all(struct parent *p)
{
	for (unsigned i = 0; i < HUB_NETWORK_MAX; i++)
		if (p->listeners[i] >= 0)
			close(p->listeners[i]);
	for (unsigned i = 0; i < HUB_NETWORK_MAX; i++)
		if (p->web_listeners[i] >= 0)
			close(p->web_listeners[i]);
	if (p->watched >= 0)
		close(p->watched);
	if (p->keys >= 0)
		close(p->keys);
	if (p->blobs >= 0)
		close(p->blobs);
	if (p->page >= 0)
		close(p->page);
	if (p->tlog >= 0)
		close(p->tlog);
	cs_file_unlock(p->lock);
	cs_folder_close(&p->folder);
	cs_free(p, sizeof *p);
}

enum cs_err
cs_hub_run(const char *dir, void (*ready)(const struct cs_hub_ready *at),
    void (*tell)(const char *sentence))
{
	struct parent *p = cs_calloc(1, sizeof *p);
	struct cs_family *family = NULL;
	struct cs_family_config config;
	enum cs_err err;

	if (p == NULL)
		return CS_ERR_NOMEM;
	p->tell = tell;
	p->keys = p->blobs = p->page = p->tlog = p->lock = p->watched = -1;
	for (unsigned i = 0; i < HUB_NETWORK_MAX; i++)
		p->listeners[i] = p->web_listeners[i] = -1;
	if ((err = open_all(p, dir)))
		goto out;
	config = (struct cs_family_config){
		.parts = p->parts,
		.n_parts = p->n_parts,
		.links = p->links,
		.n_links = p->n_links,
		.stops_first = DATABASE,
		.arg = p,
		.equip = equip,
		.said = on_said,
		.ended = on_ended,
		.tick_ms = LOOK_MS,
		.tick = look_after,
		.watched = p->watched,
		.changed = on_changed,
	};
	/* Keys that have run out, or were made while the clock was wrong, would
	 * keep the hub from starting. */
	look_after(p);
	if ((err = cs_family_start(&family, &config)))
		goto out;
	p->family = family;
	ready(&(struct cs_hub_ready){
	    .name = p->conf.name,
	    .host = p->conf.host,
	    .port = p->conf.port,
	    .web_host = p->conf.web_host,
	    .web_port = p->conf.web_port,
	    .web_plain = p->conf.web_cert[0] == '\0',
	    .connections = p->limits.connections,
	    .wanted = p->wanted,
	});
	err = cs_family_watch(family);
	cs_family_end(family);
out:
	close_all(p);
	return err;
}

int
cs_hub_part(const char *name)
{
	static const struct {
		const char *name;
		int (*main)(void);
	} parts[] = {
		{ HUB_SIGNER, hub_signer_main },
		{ HUB_TLS, hub_tls_main },
		{ HUB_FILES, hub_files_main },
		{ HUB_DATABASE, hub_database_main },
		{ HUB_NETWORK, hub_network_main },
		{ HUB_PUSH, hub_push_main },
		{ HUB_TLOG, hub_tlog_main },
		{ HUB_WITNESS, hub_witness_main },
		{ HUB_SITE, hub_site_main },
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(parts[i].name, name) == 0)
			return parts[i].main();
	return 64;
}
