/* SPDX-License-Identifier: MIT */
#include "desk/decisions/referral.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "desk/core/desk.h"
#include "desk/decisions/decision.h"
#include "desk/reports/custody.h"
#include "desk/reports/report.h"
#include "store/db.h"
#include "store/file.h"
#include "store/folder.h"

/* A file of the case for whoever it is referred to. */
static enum cs_err
refer_one(struct cs_desk *d, const struct desk_decision *dec,
    const uint8_t id[static CS_ID_LEN], struct cs_view key)
{
	char path[4096], hex[2 * CS_ID_LEN + 1], what[120];
	struct cs_buf sealed = { 0 };
	struct cs_desk_report_opened r;
	enum cs_err err = cs_desk_report_load(&r, d, id);

	if (err)
		return err;
	cs_hex(hex, cs_view(id, CS_ID_LEN));
	snprintf(path, sizeof path, "%s/referred/case-%llu-%s.csev",
	    d->folder.path, (unsigned long long)dec->case_id, hex);
	snprintf(what, sizeof what, "referred, sealed to %s", dec->to_key);
	if ((err = cs_evidence_seal(&sealed, cs_buf_view(&r.bundle), key)) ==
		CS_OK &&
	    (err = cs_file_write(path, cs_buf_view(&sealed), 0600)) == CS_OK)
		err = desk_custody_add(d, id, NULL, what);
	cs_buf_free(&sealed);
	cs_desk_report_clear(&r);
	return err;
}

enum cs_err
desk_decision_refer(struct cs_desk *d, const struct desk_decision *dec)
{
	struct cs_buf ids = { 0 };
	char *folder = cs_path_join(d->folder.path, "referred");
	uint8_t key[CS_KEY_LEN];
	enum cs_err err;

	if (folder == NULL)
		return CS_ERR_NOMEM;
	err = cs_file_mkdir(folder);
	cs_free_plain(folder);
	if (err || (err = desk_key_parse(key, d, dec->to_key)))
		return err;
	err = desk_reports_of_case(&ids, d, dec->case_id);
	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN)
		err = refer_one(d, dec, ids.data + k, CS_VIEW_OF(key));
	cs_buf_free(&ids);
	return err;
}
