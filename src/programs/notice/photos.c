/* SPDX-License-Identifier: MIT */
#include "programs/notice/photos.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/report_error.h"
#include "cli/wait.h"
#include "content/photo_look.h"
#include "programs/notice/far.h"
#include "programs/notice/json.h"
#include "programs/notice/send.h"
#include "store/file.h"

#define HEX_LEN 64

struct list {
	struct cs_buf hashes;
	size_t n;
};

static int
add(struct list *l, const uint8_t pdq[static CS_PDQ_LEN], const char *label)
{
	struct cs_filing_hash hash = { .label = cs_view_str(label) };

	if (l->n == CS_FILING_HASHES)
		return cli_fail(CLI_USAGE, "At most %d hashes in one go.",
		    CS_FILING_HASHES);
	memcpy(hash.pdq, pdq, sizeof hash.pdq);
	l->n++;
	return cs_filing_hash_add(&l->hashes, &hash) == CS_OK
	    ? CLI_OK
	    : cli_fail(CLI_SOFTWARE, "Out of memory.");
}

/* Lines "HASH LABEL", as the page of the hub saves them.  Of ${path}; false: it
 * is no such list. */
static bool
add_list(int *status, struct list *l, const char *path, struct cs_view file)
{
	unsigned line = 0, rows = 0;

	if (file.len < HEX_LEN)
		return false;
	*status = CLI_OK;
	while (*status == CLI_OK && file.len != 0) {
		const uint8_t *end = memchr(file.data, '\n', file.len);
		size_t n = end != NULL ? (size_t)(end - file.data) : file.len;
		char text[HEX_LEN + CS_FILING_LABEL_MAX + 4] = "";
		uint8_t pdq[CS_PDQ_LEN];

		line++;
		if (n < sizeof text)
			memcpy(text, file.data, n);
		text[strcspn(text, "\r")] = '\0';
		file = end != NULL ? cs_view(end + 1, file.len - n - 1)
				   : cs_view(NULL, 0);
		if (n == 0 || text[0] == '#')
			continue;
		rows++;
		if (strlen(text) > HEX_LEN && text[HEX_LEN] == ' ')
			text[HEX_LEN] = '\0';
		if (cs_unhex(pdq, sizeof pdq, text) != CS_OK) {
			if (rows == 1)
				return false;
			*status = cli_fail(CLI_USAGE,
			    "%s, line %u: 64 digits of hex, a blank and a "
			    "label.",
			    path, line);
		} else {
			*status = add(
			    l, pdq, n > HEX_LEN + 1 ? text + HEX_LEN + 1 : "");
		}
	}
	return true;
}

static int
add_photo(struct list *l, const char *path, struct cs_view file)
{
	struct cs_photo_look look = { 0 };
	enum cs_err err = cs_photo_look(&look, file, CS_PHOTO_LEVEL_HASH);
	int status;

	if (err == CS_ERR_NOT_FOUND)
		status = cli_fail(CLI_NOT_DONE,
		    "countersign-photo, which reads photos, is not beside this "
		    "program.");
	else if (err)
		status = cli_fail(CLI_NOT_DONE,
		    "%s is no photo that can be read (%s).", path,
		    cs_err_text(err));
	else if (look.quality < CS_PDQ_QUALITY_MIN)
		status = cli_fail(CLI_NOT_DONE,
		    "There is too little in %s to recognise it.", path);
	else
		status = add(l, look.hashes[0], "");
	cs_photo_look_clear(&look);
	return status;
}

static int
add_file(struct list *l, const char *path)
{
	struct cs_buf file = { .max = CS_PHOTO_SOURCE_FILE_MAX };
	enum cs_err err = cs_file_read(&file, path, CS_PHOTO_SOURCE_FILE_MAX);
	int status = CLI_OK;

	if (err)
		status = report_error(err, "%s", path);
	else if (!add_list(&status, l, path, cs_buf_view(&file)))
		status = add_photo(l, path, cs_buf_view(&file));
	cs_buf_free(&file);
	return status;
}

static int
send(struct notice_place *p, struct list *l, const struct cli_args *args)
{
	struct cs_filing_body *body = cs_calloc(1, sizeof *body);
	const struct notice_draft draft = { body, NULL, NULL };
	const char *text = cli_value(args, "text");
	json_t *kept = NULL;
	int status;

	if (body == NULL)
		return cli_fail(CLI_SOFTWARE, "Out of memory.");
	body->what = CS_FILING_PHOTOS;
	body->category = CS_FILING_EXPOSURE;
	body->flags = CS_FILING_GOOD_FAITH;
	body->text = cs_view_str(text != NULL ? text : "");
	body->hashes = cs_buf_view(&l->hashes);
	status = notice_send(&kept, p, &draft);
	cs_free(body, sizeof *body);
	if (status == CLI_OK && cli_flag(args, "json")) {
		status = notice_print(kept);
	} else if (status == CLI_OK) {
		printf("%zu hashes are with the desk, under number %llu. If "
		       "such a photo is reported it looks at it first, and "
		       "nobody is told.\n",
		    l->n, (unsigned long long)notice_number(kept, "number"));
	}
	json_decref(kept);
	return status;
}

int
notice_run_photos(const struct cli_args *args)
{
	struct notice_place p;
	struct list l = { .hashes = { .max = CS_BUF_MAX } };
	int status = notice_place_open(&p, args);

	if (status == CLI_OK && !p.has_key)
		status = cli_fail(CLI_DENIED,
		    "Hashes are taken from organisations whose key the hub "
		    "knows: countersign-notice key.");
	for (int i = 0; status == CLI_OK && i < cli_count(args); i++) {
		cli_waits_count(
		    "reading photos", (uint64_t)i, (uint64_t)cli_count(args));
		status = add_file(&l, cli_arg(args, i));
	}
	cli_waits(NULL);
	if (status == CLI_OK)
		status = send(&p, &l, args);
	cs_buf_free(&l.hashes);
	notice_place_close(&p);
	return status;
}
