/* SPDX-License-Identifier: MIT */
#ifndef CHECK_RANGEMAP_H
#define CHECK_RANGEMAP_H

#include "check/findings.h"
#include "dir/entry.h"
#include "pki/ranges.h"

/*
 * All ranges of numbers of a deployment in one model: what each CS.cfg says,
 * and what the directory has given to whom [dogtag 6].
 *
 *	struct rangemap map = { .found = &found, .radix = 10 };
 *
 *	rangemap_add_cfg(&map, cfg);		for each, before the entries
 *	rangentry_add(&map, &entry, source);	for each entry
 *	rangemap_settle(&map);
 *	rangecheck(&map);
 *	... map.block[] ...
 *	rangemap_release(&map);
 *
 * A space is the numbers of one kind below one suffix: those of serial numbers
 * of the CA of dc=ca, say.  Subsystems whose CS.cfg names no suffix share one
 * by their type.
 *
 * In a directory, legacy serial numbers have two readings [dogtag 6.3]: the
 * directory counts in decimal, and who takes a range reads its first digits in
 * his own radix and counts on from there.  What the numbers of certificates
 * come from is the second; begin and end are that.
 */

enum rangemap_state {
	RANGEMAP_CURRENT, /* of a CS.cfg: numbers are taken from it */
	RANGEMAP_NEXT, /* of a CS.cfg: will be the current one */
	RANGEMAP_ALLOCATED, /* the directory knows who has it */
	RANGEMAP_FREE, /* the directory will give it away; has no end */
	RANGEMAP_OLD, /* the same two, of a generator that is no longer */
	RANGEMAP_CONFLICT, /* an entry that replication could not place */
};

struct rangemap_space {
	const char *base; /* in normal form; "" where no one says */
	const char *type; /* "CA", "KRA", ...; "" where no one says */
	enum rangeset_kind kind;
	size_t cfgs; /* how many CS.cfg files it has, random ones too */
	bool has_cfg; /* one of them has ranges; the first says: */
	enum rangeset_generator generator;
	int radix;
	bool has_v2; /* the directory has ranges of legacy2 */
	bool counted; /* numbers that were given out have been seen */
};

/* What a CS.cfg says of a space, besides blocks. */
struct rangemap_side {
	size_t space;
	const char *host, *generator;
	enum rangeset_generator type;
	int radix;
	struct findings_place place; /* of the generator's line */
	struct findings_place managed; /* of enableSerialManagement */
	bool is_managed;
};

struct rangemap_block {
	size_t space;
	enum rangemap_state state;
	const char *host; /* machineName, or the entry's host */
	const char *port; /* the entry's; NULL: a CS.cfg */
	const char *name; /* the entry's DN; NULL: a CS.cfg */
	const char *digits; /* of the begin, as they stand */
	struct findings_place place;
	size_t source;
	bool v2; /* an entry of legacy2 */
	bool random; /* numbers are picked from it, not counted up */
	bool bad; /* an entry that is no range; reported */
	bool again; /* a free one that another directory has, too */
	mpz_t begin, end;
	mpz_t ldap_begin, ldap_end; /* of an entry, as the directory counts */
	mpz_t highest; /* that was given out, of a current one */
	unsigned long used; /* how many were */
};

struct rangemap_replica {
	const char *base, *name; /* nsDS5ReplicaName, or "" */
	unsigned long id;
	struct findings_place place;
};

struct rangemap_host { /* of the security domain */
	const char *host, *port;
};

struct rangemap {
	struct findings *found; /* borrowed */
	int radix; /* of numbers for people: 10 or 16 */
	struct rangemap_space *space;
	size_t spaces, spaces_room;
	struct rangemap_side *side;
	size_t sides, sides_room;
	struct rangemap_block *block;
	size_t blocks, blocks_room;
	struct rangemap_replica *replica;
	size_t replicas, replicas_room;
	struct rangemap_host *host;
	size_t hosts, hosts_room;
	struct arena arena;
};

/* The ranges of a CS.cfg; what is wrong with them by themselves is found at
 * once.  cfg is not needed any longer then.  -1: its suffix is no DN;
 * reported. */
int rangemap_add_cfg(struct rangemap *map, const struct cfg *cfg);

/* The space of a kind below base, made where there is none.
 * base in normal form, and copied; it may be empty, then type counts. */
size_t rangemap_space(struct rangemap *map, struct slice base, const char *type,
    enum rangeset_kind kind);

/* When all is there: how entries are read is known now.  Blocks are put in
 * order: by space, and by begin. */
void rangemap_settle(struct rangemap *map);

/* "serial", "request", "replica"; "current", "next", ... */
const char *rangemap_kind_name(enum rangeset_kind kind);
const char *rangemap_state_name(enum rangemap_state state);

/* "268369920" or "0xfff0000", by map->radix: a new string. */
char *rangemap_number(const struct rangemap *map, mpz_srcptr number);

/* Has the block a last number?  (A free one has not, nor has a bad one.) */
bool rangemap_is_closed(const struct rangemap_block *block);

/* How many numbers it has, 0 when it ends before it begins. */
void rangemap_size(mpz_t size, const struct rangemap_block *block);

/* How many of them have not been given out.  False: no one knows. */
bool rangemap_left(
    const struct rangemap *map, mpz_t left, const struct rangemap_block *block);

void rangemap_release(struct rangemap *map);

/*
 * What the entries of a directory tell of ranges [dogtag 6.3, 10]:
 *
 *	pkiRange, below ou=ranges or ou=ranges_v2	who has which
 *	repository			what will be given away next
 *	certificateRecord, keyRecord, request	numbers that were given out
 *	pkiSubsystem			hosts of the security domain
 *	nsDS5Replica (of cn=config)	replica IDs
 *
 * All others are passed over.
 */

/* A filter for a server: all of these but the numbers, which are many; and
 * one with them.  Replicas are below RANGENTRY_CONFIG. */
extern const char rangentry_filter[], rangentry_filter_all[];
extern const char *const rangentry_attributes[];

#define RANGENTRY_CONFIG "cn=mapping tree,cn=config"

/*
 * source: which directory or file it is, for what has to agree within one.
 * 1: taken; 0: it is of another kind; -1: its DN is none, reported.
 */
int
rangentry_add(struct rangemap *map, const struct entry *entry, size_t source);

/*
 * What is wrong between the blocks of a map, by the invariants of
 * [dogtag 6.6]; findings are added to map->found.  (What is wrong with a file
 * or an entry by itself was found when it was added.)
 *
 * Errors: numbers may be given out twice, or none will be.
 *	range-overlap	two blocks share numbers
 *	range-beyond	a block reaches into what the directory gives away next
 *	range-next	nextRange is not above all ranges of its directory
 *	range-unrecorded	a next block that the directory knows nothing of
 *	range-owner	it gave the block to another host
 *	range-end	the block is longer than the directory says
 *	range-depleted	used up, and no next one
 *	range-radix	see below
 *	generator	hosts make numbers in different ways
 *	replica-id-twice, replica-id-unassigned
 * Warnings:
 *	range-radix	the directory counted these digits in decimal, the
 *			server in another radix: a warning for a next block,
 *			an error for a current one
 *	range-depleted	used up, and there is a next one
 *	serial-management	new ranges are not asked for
 *	range-behind	another directory's nextRange is higher
 *	range-host	a host that the security domain does not have
 * Information:
 *	range-gap	numbers that are in no block
 */
void rangecheck(const struct rangemap *map);

#endif

