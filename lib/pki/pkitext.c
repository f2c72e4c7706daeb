/* SPDX-License-Identifier: MIT */
#include "pki/pkitext.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"
#include "x509/cert.h"
#include "x509/name.h"

static void
add_label(struct buf *out, const char *label)
{
	buf_puts(out, "  ");
	buf_puts(out, label);
	buf_puts(out, ": ");
}

static void
add_line(struct buf *out, const char *label, const char *text)
{
	add_label(out, label);
	while (*text != '\0') {
		size_t left = control_size(text, 2);

		if (left == 0)
			buf_putc(out, *text++);
		for (; left != 0; left--)
			name_escape(out, (unsigned char)*text++);
	}
	buf_putc(out, '\n');
}

/* 10.x printed IDs as BigIntegers: without zeros in front. */
static void
add_id(struct buf *out, enum pkitext_form form, const char *label,
    const void *id, size_t size)
{
	char *text = mem_alloc(2 * size + 1), *at = text;

	certrow_hex(text, id, size);
	while (form == PKITEXT_10 && at[0] == '0' && at[1] != '\0')
		at++;
	add_label(out, label);
	buf_puts(out, form == PKITEXT_10 ? "" : "0x");
	buf_puts(out, at);
	buf_putc(out, '\n');
	free(text);
}

void
pkitext_heading(struct buf *out, size_t entries)
{
	char *message = mem_printf("%zu entries found\n", entries);
	char *rule = mem_dup(message, strlen(message));

	memset(rule, '-', strlen(rule) - 1);
	buf_puts(out, rule);
	buf_puts(out, message);
	buf_puts(out, rule);
	free(rule);
	free(message);
}

/* To 10.x a certificate had a key when its key was there; since 10.6.7, when
 * it says which. */
void
pkitext_cert(struct buf *out, enum pkitext_form form,
    const struct pkitext_cert *c)
{
	bool has_key = form == PKITEXT_10 ? c->has_key :
					    c->key_id.at != NULL;

	add_id(out, form, "Certificate ID", c->cert->sha1,
	    sizeof c->cert->sha1);
	add_line(out, "Serial Number", c->cert->serial);
	add_line(out, form == PKITEXT_10 ? "Nickname" : "Friendly Name",
	    c->name);
	add_line(out, "Subject DN", c->cert->subject);
	add_line(out, "Issuer DN", c->cert->issuer);
	if (c->trust != NULL)
		add_line(out, "Trust Flags", c->trust);
	add_line(out, "Has Key", has_key ? "true" : "false");
	if (has_key && form != PKITEXT_10)
		add_id(out, form, "Key ID", c->key_id.at, c->key_id.size);
}

void
pkitext_key(struct buf *out, enum pkitext_form form, struct slice key_id,
    const char *name, const char *subject)
{
	if (name == NULL)
		name = "null"; /* as Java prints it */
	add_id(out, form, "Key ID", key_id.at, key_id.size);
	if (form == PKITEXT_10)
		add_line(out, "Subject DN", subject != NULL ? subject : name);
	else
		add_line(out, "Friendly Name", name);
}
