/* SPDX-License-Identifier: MIT */
/* Words between the parent of a family and a part, with descriptors and
 * without. */
#include "family/hand.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

#define PACKET_LEN (CS_HAND_WORD_MAX + 8 + CS_HAND_BYTES_MAX)

/* How many descriptors this process has. */
static int
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static bool
same_file(int a, int b)
{
	struct stat x, y;

	assert_int_equal(fstat(a, &x), 0);
	assert_int_equal(fstat(b, &y), 0);
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void
test_words(void **state)
{
	struct cs_hand h;
	uint64_t number = 77, copy = 0;
	uint32_t shorter;
	int s[2];

	(void)state;
	assert_ok(cs_hand_pair(s));
	assert_ok(cs_hand_word(s[0], "go", -1));
	assert_ok(cs_hand_bytes(s[0], "limits", 9, cs_view(&number, 8)));
	assert_ok(cs_hand_take(&h, s[1], true));
	assert_true(cs_hand_is(&h, "go"));
	assert_false(cs_hand_is(&h, "g"));
	assert_int_equal(h.number, 0);
	assert_int_equal(h.length, 0);
	assert_int_equal(h.fd, -1);
	assert_ok(cs_hand_take(&h, s[1], false));
	assert_true(cs_hand_is(&h, "limits"));
	assert_int_equal(h.number, 9);
	assert_ok(cs_hand_copy(&copy, sizeof copy, &h));
	assert_int_equal(copy, 77);
	assert_err(cs_hand_copy(&shorter, sizeof shorter, &h), CS_ERR_FORMAT);
	/* Both ways. */
	assert_ok(cs_hand_word(s[1], "ready", -1));
	assert_ok(cs_hand_take(&h, s[0], true));
	assert_true(cs_hand_is(&h, "ready"));
	close(s[0]);
	close(s[1]);
}

static void
test_limits(void **state)
{
	static uint8_t bytes[CS_HAND_BYTES_MAX + 1];
	struct cs_hand h = { .word = "x", .fd = -1 };
	char word[CS_HAND_WORD_MAX + 1];
	int s[2];

	(void)state;
	assert_ok(cs_hand_pair(s));
	memset(bytes, 0x5a, sizeof bytes);
	memset(word, 'w', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	assert_err(
	    cs_hand_bytes(s[0], "x", 0, CS_VIEW_OF(bytes)), CS_ERR_MISUSE);
	h.length = sizeof bytes;
	assert_err(cs_hand_send(s[0], &h), CS_ERR_MISUSE);
	assert_ok(
	    cs_hand_bytes(s[0], word, 0, cs_view(bytes, CS_HAND_BYTES_MAX)));
	assert_ok(cs_hand_take(&h, s[1], true));
	/* A long word is cut, and has an end. */
	assert_int_equal(strlen(h.word), CS_HAND_WORD_MAX - 1);
	assert_int_equal(h.length, CS_HAND_BYTES_MAX);
	assert_memory_equal(h.bytes, bytes, CS_HAND_BYTES_MAX);
	close(s[0]);
	close(s[1]);
}

static void
test_nobody(void **state)
{
	struct cs_hand h;
	int s[2];

	(void)state;
	assert_ok(cs_hand_pair(s));
	assert_err(cs_hand_take(&h, s[1], false), CS_ERR_BUSY);
	assert_int_equal(h.fd, -1);
	/* What was said before the end counts. */
	assert_ok(cs_hand_word(s[0], "stop", -1));
	close(s[0]);
	assert_ok(cs_hand_take(&h, s[1], true));
	assert_err(cs_hand_take(&h, s[1], true), CS_ERR_CLOSED);
	assert_err(cs_hand_take(&h, s[1], false), CS_ERR_CLOSED);
	assert_err(cs_hand_word(s[1], "ready", -1), CS_ERR_CLOSED);
	close(s[1]);
}

/* Somebody who ends without reading what came says why first. */
static void
test_last_words(void **state)
{
	struct cs_hand h;
	int s[2];

	(void)state;
	assert_ok(cs_hand_pair(s));
	assert_ok(cs_hand_word(s[0], "keys", -1));
	assert_ok(cs_hand_word(s[1], "failed", -1));
	close(s[1]);
	assert_ok(cs_hand_take(&h, s[0], false));
	assert_true(cs_hand_is(&h, "failed"));
	assert_err(cs_hand_take(&h, s[0], false), CS_ERR_CLOSED);
	close(s[0]);
}

static void
test_descriptors(void **state)
{
	int before = descriptors(), s[2], file;
	struct cs_hand h;

	(void)state;
	assert_ok(cs_hand_pair(s));
	file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_true(file >= 0);
	assert_ok(cs_hand_word(s[0], "file", file));
	assert_ok(cs_hand_take(&h, s[1], true));
	assert_true(cs_hand_is(&h, "file"));
	assert_true(h.fd >= 0 && h.fd != file);
	assert_true(same_file(h.fd, file));
	/* No program that is started inherits it. */
	assert_int_equal(fcntl(h.fd, F_GETFD), FD_CLOEXEC);
	close(h.fd);
	close(file);
	close(s[0]);
	close(s[1]);
	assert_int_equal(descriptors(), before);
}

/* ---- packets that no process of ours sends --------------------------------
 */

/* Send ${n} bytes with ${n_fds} copies of ${fd}, in one piece of control data.
 */
static void
send_raw(int socket, const uint8_t *bytes, size_t n, int fd, size_t n_fds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (n_fds != 0) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof fd);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof fd);
		for (size_t i = 0; i < n_fds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof fd, &fd, sizeof fd);
	}
	assert_int_equal(sendmsg(socket, &msg, MSG_NOSIGNAL), n);
}

