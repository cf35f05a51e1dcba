/* SPDX-License-Identifier: MIT */
#include "client/home/looks.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "client/home/alias.h"
#include "client/home/client.h"
#include "client/home/contact.h"

/* Put ${known} into ${out} if ${compare} says that ${name} is too close. */
static enum cs_err
note_close(char out[static CLIENT_NAME_SIZE], const char *name,
    const char *known,
    enum cs_err (*compare)(bool *out, struct cs_view a, struct cs_view b))
{
	bool close = false;
	enum cs_err err;

	if (known == NULL || out[0] != '\0')
		return CS_OK;
	err = compare(&close, cs_view_str(name), cs_view_str(known));
	if (close)
		snprintf(out, CLIENT_NAME_SIZE, "%s", known);
	return err;
}

static enum cs_err
near_or_alike(bool *out, struct cs_view a, struct cs_view b)
{
	enum cs_err err = cs_name_near(out, a, b);

	return err || *out ? err : cs_name_alike(out, a, b);
}

enum cs_err
client_looks_near(char out[static CLIENT_NAME_SIZE], struct cs_client *c,
    const char *name, const char *except)
{
	enum cs_err err = CS_OK;

	out[0] = '\0';
	for (size_t i = 0; err == CS_OK && i < c->contacts.n; i++) {
		const struct client_contact *known = &c->contacts.v[i];

		if (known->state == CONTACT_ACCEPTED &&
		    (except == NULL || strcmp(known->handle, except) != 0))
			err =
			    note_close(out, name, known->handle, near_or_alike);
	}
	for (size_t i = 0; err == CS_OK && i < c->aliases.n; i++)
		err =
		    note_close(out, name, c->aliases.v[i].name, near_or_alike);
	return err;
}

/* Note what ${name} looks like. */
static void
write_looks(struct cs_writer *w, const char *name)
{
	struct cs_buf skeleton = { 0 };
	enum cs_err err = cs_name_skeleton(&skeleton, cs_view_str(name));

	if (err == CS_OK) {
		cs_write_vec(w, cs_buf_view(&skeleton));
		cs_write_vec(w, cs_view_str(name));
	} else if (err != CS_ERR_FORMAT) {
		cs_writer_fail(w, err);
	}
	cs_buf_free(&skeleton);
}

static size_t
names_of_people(const struct cs_client *c)
{
	return 1 + c->contacts.n + c->aliases.n;
}

/* Note what all names of people look like, unless that was done. */
static enum cs_err
fill_looks(struct cs_client *c)
{
	struct cs_writer w;
	size_t n = names_of_people(c);

	if (c->looks_of == n)
		return CS_OK;
	cs_buf_reset(&c->looks);
	c->looked.name[0] = '\0';
	w = cs_writer(&c->looks);
	write_looks(&w, c->self.handle);
	for (size_t i = 0; i < c->contacts.n; i++)
		write_looks(&w, c->contacts.v[i].handle);
	for (size_t i = 0; i < c->aliases.n; i++)
		if (c->aliases.v[i].person)
			write_looks(&w, c->aliases.v[i].name);
	c->looks_of = n;
	return cs_writer_end(&w);
}

/* Which of them looks like ${name}? */
static enum cs_err
find_looks(
    char out[static CLIENT_NAME_SIZE], struct cs_client *c, const char *name)
{
	struct cs_buf skeleton = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if ((err = fill_looks(c)) ||
	    (err = cs_name_skeleton(&skeleton, cs_view_str(name))))
		goto out;
	r = cs_reader(cs_buf_view(&c->looks));
	while (out[0] == '\0' && cs_reader_more(&r)) {
		bool alike =
		    cs_view_equal(cs_read_vec(&r), cs_buf_view(&skeleton));
		struct cs_view known = cs_read_vec(&r);

		if (alike)
			snprintf(out, CLIENT_NAME_SIZE, "%.*s", (int)known.len,
			    (const char *)known.data);
	}
out:
	cs_buf_free(&skeleton);
	return err == CS_ERR_FORMAT ? CS_OK : err;
}

enum cs_err
client_looks_like(
    char out[static CLIENT_NAME_SIZE], struct cs_client *c, const char *name)
{
	bool reserved = false;
	enum cs_err err;

	out[0] = '\0';
	if (c->looks_of == names_of_people(c) && name[0] != '\0' &&
	    strcmp(name, c->looked.name) == 0) {
		snprintf(out, CLIENT_NAME_SIZE, "%s", c->looked.like);
		return CS_OK;
	}
	if ((err = cs_name_reserved(
		 &reserved, cs_view_str(name), cs_view_str(c->self.hub))))
		return err;
	if (reserved) {
		snprintf(out, CLIENT_NAME_SIZE, "the operator");
		return CS_OK;
	}
	if ((err = find_looks(out, c, name)) == CS_OK) {
		snprintf(c->looked.name, sizeof c->looked.name, "%s", name);
		snprintf(c->looked.like, sizeof c->looked.like, "%s", out);
	}
	return err;
}
