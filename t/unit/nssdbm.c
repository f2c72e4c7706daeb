/* SPDX-License-Identifier: MIT */
/* Legacy databases: what is in their records, and in damaged ones. */
#include "nss/nssdbm.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "x509/cert.h"

#include "hashfile.h"
#include "scratch.h"

#include "util/buf.h"

#define BYTES(text) ((struct slice){ text, sizeof(text) - 1 })

#define RSA_NAME "\xb5" "an RSA modulus, which is longer than that is"
#define CHECK_HEAD "\x03\x14\x01" "a salt of twenty is." "\0"
#define SHA1_3DES "\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x05\x01\x03"
#define CHECK CHECK_HEAD SHA1_3DES "sixteen bytes ..."

static void
put_file(const char *path, struct slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.at, text.size), text.size);
	close(fd);
}

static struct slice
slice_buf(struct buf *b, const unsigned char *at, int size)
{
	assert_true(size > 0);
	b->size = 0;
	buf_add(b, (struct slice){ (const char *)at, (size_t)size });
	return buf_slice(b);
}

/* A certificate of the database's one key. */
static void
make_cert(struct buf *to, const char *subject, const char *email)
{
	static EVP_PKEY *key;
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);
	unsigned char *der = NULL;
	int size;

	if (key == NULL)
		key = EVP_EC_gen("P-256");
	assert_non_null(key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)subject, -1, -1, 0);
	if (email != NULL)
		X509_NAME_add_entry_by_txt(name, "emailAddress", MBSTRING_ASC,
		    (const unsigned char *)email, -1, -1, 0);
	X509_gmtime_adj(X509_getm_notBefore(x509), 0);
	X509_gmtime_adj(X509_getm_notAfter(x509), 1000);
	X509_set_pubkey(x509, key);
	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	size = i2d_X509(x509, &der);
	slice_buf(to, der, size);
	OPENSSL_free(der);
	X509_free(x509);
}

static void
add_short(struct buf *b, size_t number)
{
	buf_putc(b, (char)(number >> 8));
	buf_putc(b, (char)number);
}

/* A record of a certificate, the NUL of the nickname included. */
static void
make_record(struct buf *to, const unsigned flags[3], struct slice der,
    const char *nickname)
{
	struct slice name = { nickname,
		nickname != NULL ? strlen(nickname) + 1 : 0 };

	to->size = 0;
	buf_add(to, BYTES("\x08\x01\0"));
	for (int i = 0; i < 3; i++)
		add_short(to, flags[i]);
	add_short(to, der.size);
	add_short(to, name.size);
	buf_add(to, der);
	buf_add(to, name);
}

static void
put_cert(struct hashfile *h, unsigned flags, struct slice der,
    const char *nickname)
{
	const unsigned all[3] = { flags, flags, flags };
	struct buf record = { 0 };
	char key[16];

	snprintf(key, sizeof key, "\x01%u", h->records);
	make_record(&record, all, der, nickname);
	hashfile_put(h, slice_of(key), buf_slice(&record));
	buf_release(&record);
}

/* The name of a key: the point of the certificate's. */
static struct slice
point_of(struct buf *to, struct slice der)
{
	struct cert cert;
	EVP_PKEY *key;
	unsigned char *point = NULL;
	size_t size;

	assert_int_equal(cert_parse(&cert, der), 0);
	key = cert_key(&cert);
	size = EVP_PKEY_get1_encoded_public_key(key, &point);
	slice_buf(to, point, (int)size);
	OPENSSL_free(point);
	EVP_PKEY_free(key);
	cert_release(&cert);
	return buf_slice(to);
}

static void
write_and_release(struct hashfile *h, const char *path)
{
	put_file(path, hashfile_text(h));
	hashfile_release(h);
}

static void
is(struct slice got, const char *want)
{
	assert_int_equal(got.size, strlen(want));
	assert_memory_equal(got.at, want, got.size);
}

