# SPDX-License-Identifier: Apache-2.0
#
# Banksman's build: everything lands under build/.  V=1 shows the commands.
#
#   make                        the programs, build/banksman and build/banksmand
#   make demo                   install what is missing, build, probe a simulated site
#   make test                   install what is missing, build with gcc and clang, test all
#   make CC=clang               into build/clang; SAN=address,undefined and SAN=thread likewise
#   make WERROR=1               warnings are errors (make check and make test do this)

VERSION := 0.1.0
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
PYTHON ?= /usr/bin/python3
FUZZ_SECONDS ?= 60
ifeq ($(origin CC),default)
CC := gcc
endif

# ---- the compiler: which one, for which machine, for which variant

CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null))
ARCH := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
SANITIZER := $(if $(SAN),$(if $(findstring thread,$(SAN)),tsan,asan))
VARIANT := $(if $(CLANG),clang$(SANITIZER:%=-%),$(SANITIZER))
BUILD := build$(VARIANT:%=/%)
GEN := $(addprefix build/gen/,ports.inc history_migrations.inc history_statements.inc \
	inventory_statements.inc inventory_schema.inc inventory_identity.inc inventory_scripts.inc)

WARN := -Wall -Wextra -Wpedantic -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wredundant-decls \
	-Wnested-externs -Wwrite-strings -Wcast-qual -Wpointer-arith -Wvla -Walloca \
	-Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference -Wdate-time -Wdouble-promotion \
	-Wfloat-equal -Werror=implicit -Werror=incompatible-pointer-types \
	-Werror=int-conversion -Werror=return-type -Werror=format-security
WARN_GCC := -Wformat-signedness -Warith-conversion -Wcast-align=strict -Wduplicated-cond \
	-Wduplicated-branches -Wlogical-op -Wjump-misses-init -Wstringop-overflow=4 \
	-Warray-bounds=2 -Wtrampolines -Wbidi-chars=any
WARN_CLANG := -Wcomma -Wassign-enum -Wunreachable-code-aggressive -Wconditional-uninitialized \
	-Wextra-semi-stmt -Wcast-align
WARN += $(if $(CLANG),$(WARN_CLANG),$(WARN_GCC)) $(if $(WERROR),-Werror)

HARDEN := -fPIE -fstack-protector-strong -fstack-clash-protection \
	-fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing -fno-common \
	-ftrivial-auto-var-init=$(if $(CLANG),pattern,zero) \
	$(if $(filter x86_64,$(ARCH)),-fcf-protection=full) \
	$(if $(filter aarch64,$(ARCH)),-mbranch-protection=standard)
HARDEN_LD := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen \
	-Wl,-z,separate-code -Wl,--as-needed -Wl,--no-copy-dt-needed-entries
ifdef SAN
OPT := -O1 -U_FORTIFY_SOURCE -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
else
OPT := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
endif

# ---- libraries

PKGS := libevent_core libcares libssl libcrypto expat jansson sqlite3 libcyaml yaml-0.1 \
	libcurl libzip libarchive zlib
LLHTTP := $(shell pkg-config --exists libllhttp 2>/dev/null && echo libllhttp)
PKGS_FOUND := $(shell pkg-config --exists $(PKGS) 2>/dev/null && echo yes)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(LLHTTP) 2>/dev/null)
LIBS := $(shell pkg-config --libs $(PKGS) $(LLHTTP) 2>/dev/null) $(if $(LLHTTP),,-lhttp_parser) -lcsv -lm -pthread

DEFS := -D_GNU_SOURCE -DBANKSMAN_VERSION=$(VERSION) $(if $(LLHTTP),-DHAVE_LLHTTP) -I. -Ibuild/gen $(PKG_CFLAGS)
COMPILE = $(CC) -std=gnu11 $(DEFS) $(CPPFLAGS) $(WARN) $(HARDEN) $(OPT) -g $(CFLAGS)
LINK = $(CC) $(HARDEN_LD) $(SAN:%=-fsanitize=%) $(LDFLAGS)

# ---- sources by folder

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)))
names = $(patsubst $(1)%.c,%,$(wildcard $(1)*.c))

