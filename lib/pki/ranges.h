/* SPDX-License-Identifier: MIT */
#ifndef PKI_RANGES_H
#define PKI_RANGES_H

#include "cfg/release.h"
#include "dir/entry.h"
#include "pki/rangeset.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/hashmap.h"

/*
 * All ranges of numbers of a deployment in one model: what each CS.cfg says,
 * and what the directory has given to whom [dogtag 6].
 *
 *	struct ranges all = { .radix = 10 };
 *
 *	ranges_add_cfg(&all, cfg);		for each, before the entries
 *	ranges_add_entry(&all, &entry, source);	for each entry
 *	ranges_settle(&all);
 *	... all.range[] ...
 *	ranges_release(&all);
 *
 * A repository is the numbers of one kind below one suffix: the serial numbers
 * of the CA of dc=ca, say.  Subsystems whose CS.cfg names no suffix share one
 * by their type; those of different issuers never share one, for the base DN
 * alone does not tell two deployments apart (each FreeIPA has o=ipaca).
 *
 * How the generators count [dogtag v10.10.6 DBSubsystem.getNextRange, v10.11.0
 * and v11.6.1 Repository.getNextRange, checkRanges]:
 *
 * - The directory adds the increment to nextRange in decimal.  Up to 10.10 the
 *   increment is its digits in CS.cfg, taken for decimal ("old"); from 10.11 it
 *   is their value ("new").  endRange is one before the new nextRange.
 * - The server that takes a range reads the digits of its begin in its own
 *   radix, which is 16 for legacy serial numbers and key IDs, and counts on
 *   from there as many as the increment's value.  Its numbers come from that
 *   block, whichever release it is: begin and end are that block.
 * - legacy2 (from 11.6) counts in decimal and reads decimal.
 * - The generator random (from 11.0) has no ranges; serial numbers picked at
 *   random in a range (dbs.enableRandomSerialNumbers) come from legacy ones.
 *
 * Both styles of one directory stay apart: digits read in 16 grow at least as
 * fast as in 10.
 */

enum range_state {
	RANGE_CURRENT, /* of a CS.cfg: numbers are taken from it */
	RANGE_NEXT, /* of a CS.cfg: will be the current one */
	RANGE_ALLOCATED, /* the directory knows who has it */
	RANGE_FREE, /* the directory will give it away; has no end */
	RANGE_OLD, /* the same two, of a generator that is no longer */
	RANGE_CONFLICT, /* an entry that replication could not place */
};

struct repository {
	const char *base; /* in normal form; "" where no one says */
	const char *issuer; /* the CA of its hosts; "" where no one says */
	const char *type; /* "CA", "KRA", ...; "" where no one says */
	enum rangeset_kind kind;
	size_t cfgs; /* how many CS.cfg files it has, random ones too */
	bool has_cfg; /* one of them has ranges; the first says: */
	enum rangeset_generator generator;
	int radix;
	bool has_v2; /* the directory has ranges of legacy2 */
	bool counted; /* numbers that were given out have been seen */
	mpz_t highest; /* of them; 0 */
};

/* What a CS.cfg says of a repository, besides ranges. */
struct range_cfg {
	size_t repository;
	size_t number; /* of the file, in the order in which they were added */
	struct release release;
	const char *host, *generator;
	enum rangeset_generator type;
	int radix;
	const char *file;
	size_t generator_line, managed_line; /* 0: the key is absent */
	bool is_managed; /* enableSerialManagement */
	bool has_increment, has_transfer;
	mpz_t increment, transfer; /* their values */
};

struct range {
	size_t repository;
	enum range_state state;
	const char *host; /* machineName, or the entry's host */
	const char *port; /* the entry's; NULL: a CS.cfg */
	const char *name; /* the entry's DN; NULL: a CS.cfg */
	const char *digits; /* of the begin, as they stand */
	const char *file;
	size_t line; /* 0: an entry of a server, whose URL file is */
	size_t source; /* of an entry; the number of a CS.cfg */
	bool v2; /* an entry of legacy2 */
	bool random; /* numbers are picked from it, not counted up */
	bool unreadable; /* an entry without decimal numbers */
	bool bad; /* an entry that is no range: unreadable, or reversed */
	bool misnamed; /* the entry's cn is not its begin */
	bool alike; /* an entry's digits, read by the host, are the block */
	bool resized; /* an entry as long as no increment makes it */
	bool again; /* a free one that another directory has, too */
	mpz_t begin, end;
	mpz_t ldap_begin, ldap_end; /* of an entry, as the directory counts */
	mpz_t highest; /* that was given out, of a CS.cfg's */
	unsigned long used; /* how many were */
	struct range_seen *seen; /* the highest of each directory */
	size_t seens, seen_room;
};

struct range_seen {
	size_t source;
	mpz_t highest;
};

struct range_replica {
	const char *base, *name; /* nsDS5ReplicaName, or "" */
	unsigned long id;
	const char *file;
	size_t line;
};

struct range_host { /* of the security domain */
	const char *type; /* "CA", ...; "" where the entry does not say */
	const char *host, *port;
};

