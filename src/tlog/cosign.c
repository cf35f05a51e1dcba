/* SPDX-License-Identifier: MIT */
#include "tlog/cosign.h"

#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "tlog/lines.h"

#define SIGNED_LEN (CS_NOTE_ID_LEN + 8 + CS_SIGNATURE_LEN)

/* ---- keys --------------------------------------------------------------- */

enum cs_err
cs_tlog_cosigner(struct cs_tlog_cosigner *out, const char *name,
    const uint8_t public[static CS_SIGN_PUBLIC_LEN])
{
	return cs_note_key_typed(&out->key, CS_NOTE_COSIGNATURE, name, public);
}

void
cs_tlog_cosigner_text(
    char out[static CS_NOTE_KEY_SIZE], const struct cs_tlog_cosigner *who)
{
	cs_note_key_typed_text(out, CS_NOTE_COSIGNATURE, &who->key);
}

enum cs_err
cs_tlog_cosigner_read(struct cs_tlog_cosigner *out, struct cs_view text)
{
	return cs_note_key_typed_read(&out->key, CS_NOTE_COSIGNATURE, text);
}

/* ---- cosignatures ------------------------------------------------------- */

/* What is signed: two lines before the whole text. */
static enum cs_err
message(struct cs_buf *out, struct cs_view text, uint64_t time_s)
{
	char head[64];
	enum cs_err err;

	snprintf(head, sizeof head, "cosignature/v1\ntime %llu\n",
	    (unsigned long long)time_s);
	err = cs_buf_add(out, cs_view_str(head));
	return err ? err : cs_buf_add(out, text);
}

enum cs_err
cs_tlog_cosign(char out[static CS_TLOG_COSIGN_LINE_SIZE],
    const struct cs_tlog_cosigner *who, const struct cs_sign_key *with,
    struct cs_view text, uint64_t time_s)
{
	uint8_t signed_by[SIGNED_LEN];
	char base64[CS_BASE64_SIZE(SIGNED_LEN)];
	struct cs_tlog_checkpoint checkpoint;
	struct cs_buf said = { 0 };
	enum cs_err err;

	if (time_s > CS_TLOG_COSIGN_TIME_MAX)
		return CS_ERR_LIMIT;
	memcpy(signed_by, who->key.id, CS_NOTE_ID_LEN);
	cs_put_u64(signed_by + CS_NOTE_ID_LEN, time_s);
	if ((err = cs_tlog_checkpoint_parse(&checkpoint, text)) ||
	    (err = message(&said, text, time_s)) ||
	    (err = cs_sign(
		 signed_by + CS_NOTE_ID_LEN + 8, with, cs_buf_view(&said))))
		goto out;
	cs_base64(base64, CS_VIEW_OF(signed_by));
	snprintf(out, CS_TLOG_COSIGN_LINE_SIZE, CS_NOTE_DASH "%s %s\n",
	    who->key.name, base64);
out:
	cs_buf_free(&said);
	return err;
}

static enum cs_err
verify_one(uint64_t *time_s, const uint8_t signed_by[static SIGNED_LEN],
    struct cs_view text, const struct cs_tlog_cosigner *who)
{
	struct cs_reader r = cs_reader(
	    cs_view(signed_by + CS_NOTE_ID_LEN, SIGNED_LEN - CS_NOTE_ID_LEN));
	uint64_t at = cs_read_u64(&r);
	struct cs_view signature = cs_read_bytes(&r, CS_SIGNATURE_LEN);
	struct cs_buf said = { 0 };
	enum cs_err err = cs_reader_end(&r);

	if (err == CS_OK && at > CS_TLOG_COSIGN_TIME_MAX)
		err = CS_ERR_SIGNATURE;
	if (err || (err = message(&said, text, at)) ||
	    (err = cs_sign_verify(
		 CS_VIEW_OF(who->key.public), cs_buf_view(&said), signature)))
		goto out;
	*time_s = at > *time_s ? at : *time_s;
out:
	cs_buf_free(&said);
	return err;
}

enum cs_err
cs_tlog_cosigned(
    uint64_t *time_s, struct cs_view note, const struct cs_tlog_cosigner *who)
{
	struct cs_tlog_checkpoint checkpoint;
	struct cs_view text, lines;
	uint8_t by[SIGNED_LEN];
	uint64_t at = 0;
	bool found = false;
	enum cs_err err;

	if (note.len > CS_TLOG_NOTE_MAX)
		return CS_ERR_LIMIT;
	if (!cs_tlog_is_text(note))
		return CS_ERR_FORMAT;
	if ((err = cs_note_split(&text, &lines, note)) ||
	    (err = cs_tlog_checkpoint_parse(&checkpoint, text)))
		return err;
	for (int n = 0; lines.len != 0; n++) {
		if (n == CS_NOTE_LINES_MAX)
			return CS_ERR_FORMAT;
		err = cs_note_line_next(by, sizeof by, &lines, &who->key);
		if (err == CS_ERR_NOT_FOUND)
			continue;
		/* Each line of theirs has to hold. */
		if (err || (err = verify_one(&at, by, text, who)))
			return err;
		found = true;
	}
	if (!found)
		return CS_ERR_NOT_FOUND;
	*time_s = at;
	return CS_OK;
}
