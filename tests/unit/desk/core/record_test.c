/* SPDX-License-Identifier: MIT */
/* The codec, with the table of fields of every kind of row.  A full row of
 * each kind is here as text; then each of its fields is made wrong in every
 * way that its type allows. */
#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/target.h"
#include "desk/people/passkey.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "desk/people/proposal.h"
#include "desk/people/sign_in.h"
#include "desk/people/token.h"
#include "desk/people/welcome.h"
#include "desk/photos/lists.h"
#include "desk/reports/file.h"
#include "support/test.h"

static const struct kind {
	const char *name;
	const struct desk_record *record;
	const char *text; /* keys in order, as they are written; with ' for " */
} kinds[] = {
	{ "case", &desk_case_record,
	    "{'accounts':[{'handle':'alma','id':'#1'},"
	    "{'handle':'ben','id':'#2'}],"
	    "'age':'child','answer_ms':25,'appeals':1,'assignee':2,'assignee_"
	    "name':'rosa',"
	    "'changed_by':'sara','changed_ms':3,'changed_version':4,"
	    "'changer':5,'danger':true,'decided_ms':6,'destroyed_ms':7,"
	    "'due_ms':8,"
	    "'escalated':true,'first_ms':9,'flood':true,'held':true,"
	    "'held_by':'dina','held_ms':10,'held_text':'a court','items':11,"
	    "'looked_ms':12,'merged_into':13,'named':[{'handle':'cleo'}],"
	    "'news':true,'news_version':26,'notices':27,"
	    "'open_after':14,'opened_ms':15,"
	    "'opinion':true,'others_by':'desk','others_ms':16,"
	    "'others_version':17,'pending':18,'photos':19,'reason':'spam',"
	    "'reason_number':20,'reason_said':true,"
	    "'reasons':[{'number':3},{'number':10}],"
	    "'reporters':[{'account':'#3','reports':21}],'reports':22,'risk':"
	    "true,"
	    "'severity':1,'state':'waiting','threat_ms':23,'updated_ms':24}" },
	{ "entry", &desk_entry_record,
	    "{'answer':'I do.','answered_ms':1,'at_ms':2,'by':'rosa',"
	    "'kind':'question','person':3,'report':'#1',"
	    "'source':'a paper','text':'Do you know \xc3\xa9mile?'}" },
	{ "decision", &desk_decision_record,
	    "{'accounts':[{'handle':'alma','id':'#1'}],"
	    "'action':'disable-until','applied':1,'aside':2,"
	    "'blobs':[{'id':'#2'}],'by':'rosa','check':'disagreed',"
	    "'check_text':'Too much.','checked_by':'sara','due_ms':3,"
	    "'duration_s':4,'facts':'Ten times.','failed':5,"
	    "'ground':'illegal','groups':[{'ref':'#3#3'}],"
	    "'legal':'\xc2\xa7 1','made_ms':6,'note':'Not now.','person':7,"
	    "'pseudonym':'R-1','reason':'spam','reversed_by':8,'reverses':9,"
	    "'second':10,'second_name':'dina','sent':true,"
	    "'state':'reversed','targets':11,"
	    "'territories':[{'name':'EU'},{'name':'AT'}],"
	    "'to_key':'#4#4','two':'reason','two_reason':'fraud',"
	    "'until_ms':12}" },
	{ "target", &desk_target_record,
	    "{'account':'#1','action':'0102ff','done_ms':1,"
	    "'groups':2,'kind':3,'problem':'Gone.',"
	    "'signature':'#2#2#3#3','state':'failed',"
	    "'target':'#4#4'}" },
	{ "appeal", &desk_appeal_record,
	    "{'account':'#1','answer':'You are right.','at_ms':1,"
	    "'by':'sara','heard_by':2,'heard_ms':3,'kind':'second-look',"
	    "'language':'de','reply':'#2#2','state':'reversed',"
	    "'subject':'#3','text':'Look again.','waits':true}" },
	{ "media", &desk_media_record,
	    "{'copies':1,'matches':[{'case_id':2,'distance':3,'kind':'case',"
	    "'label':'','list':0,'list_name':'','media':4},"
	    "{'case_id':0,'distance':31,'kind':'list','label':'a','list':5,"
	    "'list_name':'Hotline','media':0}],'photo':true,'quality':100}" },
	{ "match", &desk_match_record,
	    "{'case_id':2,'distance':3,'kind':'case','label':'l','list':1,"
	    "'list_name':'n','media':4}" },
	{ "list", &desk_list_record,
	    "{'made_ms':1,'name':'Hotline','owner':'INHOPE',"
	    "'purpose':'known abuse'}" },
	{ "line", &desk_list_line_record,
	    "{'date':'2026-01-02','label':'a','source':'b'}" },
	{ "person", &desk_person_record,
	    "{'active':true,'actor.name':'rosa','actor.passwords':1,"
	    "'actor.pseudonym':'R-1','actor.resets':2,"
	    "'actor.role':'administrator','disabled':true,"
	    "'handle':'#1#1','has_handle':true,'last_ms':3,"
	    "'memory_kib':4,'passes':5,'password':'#2#2',"
	    "'salt':'#3','settings.break_every_min':6,"
	    "'settings.daily_limit':7,'settings.language':'de',"
	    "'totp':'0405060708090a0b0c0d0e0f1011121314151617',"
	    "'totp_step':8}" },
	{ "passkey", &desk_passkey_record,
	    "{'algorithm':'EdDSA','backed_up':true,'backup_eligible':true,"
	    "'count':1,'credential':'0a0b','host':'desk.example','key':'0c',"
	    "'made_ms':2,'name':'phone','person':3,'resets':4,'used_ms':5}" },
	{ "welcome", &desk_welcome_record,
	    "{'expires_ms':1,'guarded':true,'passwords':2,'person':3,"
	    "'word':'#4#4'}" },
	{ "proposal", &desk_proposal_record,
	    "{'by':1,'by_name':'root','ended_ms':2,'expires_ms':3,"
	    "'kind':'policy','made_ms':4,'name':'nora','person':5,'role':1,"
	    "'second':6,'second_name':'dora','standing':2,'state':'done',"
	    "'toml':'a = 1','version':7,'word':'#4#4'}" },
	{ "token", &desk_token_record,
	    "{'by':'rosa','hash':'#4#4','made_ms':1,'name':'reads','passwords':"
	    "3,'person':2,"
	    "'scopes':15}" },
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* The text of ${k} as it is stored; #1 stands for 01, sixteen times.  It lives
 * until the next call. */
static struct cs_view
stored(const struct kind *k)
{
	static char out[2048];
	size_t n = 0;

	for (const char *s = k->text; *s != '\0'; s++) {
		assert_true(n + 32 < sizeof out);
		if (*s == '#') {
			s++;
			for (unsigned i = 0; i < CS_ID_LEN; i++) {
				out[n++] = '0';
				out[n++] = *s;
			}
		} else {
			out[n++] = *s == '\'' ? '"' : *s;
		}
	}
	return cs_view(out, n);
}

static void *
row_new(const struct kind *k)
{
	void *row = cs_calloc(1, k->record->size);

	assert_non_null(row);
	return row;
}

static void
row_free(const struct kind *k, void *row)
{
	desk_record_clear(row, k->record);
	cs_free(row, k->record->size);
}

/* ---- as it was ---------------------------------------------------------- */

static void
is_written(const struct kind *k, const void *row)
{
	struct cs_buf text = { 0 };

	assert_ok(desk_record_write(&text, k->record, row));
	assert_view_equal(cs_buf_view(&text), stored(k));
	cs_buf_free(&text);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];
		void *row = row_new(k), *copy = row_new(k);

		assert_ok(desk_record_read(row, k->record, stored(k)));
		is_written(k, row);
		assert_ok(desk_record_copy(copy, k->record, row));
		row_free(k, row);
		is_written(k, copy);
		row_free(k, copy);
	}
}

