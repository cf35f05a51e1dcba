/* SPDX-License-Identifier: MIT */
#include "programs/notice/place.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/report_error.h"
#include "programs/notice/far.h"
#include "programs/notice/json.h"
#include "store/file.h"

#define HUB "hub"
#define KEY "key"
#define FILE_MAX ((size_t)32 << 20)
#define PATH_SIZE 4096
#define DEFAULT "/.countersign-notice"

/* Where the folder is: --folder, or in the home. */
static const char *
folder_of(char out[static PATH_SIZE], const struct cli_args *args)
{
	const char *dir = cli_value(args, "folder"), *home = getenv("HOME");

	if (dir != NULL)
		return dir;
	if (home == NULL ||
	    snprintf(out, PATH_SIZE, "%s" DEFAULT, home) >= PATH_SIZE)
		return NULL;
	return out;
}

/* ---- files --------------------------------------------------------------- */

static bool
path_of(char out[static PATH_SIZE], const struct notice_place *p,
    const char *folder, const char *name)
{
	return snprintf(out, PATH_SIZE, "%s/%s%s%s.json", p->folder.path,
		   folder, folder[0] != '\0' ? "/" : "", name) < PATH_SIZE;
}

enum cs_err
notice_place_keep(const struct notice_place *p, const char *folder,
    const char *name, const json_t *o)
{
	char path[PATH_SIZE];
	struct cs_buf text = { .max = CS_BUF_MAX };
	enum cs_err err = notice_json_write(&text, o, JSON_INDENT(2));

	if (err == CS_OK)
		err = path_of(path, p, folder, name)
		    ? cs_file_write(path, cs_buf_view(&text), 0600)
		    : CS_ERR_LIMIT;
	cs_buf_free(&text);
	return err;
}

enum cs_err
notice_place_read(json_t **out, const struct notice_place *p,
    const char *folder, const char *name)
{
	char path[PATH_SIZE];
	struct cs_buf text = { .max = FILE_MAX };
	enum cs_err err = path_of(path, p, folder, name)
	    ? cs_file_read(&text, path, FILE_MAX)
	    : CS_ERR_LIMIT;

	*out = NULL;
	if (err == CS_OK) {
		*out = json_loadb((const char *)text.data, text.len,
		    JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(*out)) {
			json_decref(*out);
			*out = NULL;
			err = CS_ERR_CORRUPT;
		}
	}
	cs_buf_free(&text);
	return err;
}

enum cs_err
notice_place_forget(
    const struct notice_place *p, const char *folder, const char *name)
{
	char path[PATH_SIZE];

	return path_of(path, p, folder, name) ? cs_file_destroy(path)
					      : CS_ERR_LIMIT;
}

/* Does ${a} come before ${b}: shorter numbers do. */
static bool
comes_before(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	return n != m ? n < m : strcmp(a, b) < 0;
}

static enum cs_err
add_name(json_t *list, const char *name, size_t len)
{
	json_t *text = json_stringn(name, len);
	size_t at = json_array_size(list);

	while (text != NULL && at > 0 &&
	    comes_before(json_string_value(text),
		json_string_value(json_array_get(list, at - 1))))
		at--;
	return json_array_insert_new(list, at, text) == 0 ? CS_OK
							  : CS_ERR_NOMEM;
}

enum cs_err
notice_place_list(
    json_t **out, const struct notice_place *p, const char *folder)
{
	char path[PATH_SIZE];
	struct dirent *e;
	enum cs_err err = CS_OK;
	DIR *d;

	if ((*out = json_array()) == NULL)
		return CS_ERR_NOMEM;
	if (snprintf(path, sizeof path, "%s/%s", p->folder.path, folder) >=
	    (int)sizeof path)
		return CS_ERR_LIMIT;
	if ((d = opendir(path)) == NULL)
		return errno == ENOENT ? CS_OK : cs_file_errno();
	while (err == CS_OK && (e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len > 5 && strcmp(e->d_name + len - 5, ".json") == 0)
			err = add_name(*out, e->d_name, len - 5);
	}
	closedir(d);
	return err;
}

/* ---- the key ------------------------------------------------------------- */

