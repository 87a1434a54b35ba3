"""The traps that operators fall into, each modelled as its system really behaves."""

import json
from itertools import product

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.resilience.remarks import remarks
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.systems import NODES
from assay.proofs.quorums.trees import satisfied
from format_oracle import codes, parse, smallest, tolerance, tolerance_of, verdict

# --- ZooKeeper ---------------------------------------------------------------------------------------------


def zookeeper(lines):
    return parse("tickTime=2000\n" + "\n".join(lines.split()), "zookeeper")


def servers(*ids, observers=()):
    return " ".join(f"server.{i}=zoo{i}:2888:3888{':observer' if i in observers else ''}" for i in ids)


def test_an_observer_with_a_weight_raises_the_bar_of_its_group_without_voting():
    plain = zookeeper(servers(1, 2, 3, 4, observers=(4,)) + " group.1=1:2:3")
    heavy = zookeeper(servers(1, 2, 3, 4, observers=(4,)) + " group.1=1:2:3:4 weight.4=2")
    assert smallest(plain) == {frozenset("12"), frozenset("13"), frozenset("23")}
    assert smallest(heavy) == {frozenset("123")}
    assert codes(heavy) == {"weight-without-vote"}
    assert "4" in heavy.system.absent


def test_an_id_without_a_server_counts_in_its_group_if_it_has_a_weight():
    configuration = zookeeper(servers(1, 2) + " group.1=1:2:9 weight.9=1")
    assert smallest(configuration) == {frozenset("12")}
    assert tolerance(configuration) == 0


def test_a_weight_that_nobody_can_reach_leaves_no_quorum_at_all():
    configuration = zookeeper(servers(1, 2) + " group.1=1:2:9 weight.9=2")
    assert verdict(configuration) == "no quorum"


def test_with_two_groups_the_loss_of_either_is_an_outage():
    configuration = zookeeper(servers(*range(1, 7)) + " group.1=1:2:3 group.2=4:5:6")
    assert verdict(configuration) == "safe"
    everyone = frozenset("123456")
    for group in ("123", "456"):
        assert not any(quorum <= everyone - set(group) for quorum in smallest(configuration))


def test_groups_of_weight_zero_are_not_counted():
    configuration = zookeeper(servers(*range(1, 7)) + " group.1=1:2:3 group.2=4:5:6 weight.4=0 weight.5=0 weight.6=0")
    assert smallest(configuration) == {frozenset("12"), frozenset("13"), frozenset("23")}


def test_observers_never_count_in_a_plain_majority():
    configuration = zookeeper(servers(1, 2, 3, 4, 5, observers=(4, 5)))
    assert configuration.system.nodes == ("1", "2", "3")
    assert tolerance(configuration) == 1


def test_two_servers_at_one_address_are_warned_of():
    assert codes(zookeeper("server.1=a:1:2 server.2=a:1:2 server.3=b:1:2")) == {"same-address"}
    assert codes(zookeeper("server.1=a:1:2 server.2=a:3:4 server.3=b:1:2")) == set()


def test_one_server_line_starts_a_server_on_its_own():
    configuration = zookeeper(servers(1))
    assert codes(configuration) == {"standalone"}
    assert smallest(configuration) == {frozenset("1")}


# --- MongoDB -----------------------------------------------------------------------------------------------


def member(i, **options):
    extra = "".join(f", {key}: {value}" for key, value in options.items())
    return f"{{_id: {i}, host: 'm{i}'{extra}}}"


def mongodb(*members, **settings):
    return parse(f"{{_id: 'rs', members: [{', '.join(members)}]}}", "mongodb", **settings)


def primary_secondary_arbiter(**settings):
    return mongodb(member(0), member(1), member(2, arbiterOnly="true", priority=0), **settings)


def test_a_set_with_an_arbiter_has_an_implicit_w1_and_loses_writes():
    configuration = primary_secondary_arbiter()
    assert "implicit-w1" in codes(configuration)
    assert verdict(configuration) == "split"
    assert smallest(configuration, "write") == {frozenset({"m0"}), frozenset({"m1"})}