/* The database in the working directory. */
static int
read_here(struct nss_objects *objects, const char *cert_file,
    const char *blobs, const char *key_file)
{
	struct path here;
	int status;

	assert_int_equal(path_find_directory(&here, "."), 0);
	status = nssdbm_read(objects, &here, cert_file, blobs, key_file);
	path_release(&here);
	return status;
}

static void
fails(const char *cert_file, const char *key_file, const char *message)
{
	struct nss_objects objects = { 0 };

	assert_int_equal(read_here(&objects, cert_file, "cert8.dir",
			     key_file), -1);
	nss_objects_release(&objects);
	assert_string_equal(scratch_said(), message);
}

static void
put_keys(struct hashfile *h, struct slice point)
{
	hashfile_put(h, slice_of("Version"), BYTES("\x03"));
	hashfile_put(h, slice_of("global-salt"), BYTES("twenty bytes of salt"));
	hashfile_put(h, slice_of("password-check"), BYTES(CHECK));
	hashfile_put(h, slice_of("fake-password-check"), BYTES("nonsense"));
	hashfile_put(h, point, BYTES("\x03\x02\x05" "slmine\0" "the blob"));
	hashfile_put(h, BYTES("\xf8\0\0\0\0\1"), BYTES("\x03\0\1\0" "x"));
	hashfile_put(h, BYTES("\0" RSA_NAME), BYTES("\x03\0\1\0" "y"));
}

static void
check_keys(const struct nss_objects *o)
{
	is(o->salt, "twenty bytes of salt");
	assert_true(o->initialised);
	is(o->check_salt, "a salt of twenty is.");
	assert_int_equal(o->check_rounds, 1);
	is(o->check_text, "sixteen bytes ...");
	assert_int_equal(o->keys, 2);
	assert_int_equal(o->key[0].type, NSS_EC);
	is(o->key[0].label, "mine");
	is(o->key[0].blob, "the blob");
	assert_int_equal(o->key[0].public_value.size, 65);
	assert_int_equal(o->key[0].id.size, 20);
	is(o->key[1].public_value, RSA_NAME);
	assert_int_equal(o->key[1].label.size, 0);
	assert_int_equal(o->secrets, 1);
	assert_true(slice_equal(o->secret[0].id, BYTES("\xf8\0\0\0\0\1")));
}

/* Marked as somebody's, and the key is here; not marked, and it is, too. */
static void
reads_both(void **state)
{
	struct buf der = { 0 }, point = { 0 };
	struct nss_objects o = { 0 };
	struct hashfile h;

	(void)state;
	make_cert(&der, "a", NULL);
	hashfile_begin(&h, 512, false);
	hashfile_put(&h, BYTES("\0Version\0"), BYTES("\x08\0\0"));
	put_cert(&h, 0x40, buf_slice(&der), "one");
	put_cert(&h, 0x18, buf_slice(&der), "two");
	hashfile_put(&h, BYTES("\x02one\0"), BYTES("\x08\x02\0\0\0"));
	write_and_release(&h, "cert8.db");
	hashfile_begin(&h, 512, true);
	put_keys(&h, point_of(&point, buf_slice(&der)));
	write_and_release(&h, "key3.db");

	assert_int_equal(read_here(&o, "cert8.db", NULL, "key3.db"), 0);
	assert_string_equal(scratch_said(), "");
	check_keys(&o);
	assert_int_equal(o.certs, 2);
	is(o.cert[0].nickname, "one");
	assert_true(slice_equal(o.cert[0].der, buf_slice(&der)));
	assert_true(slice_equal(o.cert[0].id, o.key[0].id));
	assert_true(o.cert[0].user);
	is(o.cert[1].nickname, "two");
	assert_int_equal(o.cert[1].id.size, 0);
	assert_false(o.cert[1].user);
	assert_int_equal(o.cert[1].trust.level[NSS_EMAIL], NSS_TRUSTED_CA);
	nss_objects_release(&o);
	buf_release(&der);
	buf_release(&point);
}

