/* SPDX-License-Identifier: MIT */
/* Credentials, basic and x509. */
#include "fuzz/fuzz_world.h"
#include "mls/credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_reader r = cs_reader(cs_view(data, size));
	struct cs_mls_credential c;
	struct cs_view certificates, cert;
	struct cs_buf again = { 0 };
	struct cs_writer w = cs_writer(&again);
	size_t n = 0;

	cs_mls_credential_read(&r, &c);
	if (cs_reader_end(&r) != CS_OK)
		return 0;
	certificates = c.identity;
	while (c.type == CS_MLS_CREDENTIAL_X509 &&
	    cs_mls_credential_next_x509(&certificates, &cert))
		n++;
	/* What was accepted can be walked to its end, and reads in one way. */
	fuzz_want(c.type != CS_MLS_CREDENTIAL_X509 ||
	    (n != 0 && certificates.len == 0));
	cs_mls_credential_write(&w, &c);
	fuzz_ok(cs_writer_end(&w));
	fuzz_want(cs_view_equal(cs_buf_view(&again), cs_view(data, size)));
	cs_buf_free(&again);
	return 0;
}
