/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/rendezvous.h"

#include <stdio.h>
#include <string.h>

#include "daemon/conf.h"
#include "daemon/polite.h"
#include "daemon/schedule.h"
#include "tests/unit/unit.h"

enum { NODES = 200, HOSTS = 300, MINUTES = 60, MOST = 3 };

static uint64_t nodes[NODES];
static uint64_t hosts[HOSTS];

static int set_up(void **state)
{
	char name[64];

	(void)state;
	for (unsigned i = 0; i < NODES; i++) {
		(void)snprintf(name, sizeof name, "worker-%u.cluster.example.com", i);
		nodes[i] = rendezvous_hash(name);
	}
	for (unsigned i = 0; i < HOSTS; i++) {
		(void)snprintf(name, sizeof name, "esx%03u.example.com", i);
		hosts[i] = rendezvous_hash(name);
	}
	return 0;
}

static bool chosen(size_t count, size_t node, size_t host)
{
	return rendezvous_chosen(nodes, count, nodes[node], hosts[host], MOST);
}

TEST(test_rendezvous_hash_is_the_same_for_ever)
{
	assert_true(rendezvous_hash("") == UINT64_C(0xf52a15e9a9b5e89b));
	assert_true(rendezvous_hash("n1") != rendezvous_hash("n2"));
}

TEST(test_rendezvous_each_thing_has_as_many_nodes_as_wanted)
{
	for (size_t h = 0; h < HOSTS; h++) {
		size_t count = 0;

		for (size_t n = 0; n < NODES; n++)
			count += chosen(NODES, n, h);
		assert_int_equal(count, MOST);
	}
}

TEST(test_rendezvous_fewer_nodes_than_wanted_are_all_chosen)
{
	for (size_t h = 0; h < HOSTS; h++) {
		assert_true(chosen(MOST, 0, h));
		assert_true(chosen(1, 0, h));
	}
}

TEST(test_rendezvous_work_is_shared)
{
	size_t most = 0;

	for (size_t n = 0; n < NODES; n++) {
		size_t mine = 0;

		for (size_t h = 0; h < HOSTS; h++)
			mine += chosen(NODES, n, h);
		most = mine > most ? mine : most;
	}
	print_message("%d hosts, %d nodes: %.1f hosts on a node, at most %zu\n", HOSTS, NODES,
		      (double)HOSTS * MOST / NODES, most);
	assert_in_range(most, 5, 15);
}

TEST(test_rendezvous_only_what_a_node_had_moves_when_it_goes)
{
	size_t moved = 0;
	size_t lost = 0;

	for (size_t h = 0; h < HOSTS; h++) {
		bool had = chosen(NODES, NODES - 1, h);
		size_t fresh = 0;

		for (size_t n = 0; n < NODES - 1; n++) {
			bool before = chosen(NODES, n, h);
			bool after = chosen(NODES - 1, n, h);

			assert_true(after || !before); /* nobody gives anything up */
			fresh += after && !before;
		}
		assert_int_equal(fresh, had);
		moved += fresh;
		lost += had;
	}
	print_message("one of %d nodes goes: %zu of %d hosts find another node, all it had\n",
		      NODES, moved, HOSTS);
	assert_int_equal(moved, lost);
}

/* Serve checks of the hosts' two ports by one node, added to the minutes in which they begin. */
static void add_checks(struct conf *c, size_t node, unsigned checks[HOSTS][MINUTES])
{
	static const uint16_t ports[] = { 443, 902 };

	for (size_t h = 0; h < HOSTS; h++)
		for (size_t p = 0; p < sizeof ports / sizeof ports[0]; p++) {
			char host[64];
			char name[80];
			char me[32];
			struct conf_target t = { .host = host,
						 .role = ROLE_ESXI,
						 .serve_interval = span_of_ms(300000) };
			struct job j = { .kind = 0 };
			struct schedule *s = schedule_new();
			struct due due;
			struct span every;

			(void)snprintf(host, sizeof host, "esx%03zu.example.com", h);
			(void)snprintf(name, sizeof name, "%s:%u", host, ports[p]);
			(void)snprintf(me, sizeof me, "n%zu", node);
			every = polite_interval(c, &t);
			if (every.ns > 0)
				schedule_add(s, &j, every, schedule_seed(me, name),
					     (struct mono){ 1 });
			for (unsigned m = 0; m < MINUTES; m++) {
				struct mono end = { .ns = (m + 1) * INT64_C(60000000000) };

				while (schedule_take(s, end, &due))
					checks[h][m]++;
			}
			schedule_free(s);
		}
}

static void measure(bool known, const char *what, double *ret_mean, unsigned *ret_most)
{
	static unsigned checks[HOSTS][MINUTES];
	struct conf c = { .probe = { .nodes = known ? NODES : 1,
				     .serve_nodes = MOST,
				     .peers = known ? nodes : NULL,
				     .peer_count = known ? NODES : 0 } };
	unsigned long sum = 0;

	memset(checks, 0, sizeof checks);
	*ret_most = 0;
	for (size_t n = 0; n < NODES; n++) {
		c.probe.self = nodes[n];
		add_checks(&c, n, checks);
	}
	for (size_t h = 0; h < HOSTS; h++)
		for (size_t m = 0; m < MINUTES; m++) {
			sum += checks[h][m];
			if (checks[h][m] > *ret_most)
				*ret_most = checks[h][m];
		}
	*ret_mean = (double)sum / HOSTS / MINUTES;
	print_message("%d nodes, %s: %.2f connections per ESXi host and minute, at most %u\n",
		      NODES, what, *ret_mean, *ret_most);
}

TEST(test_rendezvous_connections_per_host_at_200_nodes)
{
	unsigned most;
	double mean;

	measure(false, "each asks all", &mean, &most);
	assert_in_range((unsigned)(mean + 0.5), 80, 80);
	measure(true, "of each host three", &mean, &most);
	assert_in_range((unsigned)(mean * 100 + 0.5), 119, 121);
	assert_in_range(most, 2, 6);
}

TEST(test_rendezvous_an_engine_is_asked_by_all_in_turns)
{
	struct conf c = { .probe = { .nodes = NODES,
				     .serve_nodes = MOST,
				     .peers = nodes,
				     .peer_count = NODES,
				     .self = nodes[0] } };
	struct conf_target t = { .host = "engine.example.com",
				 .role = ROLE_OVIRT_ENGINE,
				 .serve_interval = span_of_ms(300000) };

	assert_int_equal(span_ms(polite_interval(&c, &t)), 300000 / MOST * NODES);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rendezvous_hash_is_the_same_for_ever),
	cmocka_unit_test(test_rendezvous_each_thing_has_as_many_nodes_as_wanted),
	cmocka_unit_test(test_rendezvous_fewer_nodes_than_wanted_are_all_chosen),
	cmocka_unit_test(test_rendezvous_work_is_shared),
	cmocka_unit_test(test_rendezvous_only_what_a_node_had_moves_when_it_goes),
	cmocka_unit_test(test_rendezvous_connections_per_host_at_200_nodes),
	cmocka_unit_test(test_rendezvous_an_engine_is_asked_by_all_in_turns),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, NULL);
}