# The archives of cli and daemon let tests link parts of them; main() stays out of those.
ARCHIVES := $(patsubst %,$(BUILD)/lib%.a,cli daemon inventory report probes base)
SHARED := $(filter-out %cli.a %daemon.a,$(ARCHIVES))
UNIT_HELPERS := $(filter-out $(BUILD)/obj/tests/unit/test_% $(BUILD)/obj/tests/unit/box.o, \
	$(call objects,tests/unit/*.c))
FUZZ_NAMES := $(call names,tests/fuzz/fuzz_)
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$@')

.PHONY: all programs unit-programs sim-programs bench-programs replay-programs fuzz-programs FORCE \
	test check check-unit check-sim check-live check-deploy check-fuzz check-source check-format \
	check-headers check-layers check-docs check-conf-docs check-systemd check-tidy format tidy \
	asan tsan valgrind fuzz bench demo rules-doc deps install uninstall clean dist
.SECONDARY:
.DELETE_ON_ERROR:

all: $(BUILD)/banksman $(BUILD)/banksmand
unit-programs: $(addprefix $(BUILD)/unit/test_,$(call names,tests/unit/test_))
sim-programs: $(BUILD)/sim/sim
bench-programs: $(addprefix $(BUILD)/bench/,$(call names,tests/bench/))
replay-programs: $(FUZZ_NAMES:%=$(BUILD)/replay/%)
fuzz-programs: $(FUZZ_NAMES:%=$(BUILD)/%)
programs: all $(BUILD)/history-folder unit-programs sim-programs bench-programs replay-programs

# ---- rules

# Changes when the compiler or a flag does, so that everything is built again.
$(BUILD)/flags: FORCE
	$(if $(PKGS_FOUND),,$(error libraries are missing ($(PKGS)): run 'make deps'))
	@mkdir -p $(@D) && echo '$(COMPILE) $(LINK) $(LIBS)' > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

build/gen/ports.inc: schema/embed-ports.awk schema/ports.tsv
build/gen/history_migrations.inc: schema/embed-migrations.awk $(sort $(wildcard schema/history/[0-9]*.sql))
build/gen/history_statements.inc: schema/embed-statements.awk schema/history/statements.sql
build/gen/inventory_statements.inc: schema/embed-statements.awk schema/engine.sql
SCRIPT_FILES := $(sort $(wildcard schema/inventory/*.sql))
SCRIPTS_LAST := $(patsubst %,schema/inventory/%.sql,views identity index resolve)
build/gen/inventory_schema.inc: schema/embed-scripts.awk schema/inventory/tables.sql \
	$(filter-out %/tables.sql $(SCRIPTS_LAST),$(SCRIPT_FILES)) schema/inventory/views.sql
build/gen/inventory_identity.inc: schema/embed-scripts.awk schema/inventory/identity.sql \
	schema/inventory/index.sql schema/inventory/resolve.sql
build/gen/inventory_scripts.inc: schema/embed-scripts.awk \
	$(sort $(wildcard schema/import/*.sql)) $(sort $(wildcard schema/rules/*.sql))
GEN += build/gen/page.inc
build/gen/page.inc: cli/page/embed.awk cli/page/style.css cli/page/script.js
$(GEN):
	$(call say,GEN)
	@mkdir -p $(@D)
	$(Q)awk -f $^ > $@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GEN)
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

.SECONDEXPANSION:
$(ARCHIVES): $(BUILD)/lib%.a: $$(call objects,%/*.c)
	$(call say,AR)
	@mkdir -p $(@D) && rm -f $@
	$(Q)$(AR) rcs $@ $^

link = $(Q)mkdir -p $(@D) && $(LINK) -o $@ $(WRAP:%=-Wl,--wrap=%) $(filter %.o,$^) $(filter %.a,$^) $(1) $(LIBS)

$(BUILD)/banksman: $(call objects,cli/*.c) $(SHARED)
$(BUILD)/banksmand: $(call objects,daemon/*.c) $(SHARED)
$(BUILD)/banksman $(BUILD)/banksmand:
	$(call say,LINK)
	$(call link)

# What the pods' init container runs.
$(BUILD)/history-folder: $(BUILD)/obj/deploy/image/history-folder.o $(BUILD)/libbase.a
	$(call say,LINK)
	$(Q)$(LINK) -o $@ $^

# WRAP: what a test defines itself, as __wrap_NAME, in place of the real one.
$(BUILD)/unit/test_launch: WRAP := probe_start probe_abort mono_now
$(BUILD)/unit/test_mutes $(BUILD)/unit/test_mutes_windows: WRAP := store_put_silence
$(BUILD)/unit/test_samples: WRAP := store_put_samples
$(BUILD)/unit/test_store_clock: WRAP := mono_now wall_now pthread_cond_timedwait
$(BUILD)/unit/test_ledger: WRAP := store_put_alert store_put_delivery mutes_match_labels
NO_HISTORY := store_put_alert store_put_delivery store_kept store_stats mutes_match_labels
$(BUILD)/unit/test_outbox $(BUILD)/unit/test_outbox_trouble: WRAP := $(NO_HISTORY)
$(BUILD)/unit/test_outbox $(BUILD)/unit/test_outbox_trouble: $(BUILD)/obj/tests/unit/box.o
$(BUILD)/unit/test_courier: WRAP := $(NO_HISTORY)
$(BUILD)/unit/test_alertapi: WRAP := alerting_ledger alerting_courier courier_count \
	courier_name courier_json courier_test courier_test_cancel
$(BUILD)/unit/test_kubewatch $(BUILD)/unit/test_rota: WRAP := \
	kubecall_ask kubecall_status kubecall_stop kubecall_free
$(BUILD)/sim/sim: WRAP := mono_now wall_now
$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(UNIT_HELPERS) $(ARCHIVES)
	$(call say,LINK)
	$(call link,-lcmocka)

# The round as it is, with clocks, a network and a history that stand in for the real ones.
$(BUILD)/sim/sim: $(call objects,tests/sim/*.c) $(BUILD)/obj/tests/unit/chance.o $(ARCHIVES)
	$(call say,LINK)
	$(call link)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(ARCHIVES)
	$(call say,LINK)
	$(call link)

$(BUILD)/replay/%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o $(ARCHIVES)
	$(call say,LINK)
	$(call link)

build/fuzz/%: build/fuzz/obj/tests/fuzz/fuzz_%.o $(ARCHIVES)
	$(call say,LINK)
	$(call link,-fsanitize=fuzzer)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# ---- tests.  tests/run.sh runs suites and counts; every check counts as one.

RUN = +@MAKE='$(MAKE)' PYTHON='$(PYTHON)' BUILD='$(BUILD)' tests/run.sh
CHECKS := source headers layers docs conf-docs systemd format

test:
	@tests/deps.sh test
	$(RUN) build-gcc build-clang unit sim live deploy fuzz $(CHECKS) tidy
check:
	$(RUN) build-gcc unit sim live deploy fuzz $(CHECKS)
check-unit: unit-programs
	$(RUN) unit
check-sim: sim-programs
	$(RUN) sim
check-live: all
	$(RUN) live
check-deploy: all $(BUILD)/history-folder
	$(RUN) deploy
check-fuzz:
	$(RUN) fuzz
asan tsan valgrind:
	$(RUN) --under $@ unit sim live

check-source check-layers check-format check-systemd:
	@tests/check/$@.sh
check-headers: $(GEN)
	@COMPILE='$(COMPILE) -Werror' tests/check/$@.sh
check-docs: all
	@BANKSMAN=$(BUILD)/banksman tests/check/$@.sh
check-conf-docs: all
	@tests/check/$@.sh $(BUILD)/banksmand
tidy check-tidy: $(GEN)
	@FLAGS='-std=gnu11 $(DEFS)' tests/check/check-tidy.sh
format:
	@tests/check/check-format.sh --fix

# Fuzzing: finds go to build/fuzz/corpus/NAME, crashes to build/fuzz/NAME.crash-*.
fuzz:
	$(Q)$(MAKE) CC=clang SAN=fuzzer-no-link,address,undefined BUILD=build/fuzz fuzz-programs
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/run.sh $(or $(FUZZ),$(FUZZ_NAMES))

bench: all bench-programs
	@BANKSMAN=$(BUILD)/banksman BENCH=$(BUILD)/bench tests/bench/run.sh

# ---- the rest

# The middle of docs/rules.md is made of the rules; make check-docs sees that it is.
rules-doc: all
	$(Q)$(BUILD)/banksman rules -o markdown > $(BUILD)/rules.md
	$(Q)sed -i -e '/^<!-- rules:/r $(BUILD)/rules.md' -e '/^<!-- rules:/,/^<!-- end /{/^<!-- /!d}' docs/rules.md

deps:
	@tests/deps.sh $(or $(SET),test)
demo:
	@tests/deps.sh build
	$(Q)$(MAKE) --no-print-directory all
	@BANKSMAN=$(BUILD)/banksman tests/lab/demo.sh

# A container image of the programs and the Debian packages of their libraries.
image: all $(BUILD)/history-folder
	@$(PYTHON) deploy/image/image.py --version $(VERSION) --programs $(BUILD) --out build/image

# The Quadlet is an example: where Podman looks it would take the unit's place.
install: all
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/banksman $(BUILD)/banksmand
	for n in 1 5 8; do \
		install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man$$n docs/man/*.$$n || exit; done
	sed 's|@BINDIR@|$(PREFIX)/bin|' systemd/banksmand.service.in | \
		install -D -m 0644 /dev/stdin $(DESTDIR)$(UNITDIR)/banksmand.service
	install -D -m 0644 systemd/banksman.sysusers $(DESTDIR)$(SYSUSERSDIR)/banksman.conf
	install -D -m 0644 systemd/banksman.tmpfiles $(DESTDIR)$(TMPFILESDIR)/banksman.conf
	install -D -m 0644 docs/banksman.yaml $(DESTDIR)$(SYSCONFDIR)/banksman/banksman.yaml.example
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/banksman README.md LICENSE \
		systemd/banksmand.container docs/openapi.yaml docs/metrics.md docs/configuration.md \
		docs/alerts.md docs/rules.md docs/openshift.md
# The configuration, the user and the history stay.
uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/banksman bin/banksmand \
		share/man/man1/banksman.1 share/man/man5/banksman.yaml.5 share/man/man8/banksmand.8)
	rm -f $(DESTDIR)$(UNITDIR)/banksmand.service $(DESTDIR)$(SYSUSERSDIR)/banksman.conf \
		$(DESTDIR)$(TMPFILESDIR)/banksman.conf $(DESTDIR)$(SYSCONFDIR)/banksman/banksman.yaml.example
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/banksman
dist:
	mkdir -p build
	git archive --prefix=banksman-$(VERSION)/ -o build/banksman-$(VERSION).tar.gz HEAD
clean:
	rm -rf build
