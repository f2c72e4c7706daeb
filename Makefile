# clonekit: a tool is src/NAME.c, man1/NAME.1 and t/NAME.t; no list names it.
#
#	make				build into bin/
#	make deps demo			set up what it takes, and see it work
#	make deps check			the same, and run the tests
#	make check SAN=address,undefined	or VALGRIND=1
#	make check FIXTURES=DIR		and an extra set of real files
#	make check-long SECONDS=600	every fuzz target for that long
#	make fuzz-keyid			needs clang; FUZZ='-max_total_time=60'
#	make lint bench
#	make install PREFIX=/usr DESTDIR=/tmp/stage
#
# What an optional library that is not here is needed for is left out, and
# named.

VERSION  = clonekit 0.1
PREFIX   = /usr/local
REQUIRED = popt gmp json-c
OPTIONAL = libcrypto

CFLAGS  = -O2 -g
WARN    = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
          -Wmissing-prototypes -Wwrite-strings -Wformat=2
HARDEN  = -fPIE -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANFLAG = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)

# Everything built is under $B, so that two kinds of build never mix.
B       = bin$(if $(SAN),/san)$(if $(WITHOUT),/without)
O       = $B/obj
ROOMS   = check dir cfg key util
CHECK_FLAGS = FUZZ_SECONDS=$(if $(SAN)$(VALGRIND),0,$(or $(SECONDS),10)) \
          CLONEKIT_FIXTURES='$(if $(FIXTURES),$(abspath $(FIXTURES)))' \
          $(if $(CI),TAP_NO_SKIP=1)

# With deps among the goals, it goes first; what it installs is looked for
# by a make of its own for the others.
OTHERS  = $(filter-out deps,$(MAKECMDGOALS))
ifneq ($(and $(filter deps,$(MAKECMDGOALS)),$(OTHERS)),)

.PHONY: deps $(OTHERS)
deps:
	@share/build/deps $(OTHERS)
	+@$(MAKE) --no-print-directory $(OTHERS)
$(OTHERS): deps
	@:

else

# WITHOUT=libcrypto builds as if that were not here.
HAVE   := $(filter-out $(WITHOUT),$(shell for p in $(REQUIRED) $(OPTIONAL); do \
            pkg-config --exists $$p 2>/dev/null && echo $$p; done))
GONE    = $(filter-out $(HAVE),$(REQUIRED))
MISSING = $(filter-out $(HAVE),$(OPTIONAL))
WITH    = $(shell for p in $(filter $(OPTIONAL),$(HAVE)); do \
            echo $$p | tr a-z.- A-Z__ | sed 's/^/-DWITH_/'; done)
PKGCFLAGS := $(shell pkg-config --cflags $(HAVE) 2>/dev/null)
PKGLIBS   := $(shell pkg-config --libs $(HAVE) 2>/dev/null)
FLAGS  := -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(WITH) -Ilib \
          $(PKGCFLAGS)
ALL_CFLAGS = $(FLAGS) $(WARN) $(HARDEN) $(SANFLAG) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANFLAG) $(LDFLAGS)

# Sources that cannot be built here, for their own #includes or for those of
# headers that they include.
LEFT   := $(if $(MISSING),$(shell awk -f share/build/left-out.awk \
            missing='$(MISSING)' src/*.c lib/*/*.[ch]))
