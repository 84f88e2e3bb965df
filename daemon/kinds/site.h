/*
 * Kind "site": a web app by its ARM id, read by itself. SCEPman's own is only ever read; Certificate Master's is
 * created where the configuration consents (domain.md 1.8). Kind "listed-site": a web app or slot as its collection
 * shows it. Never changes anything about a site that exists.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

extern const struct kind site_kind, listed_site_kind;

/* APP's site, read by its ARM id; or, with ID NULL, by the id that the node SEARCH finds. */
struct node *site_state(struct world *world, struct web_app *app, const char *id, struct node *search);
/* APP's site as an item of the collection LIST (kinds "slots", "sites"): the one whose name, or slot, is NAME. */
struct node *site_state_listed(struct world *world, struct web_app *app, struct node *list, const char *name);

/* A site or slot resource as ARM shows it -> struct site in ARENA. NULL: parts that every site has are missing. */
struct site *site_parse(struct arena *arena, const cJSON *resource) _must_check_;
/* Has APP's site, which NODE has observed, the identity that its work needs (domain.md 2.5)? */
enum verdict site_judge_identity(struct world *world, struct node *node, const struct web_app *app);
/* The request that creates Certificate Master's web app NAME beside SCEPman's site (domain.md 1.8). */
void site_write_certificate_master(const struct world *world, const struct node *node, struct arena *arena,
				   struct request *ret);
/* What it will be: host name and identity are the cloud's to assign. */
struct site *site_assume_certificate_master(struct world *world, const struct node *node);
/* The ARM id that NODE (kind "site") reads. */
const char *site_id(const struct node *node, struct arena *arena);
