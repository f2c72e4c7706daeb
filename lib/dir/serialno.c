/* SPDX-License-Identifier: MIT */
#include "dir/serialno.h"

#define DIGITS_MAX 99

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
serialno_parse(mpz_t number, struct slice s)
{
	char digits[DIGITS_MAX + 1];
	size_t size;

	if (s.size < 3 || s.size > DIGITS_MAX + 2)
		return -1;
	for (size_t i = 0; i < s.size; i++)
		if (!is_digit(s.at[i]))
			return -1;
	size = (size_t)(s.at[0] - '0') * 10 + (size_t)(s.at[1] - '0');
	if (size != s.size - 2 || (size > 1 && s.at[2] == '0'))
		return -1;
	memcpy(digits, s.at + 2, size);
	digits[size] = '\0';
	mpz_set_str(number, digits, 10);
	return 0;
}

int
serialno_print(char text[SERIALNO_SIZE], mpz_srcptr number)
{
	char digits[DIGITS_MAX + 3]; /* as many as GMP may need, and more */
	size_t size;

	if (mpz_sgn(number) < 0 || mpz_sizeinbase(number, 10) > DIGITS_MAX + 1)
		return -1;
	mpz_get_str(digits, 10, number);
	size = strlen(digits);
	if (size > DIGITS_MAX)
		return -1;
	text[0] = (char)('0' + size / 10);
	text[1] = (char)('0' + size % 10);
	memcpy(text + 2, digits, size + 1);
	return 0;
}
