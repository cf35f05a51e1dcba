/* SPDX-License-Identifier: MIT */
#include "store/keyfile.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "store/file.h"

/* "CSKEY1" | u8 mode | plain: key32 | passphrase: salt16 passes memory sealed
 */
#define MAGIC "CSKEY1"
#define KEYFILE_MAX 512
enum mode { MODE_PLAIN = 0, MODE_PASSPHRASE = 1 };

static const char place[] = "keyfile";

static enum cs_err
wrap(struct cs_writer *w, const struct cs_seal_key *key,
    struct cs_view passphrase)
{
	struct cs_password_cost cost = cs_password_cost_default();
	uint8_t salt[CS_PASSWORD_SALT_LEN];
	struct cs_seal_key outer;
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	cs_random(salt, sizeof salt);
	if ((err = cs_password_key(
		 outer.b, sizeof outer.b, passphrase, salt, cost)) == CS_OK)
		err = cs_seal(
		    &sealed, &outer, cs_view_str(place), CS_VIEW_OF(key->b));
	if (err == CS_OK) {
		cs_write_u8(w, MODE_PASSPHRASE);
		cs_write_bytes(w, CS_VIEW_OF(salt));
		cs_write_u32(w, cost.passes);
		cs_write_u32(w, cost.memory_kib);
		cs_write_vec(w, cs_buf_view(&sealed));
		err = cs_writer_end(w);
	}
	cs_wipe(&outer, sizeof outer);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
write_key(struct cs_buf *file, const struct cs_seal_key *key,
    struct cs_view passphrase)
{
	struct cs_writer w = cs_writer(file);

	cs_write_bytes(&w, cs_view_str(MAGIC));
	if (passphrase.len != 0)
		return wrap(&w, key, passphrase);
	cs_write_u8(&w, MODE_PLAIN);
	cs_write_bytes(&w, CS_VIEW_OF(key->b));
	return cs_writer_end(&w);
}

enum cs_err
cs_keyfile_create(
    struct cs_seal_key *out, const char *path, struct cs_view passphrase)
{
	struct cs_buf file = { 0 };
	enum cs_err err;

	cs_random(out->b, sizeof out->b);
	err = write_key(&file, out, passphrase);
	if (err == CS_OK)
		err = cs_file_write(path, cs_buf_view(&file), 0600);
	cs_buf_free(&file);
	return err;
}

enum cs_err
cs_keyfile_change(
    const struct cs_seal_key *key, const char *path, struct cs_view passphrase)
{
	struct cs_buf file = { 0 };
	int old = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	enum cs_err err =
	    old >= 0 ? write_key(&file, key, passphrase) : cs_file_errno();

	if (err == CS_OK &&
	    (err = cs_file_write(path, cs_buf_view(&file), 0600)) == CS_OK)
		err = cs_file_overwrite(old);
	if (old >= 0)
		close(old);
	cs_buf_free(&file);
	return err;
}

/* The head of the file; ${r} is left behind the mode. */
static enum mode
read_head(struct cs_reader *r)
{
	struct cs_view magic = cs_read_bytes(r, sizeof MAGIC - 1);
	uint8_t mode = cs_read_u8(r);

	if (r->err == CS_OK &&
	    (!cs_view_equal(magic, cs_view_str(MAGIC)) ||
		mode > MODE_PASSPHRASE))
		cs_reader_fail(r, CS_ERR_CORRUPT);
	return mode;
}

enum cs_err
cs_keyfile_needs_passphrase(bool *needed, const char *path)
{
	struct cs_buf file = { 0 };
	struct cs_reader r;
	enum cs_err err = cs_file_read(&file, path, KEYFILE_MAX);

	if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&file));
		*needed = read_head(&r) == MODE_PASSPHRASE;
		err = r.err == CS_OK ? CS_OK : CS_ERR_CORRUPT;
	}
	cs_buf_free(&file);
	return err;
}

static enum cs_err
unwrap(struct cs_seal_key *out, struct cs_reader *r, struct cs_view passphrase)
{
	uint8_t salt[CS_PASSWORD_SALT_LEN];
	struct cs_password_cost cost;
	struct cs_seal_key outer;
	struct cs_buf key = { 0 };
	struct cs_view sealed;
	enum cs_err err;

	cs_read_copy(r, salt, sizeof salt);
	cost.passes = cs_read_u32(r);
	cost.memory_kib = cs_read_u32(r);
	sealed = cs_read_vec(r);
	if ((err = cs_reader_end(r)))
		return CS_ERR_CORRUPT;
	if (passphrase.len == 0)
		return CS_ERR_PASSPHRASE;
	if ((err = cs_password_key(
		 outer.b, sizeof outer.b, passphrase, salt, cost)) == CS_OK)
		err = cs_unseal(&key, &outer, cs_view_str(place), sealed);
	if (err == CS_ERR_DECRYPT || (err == CS_OK && key.len != sizeof out->b))
		err = CS_ERR_PASSPHRASE;
	if (err == CS_OK)
		memcpy(out->b, key.data, sizeof out->b);
	cs_wipe(&outer, sizeof outer);
	cs_buf_free(&key);
	return err;
}

enum cs_err
cs_keyfile_open(
    struct cs_seal_key *out, const char *path, struct cs_view passphrase)
{
	struct cs_buf file = { 0 };
	struct cs_reader r;
	enum cs_err err = cs_file_read(&file, path, KEYFILE_MAX);
	enum mode mode;

	if (err)
		goto out;
	r = cs_reader(cs_buf_view(&file));
	mode = read_head(&r);
	if (mode == MODE_PLAIN) {
		cs_read_copy(&r, out->b, sizeof out->b);
		err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
	} else {
		err = unwrap(out, &r, passphrase);
	}
out:
	cs_buf_free(&file);
	return err;
}
