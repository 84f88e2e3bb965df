/* A token from anywhere: taken apart, its signature looked at, presented as an assertion. None is ever good. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "entra_jwt.h"
#include "sim.h"

static void present(const char *token, size_t size)
{
	static const char start[] =
		"grant_type=client_credentials&client_id=c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c&scope="
		"https://graph.microsoft.com/.default&client_assertion_type=urn:ietf:params:oauth:"
		"client-assertion-type:jwt-bearer&client_assertion=";
	static struct sim *sim;
	struct sim_request request = {.method = "POST", .host = "localhost:4430", .target = "/adfs/oauth2/token"};
	struct sim_options options = {.seed = 1};
	struct sim_response response;
	char *body = malloc(sizeof(start) + size), *error;

	if (!sim) {
		sim = sim_new(&options);
		if (sim_load_scenario(sim, "fresh", &error) < 0)
			abort();
	}
	memcpy(body, start, sizeof(start) - 1);
	memcpy(body + sizeof(start) - 1, token, size);
	request.body = body;
	request.body_length = sizeof(start) - 1 + size;
	sim_handle(sim, &request, INT64_C(1767225600000), &response);
	if (response.status == 200)
		abort();
	sim_response_done(&response);
	free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	const char *text = arena_copy_bytes(&arena, (const char *)data, size);
	struct entra_jwt jwt;

	if (entra_jwt_parse(&arena, text, &jwt) == 0) {
		if (entra_jwt_is_signed_by(&jwt, entra_signing_key()))
			abort();
		entra_jwt_done(&jwt);
	}
	present(text, size);
	arena_done(&arena);
	return 0;
}
