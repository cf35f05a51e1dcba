/* SPDX-License-Identifier: MIT */
/* What is refused before anything leaves the device. */
#include "client/home/client.h"
#include "crypto/init.h"
#include "support/client_world.h"

static void
test_titles(void **state)
{
	char over[CS_CLIENT_CHANNEL_TITLE_MAX + 2] = { 0 };
	struct cs_client_channel_change as = { .title = over };
	struct temp_dir dir = temp_dir_new();
	struct cs_client_channel ch;
	struct cw_person alma;
	struct cs_client *c;

	(void)state;
	cw_person_init(&alma, "alma");
	c = cw_home(temp_path(&dir, "alma"), &alma, "alma");
	memset(over, 'x', CS_CLIENT_CHANNEL_TITLE_MAX + 1);
	assert_err(cs_client_channel_new(c, "News", &as, &ch), CS_ERR_LIMIT);
	assert_non_null(strstr(cs_client_problem(c), "100 bytes"));
	/* One byte less is a title: only the hub is missing. */
	over[CS_CLIENT_CHANNEL_TITLE_MAX] = '\0';
	assert_err(cs_client_channel_new(c, "News", &as, &ch), CS_ERR_CLOSED);
	over[0] = '\0';
	assert_err(cs_client_channel_new(c, "News", &as, &ch), CS_ERR_LIMIT);
	strcpy(over, "a\xff");
	assert_err(cs_client_channel_new(c, "News", &as, &ch), CS_ERR_LIMIT);
	as.title = NULL;
	assert_err(cs_client_channel_new(c, "", &as, &ch), CS_ERR_LIMIT);
	assert_err(cs_client_channel_new(c, "News", &as, &ch), CS_ERR_CLOSED);
	cs_client_close(c);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&dir);
}

static void
test_no_such_group(void **state)
{
	const uint8_t mid[CS_CLIENT_MID_LEN] = { 1 };
	struct temp_dir dir = temp_dir_new();
	struct cw_person alma;
	struct cs_client *c;
	uint64_t seq;

	(void)state;
	cw_person_init(&alma, "alma");
	c = cw_home(temp_path(&dir, "alma"), &alma, "alma");
	assert_err(cs_client_channel_check(c, "News"), CS_ERR_NOT_FOUND);
	assert_err(cs_client_channel_drop(c, "News", mid), CS_ERR_NOT_FOUND);
	assert_err(cs_client_channel_publish(c, "News", mid, &seq, NULL),
	    CS_ERR_NOT_FOUND);
	cs_client_close(c);
	cs_buf_free(&alma.credential);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_no_such_group),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