def test_the_write_majority_is_the_smaller_of_the_majority_and_the_voters_with_data():
    configuration = primary_secondary_arbiter(write_concern="majority")
    assert verdict(configuration) == "safe"
    assert smallest(configuration, "write") == {frozenset({"m0", "m1"})}
    assert tolerance(configuration) == 0
    two_arbiters = mongodb(
        member(0),
        member(1, arbiterOnly="true", priority=0),
        member(2, arbiterOnly="true", priority=0),
        write_concern="majority",
    )
    assert smallest(two_arbiters, "write") == {frozenset({"m0"})}


def test_the_implicit_default_is_majority_where_voters_with_data_exceed_it():
    five = mongodb(*(member(i) for i in range(4)), member(4, arbiterOnly="true", priority=0))
    assert "w: majority" in five.system.name
    assert "w: majority" in mongodb(member(0), member(1), member(2)).system.name


def test_a_member_without_a_vote_can_satisfy_w2():
    configuration = mongodb(*(member(i) for i in range(3)), member(3, votes=0, priority=0), write_concern="2")
    assert verdict(configuration) == "split"
    assert frozenset({"m0", "m3"}) in smallest(configuration, "write")
    assert verdict(mongodb(*(member(i) for i in range(3)), write_concern="2")) == "safe"


def test_every_write_includes_a_member_that_can_be_primary():
    configuration = mongodb(member(0), member(1, priority=0), member(2, priority=0), write_concern="1")
    assert smallest(configuration, "write") == {frozenset({"m0"})}
    assert verdict(configuration) == "safe"


def test_a_write_concern_by_tags_counts_their_different_values():
    document = (
        "{_id: 'rs', members: ["
        "{_id: 0, host: 'm0', tags: {dc: 'e'}}, {_id: 1, host: 'm1', tags: {dc: 'e'}},"
        " {_id: 2, host: 'm2', tags: {dc: 'w'}}],"
        " settings: {getLastErrorModes: {both: {dc: 2}}}}"
    )
    configuration = parse(document, "mongodb", write_concern="both")
    assert smallest(configuration, "write") == {frozenset({"m0", "m2"}), frozenset({"m1", "m2"})}


DELAYS = {"slaveDelay": "before", "secondaryDelaySecs": "since", "tags": "unsaid"}


@pytest.mark.parametrize("word", DELAYS)
@pytest.mark.parametrize("stated", [None, 0, 1, 2, "majority"])
def test_the_default_write_concern_is_that_of_the_version_and_a_stated_one_counts(word, stated):
    value = "{}" if word == "tags" else "0"
    listed = ", ".join(f"{{_id: {i}, host: 'm{i}', {word}: {value}}}" for i in range(3))
    shown = f'"{stated}"' if stated == "majority" else stated
    default = "" if stated is None else f"getLastErrorDefaults: {{w: {shown}, wtimeout: 0}}"
    configuration = parse(f"{{_id: 'rs', members: [{listed}], settings: {{{default}}}}}", "mongodb")
    ignored = DELAYS[word] == "since" and stated == 1
    expected = stated if stated is not None and not ignored else 1 if DELAYS[word] == "before" else "majority"
    assert f"w: {expected}" in configuration.system.name
    assert verdict(configuration) == ("split" if expected in (0, 1) else "safe")


SCRIPT = """
    // three servers
    cfg = {
      "_id": "rs0", settings: {chainingAllowed: true},
      "members": [{_id: 0, host: "a:1"}]  // the first
    };
    /* rs.add("never:1") */
    rs.initiate(cfg)
    rs.add("b:1")
    rs.add({host: "c:1", priority: 0})
    rs.add("gone:1"); rs.remove("gone:1")
    rs.addArb("d:1"); rs.add("e:1", true)
"""


def test_a_script_is_read_to_its_end():
    configuration = parse(SCRIPT, write_concern="majority")
    assert configuration.system.nodes == ("a:1", "b:1", "c:1", "d:1", "e:1")
    assert "two-arbiters" in codes(configuration)
    assert smallest(configuration, "write") == {frozenset({"a:1", "b:1", "c:1"})}


