/* SPDX-License-Identifier: MIT */
#include "key/der.h"

void
der_add(struct secret *to, struct slice bytes)
{
	struct secret both = { 0 };

	secret_alloc(&both, to->size + bytes.size);
	if (to->size != 0)
		memcpy(both.at, to->at, to->size);
	if (bytes.size != 0)
		memcpy(both.at + to->size, bytes.at, bytes.size);
	secret_move(to, &both);
}

void
der_value(struct secret *to, int tag, struct slice value)
{
	unsigned char head[2 + sizeof value.size] = { (unsigned char)tag };
	size_t used = 1, bytes = 0;

	while (value.size >> 8 * bytes != 0)
		bytes++;
	if (value.size >= 0x80)
		head[used++] = (unsigned char)(0x80 | bytes);
	for (bytes += bytes == 0; bytes > 0; bytes--)
		head[used++] = value.size >> 8 * (bytes - 1) & 0xff;
	der_add(to, (struct slice){ (char *)head, used });
	der_add(to, value);
}

struct slice
der_strip(struct slice number)
{
	while (number.size != 0 && *number.at == 0) {
		number.at++;
		number.size--;
	}
	return number;
}

void
der_integer(struct secret *to, struct slice number)
{
	struct secret content = { 0 };

	number = der_strip(number);
	if (number.size == 0 || (*number.at & 0x80) != 0)
		der_add(&content, (struct slice){ "\0", 1 });
	der_add(&content, number);
	der_value(to, DER_INTEGER, secret_slice(&content));
	secret_release(&content);
}

void
der_number(struct secret *to, unsigned long number)
{
	unsigned char big_endian[sizeof number];

	for (size_t i = sizeof number; i-- > 0; number >>= 8)
		big_endian[i] = number & 0xff;
	der_integer(to,
	    (struct slice){ (char *)big_endian, sizeof big_endian });
}

void
der_put(struct secret *to, int tag, struct secret *content)
{
	der_value(to, tag, secret_slice(content));
	secret_release(content);
}

void
der_wrap(struct secret *content, int tag)
{
	struct secret whole = { 0 };

	der_value(&whole, tag, secret_slice(content));
	secret_move(content, &whole);
}
