/* SPDX-License-Identifier: MIT */
/* The process that decodes photos, and what it is kept from. */
#include <fcntl.h>
#include <lcms2.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "content/photo.h"
#include "content/photo_ask.h"
#include "content/photo_child.h"
#include "content/photo_clean.h"
#include "content/photo_codec.h"
#include "content/photo_pixels.h"
#include "content/photo_webp.h"
#include "support/test.h"
#include "unit/content/photo_world.h"

/* What a child that was taken over could answer, or not. */
static void
test_bad_child(void **state)
{
	char script[] = "/tmp/countersign-photo-test-XXXXXX";
	static const char hang[] = "#!/bin/sh\nexec sleep 100\n";
	static const struct {
		const char *name;
		enum cs_err err;
	} programs[] = {
		{ "/nonexistent", CS_ERR_NOT_FOUND },
		{ "/bin/false", CS_ERR_IO },
		{ "/bin/true", CS_ERR_FORMAT },
		{ "/bin/cat", CS_ERR_IO },
	};
	struct cs_photo photo;
	struct cs_buf answer = { 0 };
	struct cs_view file = cs_view_str("\xff\xd8\xff");
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		assert_int_equal(
		    setenv("COUNTERSIGN_PHOTO", programs[i].name, 1), 0);
		assert_err(cs_photo_clean(&photo, file), programs[i].err);
	}
	fd = mkstemp(script);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, hang, sizeof hang - 1), sizeof hang - 1);
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
	assert_err(cs_photo_ask_program(&answer, file, script, "clean", 300),
	    CS_ERR_TIMEOUT);
	assert_int_equal(answer.len, 0);
	unlink(script);
	/* Beside the tests there is none. */
	assert_int_equal(unsetenv("COUNTERSIGN_PHOTO"), 0);
	assert_err(cs_photo_clean(&photo, file), CS_ERR_NOT_FOUND);
}

/* A WebP, as a camera with a profile of its own writes it. */
static void
write_with_profile(struct cs_buf *out)
{
	static const uint8_t head[] = "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x20\0\0"
				      "\0\x17\0\0\x0f\0\0ICCP";
	cmsHPROFILE profile = cmsCreate_sRGBProfile();
	cmsUInt32Number n = 0;
	struct cs_pixels p;
	struct cs_buf plain = { 0 };
	uint8_t *at, size[4];

	pw_paint(&p, 3);
	assert_ok(cs_webp_encode(&plain, &p, 90));
	cs_pixels_clear(&p);
	assert_true(cmsSaveProfileToMem(profile, NULL, &n));
	for (int i = 0; i < 4; i++)
		size[i] = (uint8_t)(n >> 8 * i);
	assert_ok(cs_buf_add(out, cs_view(head, sizeof head - 1)));
	assert_ok(cs_buf_add(out, CS_VIEW_OF(size)));
	assert_ok(cs_buf_extend(out, n + n % 2, &at));
	assert_true(cmsSaveProfileToMem(profile, at, &n));
	cmsCloseProfile(profile);
	assert_ok(cs_buf_add(out, cs_view(plain.data + 12, plain.len - 12)));
	for (int i = 0; i < 4; i++)
		out->data[4 + i] = (uint8_t)((out->len - 8) >> 8 * i);
	cs_buf_free(&plain);
}

/* Converting colours asks for the time, which is no reason to open the file of
 * a time zone. */
static void
test_profile(void **state)
{
	struct cs_buf file = { 0 };
	struct cs_photo photo;

	(void)state;
	pw_find_child();
	write_with_profile(&file);
	assert_ok(cs_photo_clean(&photo, cs_buf_view(&file)));
	assert_int_equal(photo.width, PW_WIDTH);
	assert_false(pw_contains(cs_buf_view(&photo.bytes), "ICCP"));
	cs_photo_clear(&photo);
	cs_buf_free(&file);
}

enum deed { NOTHING, OPEN, SOCKET, FORK, WRITE_ELSEWHERE, CODE, DEEDS };

static void
do_in_sandbox(enum deed deed)
{
	if (cs_photo_sandbox() != CS_OK)
		_exit(2);
	switch (deed) {
	case OPEN:
		(void)!open("/etc/passwd", O_RDONLY);
		break;
	case SOCKET:
		(void)!dup(1);
		break;
	case FORK:
		(void)fork();
		break;
	case WRITE_ELSEWHERE:
		(void)!write(7, "x", 1);
		break;
	case CODE:
		(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		break;
	default:
		break;
	}
	_exit(0);
}

static void
test_sandbox(void **state)
{
	(void)state;
	for (int deed = NOTHING; deed < DEEDS; deed++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			do_in_sandbox((enum deed)deed);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (deed == NOTHING) {
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), 0);
			continue;
		}
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("deed %d went through", deed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_child),
		cmocka_unit_test(test_profile),
		cmocka_unit_test(test_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
