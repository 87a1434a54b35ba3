"""Malformed inputs: each is one clear line that names the file, the line, what was found, and what to do."""

from textwrap import dedent

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums.formats import Source, parse_source

from tests.tiers import one_in


def zoo(*lines):
    return "\n".join(["tickTime=2000", *lines])


def member_list(*members):
    return '{"members": [\n' + ",\n".join(members) + "]}"


def replica_set(*members, rest=""):
    return "{_id: 'rs', members: [\n" + ",\n".join(members) + "]" + rest + "}"


def keyspace(replication):
    return f"-- schema\nCREATE KEYSPACE k WITH replication = {replication};"


def standbys(value):
    return f"wal_level = replica\nsynchronous_standby_names = {value}"


def genesis(*validators):
    return '{"chain_id": "c", "validators": [\n' + ",\n".join(validators) + "]}"


def network(*nodes):
    return "[\n" + ",\n".join(nodes) + "]"


def shared_sets(sets):
    return '{"validators": [{"id": "A", "qset": "s"}],\n"qsets": ' + sets + "}"


def ours(*lines):
    return "\n".join(["[assay]", *lines])


A, B = "server.1=a:2888:3888", "server.2=b:2888:3888"


def keeper(servers):
    return (
        "<clickhouse><keeper_server><server_id>1</server_id>\n"
        f"<raft_configuration>{servers}</raft_configuration></keeper_server></clickhouse>"
    )


SERVER = "<server><id>%s</id><hostname>%s</hostname><port>9234</port></server>"
ETCD_A = '{"ID": 1, "name": "a", "peerURLs": ["http://a:2380"]}'
MONGO_A, MONGO_B = "{_id: 0, host: 'a'}", "{_id: 1, host: 'b'}"
VALIDATOR = '{"address": "A", "power": "10"}'
SENTINEL = "sentinel monitor m 10.0.0.1 6379 2"
CLASSES = '[classes]\nquorum = {majority = ["a", "b", "c"]}'
DEEP_JSON = '{"qset": ' * 100
DEEP_TOML = "[assay]\nx = " + "[" * 100 + "]" * 100