SOURCES = $(filter-out $(LEFT),$(wildcard src/*.c))
TOOLS   = $(patsubst src/%.c,$B/%,$(SOURCES))
UNITS   = $(patsubst t/unit/%.c,$O/t/unit/%.t,$(wildcard t/unit/*.c))
FUZZERS = $(patsubst t/fuzz/%.c,bin/fuzz/%,$(wildcard t/fuzz/*.c))
LIBS    = $(foreach r,$(ROOMS),$(if $(wildcard lib/$r/*.c),$O/lib$r.a))
LISTS   = $(sort $(wildcard share/lists/*))
RECIPES = $(wildcard share/recipes/*)

all: need $(TOOLS) left
.PHONY: all need left check check-long lint bench demo deps install uninstall \
        clean units fuzzers

need:
	@test -z '$(GONE)' || { echo 'missing: $(GONE) (make deps)' >&2; false; }

left:
	@for t in $(patsubst src/%.c,%,$(filter src/%,$(LEFT))); do \
		echo "left out: $$t, which needs $(MISSING) (make deps)"; done

$B/%: $O/src/%.o $(LIBS)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBS) $(PKGLIBS)

$O/t/unit/%.t: $O/t/unit/%.o $(LIBS)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBS) $(PKGLIBS) -lcmocka

define room
$O/lib$1.a: $(patsubst %.c,$O/%.o,$(filter-out $(LEFT),$(wildcard lib/$1/*.c))) \
    $(if $(filter cfg,$1),$O/lists.o)
	rm -f $$@
	$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room,$r)))

$O/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The shipped lists, as one string.
$O/lists.c: $(LISTS) Makefile
	@mkdir -p $(@D)
	{ echo 'extern const char rules_shipped[];'; \
	  echo 'const char rules_shipped[] ='; \
	  sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $(LISTS); echo ';'; } >$@

$O/lists.o: $O/lists.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

units: $(UNITS)

check: all units $(if $(SAN)$(VALGRIND),,fuzzers)
	$(if $(VALGRIND),share/build/under-valgrind $B $(TOOLS))
	$(CHECK_FLAGS) $(if $(VALGRIND),SLOW=1) \
	TOOLS='$(abspath $B$(if $(VALGRIND),/valgrind))' \
	prove -j2 t $(UNITS)

check-long:
	$(MAKE) check SECONDS=$(or $(SECONDS),600) LONG=1

fuzzers: $(if $(shell command -v clang),$(FUZZERS))

# The library once more, as the fuzzer wants it.
FUZZCC  = clang $(FLAGS) -g -O1 -fno-sanitize-recover=all -MMD -MP
FUZZOBJ = $(patsubst %.c,bin/fuzz/obj/%.o,$(filter-out $(LEFT),$(wildcard \
            lib/*/*.c))) bin/fuzz/obj/lists.o

bin/fuzz/obj/lists.o: $O/lists.c
	@mkdir -p $(@D)
	$(FUZZCC) -c -o $@ $<

bin/fuzz/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(FUZZCC) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

bin/fuzz/%: t/fuzz/%.c $(FUZZOBJ)
	$(FUZZCC) -fsanitize=fuzzer,address,undefined -MF $@.d -o $@ $< \
	    $(FUZZOBJ) $(PKGLIBS)

fuzz-%: bin/fuzz/%
	@mkdir -p bin/fuzz/corpus/$*
	$< $(FUZZ) bin/fuzz/corpus/$* t/fuzz/corpus/$*

lint: $O/lists.c
	CFLAGS="$$(printf '%s ' $(subst ",\",$(FLAGS)))" share/build/lint

bench: all
	TOOLS='$(abspath $B)' t/bench/run

demo: all
	TOOLS='$(abspath $B)' share/demo/run

deps:
	@share/build/deps

D = $(DESTDIR)$(PREFIX)
install: all
	install -d $D/bin $D/share/man/man1 $D/share/clonekit/recipes \
	    $D/share/clonekit/lists $D/share/bash-completion/completions
	install -m 755 $(TOOLS) $D/bin
	install -m 644 man1/*.1 $(filter %.1,$(RECIPES)) $D/share/man/man1
	install -m 644 $(LISTS) $D/share/clonekit/lists
	install -m 755 $(foreach f,$(RECIPES),$(if $(suffix $f),,$f)) \
	    $D/share/clonekit/recipes
	for f in $(filter-out %.1,$(foreach f,$(RECIPES),$(if $(suffix $f),$f))); \
	do install -m 644 $$f $D/share/clonekit/recipes || exit; done
	for t in $(notdir $(TOOLS)); do share/completion/make $B/$$t \
	    >$D/share/bash-completion/completions/$$t || exit; done

uninstall:
	rm -f $(addprefix $D/bin/,$(notdir $(TOOLS))) \
	    $(addprefix $D/share/man/man1/,$(notdir $(wildcard man1/*.1) \
	        $(filter %.1,$(RECIPES)))) \
	    $(addprefix $D/share/bash-completion/completions/,$(notdir $(TOOLS)))
	rm -rf $D/share/clonekit

clean:
	rm -rf bin

.DELETE_ON_ERROR:
.SECONDARY:
-include $(wildcard $O/*/*.d $O/*/*/*.d bin/fuzz/*.d bin/fuzz/obj/*/*/*.d)

endif
