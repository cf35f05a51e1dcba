/* SPDX-License-Identifier: MIT */
#include "franking/filing.h"

#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "franking/cert.h"
#include "franking/signed.h"

#define HUB_MAX 255

/* ---- words --------------------------------------------------------------- */

static const char *const whats[] = { [CS_FILING_NOTICE] = "notice",
	[CS_FILING_MORE] = "more",
	[CS_FILING_APPEAL] = "appeal",
	[CS_FILING_PHOTOS] = "photos" };

static const char *const outcomes[] = { [CS_FILING_ACTED] = "acted",
	[CS_FILING_REFUSED] = "refused",
	[CS_FILING_NOT_OURS] = "not-ours",
	[CS_FILING_NEEDS_MORE] = "needs-more",
	[CS_FILING_UNREADABLE] = "unreadable",
	[CS_FILING_LISTED] = "listed" };

/* How soon: while a person is in danger, hours count. */
static const struct cs_filing_term terms[CS_FILING_CATEGORIES] = {
	[CS_FILING_DANGER] = { "danger", "A person is in danger now",
	    "STATEMENT_CATEGORY_VIOLENCE", 24 },
	[CS_FILING_TRAFFICKING] = { "trafficking",
	    "Trafficking or sale of people",
	    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", 24 },
	[CS_FILING_CHILD_ABUSE] = { "child-abuse", "Sexual abuse of children",
	    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", 24 },
	[CS_FILING_RECRUITMENT] = { "recruitment-of-children",
	    "Recruitment of children",
	    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", 24 },
	[CS_FILING_TERRORISM] = { "terrorism", "Terrorism",
	    "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", 48 },
	[CS_FILING_THREAT] = { "threat", "Threats",
	    "STATEMENT_CATEGORY_VIOLENCE", 48 },
	[CS_FILING_INTIMATE_IMAGES] = { "intimate-images",
	    "Intimate pictures without consent",
	    "STATEMENT_CATEGORY_CYBER_VIOLENCE", 48 },
	[CS_FILING_EXPOSURE] = { "exposure",
	    "Somebody is made findable, or private data is shown",
	    "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", 72 },
	[CS_FILING_HARASSMENT] = { "harassment", "Harassment",
	    "STATEMENT_CATEGORY_CYBER_VIOLENCE", 168 },
	[CS_FILING_HATE] = { "hate", "Hatred against people",
	    "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", 168 },
	[CS_FILING_FRAUD] = { "fraud", "Fraud",
	    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD", 168 },
	[CS_FILING_OTHER] = { "other", "Something else that is illegal",
	    "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", 336 },
};

static const char *
name_of(const char *const *names, size_t n, uint8_t number)
{
	return number < n ? names[number] : NULL;
}

#define N(names) (sizeof(names) / sizeof *(names))

const char *
cs_filing_what_name(uint8_t what)
{
	return name_of(whats, N(whats), what);
}

const char *
cs_filing_outcome_name(uint8_t outcome)
{
	return name_of(outcomes, N(outcomes), outcome);
}

uint8_t
cs_filing_outcome_named(struct cs_view name)
{
	for (uint8_t i = 1; i < N(outcomes); i++)
		if (cs_view_equal(name, cs_view_str(outcomes[i])))
			return i;
	return 0;
}

const struct cs_filing_term *
cs_filing_term(uint8_t category)
{
	return category != 0 && category < CS_FILING_CATEGORIES
	    ? &terms[category]
	    : NULL;
}

uint8_t
cs_filing_category_named(struct cs_view name)
{
	for (uint8_t i = 1; i < CS_FILING_CATEGORIES; i++)
		if (cs_view_equal(name, cs_view_str(terms[i].name)))
			return i;
	return 0;
}

uint64_t
cs_filing_deadline(uint8_t what, uint8_t category, uint64_t received_ms)
{
	const struct cs_filing_term *term = cs_filing_term(category);

	if (what == CS_FILING_APPEAL)
		return received_ms + CS_FILING_APPEAL_DAYS * CS_DAY_MS;
	if (what != CS_FILING_NOTICE || term == NULL)
		return 0;
	return received_ms + term->hours * CS_HOUR_MS;
}

bool
cs_filing_outcome_fits(uint8_t what, uint8_t outcome)
{
	switch (what) {
	case CS_FILING_NOTICE:
		return outcome >= CS_FILING_ACTED &&
		    outcome <= CS_FILING_UNREADABLE;
	case CS_FILING_APPEAL:
		return outcome == CS_FILING_ACTED ||
		    outcome == CS_FILING_REFUSED ||
		    outcome == CS_FILING_UNREADABLE;
	case CS_FILING_PHOTOS:
		return outcome == CS_FILING_LISTED ||
		    outcome == CS_FILING_REFUSED ||
		    outcome == CS_FILING_UNREADABLE;
	default:
		return false;
	}
}

/* ---- secrets ------------------------------------------------------------- */

void
cs_filing_secret_text(char out[static CS_FILING_SECRET_SIZE],
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < CS_FILING_SECRET_LEN; i++) {
		if (i != 0 && i % 2 == 0)
			out[at++] = '-';
		out[at++] = digits[secret[i] >> 4];
		out[at++] = digits[secret[i] & 15];
	}
	out[at] = '\0';
}

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum cs_err
cs_filing_secret_parse(
    uint8_t out[static CS_FILING_SECRET_LEN], struct cs_view text)
{
	size_t n = 0;

	memset(out, 0, CS_FILING_SECRET_LEN);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		int d = digit(c);

		if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (d < 0 || n == (size_t)2 * CS_FILING_SECRET_LEN)
			return CS_ERR_FORMAT;
		out[n / 2] = (uint8_t)(out[n / 2] << 4 | d);
		n++;
	}
	return n == (size_t)2 * CS_FILING_SECRET_LEN ? CS_OK : CS_ERR_FORMAT;
}

/* SHA-256(label, its zero included | bytes) */
static enum cs_err
labelled(uint8_t out[static CS_HASH_LEN], const char *label, size_t size,
    struct cs_view bytes)
{
	const struct cs_view parts[] = { cs_view(label, size), bytes };

	return cs_hash_parts(out, CS_SHA256, parts, N(parts));
}

enum cs_err
cs_filing_secret_hash(uint8_t out[static CS_HASH_LEN],
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	static const char label[] = "countersign/filing-secret/v1";

	return labelled(
	    out, label, sizeof label, cs_view(secret, CS_FILING_SECRET_LEN));
}

enum cs_err
cs_filing_reply_key(uint8_t out[static CS_HASH_LEN],
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	static const char label[] = "countersign/filing-reply/v1";

	return labelled(
	    out, label, sizeof label, cs_view(secret, CS_FILING_SECRET_LEN));
}

/* ---- what was filed ------------------------------------------------------ */

enum cs_err
cs_filing_commit(uint8_t out[static CS_HASH_LEN], struct cs_view body)
{
	static const char label[] = "countersign/filing/v1";

	return labelled(out, label, sizeof label, body);
}

static enum cs_err
write_signed(struct cs_buf *out, const struct cs_filing_signed *f)
{
	static const char label[] = "countersign/filing-by/v1";
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(label, sizeof label));
	cs_write_vec(&w, f->hub);
	cs_write_u8(&w, f->what);
	cs_write_u8(&w, f->category);
	cs_write_u64(&w, f->about);
	cs_write_bytes(&w, CS_VIEW_OF(f->commitment));
	return cs_writer_end(&w);
}

enum cs_err
cs_filing_sign(uint8_t out[static CS_SIGNATURE_LEN],
    const struct cs_filing_signed *f, const struct cs_sign_key *key)
{
	struct cs_buf bytes = { 0 };
	enum cs_err err = write_signed(&bytes, f);

	if (err == CS_OK)
		err = cs_sign(out, key, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
cs_filing_sign_check(const struct cs_filing_signed *f,
    const uint8_t sig[static CS_SIGNATURE_LEN],
    const uint8_t public[static CS_KEY_LEN])
{
	struct cs_buf bytes = { 0 };
	enum cs_err err = write_signed(&bytes, f);

	if (err == CS_OK)
		err = cs_sign_verify(cs_view(public, CS_KEY_LEN),
		    cs_buf_view(&bytes), cs_view(sig, CS_SIGNATURE_LEN));
	cs_buf_free(&bytes);
	return err;
}

/* ---- work ---------------------------------------------------------------- */

bool
cs_filing_work_done(
    const uint8_t commitment[static CS_HASH_LEN], uint64_t nonce)
{
	static const char label[] = "countersign/filing-work/v1";
	uint8_t number[8], hash[CS_SHA256_LEN];
	const struct cs_view parts[] = { cs_view(label, sizeof label),
		cs_view(commitment, CS_HASH_LEN), CS_VIEW_OF(number) };

	cs_put_u64(number, nonce);
	if (cs_hash_parts(hash, CS_SHA256, parts, N(parts)) != CS_OK)
		return false;
	for (unsigned i = 0; i < CS_FILING_WORK_BITS; i++)
		if ((hash[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

enum cs_err
cs_filing_work(uint64_t *nonce, const uint8_t commitment[static CS_HASH_LEN])
{
	for (uint64_t n = 0; n < UINT64_MAX; n++)
		if (cs_filing_work_done(commitment, n)) {
			*nonce = n;
			return CS_OK;
		}
	return CS_ERR_LIMIT;
}

/* ---- receipts ------------------------------------------------------------ */

static const char receipt_label[] = "countersign/receipt/v1";

enum cs_err
cs_receipt_make(struct cs_buf *out, const struct cs_receipt *receipt,
    const struct cs_sign_key *registrar)
{
	size_t from = out->len;
	struct cs_writer w =
	    cs_signed_begin(out, cs_view(receipt_label, sizeof receipt_label));

	cs_write_u64(&w, receipt->number);
	cs_write_u8(&w, receipt->what);
	cs_write_u8(&w, receipt->category);
	cs_write_u64(&w, receipt->about);
	cs_write_u64(&w, receipt->received_ms);
	cs_write_u64(&w, receipt->deadline_ms);
	cs_write_bytes(&w, CS_VIEW_OF(receipt->commitment));
	cs_write_vec(&w, receipt->hub);
	return cs_signed_end(&w, from, registrar);
}

static enum cs_err
parse_receipt(struct cs_receipt *out, struct cs_view in)
{
	struct cs_reader r = cs_signed_open(
	    in, cs_view(receipt_label, sizeof receipt_label), CS_RECEIPT_MAX);

	out->number = cs_read_u64(&r);
	out->what = cs_read_u8(&r);
	out->category = cs_read_u8(&r);
	out->about = cs_read_u64(&r);
	out->received_ms = cs_read_u64(&r);
	out->deadline_ms = cs_read_u64(&r);
	cs_read_copy(&r, out->commitment, sizeof out->commitment);
	out->hub = cs_read_vec_max(&r, HUB_MAX);
	return cs_reader_end(&r);
}

enum cs_err
cs_receipt_verify(struct cs_receipt *out, struct cs_view receipt,
    struct cs_view registrar_cert, const uint8_t root_public[static CS_KEY_LEN])
{
	struct cs_role_key_cert cert;
	enum cs_err err;

	if ((err = parse_receipt(out, receipt)))
		return err;
	if (out->number == 0 || cs_filing_what_name(out->what) == NULL ||
	    cs_filing_term(out->category) == NULL ||
	    out->deadline_ms !=
		cs_filing_deadline(out->what, out->category, out->received_ms))
		return CS_ERR_FORMAT;
	if ((err = cs_role_key_cert_verify(&cert, registrar_cert,
		 cs_view(root_public, CS_KEY_LEN), CS_ROLE_REGISTRAR,
		 out->received_ms / CS_SECOND_MS)))
		return err;
	return cs_signed_check(receipt, CS_VIEW_OF(cert.public));
}

/* ---- answers ------------------------------------------------------------- */

static const char answer_label[] = "countersign/filing-answer/v1";

enum cs_err
cs_filing_answer_make(struct cs_buf *out, const struct cs_filing_answer *answer,
    const struct cs_sign_key *desk)
{
	size_t from = out->len;
	struct cs_writer w =
	    cs_signed_begin(out, cs_view(answer_label, sizeof answer_label));

	cs_write_u64(&w, answer->number);
	cs_write_u8(&w, answer->outcome);
	cs_write_u64(&w, answer->answered_ms);
	cs_write_vec(&w, answer->hub);
	cs_write_vec(&w, answer->text);
	return cs_signed_end(&w, from, desk);
}

enum cs_err
cs_filing_answer_parse(struct cs_filing_answer *out, struct cs_view answer)
{
	struct cs_reader r = cs_signed_open(answer,
	    cs_view(answer_label, sizeof answer_label), CS_FILING_ANSWER_MAX);
	enum cs_err err;

	out->number = cs_read_u64(&r);
	out->outcome = cs_read_u8(&r);
	out->answered_ms = cs_read_u64(&r);
	out->hub = cs_read_vec_max(&r, HUB_MAX);
	out->text = cs_read_vec_max(&r, CS_FILING_ANSWER_TEXT_MAX);
	if ((err = cs_reader_end(&r)))
		return err;
	return out->number == 0 || cs_filing_outcome_name(out->outcome) == NULL
	    ? CS_ERR_FORMAT
	    : CS_OK;
}

enum cs_err
cs_filing_answer_verify(struct cs_filing_answer *out, struct cs_view answer,
    const uint8_t desk_public[static CS_KEY_LEN])
{
	enum cs_err err = cs_filing_answer_parse(out, answer);

	return err ? err
		   : cs_signed_check(answer, cs_view(desk_public, CS_KEY_LEN));
}

enum cs_err
cs_filing_answer_commit(uint8_t out[static CS_HASH_LEN], struct cs_view answer)
{
	static const char label[] = "countersign/filing-answered/v1";

	return labelled(out, label, sizeof label, answer);
}