# fmt: off
# ruff: noqa: E501
CASES = [
    # format, text, line, what the message says
    # --- any file
    (None, "", 0, "the file is empty"),
    (None, " \n\t\n", 0, "the file is empty"),
    (None, "hello world\n", 0, "the format of this file is not recognised"),
    (None, "{}", 0, "the format of this file is not recognised"),
    (None, "%YAML 1.2\n---\na: &a [x]\nb: &b [*a, *a]\n", 0, "the format of this file is not recognised"),
    # --- Java properties, through ZooKeeper
    ("zookeeper", zoo(A, B, "server.1=c:2888:3888"), 4, "'server.1' is repeated; first in line 2"),
    ("zookeeper", zoo(A, B, "server.01=c:2888:3888"), 4, "the id of 'server.01' is also in line 2"),
    ("zookeeper", zoo(A, r"server.2=\u12zz:1:2"), 3, "an incomplete \\u escape"),
    ("zookeeper", zoo(A, "server.2=b"), 3, "server.2 is 'b'"),
    ("zookeeper", zoo(A, "server.2=b:2888"), 3, "server.2 is 'b:2888'"),
    ("zookeeper", zoo(A, "server.2="), 3, "server.2 is ''"),
    ("zookeeper", zoo(A, "server.2=b:0:3888"), 3, "server.2 is 'b:0:3888'"),
    ("zookeeper", zoo(A, "server.2=b:2888:99999"), 3, "server.2 is 'b:2888:99999'"),
    ("zookeeper", zoo(A, "server.2=b:2888:3888:leader"), 3, "server.2 is 'b:2888:3888:leader'"),
    ("zookeeper", zoo(A, "server.2=b:2888:3888;x"), 3, "the client address 'x' of server.2"),
    ("zookeeper", zoo(A, "server.two=b:2888:3888"), 3, "'server.two' has no id"),
    ("zookeeper", zoo(A, B, "server.99999999999999999999=c:1:2"), 4, "has no id"),
    ("zookeeper", zoo(A, B, "group=1:2"), 4, "'group' has no id"),
    ("zookeeper", zoo(A, B, "group.1=1:two"), 4, "group.1 has 'two' where a whole number should be"),
    ("zookeeper", zoo(A, B, "group.1="), 4, "group.1 has '' where a whole number should be"),
    ("zookeeper", zoo(A, B, "group.1=1:2", "group.2=2"), 5, "server 2 is in group.1 as well"),
    ("zookeeper", zoo(A, B, "group.1=1:2:1"), 4, "server 1 is twice in group.1"),
    ("zookeeper", zoo(A, B, "group.1=1"), 3, "server 2 is in no group"),
    ("zookeeper", zoo(A, B, "weight.1=2"), 2, "server 1 is in no group"),
    ("zookeeper", zoo(A, B, "group.1=1:2:7"), 4, "group.1 lists 7, which is not a participant and has no weight line"),
    ("zookeeper", zoo(A, B, "group.1=1:2", "weight.1=-1"), 5, "weight.1 is negative: -1"),
    ("zookeeper", zoo(A, B, "group.1=1:2", "weight.1=1.5"), 5, "weight.1 has '1.5' where a whole number"),
    ("zookeeper", zoo(A, B, "group.1=1:2", "weight.1=99999999999999999999"), 5, "does not fit into 64 bits"),
    ("zookeeper", zoo(A + ":observer"), 2, "there are observers and no participant"),
    ("zookeeper", zoo(A, B + ":observer"), 3, "an observer beside a single participant"),
    ("zookeeper", zoo("dynamicConfigFile=/etc/zoo.cfg.dynamic"), 2, "the servers are in the dynamic configuration"),
    ("zookeeper", zoo("dynamicConfigFile=/etc/z", A), 3, "server.1 beside dynamicConfigFile"),
    ("zookeeper", zoo("standaloneEnabled=perhaps", A), 2, "standaloneEnabled is 'perhaps'"),
    # --- JSON, through etcd
    ("etcd", '{"members": [', 1, "the file ends where a value should come"),
    ("etcd", '{"members": [{"ID": 1,\n"name": "a', 2, "a text in quotes that does not end on its line"),
    ("etcd", '{"members": [}', 1, "found '}' where a value should come"),
    ("etcd", '{"members": [{"ID": 1,}]}', 1, "a comma before '}'"),
    ("etcd", '{"members": [{"ID" 1}]}', 1, "found '1' where ':' after the key 'ID' should come"),
    ("etcd", '{"members": [],\n"members": []}', 2, "the key 'members' is repeated; first in line 1"),
    ("etcd", '{"members": [{"ID": 01}]}', 1, "the number 0 runs into '1'"),
    ("etcd", '{"members": [{"ID": NaN}]}', 1, "the word 'NaN' is no JSON value"),
    ("etcd", '{"members": [{"ID": -}]}', 1, "a minus sign without a number"),
    ("etcd", '{"members": [{"ID": ' + "9" * 5000 + "}]}", 1, "a number of 5,000 characters"),
    ("etcd", '{"members": [{"ID": 1, "name": "\\x"}]}', 1, "an unknown escape"),
    ("etcd", '{"members": []} []', 1, "text follows the end of the JSON document"),
    ("etcd", '{"members": [], members: 1}', 1, "found 'm' where a key in quotes should come"),
    ("etcd", '{"a": ' * 1000, 1, "nested deeper than 64 levels"),
    ("etcd", "[" * 100_000, 1, "nested deeper than 64 levels"),
    # --- etcd
    ("etcd", '{"members": []}', 1, "the list of members is empty"),
    ("etcd", '{"header": {}}', 1, "the document has no 'members'"),
    ("etcd", '{"members": 3}', 1, "members is 3, not a list"),
    ("etcd", member_list("3"), 2, "members[0] is 3, not a table"),
    ("etcd", member_list('{"name": "a"}'), 2, "members[0] has no 'ID'"),
    ("etcd", member_list(ETCD_A, '{"ID": 1, "name": "b"}'), 3, "the member ID 1 occurs twice; first in line 2"),
    ("etcd", member_list(ETCD_A, '{"ID": 2, "name": "a"}'), 3, "the member 'a' occurs twice; first in line 2"),
    ("etcd", member_list('{"ID": "x", "name": "a"}'), 2, "members[0].ID is 'x', not a whole number"),
    ("etcd", member_list('{"ID": 1, "name": "a", "isLearner": 1}'), 2, "isLearner is 1, not true or false"),
    ("etcd", member_list('{"ID": 1, "name": "a", "isLearner": true}'), 1, "there is no voting member"),
    ("etcd", member_list('{"ID": 1, "name": "a\\u0007b"}'), 2, "has the invisible character U+0007"),
    ("etcd", member_list('{"ID": 1, "name": "\\u202eevil"}'), 2, "has the invisible character U+202E"),
    ("etcd", member_list('{"ID": 1, "name": "\\ud800"}'), 2, "has the invisible character U+D800"),
    ("etcd", member_list('{"ID": 1, "name": "   "}'), 2, "the name of a node is empty"),
    ("etcd", member_list('{"ID": 1, "name": "' + "a" * 300 + '"}'), 2, "the name of a node has 300 characters"),
    ("etcd", "#\nETCD_INITIAL_CLUSTER=a", 2, "initial-cluster has 'a'"),
    ("etcd", "ETCD_INITIAL_CLUSTER=,", 1, "initial-cluster is empty"),
    ("etcd", "ETCD_NAME=a\nETCD_DISCOVERY=https://d/1", 2, "the members are found by discovery, at 'https://d/1'"),
    ("etcd", "etcd --config-file /etc/etcd.yml --initial-cluster a=http://a:1", 1, "in the configuration file"),
    ("etcd", "name: a\ninitial-cluster-state: old", 2, "initial-cluster-state is 'old'"),
    ("etcd", "initial-cluster: a=http://a\nname: a\nname: b", 3, "the key 'name' is repeated; first in line 2"),
    ("etcd", "ETCD_INITIAL_CLUSTER=a=http://a:1,a=http://a:1", 1, "the URL 'http://a:1' occurs twice"),
    ("etcd", "ETCD_INITIAL_CLUSTER=a=http://a:1,b=ftp://b", 1, "initial-cluster has 'b=ftp://b'"),
    ("etcd", "ETCD_INITIAL_CLUSTER=a=http://a:1\nETCD_INITIAL_CLUSTER=b=http://b:1", 2, "initial-cluster is set twice"),
    ("etcd", "NAME=a", 1, "no initial-cluster is set"),
    # --- ClickHouse Keeper
    ("clickhouse-keeper", "<a><keeper_server></a>", 1, "this is not XML: mismatched tag"),
    ("clickhouse-keeper", '<!DOCTYPE a [<!ENTITY b "c">]>\n<raft_configuration/>', 1, "a document type"),
    ("clickhouse-keeper", "<a>\n<raft_configuration/></a>", 1, "there are 0 elements <keeper_server>"),
    ("clickhouse-keeper", keeper(""), 2, "there is no <server>"),
    ("clickhouse-keeper", keeper("<server><hostname>a</hostname></server>"), 2, "<server> has no <id>"),
    ("clickhouse-keeper", keeper(SERVER % (1, "a") + SERVER % (1, "b")), 2, "the server '1' occurs twice"),
    ("clickhouse-keeper", keeper(SERVER % ("x", "a")), 2, "<id> is 'x'"),
    ("clickhouse-keeper", keeper(SERVER % (1, "a b")), 2, "<hostname> is 'a b'"),
    ("clickhouse-keeper", keeper((SERVER % (1, "a")).replace("<port>", "<port>1</port><port>")), 2, "<port> is repeated"),
    ("clickhouse-keeper", "<a>" * 100 + "<raft_configuration>", 1, "64 levels"),
    # --- Consul, Nomad, Vault
    ("consul", "Node  ID  Address  State  Voter  RaftProtocol\n", 1, "the table has no peers"),
    ("consul", "Node  ID  Address  State  Voter\na  1  h:1  leader", 2, "found 'a  1  h:1  leader'"),
    ("consul", "Node  ID  Address  State  Voter\na  1  h:1  leader  maybe", 2, "Voter is 'maybe'"),
    ("consul", "Node  Address  State  Voter\na  h:1  f  true\na  h:2  f  true", 3, "the peer 'a' occurs twice"),
    ("consul", "Node  Address  State  Voter\na  h:1  follower  false", 1, "no peer has a vote"),
    ("consul", '[{"id": "a", "address": "h"}]', 1, "[0].address is 'h'"),
    ("consul", '[{"address": "h:1"}]', 1, "[0] has no 'id'"),
    ("consul", '{"Servers": [{"ID": "a", "Voter": "yes"}]}', 1, "Voter is 'yes', not true or false"),
    ("consul", "server = true\nbootstrap_expect = some", 2, "bootstrap_expect is 'some'"),
    ("consul", "bootstrap_expect = 0", 1, "bootstrap_expect is '0'"),
    # --- Elasticsearch
    ("elasticsearch", '{"metadata": {"cluster_coordination": {}}}', 1, "there is no voting configuration"),
    ("elasticsearch", '{"last_committed_config": []}', 1, "a voting configuration is empty"),
    ("elasticsearch", '{"last_committed_config": ["a", "a"]}', 1, "the member 'a' occurs twice"),
    ("elasticsearch", "node.name: a\ndiscovery.seed_hosts: [b]\n", 1, "no initial master node is named"),
    ("elasticsearch", "cluster.initial_master_nodes: [a, a]", 1, "the initial master node 'a' occurs twice"),
    ("elasticsearch", "discovery.zen.minimum_master_nodes: none", 1, "minimum_master_nodes is 'none'"),
    ("elasticsearch", "cluster.initial_master_nodes: {a: b}", 1, "is a table, not a text"),
    # --- Patroni
    ("patroni", "synchronous_mode: maybe", 1, "synchronous_mode is 'maybe'"),
    ("patroni", "synchronous_mode: on\nsynchronous_node_count: 0", 2, "synchronous_node_count is 0"),
    ("patroni", "synchronous_mode_strict: quorum", 1, "synchronous_mode_strict is 'quorum'"),
    ("patroni", "a: 1\n---\nb: 2", 1, "there are 2 documents"),
    ("patroni", "bootstrap:\n  dcs: 3", 2, "bootstrap.dcs is 3, not a table"),
    # --- MongoDB
    ("mongodb", replica_set(), 1, "there are 0 members"),
    ("mongodb", replica_set(*(f"{{_id: {i}, host: 'h{i}'}}" for i in range(51))), 1, "there are 51 members"),
    ("mongodb", replica_set(*(f"{{_id: {i}, host: 'h{i}'}}" for i in range(9))), 1, "9 members vote"),
    ("mongodb", replica_set(MONGO_A, "{_id: 0, host: 'b'}"), 3, "the member _id 0 occurs twice; first in line 2"),
    ("mongodb", replica_set(MONGO_A, "{_id: 1, host: 'a'}"), 3, "the host 'a' occurs twice; first in line 2"),
    ("mongodb", replica_set("{_id: 0}"), 2, "members[0] has no 'host'"),
    ("mongodb", replica_set("{host: 'a'}"), 2, "members[0] has no '_id'"),
    ("mongodb", replica_set("{_id: 0, host: 7}"), 2, "members[0].host is 7, not a text"),
    ("mongodb", replica_set("{_id: 0, host: 'a', votes: 2}"), 2, "members[0].votes is 2"),
    ("mongodb", replica_set("{_id: 0, host: 'a', votes: -1}"), 2, "members[0].votes is -1"),
    ("mongodb", replica_set("{_id: 0, host: 'a', priority: -1}"), 2, "members[0].priority is -1"),
    ("mongodb", replica_set("{_id: 0, host: 'a', priority: 'high'}"), 2, "members[0].priority is 'high'"),
    ("mongodb", replica_set("{_id: 0, host: 'a', votes: 0}"), 2, "'a' has no vote and a priority above 0"),
    ("mongodb", replica_set("{_id: 0, host: 'a', priority: 0}"), 1, "no member can become primary"),
    ("mongodb", replica_set(MONGO_A, "{_id: 1, host: 'b', votes: 0, arbiterOnly: true, priority: 0}"), 3,
     "the arbiter 'b' has no vote"),
    ("mongodb", replica_set("{_id: 0, host: 'a', secondaryDelaySecs: 60}"), 2, "is delayed with a priority above 0"),
    ("mongodb", replica_set("{_id: 0, host: 'a', tags: {dc: 1}}"), 2, "members[0].tags.dc is 1, not a text"),
    ("mongodb", replica_set(MONGO_A, rest=", settings: {getLastErrorDefaults: {w: 'all'}}"), 2,
     "there is no write concern 'all'"),
    ("mongodb", replica_set(MONGO_A, rest=", settings: {getLastErrorDefaults: {w: 'm'}, getLastErrorModes: {m: {dc: 2}}}"),
     2, "asks for 2 values of the tag 'dc', and there are 0"),
    ("mongodb", replica_set(MONGO_A, rest=", settings: {getLastErrorDefaults: {w: 'm'}, getLastErrorModes: {m: {}}}"),
     2, "the mode 'm' names no tag"),
    ("mongodb", replica_set("{_id: process.exit(), host: 'a'}"), 2, "the word 'process' is no value"),
    ("mongodb", replica_set("{_id: 0, host: 'a', x: function() {}}"), 2, "the word 'function' is no value"),
    ("mongodb", replica_set("{_id: Long('x'), host: 'a'}"), 2, "members[0]._id is 'x', not a whole number"),
    ("mongodb", "{_id: 'rs', members: [{_id: 0, host: 'a'", 1, "the file ends where"),
    # --- Kafka
    ("kafka-kraft", "#\ncontroller.quorum.voters=", 2, "controller.quorum.voters has ''"),
    ("kafka-kraft", "controller.quorum.voters=1@a", 1, "controller.quorum.voters has '1@a'"),
    ("kafka-kraft", "controller.quorum.voters=a@a:9093", 1, "controller.quorum.voters has 'a@a:9093'"),
    ("kafka-kraft", "controller.quorum.voters=-1@a:9093", 1, "controller.quorum.voters has '-1@a:9093'"),
    ("kafka-kraft", "controller.quorum.voters=1@a:70000", 1, "controller.quorum.voters has '1@a:70000'"),
    ("kafka-kraft", "controller.quorum.voters=1@a:1,1@b:1", 1, "the voter '1' occurs twice"),
    ("kafka-kraft", "controller.quorum.bootstrap.servers=a:9093", 1, "the voters are not in this file"),
    ("kafka-kraft", "node.id=1", 0, "there is no controller.quorum.voters"),
    ("kafka-kraft", "LeaderId: 1\nCurrentVoters: [1,2", 2, "CurrentVoters is '[1,2'"),
    ("kafka-kraft", "CurrentVoters: []", 1, "CurrentVoters is '[]'"),
    ("kafka-kraft", "CurrentVoters: [1,1]", 1, "the voter '1' occurs twice"),
    ("kafka-topic", "min.insync.replicas=0", 1, "min.insync.replicas is 0"),
    ("kafka-topic", "min.insync.replicas=two", 1, "min.insync.replicas has 'two' where a whole number should be"),
    ("kafka-topic", "replication.factor=-1", 1, "replication.factor is -1"),
    ("kafka-topic", "replication.factor=99999", 1, "replication.factor is 99999"),
    ("kafka-topic", "replication.factor=3\nacks=2", 2, "acks is '2'"),
    ("kafka-topic", "unclean.leader.election.enable=maybe", 1, "unclean.leader.election.enable is 'maybe'"),
    ("kafka-topic", "Topic: t\tPartitionCount: 1\n", 1, "no line describes a partition"),
    ("kafka-topic", "Topic: t\tPartition: 0\tReplicas: \tIsr: \n", 1, "Replicas is ''"),
    ("kafka-topic", "Topic: t\tPartition: 0\tReplicas: 1,1\n", 1, "the replica '1' occurs twice"),
    ("kafka-topic", "Topic: t\tPartition: 0\tReplicas: 1,x\n", 1, "Replicas is '1,x'"),
    ("kafka-topic", "Topic: t\tPartition: 0\tReplicas: 1\nnonsense\n", 2, "found 'nonsense'"),
    # --- Cassandra
    ("cassandra", "CREATE KEYSPACE k WITH durable_writes = true;", 1, "the keyspace 'k' has no complete replication"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': 3")[:-1], 2, "no complete replication"),
    ("cassandra", keyspace("{}"), 2, "the replication has no 'class'"),
    ("cassandra", keyspace("{'class': 'MyStrategy', 'a': 3}"), 2, "the replication class 'MyStrategy'"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy'}"), 2, "SimpleStrategy without 'replication_factor'"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy', 'replication_factor': 0}"), 2, "the number of replicas is '0'"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy'}"), 2, "no data centre has replicas"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': 0}"), 2, "no data centre has replicas"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': -3}"), 2, "the number of replicas is '-3'"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': 'x'}"), 2, "the number of replicas is 'x'"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': '3/1'}"), 2, "transient replicas: '3/1'"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': 99999}"), 2, "the number of replicas is '99999'"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'a': 1, 'a': 2}"), 2, "'a' occurs twice"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', '': 1}"), 2, "the name of a node is empty"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy', 'replication_factor': 0}"), 2, "no data centre has"),
    ("cassandra", "DROP KEYSPACE k;", 1, "there is no replicated keyspace"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy', 'replication_factor': 1}") + "DROP KEYSPACE k;", 1,
     "there is no replicated keyspace"),
    ("mongodb", "c = {_id: 'r', members: [{_id: 0, host: 'a'}]}\nc.members[0].votes = 0", 2, "is changed by code"),
    ("mongodb", "c = {_id: 'r', members: [{_id: 0, host: 'a'}]}\nc.members.push({_id: 1})", 2, "is changed by code"),
    ("mongodb", "rs.initiate({_id: 'r', members: [{_id: 0, host: 'a'}]})\nrs.add('m' + i)", 2, "rs.add is computed"),
    ("mongodb", "rs.initiate({_id: 'r', members: [{_id: 0, host: 'a'}]})\nrs.add(host)", 2, "the word 'host' is no value"),
    ("consul", "Node  Address  State  Voter RaftProtocol\na  h:1  f  true 3", 1, "found 'Node  Address"),
    ("mongodb", "rs.initiate()", 1, "rs.initiate() without a configuration"),
    ("mongodb", "rs.initiate({_id: 'r',\nmembers: [{_id: 0, host: process.env.HOST}]})", 2, "the word 'process' is no"),
    ("mongodb", "a = {_id: 'r', members: [{_id: 0, host: 'a'}]}\nb = {_id: 's', members: [{_id: 0, host: 'b'}]}", 2,
     "there are the configurations of several sets: 'r', 's'"),
    ("mongodb", "rs.initiate({_id: 'r', members: [{_id: 0, host: 'a'}]})\nrs.add('a')", 2, "the host 'a' occurs twice"),
    ("mongodb", '{"members": [{"_id": 0, "host": "a", "priority": {"$numberDouble": "NaN"}}]}', 1, "is 'NaN'"),
    ("kafka-topic", "apiVersion: kafka.strimzi.io/v1\nkind: KafkaUser", 0, "nothing in this manifest is of kafka-topic"),
    ("kafka-topic", "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nspec:\n  replicas: [3]", 4,
     "spec.replicas is a list, not a text"),
    ("kafka-topic", "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nspec:\n  replicas: 0", 4,
     "replication.factor is 0"),
    ("kafka-topic", "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nspec: [1", 4, "this is not YAML"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy' 'replication_factor': 3}"), 2, "in a replication"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy', 'replication_factor': 1}") * 2, 3, "is created twice"),
    ("cassandra", keyspace("{'class': 'LocalStrategy'}"), 1, "there is no replicated keyspace"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy', 'replication_factor': 1}") + "\nCONSISTENCY MOST;", 3,
     "setting 'write': found 'MOST'"),
    ("cassandra", keyspace("{'class': 'SimpleStrategy', 'replication_factor': 1}") + "\nCONSISTENCY ONE;\nCONSISTENCY ALL;",
     4, "CONSISTENCY is set twice"),
    ("cassandra", "-- assay: write=MOST\n" + keyspace("{'class': 'SimpleStrategy', 'replication_factor': 1}"), 1,
     "setting 'write': found 'MOST'"),
    ("cassandra", "-- assay: wirte=ALL\n" + keyspace("{}"), 1, "setting 'wirte': cassandra has no such setting"),
    ("cassandra", "-- assay: write\n" + keyspace("{}"), 1, "found 'write' in a comment for assay"),
    ("cassandra", "-- assay: read=ONE\n-- assay: read=ALL\n" + keyspace("{}"), 2, "'ALL' contradicts file:1"),
    # --- Redis Sentinel
    ("redis-sentinel", "port 26379", 0, "no master is monitored"),
    ("redis-sentinel", "sentinel monitor m 10.0.0.1 6379", 1, "sentinel monitor with 3 words"),
    ("redis-sentinel", "sentinel monitor m 10.0.0.1 6379 0", 1, "the quorum is '0'"),
    ("redis-sentinel", "sentinel monitor m 10.0.0.1 6379 -2", 1, "the quorum is '-2'"),
    ("redis-sentinel", "sentinel monitor m 10.0.0.1 6379 two", 1, "the quorum is 'two'"),
    ("redis-sentinel", "sentinel monitor m 10.0.0.1 port 2", 1, "the port is 'port'"),
    ("redis-sentinel", f"{SENTINEL}\n{SENTINEL}", 2, "the master 'm' is monitored twice; first in line 1"),
    ("redis-sentinel", f"{SENTINEL}\nsentinel known-sentinel n 10.0.0.2 26379 x", 2, "which is not monitored"),
    ("redis-sentinel", f"{SENTINEL}\nsentinel known-sentinel m 10.0.0.2", 2, "a known-sentinel line without"),
    ("redis-sentinel", f"{SENTINEL}\n" + "sentinel known-sentinel m 10.0.0.2 26379 x\n" * 2, 3, "is known twice"),
    ("redis-sentinel", f"# assay: sentinels=0\n{SENTINEL}", 1, "setting 'sentinels': found '0'"),
    # --- PostgreSQL
    ("postgresql", "wal_level = replica", 0, "there is no synchronous_standby_names"),
    ("postgresql", standbys("'ANY 0 (a)'"), 2, "the number of synchronous standbys is 0"),
    ("postgresql", standbys("'ANY (a)'"), 2, "synchronous_standby_names is 'ANY (a)'"),
    ("postgresql", standbys("'ANY -1 (a)'"), 2, "synchronous_standby_names is 'ANY -1 (a)'"),
    ("postgresql", standbys("'ANY 1 ()'"), 2, "synchronous_standby_names is 'ANY 1 ()'"),
    ("postgresql", standbys("'ANY 1 (a, b'"), 2, "synchronous_standby_names is 'ANY 1 (a, b'"),
    ("postgresql", standbys("'ANY 1 (a b)'"), 2, "synchronous_standby_names is 'ANY 1 (a b)'"),
    ("postgresql", standbys("'a,'"), 2, "synchronous_standby_names is 'a,'"),
    ("postgresql", standbys("'a, a'"), 2, "the standby 'a' occurs twice"),
    ("postgresql", standbys("'a-b'"), 2, "synchronous_standby_names is 'a-b'"),
    ("postgresql", standbys("'a"), 2, "found \"synchronous_standby_names = 'a\""),
    ("postgresql", standbys("'primary'"), 2, "a standby is called 'primary'"),
    ("postgresql", standbys("'a'\nsynchronous_standby_names = 'b'"), 3, "is set twice; first in line 2"),
    ("postgresql", standbys("'a'\nsynchronous_commit = maybe"), 3, "found 'maybe'"),
    ("postgresql", standbys("'a'\nassay.standbys_asked = 0"), 3, "found '0'"),
    ("postgresql", standbys("'a'\nassay.standbys = 'a,,b'"), 3, "the name of a node is empty"),
    ("postgresql", standbys("'ANY 999999999 (*)'"), 2, "1,000,000,000 standbys"),
    # --- CometBFT
    ("cometbft", genesis(), 1, "there are no validators"),
    ("cometbft", '{"chain_id": "c"}', 1, "the document has no 'validators'"),
    ("cometbft", genesis(VALIDATOR, VALIDATOR), 3, "the validator 'A' occurs twice; first in line 2"),
    ("cometbft", genesis('{"address": "A", "power": "0"}'), 2, "validators[0].power is 0"),
    ("cometbft", genesis('{"address": "A", "power": "-5"}'), 2, "validators[0].power is -5"),
    ("cometbft", genesis('{"address": "A", "power": "1e3"}'), 2, "validators[0].power is '1e3', not a whole number"),
    ("cometbft", genesis('{"address": "A", "power": 1.5}'), 2, "validators[0].power is 1.5, not a whole number"),
    ("cometbft", genesis('{"address": "A", "power": "٣"}'), 2, "not a whole number"),
    ("cometbft", genesis('{"address": "A", "power": "9223372036854775807"}'), 1, "the total voting power is"),
    ("cometbft", genesis('{"address": "A"}'), 2, "validators[0] has no 'power'"),
    ("cometbft", genesis('{"power": "1"}'), 2, "validators[0] has no 'pub_key'"),
    # --- Stellar networks
    ("stellar-network", "[]", 1, "no node has a quorum set"),
    ("stellar-network", network('{"name": "x"}'), 2, "[0] has no 'publicKey'"),
    ("stellar-network", network('{"publicKey": "A"}', '{"publicKey": "A"}'), 3, "the node 'A' occurs twice"),
    ("stellar-network", network('{"publicKey": "A", "quorumSet": {"validators": ["A"]}}'), 2, "no 'threshold'"),
    ("stellar-network", network('{"publicKey": "A", "quorumSet": {"threshold": 1, "validators": "A"}}'), 2,
     "[0].quorumSet.validators is 'A', not a list"),
    ("stellar-network", shared_sets('{"s": {"threshold": 1, "members": ["s"]}}'), 2, "quorum sets contain themselves: 's -> s'"),
    ("stellar-network", shared_sets('{"s": {"threshold": 1, "members": ["t"]}, "t": {"threshold": 1, "members": ["s"]}}'),
     2, "quorum sets contain themselves: 's -> t -> s'"),
    ("stellar-network", shared_sets('{"t": {"threshold": 1, "members": ["A"]}}'), 1, "which is not defined"),
    ("stellar-network", shared_sets('{"A": {"threshold": 1, "members": ["A"]}}'), 2, "both a validator and a quorum set"),
    ("stellar-network", '[{"publicKey": "A", "quorumSet": ' + '{"threshold": 1, "innerQuorumSets": [' * 40, 1,
     "nested deeper than 64 levels"),
    # --- stellar-core
    ("stellar-core", "X=1", 1, "there is neither QUORUM_SET nor VALIDATORS"),
    ("stellar-core", "[QUORUM_SET]\nTHRESHOLD_PERCENT=67", 1, "QUORUM_SET is empty"),
    ("stellar-core", '[QUORUM_SET]\nTHRESHOLD_PERCENT=0\nVALIDATORS=["GA"]', 2, "QUORUM_SET.THRESHOLD_PERCENT is 0"),
    ("stellar-core", '[QUORUM_SET]\nTHRESHOLD_PERCENT=101\nVALIDATORS=["GA"]', 2, "QUORUM_SET.THRESHOLD_PERCENT is 101"),
    ("stellar-core", '[QUORUM_SET]\nVALIDATORS=["GA",\n"GA"]', 3, "'GA' occurs twice in the quorum set"),
    ("stellar-core", '[QUORUM_SET]\nVALIDATORS=["$nobody"]', 2, "'$nobody' is not defined"),
    ("stellar-core", '[QUORUM_SET]\nVALIDATORS=["GA"]\nPERCENT=3', 3, "QUORUM_SET.PERCENT is not part of a quorum set"),
    ("stellar-core", '[QUORUM_SET.1.1.1.1.1]\nVALIDATORS=["GA"]', 1, "is nested deeper than 4 levels"),
    ("stellar-core", 'NODE_NAMES=["GA a", "GB a"]\n[QUORUM_SET]\nVALIDATORS=["GA"]', 1, "the name 'a' is given"),
    ("stellar-core", '[[VALIDATORS]]\nNAME="a"\nHOME_DOMAIN="d"\nPUBLIC_KEY="GA"', 1, "'a' has no quality"),
    ("stellar-core", '[[VALIDATORS]]\nNAME="a"\nHOME_DOMAIN="d"\nQUALITY="BEST"\nPUBLIC_KEY="GA"', 4, "QUALITY is 'BEST'"),
    ("stellar-core", '[[VALIDATORS]]\nNAME="a"\nHOME_DOMAIN="d"\nQUALITY="HIGH"\nPUBLIC_KEY="GA"', 1,
     "the home domain 'd' has 1 validators"),
    ("stellar-core", '[[VALIDATORS]]\nNAME="a"\nHOME="d"', 3, "unknown key 'HOME' in VALIDATORS[0]"),
    ("stellar-core", '[[HOME_DOMAINS]]\nHOME_DOMAIN="d"\nQUALITY="LOW"\n' * 2, 4, "the home domain 'd' occurs twice"),
    # --- TOML, through our own format
    ("assay", "[assay", 1, "not TOML"),
    ("assay", "[assay]\nname = ", 2, "not TOML"),
    ("assay", "[assay]\nname = 'a'\nname = 'b'", 3, "not TOML: Cannot overwrite a value"),
    ("assay", "[assay]\n[assay]", 2, "not TOML"),
    ("assay", DEEP_TOML, 2, "nested deeper than 64 levels"),
    ("assay", "[assay]\nx = " + "[" * 100_000, 0, "nested deeper than 64 levels"),
    ("assay", "[assay]\n" + "a." * 1000 + "a = 1", 2, "a key of more than 64 parts"),
    ("assay", "[assay]\nx = " + "9" * 5000, 0, "a number or a date that TOML cannot hold"),
    ("assay", "[assay]\n#" + "x" * 1_100_000, 0, "characters of TOML, more than the"),
    # --- our own format
    ("assay", "[other]", 1, "unknown key 'other' in the document"),
    ("assay", "", 0, "the file is empty"),
    ("assay", ours('system = "raft"'), 2, "there is no system 'raft'"),
    ("assay", ours("system = 3"), 2, "assay.system is 3, not a text"),
    ("assay", ours('system = "majority"'), 1, "assay has no 'nodes'"),
    ("assay", ours('system = "majority"', "nodes = []"), 3, "assay.nodes is empty"),
    ("assay", ours('system = "majority"', 'nodes = ["a",', '"a"]'), 4, "the node 'a' occurs twice; first in line 3"),
    ("assay", ours('system = "majority"', 'nodes = ["a", 1]'), 3, "assay.nodes[1] is 1, not a text"),
    ("assay", ours('system = "majority"', 'nodes = ["a"]', "size = 3"), 4, "unknown key 'size' in assay"),
    ("assay", ours('system = "weighted"', "weights = {}"), 3, "assay.weights is empty"),
    ("assay", ours('system = "weighted"', "weights = {a = -1}"), 3, "assay.weights.a is -1"),
    ("assay", ours('system = "weighted"', "weights = {a = 0}"), 3, "assay.weights.a is 0"),
    ("assay", ours('system = "weighted"', "weights = {a = 1}", "need = 2"), 4, "assay.need asks for 2 of 1"),
    ("assay", ours('system = "read-write"', 'nodes = ["a"]', "read = 1"), 1, "assay has no 'write'"),
    ("assay", ours('system = "read-write"', 'nodes = ["a"]', "read = 2", "write = 1"), 4, "assay.read asks for 2 of 1"),
    ("assay", ours('system = "weighted"', f"weights = {{a = 0x1{'0' * 6000}}}"), 3, "more than 40 digits"),
    ("assay", ours("[classes]", f'q = {{majority = ["a"], choose = {"9" * 41}}}'), 3, "more than 40 digits"),
    ("cometbft", genesis('{"address": "A", "power": "+-5"}'), 2, "validators[0].power is '+-5', not a whole number"),
    ("etcd", "| ID | STATUS | ID |\n| 1 | started | zz |", 1, "two columns have one title"),
    ("elasticsearch", 'discovery.zen.minimum_master_nodes: ""', 1, "minimum_master_nodes has 0 values"),
    ("elasticsearch", "discovery.zen.minimum_master_nodes: []", 1, "minimum_master_nodes has 0 values"),
    ("elasticsearch", "discovery.zen.minimum_master_nodes: [2, 3]", 1, "[0] is 2, not a text"),
    ("assay", ours('system = "fast-paxos"', 'nodes = ["a"]', "classic = 0", "fast = 1"), 4, "assay.classic is 0"),
    ("assay", ours('system = "epaxos"', 'nodes = ["a", "b"]'), 1, "EPaxos is for an odd number of nodes"),
    ("assay", ours('system = "grid"', "rows = []"), 3, "rows is empty"),
    ("assay", ours('system = "grid"', "rows = [[]]"), 3, "assay.rows[0] is empty"),
    ("assay", ours('system = "grid"', 'rows = [["a"], ["a"]]'), 3, "the node 'a' occurs twice in assay.rows"),
    ("assay", ours('system = "maekawa"', 'rows = [["a", "b"], ["c"]]'), 1, "the rows of a grid must all have the same"),
    ("assay", ours('system = "hierarchical"', 'groups = [["a"], []]'), 3, "assay.groups[1] is empty"),
    ("assay", ours('system = "projective-plane"', "order = 4"), 1, "must be a prime number"),
    ("assay", ours('system = "projective-plane"', "order = 1000003"), 3, "assay.order is 1000003"),
    ("assay", ours('system = "byzantine"', 'nodes = ["a"]', 'quorum = "half"'), 4, "there is no rule 'half'"),
    ("assay", ours('system = "byzantine"', 'nodes = ["a"]', "quorum = 1", "faulty = 5"), 5, "assay.faulty is 5"),
    ("assay", ours('system = "masking"', 'nodes = ["a", "b"]', "faulty = 1"), 1, "threshold 3 is not between 1 and"),
    ("assay", ours('system = "federated"', "[federation]"), 3, "federation is empty"),
    ("assay", ours('system = "joint"'), 1, "the document has no 'old'"),
    ("assay", ours('system = "joint"', "[old]", "[new]"), 3, "old has no 'system'"),
    ("assay", ours('system = "joint"', "[old]", 'system = "joint"', "[new]"), 4, "old cannot be 'joint'"),
    ("assay", ours('system = "joint"', "[old]", 'system = "majority"', 'nodes = ["a", "b"]', 'absent = ["b"]', "[new]"), 6,
     "absent nodes of one side alone"),
    ("assay", ours(), 1, "the document has no 'classes'"),
    ("assay", ours("[classes]"), 2, "there are no classes"),
    ("assay", ours("[classes]", "q = {}"), 3, "classes.q is not a set"),
    ("assay", ours("[classes]", "q = {majority = []}"), 3, "classes.q.majority is empty"),
    ("assay", ours("[classes]", 'q = {choose = 3, of = ["a", "b"]}'), 3, "classes.q.choose asks for 3 of 2"),
    ("assay", ours("[classes]", 'q = {choose = 0, of = ["a", "b"]}'), 3, "classes.q.choose is 0"),
    ("assay", ours("[classes]", 'q = {choose = -1, of = ["a", "b"]}'), 3, "classes.q.choose is -1"),
    ("assay", ours("[classes]", 'q = {choose = 1, of = ["a"], weights = [0]}'), 3, "classes.q.weights[0] is 0"),
    ("assay", ours("[classes]", 'q = {choose = 1, of = ["a"], weights = [1, 2]}'), 3, "2 weights for 1 parts"),
    ("assay", ours("[classes]", 'q = {all = ["a"], any = ["b"]}'), 3, "classes.q is not a set"),
    ("assay", ours("[classes]", "q = 3"), 3, "classes.q is 3, not a table"),
    ("assay", ours("[classes]", 'q = "s"', "[sets]", 's = {any = ["s"]}'), 5, "sets contain themselves: 's -> s'"),
    ("assay", ours("[classes]", 'q = "s"', "[sets]", 's = {any = ["t"]}', 't = {all = ["s", "a"]}'), 6,
     "sets contain themselves: 's -> t -> s'"),
    ("assay", ours("[classes]", 'q = {majority = ["a", "x"]}', "[nodes]", "a = {}"), 3, "the node 'x' is not in [nodes]"),
    ("assay", ours('absent = ["a"]', "[classes]", 'q = {majority = ["a"]}', "[nodes]", "a = {}"), 6,
     "the node 'a' is absent as well"),
    ("assay", ours("[classes]", 'q = "s"', "[sets]", 's = "a"', "[nodes]", "s = {}"), 5, "'s' is both a node and a set"),
    ("assay", f"[assay]\n{CLASSES}\n[nodes]\na = {{failure = 2}}\nb = {{}}\nc = {{}}", 5, "nodes.a.failure is 2"),
    ("assay", f"[assay]\n{CLASSES}\n[nodes]\na = {{latency = -1}}\nb = {{}}\nc = {{}}", 5, "nodes.a.latency is -1"),
    ("assay", f"[assay]\n{CLASSES}\n[nodes]\na = {{capacity = nan}}\nb = {{}}\nc = {{}}", 5, "nodes.a.capacity is nan"),
    ("assay", f"[assay]\n{CLASSES}\n[nodes]\na = {{zone = 1}}\nb = {{}}\nc = {{}}", 5, "nodes.a.zone is 1, not a text"),
    ("assay", f"[assay]\n{CLASSES}\nread = 'a'", 1, "there are several classes and no obligations"),
    ("assay", f"[assay]\nobligations = []\n{CLASSES}", 2, "unknown key 'obligations' in assay"),
    ("assay", f"obligations = []\n[assay]\n{CLASSES}", 1, "there are no obligations"),
    ("assay", f"[assay]\n{CLASSES}\n[[obligations]]\nclasses = ['quorum', 'write']", 5, "there is no class 'write'"),
    ("assay", f"[assay]\n{CLASSES}\n[[obligations]]\nclasses = ['quorum']", 5, "1 classes"),
    ("assay", f"[assay]\n{CLASSES}\n[[obligations]]\nneed = 1", 4, "obligations[0] has no 'classes'"),
    ("assay", f"[assay]\n{CLASSES}\n[[obligations]]\nclasses = ['quorum', 'quorum']\nneed = 0", 6, "need is 0"),
    ("assay", f"[assay]\n{CLASSES}\n[[obligations]]\nclasses = ['quorum', 'quorum']\nfaulty = [['x']]", 6,
     "'x' is in no quorum"),
    ("assay", f"[assay]\n{CLASSES}\n[[obligations]]\nclasses = ['quorum', 'quorum']\nweights = {{a = -1}}", 6,
     "weights.a is -1"),
    ("assay", ours("[classes]", 'q = {federation = {}}'), 3, "classes.q.federation is empty"),
]
# fmt: on