@pytest.mark.parametrize("prompt", ["rs0:PRIMARY> rs.conf()", "rs0 [direct: primary] test> rs.conf()", "> use admin"])
def test_what_a_session_printed_is_read(prompt):
    text = prompt + '\n{\n  "_id" : "rs0", "members" : [ { "_id" : NumberInt(0), "host" : "a" } ]\n}\n' + prompt
    assert parse(text).system.nodes == ("a",)


def test_more_acknowledgements_than_members_with_data_are_no_quorum():
    assert verdict(mongodb(member(0), member(1), member(2), write_concern="4")) == "no quorum"


# --- Cassandra ---------------------------------------------------------------------------------------------


def cassandra(**levels):
    text = "CREATE KEYSPACE k WITH replication = {'class': 'NetworkTopologyStrategy', 'a': 3, 'b': 3};"
    return parse(text, "cassandra", **levels)


@pytest.mark.parametrize(
    ("write", "read", "expected"),
    [
        ("QUORUM", "LOCAL_QUORUM", "split"),
        ("EACH_QUORUM", "LOCAL_QUORUM", "safe"),
        ("QUORUM", "QUORUM", "safe"),
        ("LOCAL_QUORUM", "LOCAL_QUORUM", "split"),
        ("LOCAL_QUORUM", "EACH_QUORUM", "safe"),
        ("ALL", "ONE", "safe"),
        ("ONE", "ALL", "safe"),
        ("ALL", "LOCAL_ONE", "safe"),
        ("ONE", "QUORUM", "split"),
        ("QUORUM", "ONE", "split"),
        ("THREE", "QUORUM", "safe"),
        ("TWO", "QUORUM", "split"),
        ("ANY", "ALL", "split"),
    ],
)
def test_writes_and_reads_at_these_levels(write, read, expected):
    assert verdict(cassandra(write=write, read=read)) == expected


def test_local_quorums_are_safe_when_all_coordinators_are_in_one_data_centre():
    here = {"write": "LOCAL_QUORUM", "read": "LOCAL_QUORUM", "write_dc": "a"}
    assert verdict(cassandra(**here, read_dc="a")) == "safe"
    assert verdict(cassandra(**here, read_dc="b")) == "split"


def test_serial_does_not_mix_with_local_serial():
    both = {"write": "QUORUM", "read": "QUORUM"}
    assert verdict(cassandra(**both, serial="SERIAL")) == "safe"
    assert verdict(cassandra(**both, serial="SERIAL, LOCAL_SERIAL")) == "split"
    assert verdict(cassandra(**both, serial="LOCAL_SERIAL")) == "split"
    assert verdict(cassandra(**both, serial="LOCAL_SERIAL", write_dc="a")) == "safe"


def test_without_levels_the_default_of_the_drivers_is_taken_and_said():
    configuration = cassandra()
    assert "default-consistency" in codes(configuration)
    assert verdict(configuration) == "split"


def test_a_quorum_of_two_replicas_is_both():
    text = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '2'};"
    configuration = parse(text, "cassandra", write="QUORUM", read="QUORUM")
    assert tolerance(configuration) == 0
    assert "two-replicas" in codes(configuration)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3};", "split"),
        ("ALTER KEYSPACE k WITH durable_writes = false;", "safe"),
        ("DROP KEYSPACE IF EXISTS k; CREATE KEYSPACE k WITH replication = "
         "{'class': 'SimpleStrategy', 'replication_factor': 2};", "safe"),
        ("CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3};",
         "safe"),
        ("-- ALTER KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3};", "safe"),
        ("INSERT INTO t (a) VALUES ('ALTER KEYSPACE k WITH replication = {}');", "safe"),
    ],
)  # fmt: skip
def test_statements_after_the_first_count(text, expected):
    """From one replica to three, a quorum of reads misses what the one had, unless a repair copied it."""
    create = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\n"
    configuration = parse(create + text, "cassandra", write="QUORUM", read="QUORUM")
    assert verdict(configuration) == expected
    assert verdict(parse(create + text, "cassandra", write="QUORUM", read="QUORUM", repaired="yes")) == "safe"


