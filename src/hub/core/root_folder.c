/* SPDX-License-Identifier: MIT */
#include "hub/core/root_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "hub/core/keys.h"
#include "store/file.h"
#include "store/folder.h"

#define ROOT_KEY "keys/root.key"
#define ASKS "keys/desk.asks"
#define NEXT "keys/next"
#define PEM_MAX ((size_t)4096)
#define ASKS_VERSION 1

static const char asks_label[] = "countersign/desk-asks/v1";

/* Where the answer to each key goes, and in which order: a private half before
 * its certificate (core/keys.h). */
static const struct {
	const char *private; /* of the keys that are new */
	const char *cert;
} files[HUB_ROOT_KEYS + 1] = {
	[HUB_ROOT_STAMP] = { "stamp.key", "stamp.cert" },
	[HUB_ROOT_TLS] = { "tls.key", "tls.pem" },
	[HUB_ROOT_EXTERNAL] = { NULL, "external.cert" },
	[HUB_ROOT_REGISTRAR] = { NULL, "registrar.cert" },
	[HUB_ROOT_TLOG] = { NULL, "tlog.cert" },
	[HUB_ROOT_DESK_SEAL] = { NULL, "desk.certs" },
	/* Both are in one file. */
	[HUB_ROOT_DESK_SIGN] = { NULL, NULL },
};

/* ---- files in a folder --------------------------------------------------- */

static enum cs_err
read_in(struct cs_buf *out, const char *dir, const char *name, size_t max)
{
	char *path = cs_path_join(dir, name);
	enum cs_err err =
	    path != NULL ? cs_file_read(out, path, max) : CS_ERR_NOMEM;

	cs_free_plain(path);
	return err;
}

static enum cs_err
write_in(
    const char *dir, const char *name, struct cs_view content, unsigned mode)
{
	char *path = cs_path_join(dir, name);
	enum cs_err err =
	    path != NULL ? cs_file_write(path, content, mode) : CS_ERR_NOMEM;

	cs_free_plain(path);
	return err;
}

/* Remove DIR/${name}, which need not be there, and sync its folder. */
static enum cs_err
remove_in(const char *dir, const char *name)
{
	char *path = cs_path_join(dir, name);
	enum cs_err err = CS_ERR_NOMEM;

	if (path != NULL)
		err = unlink(path) == 0 ? cs_file_sync_dir(path)
		    : errno == ENOENT   ? CS_OK
					: cs_file_errno();
	cs_free_plain(path);
	return err;
}