static enum cs_err
read_key(struct notice_place *p)
{
	char *path = cs_path_join(p->folder.path, KEY);
	char text[2 * CS_SIGN_SEED_LEN + 1] = "";
	uint8_t seed[CS_SIGN_SEED_LEN];
	struct cs_buf file = { 0 };
	enum cs_err err = path != NULL
	    ? cs_file_read(&file, path, 2 * CS_SIGN_SEED_LEN + 2)
	    : CS_ERR_NOMEM;

	cs_free_plain(path);
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	if (err == CS_OK && file.len < 2 * CS_SIGN_SEED_LEN)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		memcpy(text, file.data, 2 * CS_SIGN_SEED_LEN);
		if ((err = cs_unhex(seed, sizeof seed, text)) == CS_OK)
			err = cs_sign_key_from_seed(&p->key, seed);
	}
	p->has_key = err == CS_OK;
	cs_wipe(text, sizeof text);
	cs_wipe(seed, sizeof seed);
	cs_buf_free(&file);
	return err;
}

static enum cs_err
make_key(struct notice_place *p)
{
	char *path = cs_path_join(p->folder.path, KEY);
	char text[2 * CS_SIGN_SEED_LEN + 2];
	enum cs_err err =
	    path != NULL ? cs_sign_key_new(&p->key) : CS_ERR_NOMEM;

	if (err == CS_OK) {
		cs_hex(text, cs_view(p->key.seed, CS_SIGN_SEED_LEN));
		text[sizeof text - 2] = '\n';
		text[sizeof text - 1] = '\0';
		err = cs_file_create(path, cs_view_str(text), 0600);
	}
	p->has_key = err == CS_OK;
	cs_wipe(text, sizeof text);
	cs_free_plain(path);
	return err;
}

int
notice_place_key(const struct cli_args *args)
{
	struct notice_place p;
	char text[CS_BASE64URL_SIZE(CS_KEY_LEN)];
	int status = notice_place_open(&p, args);
	enum cs_err err;

	if (status == CLI_OK && !p.has_key && (err = make_key(&p)))
		status = report_error(err, "The key could not be made");
	if (status == CLI_OK) {
		cs_base64url(text, CS_VIEW_OF(p.key.public));
		printf("%s\n", text);
		fprintf(stderr,
		    "Give this to the operator of %s, who adds it with "
		    "\"countersignctl organisation add\".\n",
		    p.name);
	}
	notice_place_close(&p);
	return status;
}

/* ---- opening ------------------------------------------------------------- */

static enum cs_err
read_hub(struct notice_place *p)
{
	enum cs_err err = notice_place_read(&p->hub, p, "", HUB);
	const char *root;

	if (err)
		return err;
	p->link = json_string_value(json_object_get(p->hub, "link"));
	p->name = json_string_value(json_object_get(p->hub, "hub"));
	p->authorities =
	    json_string_value(json_object_get(p->hub, "authorities"));
	root = json_string_value(json_object_get(p->hub, "root"));
	if (p->link == NULL || p->name == NULL || root == NULL ||
	    cs_unbase64url(p->root, sizeof p->root, root, strlen(root)) !=
		CS_OK)
		return CS_ERR_CORRUPT;
	return CS_OK;
}

int
notice_place_open(struct notice_place *out, const struct cli_args *args)
{
	char path[PATH_SIZE];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->folder.fd = -1;
	if ((out->dir = folder_of(path, args)) == NULL)
		return cli_fail(CLI_USAGE, "Say where: --folder DIR.");
	if ((err = cs_folder_open(&out->folder, out->dir)) == CS_OK &&
	    (err = read_hub(out)) == CS_OK)
		err = read_key(out);
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_STATE,
		    "There is nothing in %s: begin with \"countersign-notice "
		    "init LINK\".",
		    out->dir);
	if (err)
		return report_error(err, "The folder %s", out->dir);
	out->dir = NULL; /* it was in ${path} */
	return notice_far_open(out);
}

void
notice_place_close(struct notice_place *p)
{
	notice_far_close(p);
	json_decref(p->hub);
	cs_wipe(&p->key, sizeof p->key);
	cs_folder_close(&p->folder);
	p->hub = NULL;
}