def test_a_data_centre_that_is_added_is_read_from():
    text = (
        "CREATE KEYSPACE k WITH replication = {'class': 'NetworkTopologyStrategy', 'a': 3};\n"
        "ALTER KEYSPACE k WITH replication = {'class': 'NetworkTopologyStrategy', 'a': 3, 'b': 3};\n"
    )
    assert verdict(parse(text, "cassandra", write="LOCAL_QUORUM", read="LOCAL_QUORUM", repaired="yes")) == "split"
    each = {"write": "EACH_QUORUM", "read": "LOCAL_QUORUM"}
    assert verdict(parse(text, "cassandra", **each)) == "split"
    assert verdict(parse(text, "cassandra", **each, repaired="yes")) == "safe"
    assert verdict(parse(text, "cassandra", **each, read_dc="a")) == "safe"


def test_a_replication_factor_for_all_data_centres():
    text = "CREATE KEYSPACE k WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 3%s};"
    local = {"write": "LOCAL_QUORUM", "read": "LOCAL_QUORUM"}
    assert "data-centres-assumed" in codes(parse(text % "", "cassandra", **local))
    assert verdict(parse(text % "", "cassandra", **local)) == "split"
    assert verdict(parse(text % "", "cassandra", **local, data_centres="a")) == "safe"
    both = parse(text % ", 'b': 1", "cassandra", data_centres="a, b")
    assert [both.system.groups("dc")[dc] for dc in "ab"] == [("a-1", "a-2", "a-3"), ("b-1",)]


# --- PostgreSQL --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standbys", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["ANY", "FIRST"])
def test_a_failover_is_safe_exactly_when_k_plus_m_exceeds_s(kind, standbys):
    names = ", ".join(f"s{i}" for i in range(standbys))
    for k in range(1, standbys + 1):
        for m in range(1, standbys + 1):
            text = f"synchronous_standby_names = '{kind} {k} ({names})'\nassay.standbys_asked = {m}\n"
            assert verdict(parse(text, "postgresql")) == ("safe" if k + m > standbys else "split")


@pytest.mark.parametrize("standbys", [1, 2, 3, 4])
def test_commits_go_on_with_the_primary_or_after_a_failover(standbys):
    """By counting: the primary and k standbys, or m standbys of which one is promoted and waits for k others."""
    names = [f"s{i}" for i in range(standbys)]
    for k in range(1, standbys + 1):
        for m in range(1, standbys + 1):
            text = f"synchronous_standby_names = 'ANY {k} ({', '.join(names)})'\nassay.standbys_asked = {m}\n"
            system = parse(text, "postgresql").system
            (service,) = system.services.values()
            for primary, up in product([True, False], range(standbys + 1)):
                alive = set(names[:up]) | ({"primary"} if primary else set())
                expected = (primary and up >= k) or up >= max(m, k + 1)
                assert satisfied(service, alive) == expected, (k, m, primary, up)


def test_a_star_counts_any_receiver_and_is_split():
    configuration = parse("synchronous_standby_names = 'ANY 2 (*)'\nassay.standbys_asked = 2\n")
    assert verdict(configuration) == "split"
    assert {"star-counts-all", "standbys-assumed"} <= codes(configuration)


def test_a_star_over_known_standbys_is_counted_over_these():
    text = "synchronous_standby_names = '*'\nassay.standbys = 's1'\n"
    assert verdict(parse(text)) == "safe"


def test_commits_that_do_not_wait_are_lost_at_a_failover():
    text = "synchronous_standby_names = 's1'\nsynchronous_commit = local\n"
    configuration = parse(text)
    assert verdict(configuration) == "split"
    assert "commit-does-not-wait" in codes(configuration)


def test_no_synchronous_standby_is_asynchronous_replication():
    configuration = parse("synchronous_standby_names = ''\n")
    assert verdict(configuration) == "split"
    assert "asynchronous-replication" in codes(configuration)


def test_standbys_that_are_not_synchronous_are_asked_all_the_same():
    text = "synchronous_standby_names = 'ANY 1 (s1)'\nassay.standbys = 's1, s2'\n"
    assert verdict(parse(text)) == "split"
    assert verdict(parse(text + "assay.standbys_asked = 2\n")) == "safe"


def test_more_acknowledgements_than_standbys_is_no_quorum():
    configuration = parse("synchronous_standby_names = 'ANY 3 (s1, s2)'\n")
    assert verdict(configuration) == "no quorum"
    assert "more-than-named" in codes(configuration)