@pytest.mark.parametrize(
    ("format", "text", "line", "message"), CASES, ids=[f"{c[0] or 'any'}-{i}" for i, c in enumerate(CASES)]
)
def test_malformed_input_is_one_line_with_its_place(format, text, line, message):
    with pytest.raises(InputError) as caught:
        parse_source(Source("the.file", dedent(text)), as_=format)
    error = caught.value
    assert message.replace("file:1", "the.file:1") in error.message
    assert error.location is not None
    assert (error.location.file, error.location.line) == ("the.file", line)
    assert "\n" not in str(error)
    assert str(error).isprintable()
    assert len(error.message) < 400
    assert error.help or "not hold" in error.message or "invisible" in error.message
    assert error.exit_status == 2


def test_there_are_at_least_a_hundred_malformed_inputs():
    assert len(CASES) >= 100
    assert len({text for _, text, _, _ in CASES}) > len(CASES) - 5


def laughs(levels):
    """Sets that double at every level."""
    sets = "".join(f's{i} = {{all = ["s{i + 1}", "s{i + 1}"]}}\n' for i in range(levels))
    return f'[assay]\n[classes]\nq = "s0"\n[sets]\n{sets}s{levels} = {{any = ["a"]}}\n'


def test_a_billion_laughs_in_toml_is_refused_at_once():
    with pytest.raises(InputError, match="the sets unfold to more than 200,000 parts"):
        parse_source(Source("bomb.toml", laughs(40)))