/* The same for a private key: nobody is to find it later. */
static enum cs_err
destroy_in(const char *dir, const char *name)
{
	char *path = cs_path_join(dir, name);
	enum cs_err err = path != NULL ? cs_file_destroy(path) : CS_ERR_NOMEM;

	cs_free_plain(path);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static bool
is_in(const char *dir, const char *name)
{
	char *path = cs_path_join(dir, name);
	struct stat st;
	bool is = path != NULL && stat(path, &st) == 0;

	cs_free_plain(path);
	return is;
}

/* "keys/next/NAME"; NAME is one of ours, and short. */
static const char *
next_name(char out[static 64], const char *name)
{
	snprintf(out, 64, NEXT "/%s", name);
	return out;
}

/* ---- the root key goes --------------------------------------------------- */

enum cs_err
hub_root_here(bool *here, const char *dir)
{
	struct hub_conf conf;
	enum cs_err err = hub_conf_read(&conf, dir);

	*here = err == CS_OK && is_in(dir, ROOT_KEY);
	return err;
}

/* Does ${path} hold ${seed}, as far as can be told from the medium? */
static enum cs_err
read_back(const char *path, const struct cs_sign_key *key)
{
	struct cs_buf back = { 0 };
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	/* Not what is still in memory of the write. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	err = cs_file_read(&back, path, sizeof key->seed);
	if (err == CS_ERR_LIMIT ||
	    (err == CS_OK &&
		(back.len != sizeof key->seed ||
		    !cs_equal_ct(back.data, key->seed, sizeof key->seed))))
		err = CS_ERR_DIGEST;
	cs_buf_free(&back);
	return err;
}

/* Zeroes are what a crash has left of a key that was moved. */
static bool
is_destroyed(const char *dir)
{
	struct cs_buf key = { 0 };
	bool is = read_in(&key, dir, ROOT_KEY, CS_SIGN_SEED_LEN) == CS_OK &&
	    cs_view_is_zero(cs_buf_view(&key));

	cs_buf_free(&key);
	return is;
}

enum cs_err
hub_root_move(const char *dir, const char *path)
{
	char *here = cs_path_join(dir, ROOT_KEY);
	struct cs_sign_key root = { 0 };
	enum cs_err err = CS_ERR_NOMEM;

	if (here == NULL)
		return err;
	if (is_destroyed(dir)) {
		err = cs_file_destroy(here);
		if (err == CS_OK)
			err = CS_ERR_NOT_FOUND;
		goto out;
	}
	if ((err = hub_root_private(&root, dir)) ||
	    (err = cs_file_create(path, CS_VIEW_OF(root.seed), 0600)))
		goto out;
	if ((err = read_back(path, &root))) {
		unlink(path);
		goto out;
	}
	err = cs_file_destroy(here);
out:
	cs_wipe(&root, sizeof root);
	cs_free_plain(here);
	return err;
}

/* ---- a desk asks --------------------------------------------------------- */

enum cs_err
hub_root_desk_ask(const char *dir, const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN])
{
	struct cs_buf file = { 0 };
	struct cs_writer w = cs_writer(&file);
	enum cs_err err;

	cs_write_bytes(&w, cs_view(asks_label, sizeof asks_label));
	cs_write_u8(&w, ASKS_VERSION);
	cs_write_bytes(&w, cs_view(seal_public, CS_KEY_LEN));
	cs_write_bytes(&w, cs_view(sign_public, CS_KEY_LEN));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = write_in(dir, ASKS, cs_buf_view(&file), 0644);
	cs_buf_free(&file);
	return err;
}

/* CS_ERR_NOT_FOUND: no desk asks. */
static enum cs_err
read_asks(const char *dir, uint8_t seal_public[static CS_KEY_LEN],
    uint8_t sign_public[static CS_KEY_LEN])
{
	struct cs_buf file = { 0 };
	struct cs_reader r;
	enum cs_err err = read_in(&file, dir, ASKS, 256);

	if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&file));
		if (!cs_view_equal(cs_read_bytes(&r, sizeof asks_label),
			cs_view(asks_label, sizeof asks_label)) ||
		    cs_read_u8(&r) != ASKS_VERSION)
			cs_reader_fail(&r, CS_ERR_CORRUPT);
		cs_read_copy(&r, seal_public, CS_KEY_LEN);
		cs_read_copy(&r, sign_public, CS_KEY_LEN);
		err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
	}
	cs_buf_free(&file);
	return err == CS_ERR_LIMIT ? CS_ERR_CORRUPT : err;
}

/* The keys of the desk that asks are certified now. */
static enum cs_err
answer_asks(const char *dir)
{
	uint8_t seal[CS_KEY_LEN], sign[CS_KEY_LEN];
	uint8_t is_seal[CS_KEY_LEN], is_sign[CS_KEY_LEN];

	if (read_asks(dir, seal, sign) != CS_OK ||
	    hub_desk_public(dir, is_seal, is_sign) != CS_OK ||
	    !cs_view_equal(CS_VIEW_OF(seal), CS_VIEW_OF(is_seal)) ||
	    !cs_view_equal(CS_VIEW_OF(sign), CS_VIEW_OF(is_sign)))
		return CS_OK;
	return remove_in(dir, ASKS);
}

/* ---- an answer comes into use ---------------------------------------------
 */

static enum cs_err
move_up(const char *dir, const char *name)
{
	char from_name[64], to_name[64];
	char *from = cs_path_join(dir, next_name(from_name, name)), *to;
	enum cs_err err = CS_OK;

	snprintf(to_name, sizeof to_name, "keys/%s", name);
	to = cs_path_join(dir, to_name);
	if (from == NULL || to == NULL)
		err = CS_ERR_NOMEM;
	else if (rename(from, to) != 0 && errno != ENOENT)
		err = cs_file_errno();
	cs_free_plain(from);
	cs_free_plain(to);
	return err;
}

/* Sync keys/ and keys/next/. */
static enum cs_err
sync_keys(const char *dir)
{
	char *in_keys = cs_path_join(dir, NEXT);
	char *in_next = cs_path_join(dir, NEXT "/answer");
	enum cs_err err = CS_ERR_NOMEM;

	if (in_keys != NULL && in_next != NULL &&
	    (err = cs_file_sync_dir(in_keys)) == CS_OK)
		err = cs_file_sync_dir(in_next);
	cs_free_plain(in_keys);
	cs_free_plain(in_next);
	return err;
}

/* Everything that is complete in keys/next goes to keys/.  What is not there
 * went before a crash. */
