# SPDX-License-Identifier: MIT
#
# clonekit: a tool is src/NAME.c, man1/NAME.1 and t/NAME.t; no list here names it.
#
#	make				build into bin/
#	make deps demo			set up what it takes, and see it work
#	make deps check			the same, and run the tests
#	make check SAN=address,undefined	or VALGRIND=1
#	make check FIXTURES=DIR		and an extra set of real files
#	make check TESTS=t/keyid.t	these, and the unit tests
#	make check-long SECONDS=600	every fuzz target for that long, and all
#					tests at full size, also under sanitizers
#					and valgrind: hours
#	make check-builds		other compilers, flags and libraries;
#					BUILDS='gcc-O0 fedora' for some of them
#	make check-packages		what is installed, from a tarball
#	make fuzz-keyid			needs clang; FUZZ='-max_total_time=60'
#	make lint bench
#	make findings-page		clonekit-findings(1), from the list
#	make install PREFIX=/usr DESTDIR=/tmp/stage
#	make CC=clang CFLAGS=-O3 CPPFLAGS= LDFLAGS=	or in the environment
#	make WERROR=1			no warning is let through
#	make WITHOUT='ldap sqlite3'	as if these were not here
#
# What an optional library that is not here is needed for is left out, and
# named.

VERSION  = clonekit 0.1
PREFIX   = /usr/local
REQUIRED = popt gmp json-c
OPTIONAL = libcrypto sqlite3 libxml-2.0 ldap

# What a distribution has in the environment goes before what we have here.
CFLAGS ?= -O2 -g

# No warning of a compiler that we have not seen stops a build: WERROR=1 is for
# those who work on it.
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wwrite-strings -Wformat=2 $(if $(WERROR),-Werror)

# _FORTIFY_SOURCE wants an optimizer, and is nobody's twice.
OPTIMIZED = $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS))))
FORTIFY = $(if $(SAN)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),, \
            $(if $(OPTIMIZED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
HARDEN  = -fPIE -fstack-protector-strong $(FORTIFY)
SANFLAG = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)

# Everything built is under $B, so that two kinds of build never mix.
B       = bin$(if $(SAN),/san)
O       = $B/obj
TESTS   = t
ROOMS   = check pki dir cfg nss p12 pbe x509 asn1 util

# What a sanitizer or valgrind finds is status 99, which no tool means.
CHECKED = $B$(if $(VALGRIND),/valgrind)
CHECK_FLAGS = FUZZ_SECONDS=$(if $(SAN)$(VALGRIND),0,$(or $(SECONDS),3)) \
          CLONEKIT_FIXTURES='$(if $(FIXTURES),$(abspath $(FIXTURES)))' \
          $(if $(CI),TAP_NO_SKIP=1) $(if $(SAN)$(VALGRIND),SLOW=1) \
          $(if $(SAN),$(foreach s,A L UB,$sSAN_OPTIONS=exitcode=99))

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

HAVE   := $(shell for p in $(REQUIRED) $(filter-out $(WITHOUT),$(OPTIONAL)); do \
            pkg-config --exists $$p 2>/dev/null && echo $$p; done)
GONE    = $(filter-out $(HAVE),$(REQUIRED))
MISSING = $(filter-out $(HAVE),$(OPTIONAL))
WITH    = $(shell for p in $(filter $(OPTIONAL),$(HAVE)); do \
            echo $$p | tr a-z.- A-Z__ | sed 's/^/-DWITH_/'; done)
PKGCFLAGS := $(shell pkg-config --cflags $(HAVE) 2>/dev/null)
# openssl.pc is libcrypto and libssl, which come together; libxml2 is loaded
# when it is needed (util/xml).
PKGLIBS   := $(shell pkg-config --libs $(patsubst libcrypto,openssl, \
               $(filter-out libxml-2.0,$(HAVE))) 2>/dev/null)
LIBXML  := $(shell objdump -p "$$($(CC) -print-file-name=libxml2.so)" \
               2>/dev/null | awk '$$1 == "SONAME" { print $$2 }')
FLAGS  := -std=c11 -pthread -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(WITH) -Ilib \
          -DLIBXML_SONAME='"$(or $(LIBXML),libxml2.so.2)"' $(PKGCFLAGS)
ALL_CFLAGS = $(FLAGS) $(WARN) $(HARDEN) $(SANFLAG) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANFLAG) $(LDFLAGS)

