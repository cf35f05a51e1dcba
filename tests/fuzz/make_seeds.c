/* SPDX-License-Identifier: MIT */
/*
 * make-seeds DIR: write the seeds of these targets into DIR/<target>/.  They
 * are committed; make them anew when a format changes.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "mls/welcome.h"
#include "support/wire_shapes.h"

static const char *root;

/* ${mode}, then ${v}, at DIR/${target}/${name}. */
static void
seed(const char *target, const char *name, uint8_t mode, struct cs_view v)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", root, target);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/%s/%s", root, target, name);
	f = fopen(path, "wb");
	fuzz_want(f != NULL);
	fuzz_want(fwrite(&mode, 1, 1, f) == 1);
	fuzz_want(fwrite(v.data, 1, v.len, f) == v.len);
	fuzz_want(fclose(f) == 0);
}

static void
fill(uint64_t *message, const struct cs_wire_shape *shape, struct cs_buf *items)
{
	static const uint8_t bytes[16] = "some bytes here";
	uint64_t item[WIRE_STRUCT_MAX / 8];
	uint8_t *m = (uint8_t *)message;

	memset(message, 0, shape->size);
	for (size_t i = 0; i < shape->n; i++) {
		const struct cs_wire_field *f = &shape->fields[i];
		struct cs_wire_list *list = (void *)(m + f->offset);

		if (f->type == CS_WIRE_VEC) {
			*(struct cs_view *)(void *)list = cs_view(bytes, 5);
		} else if (f->type == CS_WIRE_LIST) {
			fill(item, f->item, items);
			for (int k = 0; k < 2; k++)
				fuzz_ok(cs_wire_list_add(
				    items, &list->n, f->item, item));
			list->raw = cs_buf_view(items);
		} else {
			m[f->offset] = (uint8_t)(i + 1);
		}
	}
}

static void
seeds_wire(void)
{
	uint64_t message[WIRE_STRUCT_MAX / 8];

	for (size_t i = 0; i < N_WIRE_SHAPES; i++) {
		const struct cs_wire_shape *shape = wire_shapes[i].shape;
		struct cs_buf out = { 0 }, items = { 0 };

		fill(message, shape, &items);
		fuzz_ok(cs_wire_write(&out, shape, message));
		seed("wire", wire_shapes[i].name + strlen("cs_wire_"),
		    (uint8_t)i, cs_buf_view(&out));
		cs_buf_free(&out);
		cs_buf_free(&items);
	}
	seed("wire", "frame", 255, cs_view("\x0f\0\0\0\1body", 9));
}

/* A body that another member could have sent, taken out of its message. */
static void
seed_body(const char *name, uint8_t mode, const struct cs_buf *message)
{
	struct cs_reader r = cs_reader(cs_buf_view(message));
	struct cs_mls_public_message m;

	seed("mls_message", name, 0, cs_buf_view(message));
	(void)cs_mls_message_read(&r);
	cs_mls_public_message_read(&r, &m);
	if (cs_reader_end(&r) == CS_OK) {
		char body[64];

		snprintf(body, sizeof body, "%s-body", name);
		seed("mls_message", body, mode, m.content.framed.body);
	}
}

static void
seeds_message(struct fuzz_world *w)
{
	struct cs_view kp = cs_buf_view(&w->m[FUZZ_NEWCOMER].key_package);
	uint32_t one = 1, two = 2;
	struct cs_mls_external_proposal out = { .remove = &one };
	struct cs_mls_commit_options add = { .add = &kp, .n_add = 1 };
	struct cs_mls_commit_options remove = { .remove = &two, .n_remove = 1 };
	struct cs_mls_staged *staged;
	struct cs_buf m = { 0 }, welcome = { 0 };

	fuzz_ok(cs_mls_protect(
	    &m, w->m[0].group, cs_view_str("aad"), cs_view_str("hello")));
	seed("mls_message", "application", 0, cs_buf_view(&m));
	seed("mls_message", "private", 4, cs_view("\0hello", 6));
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_commit_new(&staged, &m, &welcome, w->m[0].group, &add));
	seed_body("commit-add", 2, &m);
	seed("mls_welcome", "welcome", 0, cs_buf_view(&welcome));
	cs_mls_staged_free(staged);
	cs_buf_reset(&m);
	fuzz_ok(
	    cs_mls_commit_new(&staged, &m, &welcome, w->m[0].group, &remove));
	seed_body("commit-remove", 2, &m);
	cs_mls_staged_free(staged);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_external_propose(&m, w->pub, 0, w->external, &out));
	seed_body("external-remove", 3, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_add(&m, w->m[0].group, kp));
	seed_body("propose-add", 1, &m);
	cs_buf_reset(&m);
	fuzz_ok(cs_mls_propose_update(&m, w->m[0].group));
	seed_body("propose-update", 1, &m);
	cs_buf_free(&m);
	cs_buf_free(&welcome);
}

static void
seeds_welcome(struct fuzz_world *w)
{
	static const uint8_t joiner[32] = { 5 };
	struct cs_buf out = { 0 }, secrets = { 0 };
	struct cs_writer ws = cs_writer(&secrets), wo = cs_writer(&out);
	struct cs_mls_group_secrets s = { .joiner_secret = CS_VIEW_OF(joiner),
		.has_path_secret = true,
		.path_secret = CS_VIEW_OF(joiner) };
	struct cs_view info = cs_buf_view(&w->info);

	cs_mls_group_secrets_write(&ws, &s);
	cs_write_vec(&wo, cs_buf_view(&secrets));
	/* Without version and wire format. */
	cs_write_vec(&wo, cs_view(info.data + 4, info.len - 4));
	fuzz_ok(cs_writer_end(&ws));
	fuzz_ok(cs_writer_end(&wo));
	seed("mls_welcome", "dressed", 1, cs_buf_view(&out));
	cs_buf_free(&secrets);
	cs_buf_free(&out);
}

int
main(int argc, char **argv)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_view kp = cs_buf_view(&w->m[FUZZ_NEWCOMER].key_package);

	if (argc != 2) {
		fprintf(stderr, "usage: make-seeds DIR\n");
		return 2;
	}
	root = argv[1];
	seeds_wire();
	seed("key_package", "as-it-is", 0, kp);
	seed("key_package", "signed-anew", 1, kp);
	seed("public_group", "group-info", 0, cs_buf_view(&w->info));
	seed("public_group", "group-info-signed", 1, cs_buf_view(&w->info));
	seed("public_group", "saved-public", 2, cs_buf_view(&w->saved_pub));
	seed("public_group", "saved-member", 3, cs_buf_view(&w->saved));
	seeds_message(w);
	seeds_welcome(w);
	return 0;
}