static void
reads_either(void **state)
{
	struct buf der = { 0 };
	struct nss_objects o = { 0 };
	struct hashfile h;

	(void)state;
	make_cert(&der, "a", NULL);
	hashfile_begin(&h, 512, false);
	put_cert(&h, 0x40, buf_slice(&der), "one");
	write_and_release(&h, "cert8.db");
	hashfile_begin(&h, 512, false);
	write_and_release(&h, "key3.db");
	assert_int_equal(read_here(&o, "cert8.db", NULL, NULL), 0);
	assert_int_equal(o.certs, 1);
	assert_int_equal(o.cert[0].id.size, 20);
	assert_false(o.cert[0].user);
	nss_objects_release(&o);
	assert_int_equal(read_here(&o, NULL, NULL, "key3.db"), 0);
	assert_int_equal(o.certs + o.keys, 0);
	assert_false(o.initialised);
	nss_objects_release(&o);
	buf_release(&der);
}

/* The DER name with only a common name. */
static void
put_subject(struct hashfile *h, const char *name, const char *nickname)
{
	struct buf key = { 0 }, data = { 0 };
	X509_NAME *subject = X509_NAME_new();
	unsigned char *der = NULL;
	int size;

	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, -1, -1, 0);
	size = i2d_X509_NAME(subject, &der);
	buf_putc(&key, '\x03');
	buf_add(&key, (struct slice){ (char *)der, (size_t)size });
	buf_add(&data, BYTES("\x08\x03\0\0\1"));
	add_short(&data, strlen(nickname) + 1);
	add_short(&data, 0);
	buf_add(&data, (struct slice){ nickname, strlen(nickname) + 1 });
	hashfile_put(h, buf_slice(&key), buf_slice(&data));
	OPENSSL_free(der);
	X509_NAME_free(subject);
	buf_release(&key);
	buf_release(&data);
}

static void
names(void **state)
{
	struct buf der = { 0 };
	struct nss_objects o = { 0 };
	struct hashfile h;

	(void)state;
	hashfile_begin(&h, 4096, false);
	make_cert(&der, "a", NULL);
	put_cert(&h, 0, buf_slice(&der), "");
	put_cert(&h, 0, buf_slice(&der), "its own");
	make_cert(&der, "b", "Me.Too@Example.com");
	put_cert(&h, 0, buf_slice(&der), NULL);
	make_cert(&der, "c", NULL);
	put_cert(&h, 0, buf_slice(&der), NULL);
	put_cert(&h, 0, slice_of("no certificate"), NULL);
	put_subject(&h, "a", "the subject's");
	put_subject(&h, "c", "");
	write_and_release(&h, "cert8.db");
	assert_int_equal(read_here(&o, "cert8.db", NULL, NULL), 0);
	assert_int_equal(o.certs, 5);
	is(o.cert[0].nickname, "the subject's");
	is(o.cert[1].nickname, "its own");
	is(o.cert[2].nickname, "");
	is(o.cert[2].email, "me.too@example.com");
	is(o.cert[3].nickname, "");
	is(o.cert[3].email, "");
	is(o.cert[4].nickname, "");
	nss_objects_release(&o);
	buf_release(&der);
}

#define BLOB_NAME "bABCDEFGHIJKLMNOPQRSTUVW+-z="

static void
make_blob(const char *name, const char *size)
{
	char data[8 + DBM_BLOB_NAME_SIZE] = "\x08\x08\0";
	struct hashfile h;

	memcpy(data + 4, size, 4);
	memcpy(data + 8, name, strnlen(name, DBM_BLOB_NAME_SIZE));
	hashfile_begin(&h, 512, false);
	hashfile_put(&h, slice_of("\x01" "a"),
	    (struct slice){ data, sizeof data });
	write_and_release(&h, "cert8.db");
}