static enum cs_err
complete(const char *dir)
{
	enum cs_err err;

	for (size_t i = 1; i <= HUB_ROOT_KEYS; i++)
		if ((files[i].private != NULL &&
			(err = move_up(dir, files[i].private))) ||
		    (files[i].cert != NULL &&
			(err = move_up(dir, files[i].cert))))
			return err;
	if ((err = sync_keys(dir)) || (err = answer_asks(dir)) ||
	    (err = remove_in(dir, NEXT "/request")))
		return err;
	return remove_in(dir, NEXT "/answer");
}

/* Complete what a call before a crash has begun, if there is something.  Was it
 * about ${answer}? */
static enum cs_err
complete_begun(bool *same, const char *dir, struct cs_view answer)
{
	struct cs_buf begun = { 0 };
	enum cs_err err =
	    read_in(&begun, dir, NEXT "/answer", HUB_ROOT_ANSWER_MAX);

	*same = err == CS_OK && cs_view_equal(cs_buf_view(&begun), answer);
	if (err == CS_OK)
		err = complete(dir);
	cs_buf_free(&begun);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
write_certs(const char *dir, const struct hub_root_answer *answer)
{
	struct cs_buf desk = { 0 };
	struct cs_writer w = cs_writer(&desk);
	char name[64];
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < HUB_ROOT_KEYS_OF_A_HUB && err == CS_OK; i++)
		err = write_in(dir, next_name(name, files[i + 1].cert),
		    answer->certs[i], 0644);
	for (size_t i = HUB_ROOT_KEYS_OF_A_HUB; i < answer->n; i++)
		cs_write_vec(&w, answer->certs[i]);
	if (err == CS_OK && desk.len != 0 && (err = cs_writer_end(&w)) == CS_OK)
		err = write_in(dir, next_name(name, "desk.certs"),
		    cs_buf_view(&desk), 0644);
	cs_buf_free(&desk);
	return err;
}

/* The public half of the key that is waiting, or that stays. */
static enum cs_err
public_of(uint8_t out[static CS_TLS_PUBLIC_LEN], const char *dir,
    enum hub_root_kind kind)
{
	static const char *const names[] = {
		[HUB_ROOT_STAMP] = NEXT "/stamp.key",
		[HUB_ROOT_TLS] = NEXT "/tls.key",
		[HUB_ROOT_EXTERNAL] = "keys/external.key",
		[HUB_ROOT_REGISTRAR] = "keys/registrar.key",
		[HUB_ROOT_TLOG] = "keys/tlog.key",
	};
	struct cs_sign_key key = { 0 };
	struct cs_buf pem = { 0 };
	enum cs_err err;

	if (kind == HUB_ROOT_TLS) {
		if ((err = read_in(&pem, dir, names[kind], PEM_MAX)) == CS_OK)
			err = cs_tls_key_public(out, cs_buf_view(&pem));
		cs_buf_free(&pem);
		return err;
	}
	if ((err = hub_key_read(&key, dir, names[kind])) == CS_OK)
		memcpy(out, key.public, sizeof key.public);
	cs_wipe(&key, sizeof key);
	return err;
}

/* A certificate without its key would stop the hub. */
static enum cs_err
check_keys(const char *dir, struct cs_view request)
{
	struct hub_root_request parsed;
	uint8_t public[CS_TLS_PUBLIC_LEN];
	enum cs_err err = hub_root_request_parse(&parsed, request);

	for (size_t i = 0; i < HUB_ROOT_KEYS_OF_A_HUB && err == CS_OK; i++) {
		size_t n = hub_root_kind_len(parsed.keys[i].kind);

		if (public_of(public, dir, parsed.keys[i].kind) != CS_OK ||
		    !cs_view_equal(
			cs_view(public, n), cs_view(parsed.keys[i].public, n)))
			err = CS_ERR_CORRUPT;
	}
	return err;
}

enum cs_err
hub_root_install(const char *dir, struct cs_view answer, uint64_t now)
{
	struct cs_buf request = { 0 };
	struct hub_root_answer parsed;
	uint8_t root[CS_KEY_LEN];
	bool done;
	enum cs_err err;

	if ((err = complete_begun(&done, dir, answer)) || done)
		return err;
	if ((err = hub_root_public(root, dir)) ||
	    (err = read_in(
		 &request, dir, NEXT "/request", HUB_ROOT_REQUEST_MAX)) ||
	    (err = hub_root_answer_verify(
		 &parsed, answer, cs_buf_view(&request), root, now)) ||
	    (err = check_keys(dir, cs_buf_view(&request))) ||
	    (err = write_certs(dir, &parsed)) ||
	    (err = write_in(dir, NEXT "/answer", answer, 0644)))
		goto out;
	err = complete(dir);
out:
	cs_buf_free(&request);
	return err;
}

/* ---- a request ------------------------------------------------------------
 */