def test_a_billion_laughs_in_json_is_refused_at_once():
    sets = ", ".join(
        f'"{kind}{i}": {{"threshold": 1, "members": ["s{i + 1}", "t{i + 1}"]}}' for kind in "st" for i in range(40)
    )
    text = (
        '{"validators": [{"id": "A", "qset": "s0"}], "qsets": {'
        + sets
        + ', "s40": {"threshold": 1, "members": ["A"]}, "t40": {"threshold": 1, "members": ["A"]}}}'
    )
    with pytest.raises(InputError, match="the quorum sets unfold to more than 2,000,000 parts"):
        parse_source(Source("bomb.json", text))


def test_a_long_chain_of_sets_is_refused_and_not_a_recursion():
    sets = "".join(f's{i} = {{any = ["s{i + 1}"]}}\n' for i in range(2000))
    text = f'[assay]\n[classes]\nq = "s0"\n[sets]\n{sets}s2000 = {{any = ["a"]}}\n'
    with pytest.raises(InputError, match="sets nested deeper than 64 levels"):
        parse_source(Source("deep.toml", text))


def repeated(line, count):
    return "".join(line.format(i=i) for i in range(count))


HUGE = [
    ("zookeeper", repeated("server.{i}=a:1:1\n", 30_000), "more than 20,000 server lines"),
    ("zookeeper", "server.1=a:1:1\n" + repeated("weight.{i}=1\n", 30_000), "more than 20,000 weight lines"),
    ("etcd", "ETCD_INITIAL_CLUSTER=" + repeated("n{i}=http://n{i},", 30_000) + "n=http://n", "more than 20,000 nodes"),
    ("etcd", "[" + "1," * 400_000 + "1]", "more than 300,000 values"),
    ("kafka-topic", repeated("Topic: t\tPartition: {i}\tReplicas: {i}\n", 2000), "different replica sets"),
    ("cassandra", keyspace("{'class': 'NetworkTopologyStrategy'" + repeated(", 'd{i}': 1", 2000) + "}"), "2,000 data"),
    ("cassandra", 'CREATE KEYSPACE "' * 20_000, "is not recognised"),
    ("cassandra", "CREATE KEYSPACE k WITH " + "/*" * 300_000, "has no complete replication"),
    ("clickhouse-keeper", keeper("a\n" * 2_000_000), "there is no <server>"),
    ("redis-sentinel", repeated("sentinel monitor m{i} 10.0.0.1 6379 2\n", 2000), "more than 999 masters"),
    ("redis-sentinel", "sentinel monitor m 10.0.0.1 6379 999999999", "the quorum 999999999 leaves open"),
    ("postgresql", standbys("'" + repeated("s{i},", 50_000) + "s'"), "more than 20,000 standbys"),
    ("stellar-core", "[QUORUM_SET]\nVALIDATORS=[" + repeated('"G{i}",', 2000) + "]", "the quorum set has 2000 nodes"),
    ("assay", ours('system = "majority"', "nodes = [" + repeated('"n{i}",', 30_000) + "]"), "30,000 nodes"),
    ("assay", ours('system = "tree"', "nodes = [" + repeated('"n{i}",', 2000) + "]"), "a tree of 2,000 nodes"),
    (
        "assay",
        ours('system = "crumbling-wall"', "rows = [" + repeated('["n{i}"],', 2000) + "]"),
        "a wall of 2,000 rows",
    ),
]


@pytest.mark.parametrize(
    ("format", "text", "message"), one_in(3, HUGE), ids=[f"{h[0]}-{i}" for i, h in enumerate(HUGE)]
)
@pytest.mark.timeout(60)
def test_huge_input_is_refused_in_a_moment(format, text, message):
    with pytest.raises(InputError, match=message):
        parse_source(Source("huge", text), as_=None if "recognised" in message else format)
