#!/bin/sh
# SPDX-License-Identifier: MIT
# Each parser keeps its laws, for FUZZ_SECONDS each (5), from its corpus on.
. "${0%/*}/tap.sh"

seconds=${FUZZ_SECONDS:-5}
if test "$seconds" -eq 0
then
	it 'is not asked to fuzz: FUZZ_SECONDS=0' <<-\EOF
		:
	EOF
	tap_done
fi

for source in "$tap_top"/t/fuzz/*.c
do
	target=$(basename "$source" .c)
	it "$target holds for $seconds seconds" <<-EOF
		needs clang
		mkdir -p corpus/$target
		cp "$tap_top/t/fuzz/corpus/$target"/* corpus/$target/
		seeds=\$(ls corpus/$target | wc -l)
		"$tap_top/bin/fuzz/$target" -max_total_time=$seconds \
		    -max_len=2000 -timeout=600 -print_final_stats=1 \
		    corpus/$target >log 2>&1 || { tail -n 40 log; exit 1; }
		units=\$(sed -n 's/^stat::number_of_executed_units: *//p' log)
		test "\$units" -ge "\$seeds"
	EOF
done

tap_done