/* Each field is read into its place in the struct. */
static void
test_fields(void **state)
{
	static const uint8_t id[CS_ID_LEN] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1 };
	struct desk_decision dec = { 0 };
	struct desk_passkey key = { 0 };

	(void)state;
	assert_ok(
	    desk_record_read(&dec, &desk_decision_record, stored(&kinds[2])));
	assert_int_equal(dec.state, CS_DESK_DECISION_REVERSED);
	assert_int_equal(dec.action, CS_DESK_ACTION_DISABLE_UNTIL);
	assert_int_equal(dec.check, CS_DESK_CHECK_DISAGREED);
	assert_int_equal(dec.ground, CS_DESK_GROUND_ILLEGAL);
	assert_int_equal(dec.accounts.n, 1);
	assert_memory_equal(dec.accounts.at[0].id, id, sizeof id);
	assert_string_equal(dec.accounts.at[0].handle, "alma");
	assert_int_equal(dec.territories.n, 2);
	assert_string_equal(dec.territories.at[1].name, "AT");
	assert_string_equal(dec.facts, "Ten times.");
	assert_string_equal(dec.second_name, "dina");
	assert_true(dec.sent);
	assert_int_equal(dec.until_ms, 12);
	desk_record_clear(&dec, &desk_decision_record);
	assert_null(dec.facts);
	assert_int_equal(dec.accounts.n, 0);

	key.id = 7;
	assert_ok(
	    desk_record_read(&key, &desk_passkey_record, stored(&kinds[10])));
	assert_int_equal(key.id, 7); /* no field */
	assert_int_equal(key.credential.len, 2);
	assert_int_equal(key.credential.data[1], 0x0b);
	assert_int_equal(key.count, 1);
	desk_record_clear(&key, &desk_passkey_record);
}

