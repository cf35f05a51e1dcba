/* SPDX-License-Identifier: MIT */
#include "hub/site/routes.h"

#include <string.h>

#include "hub/site/api.h"
#include "hub/site/assets.h"
#include "hub/site/channel.h"
#include "hub/site/months.h"
#include "hub/site/overdue.h"
#include "hub/site/pages.h"
#include "hub/site/refuse.h"
#include "hub/site/status.h"

static const struct {
	const char *path;
	bool post;
	site_begin *begin;
} routes[] = {
	{ "/notices", false, site_home },
	{ "/notices/file", false, site_file_form },
	{ "/notices/file", true, site_file },
	{ "/notices/status", false, site_status_form },
	{ "/notices/status", true, site_status },
	{ "/notices/more", true, site_more },
	{ "/notices/appeal", true, site_appeal },
	{ "/notices/overdue", false, site_overdue },
	{ "/notices/overdue.json", false, site_overdue_json },
	{ "/notices/overdue.atom", false, site_overdue_atom },
	{ "/notices/report", false, site_months },
	{ "/notices/report.json", false, site_months_json },
	{ "/notices/report.csv", false, site_months_csv },
	{ "/notices/photos", false, site_photos },
	{ "/notices/style.css", false, site_style },
	{ "/notices/photos.js", false, site_photos_script },
	{ "/notices/api/openapi.json", false, site_openapi },
	{ "/notices/api/v1/hub", false, site_api_hub },
	{ "/notices/api/v1/filings", true, site_api_file },
	{ "/notices/api/v1/status", true, site_api_status },
	{ "/notices/api/v1/overdue", false, site_overdue_json },
	{ "/notices/api/v1/report", false, site_months_json },
};

void
site_route(struct site_visit *v)
{
	bool known = false;

	if (strncmp(v->path, "/c", 2) == 0) {
		site_channels(v);
		return;
	}
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (strcmp(v->path, routes[i].path) != 0)
			continue;
		known = true;
		if (routes[i].post == v->post) {
			routes[i].begin(v);
			return;
		}
	}
	site_refuse(v, known ? 405 : 404, known ? "method" : "nothing", 0);
}
