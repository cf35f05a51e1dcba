/* SPDX-License-Identifier: MIT */
#include "hub/site/receipt.h"

#include <stdio.h>

#include "base/text.h"
#include "base/writer.h"
#include "hub/site/answer.h"
#include "hub/site/html.h"

#define RECEIPT_FILE_MAX (CS_RECEIPT_MAX + CS_WIRE_CERT_MAX + 8)

enum cs_err
site_receipt_text(struct cs_buf *out, const struct cs_wire_receipt *bytes)
{
	char text[CS_BASE64_SIZE(RECEIPT_FILE_MAX)];
	struct cs_buf file = { .max = RECEIPT_FILE_MAX };
	struct cs_writer w = cs_writer(&file);
	enum cs_err err;

	cs_write_vec(&w, bytes->receipt);
	cs_write_vec(&w, bytes->registrar_cert);
	if ((err = cs_writer_end(&w)) == CS_OK) {
		cs_base64(text, cs_buf_view(&file));
		err = cs_buf_add(out, cs_view_str(text));
	}
	cs_buf_free(&file);
	return err;
}

static void
put_files(struct site_html *h, const struct site_filing *f)
{
	static const char *const words[] = { "proof.none", "proof.all",
		"proof.not" };

	if (f->body.n_files == 0)
		return;
	site_put(h, "<h2>%w</h2><ul>", "field.files");
	for (size_t i = 0; i < f->body.n_files; i++) {
		site_put(h, "<li><bdi><b>%v</b></bdi>: %w",
		    &f->body.files[i].name, words[f->proofs[i]]);
		if (f->proofs[i] != SITE_PROOF_NONE)
			site_put(h, " <bdi>%d</bdi>", (uint64_t)f->messages[i]);
		site_put(h, "</li>");
	}
	site_put(h, "</ul>");
}

void
site_receipt_show(struct site_visit *v, const struct cs_receipt *receipt,
    const struct cs_wire_receipt *bytes)
{
	const struct site_filing *f = v->filing;
	struct cs_buf text = { 0 };
	char secret[CS_FILING_SECRET_SIZE], commitment[2 * CS_HASH_LEN + 1];
	struct site_html h = site_html(v, "receipt.title");
	struct cs_view receipt_text;

	cs_filing_secret_text(secret, f->secret);
	cs_hex(commitment, CS_VIEW_OF(receipt->commitment));
	site_put(&h, "<p class=good role=status>%w</p><dl>",
	    f->own_secret ? "receipt.what" : "receipt.about");
	site_put(&h, "<dt>%w</dt><dd class=big><bdi>%d</bdi></dd>",
	    "field.number", receipt->number);
	if (f->own_secret)
		site_put(&h,
		    "<dt>%w</dt><dd class=big><bdi dir=ltr>%s</bdi>"
		    "<p class=warn>%w</p></dd>",
		    "field.secret", secret, "receipt.secret");
	site_put(&h, "<dt>%w</dt><dd>%t</dd>", "field.received",
	    receipt->received_ms);
	if (receipt->deadline_ms != 0)
		site_put(&h, "<dt>%w</dt><dd>%t<p>%w</p></dd>",
		    "field.deadline", receipt->deadline_ms, "receipt.deadline");
	site_put(&h, "<dt>%w</dt><dd><code dir=ltr>%s</code></dd></dl>",
	    "field.commitment", commitment);
	put_files(&h, f);
	if (h.err == CS_OK)
		h.err = site_receipt_text(&text, bytes);
	receipt_text = cs_buf_view(&text);
	site_put(&h,
	    "<details><summary>%w</summary><p>%w</p><p><a "
	    "download=\"receipt-%d.txt\" "
	    "href=\"data:text/plain;charset=utf-8,%v\">%w</a></p>"
	    "<textarea readonly rows=8 dir=ltr>%v</textarea></details>",
	    "receipt.signed", "receipt.signed.what", receipt->number,
	    &receipt_text, "receipt.save", &receipt_text);
	site_html_answer(v, &h, 200);
	cs_buf_free(&text);
	cs_wipe(secret, sizeof secret);
}
