/* SPDX-License-Identifier: MIT */
#include "programs/notice/send.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/report_error.h"
#include "cli/wait.h"
#include "crypto/random.h"
#include "franking/cert.h"
#include "programs/notice/far.h"
#include "programs/notice/json.h"
#include "programs/notice/proof.h"
#include "store/clock.h"
#include "store/file.h"

/* ---- files --------------------------------------------------------------- */

int
notice_attach(struct notice_files *f, const char *path)
{
	const char *name = strrchr(path, '/');
	size_t at = f->bytes.len;
	enum cs_err err;

	name = name != NULL ? name + 1 : path;
	if (f->n == CS_FILING_FILES)
		return cli_fail(
		    CLI_USAGE, "At most %d files go along.", CS_FILING_FILES);
	f->bytes.max = f->names.max = CS_BUF_MAX;
	err = cs_file_read(&f->bytes, path, CS_FILING_BODY_MAX);
	if (err == CS_OK && f->bytes.len > CS_FILING_BODY_MAX)
		err = CS_ERR_LIMIT;
	if (err == CS_ERR_LIMIT)
		return cli_fail(
		    CLI_USAGE, "%s: all files together may have 16 MiB.", path);
	if (err == CS_OK) {
		f->list[f->n].at = at;
		f->list[f->n].len = f->bytes.len - at;
		f->list[f->n].name = f->names.len;
		f->list[f->n].name_len = strlen(name);
		err = cs_buf_add(&f->names, cs_view_str(name));
		f->n++;
	}
	return err ? report_error(err, "%s", path) : CLI_OK;
}

void
notice_attach_end(struct cs_filing_body *body, struct notice_files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		body->files[i].name = cs_view(
		    f->names.data + f->list[i].name, f->list[i].name_len);
		if (f->list[i].len != 0)
			body->files[i].bytes = cs_view(
			    f->bytes.data + f->list[i].at, f->list[i].len);
	}
	body->n_files = f->n;
}

void
notice_files_clear(struct notice_files *f)
{
	cs_buf_free(&f->bytes);
	cs_buf_free(&f->names);
	f->n = 0;
}

/* ---- sealing ------------------------------------------------------------- */

static int
desk_key(uint8_t out[static CS_KEY_LEN], struct notice_place *p)
{
	struct cs_role_key_cert cert;
	struct cs_buf bytes = { 0 };
	json_t *hub;
	int status = notice_far_get(&hub, p, "/notices/api/v1/hub");
	enum cs_err err;

	if (status != CLI_OK)
		return status;
	if ((err = notice_bytes(&bytes, hub, "desk_cert")) == CS_OK)
		err = cs_role_key_cert_verify(&cert, cs_buf_view(&bytes),
		    CS_VIEW_OF(p->root), CS_ROLE_DESK_HPKE,
		    cs_clock_ms() / CS_SECOND_MS);
	json_decref(hub);
	cs_buf_free(&bytes);
	if (err)
		return cli_fail(CLI_NOT_VERIFIED,
		    "The hub shows no desk that its operator has certified "
		    "(%s).",
		    cs_err_text(err));
	memcpy(out, cert.public, CS_KEY_LEN);
	return CLI_OK;
}

static bool
set_hex(json_t *o, const char *name, struct cs_view bytes)
{
	char text[2 * CS_SIGNATURE_LEN + 1];

	cs_hex(text, bytes);
	return json_object_set_new(o, name, json_string(text)) == 0;
}

/* By the organisation's key, or by work. */
static enum cs_err
prove_who(json_t *o, const struct notice_place *p,
    const struct cs_filing_body *body,
    const uint8_t commitment[static CS_HASH_LEN])
{
	struct cs_filing_signed f = {
		.hub = cs_view_str(p->name),
		.what = body->what,
		.category = body->category,
		.about = body->about,
	};
	uint8_t sig[CS_SIGNATURE_LEN];
	uint64_t nonce;
	enum cs_err err;

	if (!p->has_key) {
		if ((err = cs_filing_work(&nonce, commitment)))
			return err;
		json_object_set_new(
		    o, "nonce", json_integer((json_int_t)nonce));
		return CS_OK;
	}
	memcpy(f.commitment, commitment, sizeof f.commitment);
	if ((err = cs_filing_sign(sig, &f, &p->key)))
		return err;
	return set_hex(o, "organisation", CS_VIEW_OF(p->key.public)) &&
		set_hex(o, "signature", CS_VIEW_OF(sig))
	    ? CS_OK
	    : CS_ERR_NOMEM;
}