# --- Kafka -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 2, 3, 4])
def test_unclean_elections_are_safe_only_if_min_insync_is_the_replication_factor(replicas):
    for least in range(1, replicas + 1):
        text = f"replication.factor={replicas}\nmin.insync.replicas={least}\nunclean.leader.election.enable=true\n"
        assert verdict(parse(text, "kafka-topic")) == ("safe" if least == replicas else "split")


@pytest.mark.parametrize("least", [1, 2, 3])
def test_clean_elections_are_safe_and_survival_is_counted_from_a_whole_in_sync_set(least):
    configuration = parse(f"replication.factor=3\nmin.insync.replicas={least}\n", "kafka-topic")
    assert verdict(configuration) == "safe"
    services = configuration.system.services
    assert tolerance_of(configuration, services["writes"]) == 3 - least
    assert tolerance_of(configuration, services["committed records"]) == 3 - 1
    assert analyse(configuration).survival.tolerances[NODES].at_least == 3 - least


def test_a_reassignment_is_safe_by_kafkas_own_rule():
    def described(replicas, configs="min.insync.replicas=2"):
        return parse(f"Topic: t\tPartitionCount: 1\tConfigs: {configs}\n"
                     f"\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: {replicas}\tIsr: {replicas}\n")  # fmt: skip

    report = analyse(described("1,2,3"), against=described("4,5,6"))
    assert (report.change.condition, report.status) == (Condition.SAFE, 0)
    unclean = "min.insync.replicas=3,unclean.leader.election.enable=true"
    report = analyse(described("1,2,3", unclean), against=described("1,2,4", unclean))
    assert report.change.condition is Condition.SPLIT


def test_a_description_without_an_override_states_no_min_insync():
    text = "Topic: t\tPartitionCount: 1\tConfigs: \n\tTopic: t\tPartition: 0\tReplicas: 1,2,3\tIsr: 1,2,3\n"
    assert "min-insync-assumed" in codes(parse(text))
    told = parse(text, min_insync_replicas="2")
    assert "min-insync-assumed" not in codes(told)
    assert {len(quorum) for quorum in smallest(told, "write")} == {2}


def test_the_header_of_kafka_before_3():
    text = (
        "Topic:t\tPartitionCount:1\tReplicationFactor:3\tConfigs:retention.ms=1,min.insync.replicas=2\n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\n"
    )
    assert {len(quorum) for quorum in smallest(parse(text), "write")} == {2}


def test_internal_topics_are_read_or_said_not_to_be():
    text = "default.replication.factor=3\nmin.insync.replicas=2\n"
    assert "internal-topics-not-read" in codes(parse(text))
    text += "offsets.topic.replication.factor=1\ntransaction.state.log.min.isr=2\n"
    system = parse(text, "kafka-topic").system
    assert {name.rpartition(" ")[0] for name in system.classes} == {
        "default", "__consumer_offsets", "__transaction_state"
    }  # fmt: skip
    assert "__consumer_offsets committed records" in system.services


STRIMZI = """
    apiVersion: kafka.strimzi.io/v1beta2
    kind: Kafka
    metadata: {name: c}
    spec:
      kafka: {config: {default.replication.factor: 3, min.insync.replicas: 2}}
    ---
    apiVersion: kafka.strimzi.io/v1beta2
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 3
      replicas: %s
      config: {%s}
"""


@pytest.mark.parametrize(
    ("replicas", "config", "expected", "need"),
    [
        (3, "", "safe", 2),
        (4, "min.insync.replicas: 3", "safe", 3),
        (3, "'unclean.leader.election.enable': true", "split", 2),
        (1, "", "no quorum", 2),
    ],
)
def test_topics_of_strimzi_inherit_from_the_kafka_beside_them(replicas, config, expected, need):
    configuration = parse(STRIMZI % (replicas, config))
    assert configuration.format == "kafka-topic"
    assert verdict(configuration) == expected
    assert configuration.system.classes["write"].need == need


def test_min_insync_equal_to_the_replication_factor_is_warned_of():
    assert "min-insync-is-all" in codes(parse("replication.factor=3\nmin.insync.replicas=3\n"))


