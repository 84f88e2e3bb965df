#include "options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/text.h"

enum { EXIT_USAGE = 64, LATENCY_MAX_MS = 600000, CLOCK_SKEW_MAX_S = 366 * 86400 };

static const char usage[] =
	"Usage: tenant-sim [OPTION]...\n"
	"An Azure tenant on this machine: Entra, Azure Resource Manager, Resource Graph, Microsoft Graph, instance "
	"metadata.\n"
	"\n"
	"  --listen ADDRESS:PORT    where the services listen (default 127.0.0.1:0; port 0 takes a free one)\n"
	"  --metadata ADDRESS:PORT  where the instance metadata service listens, without TLS (default 127.0.0.1:0)\n"
	"  --proxy ADDRESS:PORT     a CONNECT proxy in front of the public cloud's names (default: none)\n"
	"  --scenario NAME|FILE     what the tenant holds: fresh (default), completed, upgrade-1x, slots, "
	"two-installations,\n"
	"                           linux, key-vault-policies, upgrade-1x-slots, many, many:N,\n"
	"                           or a state file that ends in .json\n"
	"  --ready-file FILE        written when it listens: addresses, credentials, and a configuration for scepmand\n"
	"  --tls-directory DIR      where certificates and keys are put (default: a temporary directory)\n"
	"  --journal FILE           a line of JSON per request\n"
	"  --latency-ms N           how long each answer is held back (default 0)\n"
	"  --clock-skew-s N         how far the tenant's clock is ahead of this machine's; behind when negative "
	"(default 0)\n"
	"  --seed N                 where ids and chance begin (default 1)\n"
	"  --throttle WHICH         realistic or off (default)\n"
	"  --lag WHICH              realistic or off (default)\n"
	"  -h, --help   -V, --version\n";

enum option_key {
	KEY_LISTEN = 256,
	KEY_METADATA,
	KEY_PROXY,
	KEY_SCENARIO,
	KEY_READY_FILE,
	KEY_TLS_DIRECTORY,
	KEY_JOURNAL,
	KEY_LATENCY,
	KEY_CLOCK_SKEW,
	KEY_SEED,
	KEY_THROTTLE,
	KEY_LAG,
};

static const struct option long_options[] = {
	{"listen", required_argument, NULL, KEY_LISTEN},
	{"metadata", required_argument, NULL, KEY_METADATA},
	{"proxy", required_argument, NULL, KEY_PROXY},
	{"scenario", required_argument, NULL, KEY_SCENARIO},
	{"ready-file", required_argument, NULL, KEY_READY_FILE},
	{"tls-directory", required_argument, NULL, KEY_TLS_DIRECTORY},
	{"journal", required_argument, NULL, KEY_JOURNAL},
	{"latency-ms", required_argument, NULL, KEY_LATENCY},
	{"clock-skew-s", required_argument, NULL, KEY_CLOCK_SKEW},
	{"seed", required_argument, NULL, KEY_SEED},
	{"throttle", required_argument, NULL, KEY_THROTTLE},
	{"lag", required_argument, NULL, KEY_LAG},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{0},
};

static bool parse_realistic(const char *word, bool *ret)
{
	*ret = text_equal(word, "realistic");
	return *ret || text_equal(word, "off");
}

static bool parse_clock_skew(const char *text, int64_t *ret_s)
{
	bool is_behind = *text == '-';
	uint64_t skew_s;

	if (!text_parse_uint64(text + is_behind, &skew_s) || skew_s > CLOCK_SKEW_MAX_S)
		return false;
	*ret_s = is_behind ? -(int64_t)skew_s : (int64_t)skew_s;
	return true;
}

/* Takes one option with its argument; false: the argument is no good. */
static bool take_option(struct options *options, enum option_key key, const char *argument)
{
	uint64_t latency_ms;

	switch (key) {
	case KEY_LISTEN:
		options->listen = argument;
		return true;
	case KEY_METADATA:
		options->metadata_listen = argument;
		return true;
	case KEY_PROXY:
		options->proxy = argument;
		return true;
	case KEY_SCENARIO:
		options->scenario = argument;
		return true;
	case KEY_READY_FILE:
		options->ready_file = argument;
		return true;
	case KEY_TLS_DIRECTORY:
		options->tls_directory = argument;
		return true;
	case KEY_JOURNAL:
		options->journal = argument;
		return true;
	case KEY_LATENCY:
		if (!text_parse_uint64(argument, &latency_ms) || latency_ms > LATENCY_MAX_MS)
			return false;
		options->latency_ms = (int64_t)latency_ms;
		return true;
	case KEY_CLOCK_SKEW:
		return parse_clock_skew(argument, &options->clock_skew_s);
	case KEY_SEED:
		return text_parse_uint64(argument, &options->seed);
	case KEY_THROTTLE:
		return parse_realistic(argument, &options->realistic_throttle);
	case KEY_LAG:
		return parse_realistic(argument, &options->realistic_lag);
	}
	return false;
}

int options_parse(int argc, char **argv, struct options *ret)
{
	struct options options = {
		.listen = "127.0.0.1:0", .metadata_listen = "127.0.0.1:0", .scenario = "fresh", .seed = 1};
	int key, index = 0;

	while ((key = getopt_long(argc, argv, "hV", long_options, &index)) != -1) {
		if (key == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (key == 'V') {
			puts("tenant-sim " SCEPMAND_VERSION);
			return 0;
		}
		if (key == '?')
			return EXIT_USAGE;
		if (!take_option(&options, (enum option_key)key, optarg)) {
			fprintf(stderr, "tenant-sim: --%s: %s is not a value for it\n", long_options[index].name,
				optarg);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "tenant-sim: unexpected argument %s\n", argv[optind]);
		return EXIT_USAGE;
	}
	*ret = options;
	return -1;
}