/* 70013 bytes, which the record's own sixteen bits cannot say; what follows in
 * the file is none of it. */
static void
blob(void **state)
{
	static const unsigned flags[3] = { 1, 0x82, 0 };
	struct buf der = { 0 }, record = { 0 };
	struct nss_objects o = { 0 };

	(void)state;
	for (int i = 0; i < 70000; i++)
		buf_putc(&der, (char)('a' + i % 26));
	make_record(&record, flags, buf_slice(&der), NULL);
	buf_puts(&record, "more");
	assert_int_equal(mkdir("cert8.dir", 0700), 0);
	put_file("./cert8.dir/" BLOB_NAME, buf_slice(&record));
	make_blob(BLOB_NAME, "\x7d\x11\x01\0");
	assert_int_equal(read_here(&o, "cert8.db", "cert8.dir", NULL), 0);
	assert_int_equal(o.certs, 1);
	assert_true(slice_equal(o.cert[0].der, buf_slice(&der)));
	assert_int_equal(o.cert[0].trust.level[NSS_SERVER], NSS_NOT_TRUSTED);
	assert_int_equal(o.cert[0].trust.level[NSS_EMAIL], NSS_TRUSTED_PEER);
	nss_objects_release(&o);
	make_blob(BLOB_NAME, "\x82\x11\x01\0");
	fails("cert8.db", NULL, "./cert8.dir/" BLOB_NAME
	    ": cut short: 70017 of 70018 bytes\n");
	buf_release(&der);
	buf_release(&record);
}

static void
wrong_blobs(void **state)
{
	static const char *const name[] = { "", ".", "..", "b/c", "../key3.db",
		"x", "b c", "bABCDEFGHIJKLMNOPQRSTUVWXYZABCDE" };
	struct nss_objects o = { 0 };

	(void)state;
	assert_int_equal(mkdir("cert8.dir", 0700), 0);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		make_blob(name[i], "\1\0\0\0");
		fails("cert8.db", NULL, "./cert8.db: damaged: page 1: the name "
		    "of a file in cert8.dir\n");
	}
	make_blob("b", "\0\0\0\0");
	fails("cert8.db", NULL,
	    "cannot open './cert8.dir/b': No such file or directory\n");
	assert_int_equal(read_here(&o, "cert8.db", NULL, NULL), -1);
	assert_string_equal(scratch_said(),
	    "./cert8.db: a record is in a directory beside it\n");
	assert_int_equal(symlink("../cert8.db", "./cert8.dir/b"), 0);
	fails("cert8.db", NULL,
	    "'./cert8.dir/b' is not a regular file\n");
	assert_int_equal(unlink("./cert8.dir/b"), 0);
	assert_int_equal(mkfifo("./cert8.dir/b", 0600), 0);
	fails("cert8.db", NULL, "'./cert8.dir/b' is not a regular file\n");
	assert_int_equal(unlink("./cert8.dir/b"), 0);
	put_file("./cert8.dir/b", slice_of(""));
	assert_int_equal(truncate("./cert8.dir/b", (16 << 20) + 1), 0);
	fails("cert8.db", NULL,
	    "./cert8.dir/b: larger than 16777216 bytes\n");
	put_file("./cert8.dir/b", slice_of(""));
	fails("cert8.db", NULL,
	    "./cert8.db: damaged: page 1: a certificate's record\n");
}

/* One file, named by many records: memory is not to grow with them. */
static void
many_blobs(void **state)
{
	char data[8 + DBM_BLOB_NAME_SIZE] = "\x08\x08\0\0\0\0\0\0b";
	struct hashfile h;
	char key[] = "\x03.";

	(void)state;
	assert_int_equal(mkdir("cert8.dir", 0700), 0);
	put_file("./cert8.dir/b", BYTES("\x08\x03\0\0\0\0\0\0\0"));
	assert_int_equal(truncate("./cert8.dir/b", 16 << 20), 0);
	data[4] = 9;
	hashfile_begin(&h, 4096, false);
	for (int i = 0; i < 17; i++) {
		key[1] = (char)('a' + i);
		hashfile_put(&h, slice_of(key),
		    (struct slice){ data, sizeof data });
	}
	write_and_release(&h, "cert8.db");
	fails("cert8.db", NULL,
	    "./cert8.dir: there are more than 268435456 bytes here\n");
}