def test_min_insync_above_the_replication_factor_is_no_quorum():
    configuration = parse("replication.factor=1\nmin.insync.replicas=2\n")
    assert verdict(configuration) == "no quorum"
    assert "min-insync-above-replicas" in codes(configuration)


def test_acks_one_loses_writes_even_with_clean_elections():
    assert verdict(parse("replication.factor=3\nmin.insync.replicas=2\nacks=1\n")) == "split"


def test_a_combined_server_file_is_the_controllers_unless_named_otherwise():
    text = """
        node.id=1
        controller.quorum.voters=1@a:9093,2@b:9093,3@c:9093
        default.replication.factor=3
        min.insync.replicas=2
    """
    assert parse(text).format == "kafka-kraft"
    assert "topics-not-read" in codes(parse(text))
    assert parse(text, "kafka-topic").format == "kafka-topic"


# --- BFT, CometBFT, Redis, etcd, Stellar ---------------------------------------------------------------------


@pytest.mark.parametrize("n", range(1, 10))
def test_two_f_plus_one_is_right_only_for_three_f_plus_one_nodes(n):
    nodes = [f"v{i}" for i in range(n)]
    text = f'[assay]\nsystem = "byzantine"\nnodes = {nodes}\nquorum = "%s"\n'
    assert verdict(parse(text % "2f+1")) == ("safe" if n % 3 == 1 else "split")
    assert verdict(parse(text % "ceil(2n/3)")) == "safe"


def test_at_five_nodes_quorums_of_three_meet_only_in_the_faulty_node():
    text = '[assay]\nsystem = "byzantine"\nnodes = ["a", "b", "c", "d", "e"]\nquorum = "2F + 1"\n'
    configuration = parse(text)
    assert verdict(configuration) == "split"
    assert frozenset("abc") in smallest(configuration)
    assert frozenset("ade") in smallest(configuration)


def validators(*powers):
    listed = ", ".join(f'{{"address": "A{i}", "voting_power": "{p}"}}' for i, p in enumerate(powers))
    return parse(f'{{"validators": [{listed}]}}', "cometbft")


@pytest.mark.parametrize("powers", [(1,), (1, 1), (1, 1, 1), (1, 1, 1, 1), (5, 1, 1), (3, 2, 2, 1, 1), (10, 10, 11)])
def test_more_than_two_thirds_of_the_power_always_share_a_correct_validator(powers):
    assert verdict(validators(*powers)) == "safe"


def test_a_genesis_that_a_node_answers_is_the_same_as_the_file():
    inner = '{"chain_id": "c", "validators": [{"address": "A", "power": "2"}, {"address": "B", "power": "1"}]}'
    answer = f'{{"jsonrpc": "2.0", "id": -1, "result": {{"genesis": {inner}}}}}'
    assert parse(answer).system == parse(inner).system


def test_exactly_two_thirds_of_the_power_do_not_commit():
    assert smallest(validators(1, 1, 1), "commit") == {frozenset({"A0", "A1", "A2"})}


def test_a_sentinel_quorum_below_the_majority_does_not_lower_the_majority():
    text = "# assay: sentinels=5\nsentinel monitor m 10.0.0.1 6379 2\n"
    configuration = parse(text)
    assert verdict(configuration) == "safe"
    assert {len(quorum) for quorum in smallest(configuration, "failover of m")} == {3}
    assert "sentinel-quorum-below-majority" in codes(configuration)


def test_two_sentinels_survive_nothing():
    configuration = parse("sentinel monitor m 10.0.0.1 6379 1\n", sentinels="2")
    assert tolerance(configuration) == 0
    assert "two-sentinels" in codes(configuration)


def test_stale_sentinels_raise_the_bar():
    known = "".join(f"sentinel known-sentinel m 10.0.0.{i} 26379 {i:040d}\n" for i in range(2, 7))
    configuration = parse(f"sentinel monitor m 10.0.0.1 6379 2\n{known}")
    assert {len(quorum) for quorum in smallest(configuration, "failover of m")} == {4}