enum cs_err
hub_root_forget(const char *dir)
{
	char name[64];
	enum cs_err err;

	/* In this order: never an answer or a request without its keys. */
	if ((err = remove_in(dir, NEXT "/answer")) ||
	    (err = remove_in(dir, NEXT "/request")))
		return err;
	for (size_t i = 1; i <= HUB_ROOT_KEYS; i++)
		if ((files[i].private != NULL &&
			(err = destroy_in(
			     dir, next_name(name, files[i].private)))) ||
		    (files[i].cert != NULL &&
			(err = remove_in(dir, next_name(name, files[i].cert)))))
			return err;
	return CS_OK;
}

/* The new keys are in ${stamp} and ${tls_pem}; the others stay. */
static enum cs_err
fill_request(struct hub_root_request *out, const char *dir,
    const struct cs_sign_key *stamp,
    const uint8_t tls_public[static CS_TLS_PUBLIC_LEN])
{
	uint8_t external[CS_TLS_PUBLIC_LEN], registrar[CS_TLS_PUBLIC_LEN];
	uint8_t tlog[CS_TLS_PUBLIC_LEN];
	uint8_t seal[CS_KEY_LEN], sign[CS_KEY_LEN];
	enum cs_err err;

	if ((err = hub_keys_create_tlog(dir)) ||
	    (err = public_of(external, dir, HUB_ROOT_EXTERNAL)) ||
	    (err = public_of(registrar, dir, HUB_ROOT_REGISTRAR)) ||
	    (err = public_of(tlog, dir, HUB_ROOT_TLOG)))
		return err == CS_ERR_NOT_FOUND ? CS_ERR_CORRUPT : err;
	hub_root_request_add(out, HUB_ROOT_STAMP, stamp->public);
	hub_root_request_add(out, HUB_ROOT_TLS, tls_public);
	hub_root_request_add(out, HUB_ROOT_EXTERNAL, external);
	hub_root_request_add(out, HUB_ROOT_REGISTRAR, registrar);
	hub_root_request_add(out, HUB_ROOT_TLOG, tlog);
	err = read_asks(dir, seal, sign);
	if (err == CS_ERR_NOT_FOUND)
		err = hub_desk_public(dir, seal, sign);
	if (err)
		return err == CS_ERR_NOT_FOUND ? CS_OK : err;
	hub_root_request_add(out, HUB_ROOT_DESK_SEAL, seal);
	hub_root_request_add(out, HUB_ROOT_DESK_SIGN, sign);
	return CS_OK;
}

/* Put the keys of ${request} where they wait; the request itself comes last
 * and says that they are there. */
static enum cs_err
keep(const char *dir, struct cs_view request, const struct cs_sign_key *stamp,
    struct cs_view tls_pem)
{
	char *next = cs_path_join(dir, NEXT);
	enum cs_err err = CS_ERR_NOMEM;

	if (next == NULL)
		return err;
	if ((err = cs_file_mkdir(next)) || (err = hub_root_forget(dir)) ||
	    (err = hub_key_write(dir, NEXT "/stamp.key", stamp)) ||
	    (err = write_in(dir, NEXT "/tls.key", tls_pem, 0600)))
		goto out;
	err = write_in(dir, NEXT "/request", request, 0644);
out:
	cs_free_plain(next);
	return err;
}

enum cs_err
hub_root_request_new(
    struct cs_buf *out, const char *dir, const char *path, uint64_t now)
{
	struct hub_root_request request = { .made = now };
	uint8_t tls_public[CS_TLS_PUBLIC_LEN];
	struct cs_sign_key stamp = { 0 };
	struct cs_buf tls_pem = { 0 };
	struct hub_conf conf;
	bool begun;
	enum cs_err err;

	if ((err = hub_conf_read(&conf, dir)) ||
	    (err = complete_begun(&begun, dir, cs_view("", 0))) ||
	    (err = hub_root_public(request.root, dir)) ||
	    (err = cs_sign_key_new(&stamp)) ||
	    (err = cs_tls_key_generate(&tls_pem, tls_public)) ||
	    (err = fill_request(&request, dir, &stamp, tls_public)))
		goto out;
	snprintf(request.name, sizeof request.name, "%s", conf.name);
	if ((err = hub_root_request_write(out, &request)) ||
	    (err = cs_file_create(path, cs_buf_view(out), 0644)))
		goto out;
	if ((err = keep(dir, cs_buf_view(out), &stamp, cs_buf_view(&tls_pem))))
		unlink(path);
out:
	cs_wipe(&stamp, sizeof stamp);
	cs_buf_free(&tls_pem);
	return err;
}