static enum cs_err
add_sealed(
    json_t *o, struct cs_view body, const uint8_t desk[static CS_KEY_LEN])
{
	struct cs_buf sealed = { .max = CS_FILING_SEALED_MAX };
	enum cs_err err =
	    cs_filing_body_seal(&sealed, body, cs_view(desk, CS_KEY_LEN));
	size_t size = CS_BASE64_SIZE(sealed.len);
	char *text = err == CS_OK ? cs_calloc(1, size) : NULL;

	if (err == CS_OK && text == NULL)
		err = CS_ERR_NOMEM;
	if (err == CS_OK) {
		cs_base64(text, cs_buf_view(&sealed));
		json_object_set_new(o, "sealed", json_string(text));
	}
	cs_free_plain(text);
	cs_buf_free(&sealed);
	return err;
}

/* The request, and in ${secret} what its state is asked by. */
static enum cs_err
write_request(json_t *o, uint8_t secret[static CS_FILING_SECRET_LEN],
    const struct notice_place *p, struct cs_filing_body *body,
    const uint8_t desk[static CS_KEY_LEN])
{
	struct cs_buf bytes = { .max = CS_FILING_BODY_MAX };
	uint8_t id[CS_ID_LEN], hash[CS_HASH_LEN], commitment[CS_HASH_LEN];
	enum cs_err err;

	cs_random(id, sizeof id);
	cs_random(body->salt, sizeof body->salt);
	json_object_set_new(
	    o, "what", json_string(cs_filing_what_name(body->what)));
	json_object_set_new(
	    o, "category", json_string(cs_filing_term(body->category)->name));
	json_object_set_new(o, "about", json_integer((json_int_t)body->about));
	json_object_set_new(o, "flags", json_integer(body->flags));
	if ((err = cs_filing_secret_hash(hash, secret)) ||
	    (err = cs_filing_reply_key(body->reply_key, secret)) ||
	    (err = cs_filing_body_write(&bytes, body)) ||
	    (err = cs_filing_commit(commitment, cs_buf_view(&bytes))) ||
	    (err = prove_who(o, p, body, commitment)) ||
	    (err = add_sealed(o, cs_buf_view(&bytes), desk)))
		goto out;
	if (!set_hex(o, "id", CS_VIEW_OF(id)) ||
	    !set_hex(o, "secret_hash", CS_VIEW_OF(hash)) ||
	    !set_hex(o, "commitment", CS_VIEW_OF(commitment)))
		err = CS_ERR_NOMEM;
out:
	cs_buf_free(&bytes);
	return err;
}

/* ---- sending ------------------------------------------------------------- */

/* What the hub answered has to be a receipt of what was sent. */
static int
keep_receipt(json_t **kept, struct notice_place *p, const json_t *pending,
    const json_t *answer)
{
	const json_t *request = json_object_get(pending, "request");
	struct cs_receipt receipt;
	struct notice_receipt bytes = { 0 };
	char hex[2 * CS_HASH_LEN + 1], number[24];
	enum cs_err err = notice_receipt_read(
	    &receipt, &bytes, notice_text(answer, "receipt"), p->root);

	if (err == CS_OK) {
		cs_hex(hex, CS_VIEW_OF(receipt.commitment));
		if (strcmp(hex, notice_text(request, "commitment")) != 0)
			err = CS_ERR_MISMATCH;
	}
	if (err) {
		notice_receipt_clear(&bytes);
		return cli_fail(CLI_NOT_VERIFIED,
		    "The hub's receipt is none (%s). What was sent is kept, "
		    "and can be sent again.",
		    cs_err_text(err));
	}
	snprintf(
	    number, sizeof number, "%llu", (unsigned long long)receipt.number);
	*kept = json_pack("{s:I,s:s,s:s,s:I,s:I,s:I,s:s,s:s}", "number",
	    (json_int_t)receipt.number, "what",
	    cs_filing_what_name(receipt.what), "category",
	    cs_filing_term(receipt.category)->name, "about",
	    (json_int_t)receipt.about, "received_ms",
	    (json_int_t)receipt.received_ms, "deadline_ms",
	    (json_int_t)receipt.deadline_ms, "secret",
	    notice_text(pending, "secret"), "receipt",
	    notice_text(answer, "receipt"));
	notice_receipt_clear(&bytes);
	if (*kept != NULL && json_object_get(pending, "row") != NULL)
		json_object_set(*kept, "row", json_object_get(pending, "row"));
	err = *kept != NULL ? notice_place_keep(p, "notices", number, *kept)
			    : CS_ERR_NOMEM;
	return err ? report_error(err, "The receipt") : CLI_OK;
}

