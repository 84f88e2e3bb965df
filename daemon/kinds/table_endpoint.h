/*
 * What the settings of an installation's web apps say about where its certificates are: the table endpoint of a storage
 * account, under one name in SCEPman and another in Certificate Master (domain.md 1.11, 2.8). Collects, and decides
 * nothing.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

struct table_endpoint_claims {
	const char *endpoint; /* NULL: nobody names one */
	const struct web_app *by;
	const char *other; /* a different one; NULL: all agree */
	const struct web_app *other_by;
	const char *unread; /* whose settings are not known, for a person; NULL: all are */
	bool may_be_read_later;
};

/* Are these the same endpoint, trailing slashes and case aside? NULL is no endpoint. */
bool table_endpoint_equal(const char *a, const char *b) _pure_;
/*
 * Production's word comes first, then Certificate Master's, then the slots'. A slot that is not ours to manage may keep
 * its certificates elsewhere; that it names an endpoint is still a reason not to create one.
 */
struct table_endpoint_claims table_endpoint_collect(struct arena *arena, const struct installation *installation);