/* ---- what is refused ---------------------------------------------------- */

/* A row being read: ${whole}, in which ${o} is an object of ${record}. */
struct trial {
	const struct kind *kind;
	json_t *whole, *o;
	const struct desk_record *record;
};

static enum cs_err
read_whole(const struct trial *t)
{
	struct cs_buf text = { 0 };
	void *row = row_new(t->kind);
	enum cs_err err;

	assert_ok(json_text(&text, t->whole));
	err = desk_record_read(row, t->kind->record, cs_buf_view(&text));
	cs_buf_free(&text);
	row_free(t->kind, row);
	return err;
}

/* Read it with ${value}, which is taken, for the field ${f}, and put back
 * what was there. */
static void
gives(const struct trial *t, const struct desk_field *f, json_t *value,
    enum cs_err want)
{
	json_t *was = json_incref(json_object_get(t->o, f->name));

	assert_non_null(was);
	assert_non_null(value);
	assert_int_equal(json_object_set_new(t->o, f->name, value), 0);
	if (read_whole(t) != want)
		fail_msg("%s: %s: not \"%s\"", t->kind->name, f->name,
		    cs_err_name(want));
	assert_int_equal(json_object_set_new(t->o, f->name, was), 0);
}

/* ${n} times ${digit}. */
static json_t *
long_text(size_t n, char digit)
{
	char *s = cs_calloc(1, n + 1);
	json_t *v;

	assert_non_null(s);
	memset(s, digit, n);
	v = json_string(s);
	cs_free(s, n + 1);
	return v;
}

static void
number_wrong(const struct trial *t, const struct desk_field *f)
{
	gives(t, f, json_integer(-1), CS_ERR_CORRUPT);
	gives(t, f, json_real(1.5), CS_ERR_CORRUPT);
	gives(t, f, json_string("1"), CS_ERR_CORRUPT);
	gives(t, f, json_integer((json_int_t)f->min), CS_OK);
	gives(t, f, json_integer((json_int_t)f->max), CS_OK);
	if (f->min != 0)
		gives(
		    t, f, json_integer((json_int_t)f->min - 1), CS_ERR_CORRUPT);
	if (f->max < INT64_MAX)
		gives(
		    t, f, json_integer((json_int_t)f->max + 1), CS_ERR_CORRUPT);
}

static void
word_wrong(const struct trial *t, const struct desk_field *f)
{
	gives(t, f, json_integer(1), CS_ERR_CORRUPT);
	gives(t, f, json_string(""), CS_ERR_CORRUPT);
	gives(t, f, json_string("nonsense"), CS_ERR_CORRUPT);
	for (uint64_t i = 0; i <= f->max; i++)
		if (f->words[i] != NULL)
			gives(t, f, json_string(f->words[i]), CS_OK);
}

static void
text_wrong(const struct trial *t, const struct desk_field *f)
{
	size_t max = f->type == DESK_FIELD_TEXT ? f->size - 1 : (size_t)f->max;

	gives(t, f, json_integer(1), CS_ERR_CORRUPT);
	gives(t, f, json_string(""), CS_OK);
	gives(t, f, long_text(max, 'x'), CS_OK);
	gives(t, f, long_text(max + 1, 'x'), CS_ERR_CORRUPT);
}

