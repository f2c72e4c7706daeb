# clonekit: a tool is src/NAME.c, man1/NAME.1 and t/NAME.t; no list names it.
#
#	make				build into bin/
#	make deps demo			set up what it takes, and see it work
#	make deps check			the same, and run the tests
#	make check SAN=address,undefined
#	make check FIXTURES=DIR		and an extra set of real files
#	make check-long SECONDS=600	every fuzz target for that long, all tests
#	make fuzz-keyid			needs clang; FUZZ='-max_total_time=60'
#	make lint bench
#	make install PREFIX=/usr DESTDIR=/tmp/stage
#
# What a library that is not here is needed for is left out, and named.

VERSION = clonekit 0.1
PREFIX  = /usr/local
PKGS    = popt gmp json-c
OPTIONAL = libcrypto

CFLAGS  = -O2 -g
WARN    = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
          -Wmissing-prototypes -Wwrite-strings -Wformat=2
HARDEN  = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
SANFLAG = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
HAVE   := $(shell for p in $(OPTIONAL); do pkg-config --exists $$p && echo $$p; done)
MISSING = $(filter-out $(HAVE),$(OPTIONAL))
ALLPKGS = $(PKGS) $(HAVE)
WITH    = $(patsubst lib%,-DWITH_LIB%,$(subst -,_,$(HAVE)))
PKGCFLAGS := $(shell pkg-config --cflags $(ALLPKGS) 2>/dev/null)
PKGLIBS   := $(shell pkg-config --libs $(ALLPKGS) 2>/dev/null)
CPPFLAGS_ = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(WITH) -Ilib \
          $(PKGCFLAGS)
ALL_CFLAGS = $(CPPFLAGS_) $(WARN) $(if $(SAN),-fPIE,$(HARDEN)) $(SANFLAG) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANFLAG) $(LDFLAGS)

# Everything built is under $B, so that two kinds of build never mix.
B       = bin$(if $(SAN),/san)
O       = $B/obj
ROOMS   = check dir cfg key util
TOOLS   = $(patsubst src/%.c,$B/%,$(wildcard src/*.c))
UNITS   = $(patsubst t/unit/%.c,$O/t/unit/%.t,$(wildcard t/unit/*.c))
FUZZERS = $(patsubst t/fuzz/%.c,%,$(wildcard t/fuzz/*.c))
LIBS    = $(foreach r,$(ROOMS),$(if $(wildcard lib/$r/*.c),$O/lib$r.a))
LISTS   = $(sort $(wildcard share/lists/*))

all: $(TOOLS) missing
.PHONY: all missing check check-long lint bench demo deps install uninstall clean

missing:
	@for p in $(MISSING); do echo "left out, $$p is not here (make deps)"; done

$B/%: $O/src/%.o $(LIBS)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBS) $(PKGLIBS)

$O/t/unit/%.t: $O/t/unit/%.o $(LIBS)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBS) $(PKGLIBS) -lcmocka

define room
$O/lib$1.a: $$(patsubst %.c,$O/%.o,$$(wildcard lib/$1/*.c)) $2
	rm -f $$@
	$(AR) rcs $$@ $$^
endef
$(foreach r,$(filter-out cfg,$(ROOMS)),$(eval $(call room,$r)))
$(eval $(call room,cfg,$O/lists.o))

$O/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The shipped lists, as one string.
$O/lists.c: $(LISTS) Makefile
	@mkdir -p $(@D)
	{ echo 'extern const char rules_shipped[]; const char rules_shipped[] ='; \
	  sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $(LISTS); echo ';'; } >$@

$O/lists.o: $O/lists.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

.DELETE_ON_ERROR:
.SECONDARY:
-include $(wildcard $O/*/*.d $O/*/*/*.d)
