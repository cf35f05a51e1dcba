/* SPDX-License-Identifier: MIT */
#include "hub/site/assets.h"

#include "hub/site/answer.h"
#include "hub/site/site_assets.h"

static void
give(struct site_visit *v, const char *type, const unsigned char *text)
{
	site_answer(
	    v, 200, type, cs_view_str((const char *)text), SITE_KEEP_DAY);
}

void
site_style(struct site_visit *v)
{
	give(v, "text/css; charset=utf-8", site_css);
}

void
site_photos_script(struct site_visit *v)
{
	give(v, "text/javascript; charset=utf-8", site_photos_js);
}

void
site_openapi(struct site_visit *v)
{
	give(v, "application/json", site_openapi_json);
}