static int
send_one(json_t **kept, struct notice_place *p, const json_t *pending,
    const char *id)
{
	json_t *answer;
	char code[NOTICE_CODE_SIZE];
	int status = notice_far_try(&answer, code, p, "/notices/api/v1/filings",
	    json_object_get(pending, "request"));
	bool later = strcmp(code, "limit") == 0 || strcmp(code, "work") == 0 ||
	    strcmp(code, "unavailable") == 0;
	enum cs_err err;

	*kept = NULL;
	if (answer == NULL)
		return status;
	if (status == CLI_OK)
		status = keep_receipt(kept, p, pending, answer);
	else
		status = cli_fail(later ? CLI_TRY_LATER : CLI_NOT_DONE, "%s%s",
		    notice_text(answer, "sentence"),
		    later ? " It is kept, and can be sent again." : "");
	json_decref(answer);
	/* What the hub will never take is not kept either. */
	if ((status == CLI_OK || status == CLI_NOT_DONE) &&
	    (err = notice_place_forget(p, "pending", id)) &&
	    err != CS_ERR_NOT_FOUND)
		return report_error(err, "The folder");
	return status;
}

int
notice_send(
    json_t **kept, struct notice_place *p, const struct notice_draft *draft)
{
	uint8_t secret[CS_FILING_SECRET_LEN], desk[CS_KEY_LEN];
	char text[CS_FILING_SECRET_SIZE];
	json_t *pending = json_object(), *request = json_object();
	int status = desk_key(desk, p);
	enum cs_err err = CS_OK;

	*kept = NULL;
	cs_random(secret, sizeof secret);
	if (status == CLI_OK && draft->about_secret != NULL)
		err = cs_filing_secret_parse(
		    secret, cs_view_str(draft->about_secret));
	if (status == CLI_OK && err == CS_OK)
		err = write_request(request, secret, p, draft->body, desk);
	cs_filing_secret_text(text, secret);
	json_object_set_new(pending, "secret", json_string(text));
	json_object_set_new(pending, "request", request);
	if (draft->row != NULL)
		json_object_set_new(pending, "row", json_string(draft->row));
	if (status == CLI_OK && err == CS_OK)
		err = notice_place_keep(
		    p, "pending", notice_text(request, "id"), pending);
	if (err == CS_ERR_MISUSE)
		status = cli_fail(CLI_USAGE,
		    "That is no %s: it needs a text of letters, without "
		    "control characters.",
		    cs_filing_what_name(draft->body->what));
	else if (err == CS_ERR_LIMIT)
		status = cli_fail(CLI_USAGE,
		    "That is too long: 16,384 bytes of text, 100 places, "
		    "1,000 hashes, 16 MiB of files.");
	else if (err)
		status = report_error(err, "The notice");
	if (status == CLI_OK)
		status = send_one(kept, p, pending, notice_text(request, "id"));
	json_decref(pending);
	cs_wipe(secret, sizeof secret);
	cs_wipe(text, sizeof text);
	return status;
}

int
notice_send_pending(size_t *n, struct notice_place *p)
{
	json_t *names, *pending, *kept;
	int status = CLI_OK;
	size_t i;
	json_t *name;
	enum cs_err err = notice_place_list(&names, p, "pending");

	*n = 0;
	if (err)
		status = report_error(err, "The folder");
	json_array_foreach (names, i, name) {
		const char *id = json_string_value(name);

		if (status != CLI_OK)
			break;
		if ((err = notice_place_read(&pending, p, "pending", id))) {
			status = report_error(err, "pending/%s.json", id);
			break;
		}
		status = send_one(&kept, p, pending, id);
		*n += status == CLI_OK;
		json_decref(kept);
		json_decref(pending);
	}
	json_decref(names);
	return status;
}

int
notice_print(const json_t *kept)
{
	json_t *o = json_copy((json_t *)(uintptr_t)kept);
	int status;

	json_object_del(o, "secret");
	status = notice_json_print(o);
	json_decref(o);
	return status;
}