def test_an_etcd_member_that_never_started_counts_in_the_quorum():
    members = ", ".join(
        f'{{"ID": {i}, "name": "{n}", "peerURLs": ["http://10.0.0.{i}:2380"]}}'
        for i, n in [(1, "a"), (2, "b"), (3, "c")]
    )
    text = f'{{"members": [{members}, {{"ID": 255, "peerURLs": ["http://10.0.0.4:2380"]}}]}}'
    configuration = parse(text)
    assert configuration.system.nodes == ("a", "b", "c", "ff")
    assert "member-not-started" in codes(configuration)
    assert tolerance(configuration) == 1


def test_stellar_numbers_are_exact_beyond_floating_point():
    huge = 9007199254740993
    text = f'[{{"publicKey": "A", "quorumSet": {{"threshold": {huge}, "validators": ["A"], "innerQuorumSets": []}}}}]'
    configuration = parse(text)
    assert verdict(configuration) == "no quorum"
    (finding,) = configuration.findings
    assert (finding.code, finding.message.endswith(f"'A': a threshold of {huge} over 1")) == ("insane-quorum-set", True)


def nested(levels, inner):
    for _ in range(levels):
        inner = {"threshold": 1, "innerQuorumSets": [inner]}
    return inner


def test_as_many_levels_as_stellar_core_takes_are_sane():
    """Level 0 is a set without inner ones, and stellar-core's limit is 4."""
    own = [{"publicKey": key, "quorumSet": nested(4, {"threshold": 1, "validators": [key]})} for key in "AB"]
    assert verdict(parse(json.dumps(own))) == "split"


@pytest.mark.parametrize(
    "insane",
    [
        {"threshold": 0, "validators": ["D", "E"]},
        {"threshold": -1, "validators": ["D"]},
        {"threshold": 3, "validators": ["D", "E"]},
        {"threshold": 1, "validators": ["D", "D"]},
        nested(5, {"threshold": 1, "validators": ["D"]}),
        {"threshold": 1, "validators": [f"N{i}" for i in range(1001)]},
        {"threshold": 1, "validators": ["D"], "innerQuorumSets": [{"threshold": 0, "validators": ["E"]}]},
        {"threshold": 1, "validators": ["D"], "innerQuorumSets": [{"threshold": 1, "validators": ["E", "D"]}]},
    ],
)
def test_nodes_with_an_insane_quorum_set_are_ignored_by_the_others(insane):
    """`D` and `E` would be a quorum of their own, apart from the others."""
    sane = {"threshold": 2, "validators": ["A", "B", "C"]}
    listed = [{"publicKey": key, "quorumSet": sane} for key in "ABC"]
    listed += [{"publicKey": key, "quorumSet": insane} for key in "DE"]
    configuration = parse(json.dumps(listed))
    assert verdict(configuration) == "safe"
    assert not any(quorum & {"D", "E"} for quorum in smallest(configuration))
    assert "insane-quorum-set" in codes(configuration)


def test_a_lone_node_that_nothing_describes_is_no_quorum_of_anybody():
    trusted = {"threshold": 2, "validators": ["A", "B", "C"]}
    listed = [{"publicKey": key, "quorumSet": trusted} for key in "ABC"]
    listed.append({"publicKey": "D", "quorumSet": {"threshold": 3, "validators": ["A", "B", "gone"]}})
    configuration = parse(json.dumps(listed))
    assert configuration.system.unknown == ("gone",)
    for unknown in UnknownNodes:
        assert verify(resolve(configuration.system, unknown)).condition is Condition.SAFE
    assert analyse(configuration).subject.condition is Condition.SAFE


def test_a_stellar_node_without_a_quorum_set_is_unknown():
    text = '{"nodes": [{"node": "A", "qset": {"t": 1, "v": ["B"]}}, {"node": "B", "qset": null}]}'
    configuration = parse(text)
    assert configuration.system.nodes == ("A",)
    assert configuration.system.unknown == ("B",)


@pytest.mark.parametrize(
    ("percent", "size", "need"), [(67, 3, 3), (66, 3, 2), (67, 4, 3), (51, 3, 2), (50, 4, 2), (100, 5, 5)]
)
def test_a_threshold_percent_is_rounded_up(percent, size, need):
    names = ", ".join(f'"G{i}"' for i in range(size))
    configuration = parse(f"UNSAFE_QUORUM=true\n[QUORUM_SET]\nTHRESHOLD_PERCENT={percent}\nVALIDATORS=[{names}]\n")
    assert configuration.system.classes["quorum"].need == need