/* It is refused, no descriptor of it is left, and the next one is read. */
static void
assert_refused(const uint8_t *bytes, size_t n, size_t n_fds)
{
	int before = descriptors(), s[2];
	struct cs_hand h;

	assert_ok(cs_hand_pair(s));
	send_raw(s[0], bytes, n, s[0], n_fds);
	assert_ok(cs_hand_word(s[0], "next", -1));
	assert_err(cs_hand_take(&h, s[1], false), CS_ERR_FORMAT);
	assert_int_equal(h.fd, -1);
	assert_ok(cs_hand_take(&h, s[1], false));
	assert_true(cs_hand_is(&h, "next"));
	close(s[0]);
	close(s[1]);
	assert_int_equal(descriptors(), before);
}

static void
test_no_packet(void **state)
{
	uint8_t bytes[PACKET_LEN + 1] = "word";
	uint32_t length = CS_HAND_BYTES_MAX + 1;

	(void)state;
	for (size_t fds = 0; fds <= 1; fds++) {
		assert_refused(bytes, 1, fds);
		assert_refused(bytes, PACKET_LEN - 1, fds);
		assert_refused(bytes, PACKET_LEN + 1, fds);
	}
	memcpy(bytes + CS_HAND_WORD_MAX + 4, &length, sizeof length);
	assert_refused(bytes, PACKET_LEN, 0);
	assert_refused(bytes, PACKET_LEN, 1);
	/* A word without an end. */
	memset(bytes, 'w', CS_HAND_WORD_MAX);
	memset(bytes + CS_HAND_WORD_MAX, 0, 8);
	assert_refused(bytes, PACKET_LEN, 0);
	assert_refused(bytes, PACKET_LEN, 1);
}

/* More descriptors than a word has would fill the receiver's table. */
static void
test_many_descriptors(void **state)
{
	static const uint8_t bytes[PACKET_LEN] = "word";

	(void)state;
	for (size_t fds = 2; fds <= 8; fds++)
		assert_refused(bytes, sizeof bytes, fds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_last_words),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_no_packet),
		cmocka_unit_test(test_many_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