struct ranges {
	int radix; /* of numbers for people: 10 or 16 */
	/* All CS.cfg files are known to be of one subsystem, whatever base DN
	 * and issuer they name. */
	bool is_one;
	struct repository *repository;
	size_t repositories, repositories_room;
	struct range_cfg *cfg;
	size_t cfgs, cfgs_room;
	size_t files; /* how many CS.cfg files were added */
	struct range *range;
	size_t count, room;
	size_t own; /* how many are of CS.cfg files: the first, until settled */
	struct range_replica *replica;
	size_t replicas, replicas_room;
	struct range_host *host;
	size_t hosts, hosts_room;
	/* The CA of the entries that are added; NULL: not known. */
	const char *issuer;
	struct hashmap known; /* entries, of which replicas have copies */
	const char **known_key;
	size_t known_room;
	struct arena arena;
};

/* The ranges of a CS.cfg that can be read; cfg is not needed any longer then.
 * -1: its suffix is no DN; reported. */
int ranges_add_cfg(struct ranges *all, const struct cfg *cfg);

/* The name of the CA that a CS.cfg belongs to, by its certificates; valid until
 * the release.  NULL: not known. */
const char *ranges_issuer(struct ranges *all, const struct cfg *cfg);

/*
 * Which of several CAs below one base DN does a directory belong to?  Entries
 * are asked one after another: the CA of the CS.cfg files that have the host
 * which the entry names, valid until the release, or NULL.
 */
bool ranges_has_namesakes(const struct ranges *all);
const char *
ranges_issuer_of_entry(const struct ranges *all, const struct entry *entry);

/*
 * The increment of the host that an entry names, by its CS.cfg; else that of
 * another host of the repository, else what an installation sets.  The transfer
 * is what a host hands on to a clone, by the same order.
 */
void ranges_increment(
    const struct ranges *all, const struct range *range, mpz_t increment);
void ranges_transfer(
    const struct ranges *all, const struct range *range, mpz_t transfer);

/* What an installation sets for the increment. */
extern const unsigned long ranges_usual_increment[RANGESET_KINDS];

/*
 * May both give out one number?  The ranges of CS.cfg files among each other,
 * and entries among each other, may where they share numbers.  A CS.cfg's and
 * an entry's may not where they begin alike, where it is a part of its own
 * host's entry, or looks handed on: each clone gets the last numbers, as many
 * as the transfer says, so that what was handed on has whole transfers after it
 * [dogtag UpdateNumberRange]; or where the CS.cfg of the entry's host leaves it
 * out.  Bad ranges and free ones overlap nothing.
 */
bool ranges_overlap(
    const struct ranges *all, const struct range *a, const struct range *b);

/* When all is there: how entries are read is known now.  Ranges are put in
 * order: by repository, and by begin. */
void ranges_settle(struct ranges *all);

/* Is it one of a CS.cfg? */
bool range_is_of_cfg(const struct range *range);

/* Do they share a number?  Both are closed. */
bool range_meets(const struct range *a, const struct range *b);

/* Is part all of whole, or a part of it?  Both are closed. */
bool range_is_within(const struct range *part, const struct range *whole);

/* Do two names of hosts mean one host? */
bool range_same_host(const char *a, const char *b);

/* The decimal digits of a number, read in radix. */
void range_read_as(mpz_t to, mpz_srcptr number, int radix);

/* The most that a directory will give away next of a repository, or NULL. */
const struct range *
ranges_most_free(const struct ranges *all, size_t repository);

/* Does a host that has clones, by its CS.cfg of the replica IDs, not ask for
 * new ranges? */
bool ranges_is_unmanaged(const struct ranges *all, const struct range_cfg *cfg);

/* "current", "next", ... */
const char *range_state_name(enum range_state state);

/* "268369920" or "0xfff0000", by all->radix: a new string. */
char *ranges_number(const struct ranges *all, mpz_srcptr number);

/* Has the range a last number?  (A free one has not, nor has a bad one.) */
bool range_is_closed(const struct range *range);

/* How many numbers it has, 0 when it ends before it begins. */
void range_size(mpz_t size, const struct range *range);

/* How many of them have not been given out.  False: no one knows. */
bool ranges_left(const struct ranges *all, mpz_t left,
    const struct range *range);

void ranges_release(struct ranges *all);

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
 * one with them.  Replicas are below RANGES_CONFIG. */
extern const char ranges_filter[], ranges_filter_all[];
extern const char *const ranges_attributes[];

#define RANGES_CONFIG "cn=mapping tree,cn=config"

/*
 * source: which directory or file it is, for what has to agree within one.
 * 1: taken; 0: it is of another kind; -1: its DN is none, reported.
 */
int
ranges_add_entry(struct ranges *all, const struct entry *entry, size_t source);

/*
 * Each repository of a settled model as text, for people: one row a host, and
 * one for what the directory has not given away yet.
 *
 *	serial numbers of CA, dc=ca
 *	ca1.example.com |##########                    |
 *	ca2.example.com |          #######++++         |
 *	free            |                           ...|
 *	                 a         b      c   d     e
 *	a=1 b=268369921 c=268435457 d=536870913 e=10598175831
 *
 * '#' is current, '+' next, '-' known to the directory alone, '!' in two
 * ranges.  Where a range begins or ends a column begins; wide ones are wider,
 * by the number of their digits.
 */
void ranges_plot(const struct ranges *all, struct buf *out);

#endif