# Sources that cannot be built here, for their own #includes or for those of
# headers that they include: FILE:LIBRARY,...
GAPS   := $(if $(MISSING),$(shell awk -f share/build/left-out.awk \
            missing='$(MISSING)' \
            $(wildcard src/*.c lib/*/*.[ch] t/unit/*.c t/fuzz/*.c)))
LEFT    = $(foreach g,$(GAPS),$(firstword $(subst :, ,$g)))
here    = $(filter-out $(LEFT),$(wildcard $1))
TOOLS   = $(patsubst src/%.c,$B/%,$(call here,src/*.c))
UNITS   = $(patsubst %.c,$O/%.t,$(call here,t/unit/*.c))
FUZZERS = $(patsubst t/fuzz/%.c,bin/fuzz/%,$(call here,t/fuzz/*.c))
LIBS    = $(foreach r,$(ROOMS),$(if $(wildcard lib/$r/*.c),$O/lib$r.a))
LISTS   = $(sort $(wildcard share/lists/*))
RECIPES = $(wildcard share/recipes/*)

all: $(TOOLS)
	@for gap in $(filter src/%,$(GAPS)); do \
		tool=$${gap%%.c:*}; echo "left out: $${tool#src/}," \
		    "which needs $${gap##*:} (make deps)"; done

.PHONY: all need cmocka check check-long check-builds check-packages lint \
        bench demo deps install uninstall clean units fuzzers now \
        findings-page

need:
	@test -z '$(GONE)' || { echo 'missing: $(GONE) (make deps)' >&2; false; }

cmocka:
	@pkg-config --exists $@ || { echo 'missing: $@ (make deps check)' >&2; \
	    false; }

$B/%: $O/src/%.o $(LIBS)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBS) $(PKGLIBS)

$O/t/unit/%.t: $O/t/unit/%.o $(LIBS)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBS) $(PKGLIBS) -lcmocka

define room
$O/lib$1.a: $(patsubst %.c,$O/%.o,$(call here,lib/$1/*.c)) \
    $(if $(filter cfg,$1),$O/settings.o $O/keys.o) $(if $(filter dir,$1),$O/attributes.o) \
    $(if $(filter check,$1),$O/catalogue.o) \
    $(if $(filter pki,$1),$O/pkispawn.o) \
    lib/$1
	rm -f $$@
	$(AR) rcs $$@ $$(filter %.o,$$^)
endef
$(foreach r,$(ROOMS),$(eval $(call room,$r)))

# The flags of the last build: with others, all is built anew.
$O/flags: now
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(ALL_CFLAGS))' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$O/%.o: %.c $O/flags | need
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(UNITS:.t=.o): | cmocka

# The shipped lists, each as one string.
define string
	@mkdir -p $(@D)
	{ echo 'extern const char $1[];'; echo 'const char $1[] ='; \
	  sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $(filter share/lists/%,$^); \
	  echo ';'; } >$@
endef
$O/settings.c: share/lists/settings Makefile
	$(call string,settings_shipped)
$O/attributes.c: share/lists/attributes Makefile
	$(call string,ldapattr_shipped)

FINDINGS = share/build/findings.awk share/build/catalogue.awk
$O/catalogue.c: share/lists/findings $(FINDINGS) Makefile
	@mkdir -p $(@D)
	awk $(FINDINGS:%=-f %) share/lists/findings >$@

$O/pkispawn.c: share/lists/pkispawn share/build/pkispawn.awk Makefile
	@mkdir -p $(@D)
	LC_ALL=C awk -f share/build/pkispawn.awk share/lists/pkispawn >$@

$O/keys.c: share/lists/keys share/build/keys.awk Makefile
	@mkdir -p $(@D)
	LC_ALL=C awk -f share/build/keys.awk share/lists/keys >$@

findings-page:
	awk -f share/build/findings.awk -f share/build/findings-page.awk \
	    share/lists/findings >man1/clonekit-findings.1

SHIPPED = settings attributes catalogue pkispawn keys
$(SHIPPED:%=$O/%.o): $O/%.o: $O/%.c $O/flags | need
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

units: $(UNITS)

check: all units $(if $(SAN)$(VALGRIND),,fuzzers)
	$(if $(VALGRIND),share/build/under-valgrind $(CHECKED) $(TOOLS) $(UNITS))
	$(CHECK_FLAGS) TOOLS='$(abspath $(CHECKED))' prove -j3 $(TESTS) \
	    $(if $(VALGRIND),$(addprefix $(CHECKED)/,$(notdir $(UNITS))),$(UNITS))

check-long:
	+MAKE='$(MAKE)' share/build/check-long $(or $(SECONDS),600)

check-builds:
	@share/build/check-builds $(BUILDS)

check-packages:
	@share/build/check-packages

fuzzers: $(if $(shell command -v clang),$(FUZZERS))

# The library once more, as the fuzzer wants it.
FUZZCC  = clang $(FLAGS) -g -O1 -fno-sanitize-recover=all -MMD -MP
FUZZOBJ = $(patsubst %.c,bin/fuzz/obj/%.o,$(call here,lib/*/*.c)) \
          $(SHIPPED:%=bin/fuzz/obj/%.o)

$(SHIPPED:%=bin/fuzz/obj/%.o): bin/fuzz/obj/%.o: $O/%.c $O/flags
	@mkdir -p $(@D)
	$(FUZZCC) -c -o $@ $<

bin/fuzz/obj/%.o: %.c $O/flags | need
	@mkdir -p $(@D)
	$(FUZZCC) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

bin/fuzz/%: t/fuzz/%.c $(FUZZOBJ)
	$(FUZZCC) -fsanitize=fuzzer,address,undefined -MF $@.d -o $@ $< \
	    $(FUZZOBJ) $(PKGLIBS)

fuzz-%: bin/fuzz/%
	@mkdir -p bin/fuzz/corpus/$*
	$< $(FUZZ) bin/fuzz/corpus/$* t/fuzz/corpus/$*

lint: | need
	@WARN='$(WARN)' share/build/lint $(FLAGS)

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
	install -m 644 man1/*.1 $D/share/man/man1
	install -m 644 $(LISTS) $D/share/clonekit/lists
	install -m 755 $(foreach f,$(RECIPES),$(if $(suffix $f),,$f)) \
	    $D/share/clonekit/recipes
	install -m 644 $(filter %.sh,$(RECIPES)) $D/share/clonekit/recipes
	for f in $(filter-out %.sh,$(foreach f,$(RECIPES),$(if $(suffix $f),$f))); \
	do sed 's|/usr/local/|$(PREFIX)/|g' $$f \
	    >$D/share/clonekit/recipes/$${f##*/} || exit; done
	for t in $(notdir $(TOOLS)); do share/completion/make $B/$$t \
	    >$D/share/bash-completion/completions/$$t || exit; done

uninstall:
	rm -f $(patsubst src/%.c,$D/bin/%,$(wildcard src/*.c)) \
	    $(patsubst src/%.c,$D/share/bash-completion/completions/%, \
	        $(wildcard src/*.c)) \
	    $(addprefix $D/share/man/man1/,$(notdir $(wildcard man1/*.1)))
	rm -rf $D/share/clonekit

clean:
	rm -rf bin

.DELETE_ON_ERROR:
.SECONDARY:
-include $(wildcard $O/*/*.d $O/*/*/*.d bin/fuzz/*.d bin/fuzz/obj/*/*/*.d)

endif