static void
fails_with(const char *file, struct slice key, struct slice data,
    const char *message)
{
	bool certs = *file == 'c';
	struct hashfile h;

	hashfile_begin(&h, 512, false);
	hashfile_put(&h, key, data);
	write_and_release(&h, file);
	fails(certs ? file : NULL, certs ? NULL : file, message);
}

static void
wrong_records(void **state)
{
	static const char cert[] =
	    "./cert8.db: damaged: page 1: a certificate's record\n";

	(void)state;
	fails_with("cert8.db", BYTES("\1"), BYTES(""), cert);
	fails_with("cert8.db", BYTES("\1"), BYTES("\x08\x03\0\0\0\0\0\0\0\0\0"
	    "\0\0\0"), cert);
	fails_with("cert8.db", BYTES("\1"), BYTES("\x06\x01\0\0\0\0\0\0\0\0\0"
	    "\0\0\0"), cert);
	fails_with("cert8.db", BYTES("\1"), BYTES("\x08\x01\0\0\0\0\0\0\0\0\1"
	    "\0\1x"), cert);
	fails_with("cert8.db", BYTES("\3"), BYTES("\x08\x03\0\0\0\0\1\0\0"),
	    "./cert8.db: damaged: page 1: a subject's record\n");
	fails_with("key3.db", BYTES("Version"), BYTES("\2"),
	    "./key3.db: only version 3 of key databases is supported\n");
	fails_with("key3.db", BYTES("name"), BYTES("\3\1\1x"),
	    "./key3.db: damaged: page 1: a key's record\n");
	fails_with("key3.db", BYTES("name"), BYTES("\2\0\0x"),
	    "./key3.db: damaged: page 1: a key's record\n");
	fails_with("key3.db", BYTES("password-check"),
	    BYTES(CHECK_HEAD "\x0b\x2a"),
	    "./key3.db: damaged: page 1: the password's record\n");
	fails_with("key3.db", BYTES("password-check"), BYTES(CHECK),
	    "./key3.db: damaged: the password's salt is missing\n");
	fails("none", NULL,
	    "cannot open './none': No such file or directory\n");
	fails(NULL, ".", "'./.' is not a regular file\n");
}

/* Nothing but a password is missing then: certificates are listed. */
static void
old_password(void **state)
{
	struct nss_objects o = { 0 };
	struct hashfile h;

	(void)state;
	hashfile_begin(&h, 512, false);
	hashfile_put(&h, slice_of("global-salt"), BYTES("salt"));
	hashfile_put(&h, slice_of("password-check"),
	    BYTES(CHECK_HEAD "\2\x2a\3text"));
	write_and_release(&h, "key3.db");
	assert_int_equal(read_here(&o, NULL, NULL, "key3.db"), 0);
	assert_string_equal(scratch_said(),
	    "./key3.db: the password's record is encrypted in a way that is "
	    "not supported\n");
	assert_true(o.initialised);
	assert_int_equal(o.check_text.size, 0);
	nss_objects_release(&o);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("reads certificates and keys", reads_both),
		SCRATCH_TEST("reads the one without the other", reads_either),
		SCRATCH_TEST("finds a name for a certificate without", names),
		SCRATCH_TEST("reads a record in a file of its own", blob),
		SCRATCH_TEST("goes nowhere else for one", wrong_blobs),
		SCRATCH_TEST("reads so many of them and no more", many_blobs),
		SCRATCH_TEST("says which record is damaged", wrong_records),
		SCRATCH_TEST("bears a password's record of old", old_password),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
