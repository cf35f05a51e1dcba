/* SPDX-License-Identifier: MIT */
/* desk-certs HUBDIR SECONDS: certify the desk's keys again, for only that
 * many seconds more, as if nearly a year had passed. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/init.h"
#include "crypto/sign.h"
#include "crypto/suite.h"
#include "franking/cert.h"
#include "hub/core/keys.h"
#include "store/file.h"

static void
must(enum cs_err err, const char *what)
{
	if (err) {
		fprintf(stderr, "desk-certs: %s: %s\n", what, cs_err_text(err));
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	static const enum cs_role roles[] = { CS_ROLE_DESK_HPKE,
		CS_ROLE_DESK_SIGNING };
	struct cs_buf file = { 0 }, out = { 0 };
	struct cs_writer w = cs_writer(&out);
	uint64_t now_s = (uint64_t)time(NULL);
	struct cs_sign_key root;
	struct cs_reader r;
	char path[4096];

	if (argc != 3 || cs_crypto_init() != CS_OK)
		return 64;
	must(hub_root_private(&root, argv[1]), "root");
	snprintf(path, sizeof path, "%s/keys/desk.certs", argv[1]);
	must(cs_file_read(&file, path, 4096), path);
	r = cs_reader(cs_buf_view(&file));
	for (size_t i = 0; i < 2; i++) {
		struct cs_role_key_cert cert;
		struct cs_buf new = { 0 };

		must(cs_role_key_cert_verify(&cert, cs_read_vec(&r),
			 CS_VIEW_OF(root.public), roles[i], now_s),
		    "certificate");
		must(cs_role_key_cert_make(&new, roles[i], cert.public,
			 cert.not_before, now_s + strtoull(argv[2], NULL, 10),
			 &root),
		    "certificate");
		cs_write_vec(&w, cs_buf_view(&new));
		cs_buf_free(&new);
	}
	must(cs_writer_end(&w), "file");
	must(cs_file_write(path, cs_buf_view(&out), 0644), path);
	cs_buf_free(&file);
	cs_buf_free(&out);
	return 0;
}
