/* SPDX-License-Identifier: MIT */
#include "check/roleadvice.h"

#include <stdlib.h>

#include "cfg/issuing.h"
#include "util/diag.h"

static struct slice
get(const struct cfg *cfg, struct slice point, const char *what)
{
	char *key = issuing_key(point, what);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

/* "RSA" of "SHA256withRSA"; at NULL, where there is none. */
static struct slice
key_kind(struct slice algorithm)
{
	for (size_t i = 0; i + 4 <= algorithm.size; i++)
		if (memcmp(algorithm.at + i, "with", 4) == 0)
			return (struct slice){ algorithm.at + i + 4,
				algorithm.size - i - 4 };
	return (struct slice){ NULL, 0 };
}

static void
advise_points(const struct cfg *cfg, const struct cfg *source)
{
	struct slice own =
	    key_kind(cfg_string(cfg, "ca.signing.defaultSigningAlgorithm"));
	struct issuing points;
	size_t on = 0;

	issuing_find(&points, source);
	for (size_t i = 0; i < points.count; i++) {
		struct slice point = points.name[i];
		struct slice algorithm = get(source, point,
		    "signingAlgorithm");
		struct slice number = get(source, point, "startingCrlNumber");

		on += issuing_is_on(source, point);
		if (own.at != NULL && key_kind(algorithm).at != NULL &&
		    !slice_is(own, key_kind(algorithm)))
			say("%s: '%.*s' signs with '%.*s', but the CA's key "
			    "is for '%.*s'", cfg->file, SLICE_FMT(point),
			    SLICE_FMT(algorithm), SLICE_FMT(own));
		if (number.size != 0 && !slice_is(number, slice_of("0")))
			say("%s: '%.*s' has startingCrlNumber '%.*s': must not "
			    "be above the last CRL's", cfg->file,
			    SLICE_FMT(point), SLICE_FMT(number));
	}
	if (on == 0)
		say("%s: no issuing point is on: no CRL will be made",
		    cfg->file);
	issuing_release(&points);
}

static bool
has_publisher(const struct cfg *cfg)
{
	struct slice prefix =
	    slice_of("ca.publish.publisher.instance.OCSPPublisher-");

	for (uint32_t i = 0; i < cfg->lines; i++)
		if (cfg->line[i].logical != NULL &&
		    slice_starts(cfg_key(&cfg->line[i]), prefix))
			return true;
	return false;
}

static bool
publishes(const struct cfg *cfg)
{
	return slice_is(cfg_string(cfg, "ca.publish.enable"),
	    slice_of("true"));
}

void
roleadvice_master(const struct cfg *cfg, const struct cfg *from)
{
	advise_points(cfg, from != NULL ? from : cfg);
	if (from != NULL && publishes(from) && !publishes(cfg))
		say("%s: the old master publishes, this one does not: see "
		    "cfgmerge -p ca.publish", cfg->file);
	else if (from == NULL && !publishes(cfg))
		say("%s: it does not publish (ca.publish.enable): did the old "
		    "master?", cfg->file);
	if (from != NULL && has_publisher(from) && !has_publisher(cfg))
		say("%s: the old master sends its CRLs to an OCSP responder "
		    "(OCSPPublisher), this one does not", cfg->file);
	say("%s: start it while no other master runs, and update the CRL once "
	    "when it is up", cfg->file);
}
