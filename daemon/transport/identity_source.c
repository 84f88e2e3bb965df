#include "transport/identity_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "transport/url.h"

enum { URL_MAX = 32 * 1024 };

static const struct {
	const char *name, *api_version, *resource_id_parameter;
} services[] = {
	[IDENTITY_METADATA] = {"the metadata service", "2018-02-01", "msi_res_id"},
	[IDENTITY_APP_SERVICE] = {"the token service of App Service", "2019-08-01", "mi_res_id"},
	[IDENTITY_ARC] = {"the agent of Azure Arc", "2020-06-01", "msi_res_id"},
};

static const char token_path[] = "/metadata/identity/oauth2/token";

/* Does what is sent to HOST ("127.0.0.1:40342") stay on this machine and its link? Only whole numeric addresses, and
 * the one name that is never looked up elsewhere. */
static bool is_near(const char *host, struct arena *arena)
{
	const char *end = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
	size_t skip = host[0] == '[' ? 1 : 0;
	const char *name = arena_copy_bytes(arena, host + skip, end ? (size_t)(end - host) - skip : strlen(host));
	struct in6_addr six;
	struct in_addr four;

	if (text_equal_fold(name, "localhost"))
		return true;
	if (inet_pton(AF_INET, name, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127 || ntohl(four.s_addr) >> 16 == 0xa9fe;
	if (inet_pton(AF_INET6, name, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six) || IN6_IS_ADDR_LINKLOCAL(&six);
	return false;
}

static const char *set_url(struct identity_source *source, enum identity_service service, const char *variable,
			   const char *url, struct arena *arena)
{
	struct url parts;

	if (url_parse(url, arena, &parts) < 0)
		return arena_printf(arena,
				    "%s is not the address of a token service; it must be an http or https URL, and "
				    "the platform sets it",
				    variable);
	if (!text_has_prefix_fold(url, "https:") && !is_near(parts.host, arena))
		return arena_printf(arena,
				    "%s names %s, another machine, by unencrypted http; no token is asked for there, "
				    "since it would be sent in the clear. Use https, or an address of this machine "
				    "(localhost, 127.0.0.0/8, 169.254.0.0/16)",
				    variable, parts.host);
	source->service = service;
	source->url = arena_printf(arena, "%s%s", parts.origin, parts.path);
	source->host = parts.host;
	source->name = arena_printf(arena, "%s (%s)", services[service].name, parts.host);
	return NULL;
}

static const char *set_app_service(struct identity_source *source, const struct identity_variables *variables,
				   struct arena *arena)
{
	for (const char *p = variables->identity_header; *p; p++)
		if (*p < ' ' || *p > '~')
			return "IDENTITY_HEADER has characters in it that no header can have; App Service sets it for "
			       "each process, so take it from there";
	source->header = arena_printf(arena, "X-IDENTITY-HEADER: %s", variables->identity_header);
	return set_url(source, IDENTITY_APP_SERVICE, "IDENTITY_ENDPOINT", variables->identity_endpoint, arena);
}

static const char *set_metadata(struct identity_source *source, const char *base, struct arena *arena)
{
	size_t length = strlen(base);

	while (length && base[length - 1] == '/')
		length--;
	return set_url(source, IDENTITY_METADATA, "AZURE_POD_IDENTITY_AUTHORITY_HOST",
		       arena_printf(arena, "%.*s%s", (int)length, base, token_path), arena);
}

/* What no version of ours supports, or NULL. */
static const char *find_foreign_platform(const struct identity_variables *variables)
{
	bool is_app_service =
		!text_is_empty(variables->identity_endpoint) && !text_is_empty(variables->identity_header);

	if (is_app_service && !text_is_empty(variables->identity_server_thumbprint))
		return "IDENTITY_SERVER_THUMBPRINT says that this is Azure Service Fabric, whose managed identities "
		       "are not supported; use client_certificate or client_secret there";
	if (!is_app_service && !text_is_empty(variables->msi_endpoint))
		return "MSI_ENDPOINT says that this is Azure Cloud Shell or Azure Machine Learning, whose managed "
		       "identities are not supported; in Cloud Shell use azure_cli, which is signed in there";
	return NULL;
}

static const char *set_source(struct identity_source *source, const struct identity_variables *variables,
			      struct arena *arena)
{
	bool has_endpoint = !text_is_empty(variables->identity_endpoint);

	if (has_endpoint && !text_is_empty(variables->identity_header))
		return set_app_service(source, variables, arena);
	if ((has_endpoint && !text_is_empty(variables->imds_endpoint)) || variables->has_arc_agent)
		return set_url(source, IDENTITY_ARC, "IDENTITY_ENDPOINT",
			       has_endpoint ? variables->identity_endpoint
					    : arena_printf(arena, "http://127.0.0.1:40342%s", token_path),
			       arena);
	return set_metadata(source,
			    text_is_empty(variables->pod_identity_authority_host)
				    ? "http://169.254.169.254"
				    : variables->pod_identity_authority_host,
			    arena);
}

int identity_source_find(const struct identity_variables *variables, struct arena *arena, struct identity_source *ret,
			 const char **ret_problem)
{
	struct identity_source source = {.header = "Metadata: true"};

	*ret_problem = find_foreign_platform(variables);
	if (*ret_problem)
		return -ENOENT;
	*ret_problem = set_source(&source, variables, arena);
	if (*ret_problem)
		return -EINVAL;
	*ret = source;
	return 0;
}

static void append(struct buffer *url, const char *name, const char *value)
{
	if (!value)
		return;
	buffer_append_char(url, strchr(url->data, '?') ? '&' : '?');
	buffer_append_text(url, name);
	buffer_append_char(url, '=');
	buffer_append_url_encoded(url, value);
}

const char *identity_source_request(const struct identity_source *source, const struct desired_credential *desired,
				    const char *audience, struct arena *arena)
{
	struct buffer url;
	const char *text;

	buffer_init(&url, URL_MAX);
	buffer_append_text(&url, source->url);
	append(&url, "api-version", services[source->service].api_version);
	append(&url, "resource", audience);
	append(&url, "client_id", desired->client_id);
	append(&url, "object_id", desired->object_id);
	append(&url, services[source->service].resource_id_parameter, desired->resource_id);
	text = arena_copy_text(arena, url.data);
	buffer_done(&url);
	return text;
}