static void
bytes_wrong(const struct trial *t, const struct desk_field *f)
{
	size_t n = f->type == DESK_FIELD_BYTES ? f->size : (size_t)f->max;

	gives(t, f, json_integer(1), CS_ERR_CORRUPT);
	gives(t, f, long_text(2 * n, '0'), CS_OK);
	gives(t, f, long_text(2 * n, 'g'), CS_ERR_CORRUPT);
	gives(t, f, long_text(2 * n - 1, '0'), CS_ERR_CORRUPT);
	gives(t, f, long_text(2 * n + 1, '0'), CS_ERR_CORRUPT);
	gives(t, f, long_text(2 * n + 2, '0'), CS_ERR_CORRUPT);
	if (f->type == DESK_FIELD_BYTES)
		gives(t, f, long_text(2 * n - 2, '0'), CS_ERR_CORRUPT);
	else
		gives(t, f, json_string(""), CS_OK);
}

static void fields_wrong(const struct trial *t);

static void
array_wrong(const struct trial *t, const struct desk_field *f)
{
	struct trial element = *t;
	json_t *many = json_array();

	gives(t, f, json_object(), CS_ERR_CORRUPT);
	gives(t, f, json_array(), CS_OK);
	gives(t, f, json_pack("[n]"), CS_ERR_CORRUPT);
	gives(t, f, json_pack("[{}]"), CS_ERR_CORRUPT);
	for (uint64_t i = 0; i <= f->max; i++)
		assert_int_equal(json_array_append_new(many, json_null()), 0);
	gives(t, f, many, CS_ERR_CORRUPT);
	element.o = json_array_get(json_object_get(t->o, f->name), 0);
	assert_non_null(element.o);
	element.record = f->of;
	fields_wrong(&element);
}

static void
field_wrong(const struct trial *t, const struct desk_field *f)
{
	gives(t, f, json_null(), CS_ERR_CORRUPT);
	switch (f->type) {
	case DESK_FIELD_NUMBER:
		number_wrong(t, f);
		break;
	case DESK_FIELD_FLAG:
		gives(t, f, json_integer(1), CS_ERR_CORRUPT);
		gives(t, f, json_string("true"), CS_ERR_CORRUPT);
		gives(t, f, json_false(), CS_OK);
		break;
	case DESK_FIELD_WORD:
		word_wrong(t, f);
		break;
	case DESK_FIELD_TEXT:
	case DESK_FIELD_STRING:
		text_wrong(t, f);
		break;
	case DESK_FIELD_BYTES:
	case DESK_FIELD_BUF:
		bytes_wrong(t, f);
		break;
	case DESK_FIELD_ARRAY:
		array_wrong(t, f);
		break;
	}
}

/* Let each field in turn be wrong, be missing, and have another beside it. */
static void
fields_wrong(const struct trial *t)
{
	assert_int_equal(json_object_size(t->o), t->record->n);
	for (size_t i = 0; i < t->record->n; i++) {
		const struct desk_field *f = &t->record->fields[i];
		json_t *was = json_incref(json_object_get(t->o, f->name));

		assert_non_null(was);
		field_wrong(t, f);
		assert_int_equal(json_object_del(t->o, f->name), 0);
		/* What came later is not in older rows. */
		assert_err(read_whole(t), f->later ? CS_OK : CS_ERR_CORRUPT);
		assert_int_equal(
		    json_object_set(t->o, "somewhere else", was), 0);
		assert_err(read_whole(t), CS_ERR_CORRUPT);
		assert_int_equal(json_object_set_new(t->o, f->name, was), 0);
		assert_err(read_whole(t), CS_ERR_CORRUPT);
		assert_int_equal(json_object_del(t->o, "somewhere else"), 0);
		assert_ok(read_whole(t));
	}
}

static void
test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct trial t = { .kind = &kinds[i],
			.record = kinds[i].record };
		struct cs_view text;

		text = stored(t.kind);
		t.whole = t.o =
		    json_loadb((const char *)text.data, text.len, 0, NULL);
		assert_non_null(t.whole);
		fields_wrong(&t);
		json_decref(t.whole);
	}
}