def test_a_threshold_of_half_splits_and_stellar_core_refuses_it():
    text = '[QUORUM_SET]\nTHRESHOLD_PERCENT=50\nVALIDATORS=["GA", "GB", "GC", "GD"]\n'
    configuration = parse(text)
    assert verdict(configuration) == "split"
    assert [f.severity.value for f in configuration.findings if f.code == "threshold-too-low"] == ["error"]


def test_a_generated_set_asks_for_majorities_of_organisations_and_for_all_critical_ones():
    def entries(domain, quality, count):
        head = f'[[HOME_DOMAINS]]\nHOME_DOMAIN="{domain}"\nQUALITY="{quality}"\n'
        return head + "".join(
            f'[[VALIDATORS]]\nNAME="{domain}{i}"\nHOME_DOMAIN="{domain}"\nPUBLIC_KEY="G{domain}{i}"\n'
            for i in range(count)
        )

    text = entries("c", "CRITICAL", 3) + entries("h", "HIGH", 3) + entries("m", "MEDIUM", 1)
    configuration = parse(text)
    tree = configuration.system.classes["quorum"]
    assert str(tree) == "2 of (2 of (c0, c1, c2), 2 of (2 of (h0, h1, h2), 1 of (1 of (m0))))"


@pytest.mark.parametrize("count", range(1, 13))
def test_an_own_threshold_of_2f_plus_1_is_right_only_for_3f_plus_1_validators(count):
    listed = ", ".join(f'{{"address": "V{i}", "power": "1"}}' for i in range(count))
    text = f'// assay: threshold=2f+1\n{{"chain_id": "c", "validators": [{listed}]}}'
    configuration = parse_source(Source("genesis.json", text))
    condition = verify(resolve(configuration.system, UnknownNodes.ABSENT)).condition
    assert (condition is Condition.SAFE) == (count % 3 == 1)
    assert configuration.system.classes["commit"].need == 2 * ((count - 1) // 3) + 1
    assert "2F+1" in configuration.rule
    standard = parse_source(Source("genesis.json", text), settings={"threshold": "2/3"})
    assert verify(resolve(standard.system, UnknownNodes.ABSENT)).condition is Condition.SAFE


def test_a_genesis_without_validators_says_where_they_are():
    """Go writes an empty list as null."""
    for listed in ("null", "[]"):
        with pytest.raises(InputError, match="there are no validators") as caught:
            parse_source(Source("genesis.json", f'{{"chain_id": "c", "validators": {listed}}}'))
        assert "RPC /validators" in caught.value.help


def test_a_weight_beyond_64_bits_says_so():
    with pytest.raises(InputError, match="does not fit into 64 bits"):
        zookeeper(servers(1, 2, 3) + f" group.1=1:2:3 weight.1={10**22}")


def test_of_a_system_without_a_quorum_nothing_is_said_of_losses():
    configuration = zookeeper(servers(1, 2, 3) + " group.1=1:2 group.2=3:9 weight.9=5")
    assert verdict(configuration) == "no quorum"
    told = {finding.code for finding in remarks(resolve(configuration.system, UnknownNodes.ABSENT))}
    assert not told & {"two-zones", "zone-majority", "single-point-of-failure", "dictator"}


def test_a_threshold_of_power_is_taken_as_it_is_said_and_bounded_by_the_total():
    text = '{"chain_id": "c", "validators": [{"address": "A", "power": "3"}, {"address": "B", "power": "4"}]}'
    configuration = parse_source(Source("genesis.json", text), settings={"threshold": "6"})
    assert configuration.system.classes["commit"].need == 6
    for wrong in ("8", "0", "half", "-1", "9" * 30):
        with pytest.raises(InputError, match="threshold"):
            parse_source(Source("genesis.json", text), settings={"threshold": wrong})


def test_commits_that_wait_for_standbys_that_do_not_exist_never_return():
    text = "synchronous_standby_names = 'ANY 1 (s1)'\nassay.standbys = 's2'\n"
    assert verdict(parse(text, "postgresql")) == "no quorum"