/* ---- making -------------------------------------------------------------- */

/* "https://HOST[:PORT]/...#ROOT": the part before the path, and the key. */
static int
split_link(
    char link[static CS_NET_ENDPOINT_MAX], const char **root, const char *text)
{
	const char *hash = strchr(text, '#'), *path;
	size_t n;

	*root = hash != NULL ? hash + 1 : "";
	path = strncmp(text, "https://", 8) == 0 ? strchr(text + 8, '/') : NULL;
	if (path == NULL && strncmp(text, "http://", 7) == 0)
		path = strchr(text + 7, '/');
	n = path != NULL && (hash == NULL || path < hash)
	    ? (size_t)(path - text)
	    : hash != NULL ? (size_t)(hash - text)
			   : strlen(text);
	if (hash == NULL || strlen(*root) != NOTICE_ROOT_SIZE - 1 ||
	    n >= CS_NET_ENDPOINT_MAX)
		return cli_fail(CLI_USAGE,
		    "LINK is https://HOST[:PORT]#KEY, with the operator's key "
		    "behind the #, as in any link of the hub's.");
	memcpy(link, text, n);
	link[n] = '\0';
	return CLI_OK;
}

static enum cs_err
make_folders(struct notice_place *p)
{
	static const char *const inner[] = { "notices", "pending" };
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < 2; i++) {
		char *path = cs_path_join(p->folder.path, inner[i]);

		err = path != NULL ? cs_file_mkdir(path) : CS_ERR_NOMEM;
		cs_free_plain(path);
	}
	return err;
}

/* Ask the hub what it is called; its key has to be the one of the link. */
static int
greet(struct notice_place *p, const char *root)
{
	json_t *hub = NULL;
	int status;

	p->link = json_string_value(json_object_get(p->hub, "link"));
	p->authorities =
	    json_string_value(json_object_get(p->hub, "authorities"));
	if (cs_unbase64url(p->root, sizeof p->root, root, strlen(root)) !=
	    CS_OK)
		return cli_fail(
		    CLI_USAGE, "What stands behind the # is no key.");
	if ((status = notice_far_open(p)) != CLI_OK ||
	    (status = notice_far_get(&hub, p, "/notices/api/v1/hub")) != CLI_OK)
		return status;
	if (strcmp(notice_text(hub, "root"), root) != 0)
		status = cli_fail(CLI_NOT_VERIFIED,
		    "The hub there has another operator's key than the link.");
	else
		json_object_set(p->hub, "hub", json_object_get(hub, "hub"));
	json_decref(hub);
	return status;
}

int
notice_place_make(const struct cli_args *args)
{
	struct notice_place p = { .folder = { .fd = -1 } };
	char path[PATH_SIZE], link[CS_NET_ENDPOINT_MAX];
	const char *root, *authorities = cli_value(args, "authorities");
	json_t *known = NULL;
	int status;
	enum cs_err err;

	if ((p.dir = folder_of(path, args)) == NULL)
		return cli_fail(CLI_USAGE, "Say where: --folder DIR.");
	if ((status = split_link(link, &root, cli_arg(args, 0))) != CLI_OK)
		return status;
	if ((err = cs_folder_make(&p.folder, p.dir)) ||
	    (err = make_folders(&p)))
		return report_error(err, "The folder %s", p.dir);
	if (notice_place_read(&known, &p, "", HUB) == CS_OK) {
		json_decref(known);
		cs_folder_close(&p.folder);
		return cli_fail(
		    CLI_NOT_DONE, "%s is for a hub already.", p.dir);
	}
	p.hub = json_pack("{s:s,s:s}", "link", link, "root", root);
	if (p.hub != NULL && authorities != NULL)
		json_object_set_new(
		    p.hub, "authorities", json_string(authorities));
	status = p.hub != NULL ? greet(&p, root) : CLI_SOFTWARE;
	if (status == CLI_OK && (err = notice_place_keep(&p, "", HUB, p.hub)))
		status = report_error(err, "The folder %s", p.dir);
	if (status == CLI_OK)
		printf("Notices go to %s.\n",
		    json_string_value(json_object_get(p.hub, "hub")));
	notice_place_close(&p);
	return status;
}