/* Anything but an object with each of its members once. */
static void
test_no_record(void **state)
{
	static const char *const texts[] = { "", "null", "[]", "1", "{",
		"{\"made_ms\":1,\"name\":\"a\",\"owner\":\"b\"}",
		"{\"made_ms\":1,\"name\":\"a\",\"owner\":\"b\","
		"\"purpose\":\"c\"} ,",
		"{\"made_ms\":1,\"name\":\"a\",\"owner\":\"b\","
		"\"purpose\":\"c\\u0000\"}",
		"{\"made_ms\":1,\"name\":\"a\",\"owner\":\"b\","
		"\"purpose\":\"\xff\"}",
		"{\"made_ms\":1,\"made_ms\":1,\"name\":\"a\",\"owner\":\"b\","
		"\"purpose\":\"c\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct desk_list l = { 0 };

		assert_err(desk_record_read(
			       &l, &desk_list_record, cs_view_str(texts[i])),
		    CS_ERR_CORRUPT);
	}
}

/* ---- what is not written ------------------------------------------------ */

static void
is_not_written(const struct desk_record *r, const void *row, enum cs_err why)
{
	struct cs_buf text = { 0 };

	assert_err(desk_record_write(&text, r, row), why);
	assert_int_equal(text.len, 0);
	cs_buf_free(&text);
}

static void
test_bounds(void **state)
{
	struct desk_decision dec = { 0 };
	struct desk_token token = { .scopes = 1 };
	struct desk_media_facts media = { .quality = 101 };
	struct desk_passkey key = { 0 };
	struct cs_buf text = { 0 };
	char much[CS_DESK_LEGAL_MAX + 2];

	(void)state;
	is_not_written(&desk_media_record, &media, CS_ERR_LIMIT);
	media.quality = 100;
	media.matches.n = 100001;
	is_not_written(&desk_media_record, &media, CS_ERR_LIMIT);

	assert_ok(desk_record_write(&text, &desk_token_record, &token));
	cs_buf_free(&text);
	token.scopes = 0;
	is_not_written(&desk_token_record, &token, CS_ERR_LIMIT);
	token.scopes = 16;
	is_not_written(&desk_token_record, &token, CS_ERR_LIMIT);
	token.scopes = 1;
	token.made_ms = (uint64_t)INT64_MAX + 1;
	is_not_written(&desk_token_record, &token, CS_ERR_LIMIT);
	token.made_ms = 0;
	strcpy(token.name, "\xff");
	is_not_written(&desk_token_record, &token, CS_ERR_FORMAT);

	assert_ok(desk_record_write(&text, &desk_decision_record, &dec));
	cs_buf_free(&text);
	dec.state = (enum cs_desk_decision_state)8;
	is_not_written(&desk_decision_record, &dec, CS_ERR_MISUSE);
	dec.state = CS_DESK_DECISION_UNDO;
	memset(much, 'x', sizeof much);
	much[sizeof much - 1] = '\0';
	dec.legal = much;
	is_not_written(&desk_decision_record, &dec, CS_ERR_LIMIT);
	much[sizeof much - 2] = '\0';
	assert_ok(desk_record_write(&text, &desk_decision_record, &dec));
	cs_buf_free(&text);

	assert_ok(cs_buf_set(&key.key,
	    cs_view((const uint8_t *)much, DESK_PASSKEY_PUBLIC_MAX + 1)));
	is_not_written(&desk_passkey_record, &key, CS_ERR_LIMIT);
	desk_record_clear(&key, &desk_passkey_record);
}

/* An enum that has no value 0 is not written before it has one. */
static void
test_no_value(void **state)
{
	struct desk_appeal a = { 0 };
	struct desk_person p = { 0 };

	(void)state;
	is_not_written(&desk_appeal_record, &a, CS_ERR_MISUSE);
	is_not_written(&desk_person_record, &p, CS_ERR_MISUSE);
}

/* ---- memory ------------------------------------------------------------- */

static enum cs_err
copy_decision(void *arg)
{
	struct desk_decision copy = { 0 };
	enum cs_err err = desk_record_copy(&copy, &desk_decision_record, arg);

	desk_record_clear(&copy, &desk_decision_record);
	return err;
}

static void
test_allocations(void **state)
{
	struct desk_decision dec = { 0 };

	(void)state;
	assert_ok(
	    desk_record_read(&dec, &desk_decision_record, stored(&kinds[2])));
	cs_test_allocations(copy_decision, &dec);
	desk_record_clear(&dec, &desk_decision_record);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_no_record),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_no_value),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
