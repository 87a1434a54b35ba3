"""Our reader and a second one, written apart, say the same of random texts of real shapes, of every set of nodes."""

import json
from itertools import combinations

import pytest
import second_readers
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.systems import is_quorum
from format_oracle import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

CALM = settings(deadline=None, max_examples=150)
RANDOMS = st.randoms(use_true_random=False)


def agree(text, format, second, **given):
    """Every set of nodes is a quorum to both readers, or to none."""
    configuration = parse_source(Source("file", text), as_=format, settings=given)
    nodes, classes = second
    system = configuration.system
    assert set(system.nodes) == nodes, text
    assert set(system.classes) == set(classes), text
    subsets = (frozenset(some) for size in range(len(nodes) + 1) for some in combinations(sorted(nodes), size))
    for some in subsets:
        for name, second_is_quorum in classes.items():
            assert is_quorum(system.classes[name], some) == second_is_quorum(some), (text, name, some)


def noisy(lines, draw, comment="#"):
    """Lines in another order, with blanks and comments between that say something else."""
    lines = list(lines)
    draw.shuffle(lines)
    out = []
    for line in lines:
        if draw.random() < 0.3:
            out.append(draw.choice(["", f"{comment} {line}x9", f"  {comment}{line[::-1]}"]))
        out.append(draw.choice(["", "", " "]) + line)
    return "\n".join(out) + "\n"


# --- coordination --------------------------------------------------------------------------------------------


def zookeeper_text(draw):
    count = draw.randint(2, 7)
    observers = {i for i in range(1, count + 1) if draw.random() < 0.2} if count > 3 else set()
    observers = set() if count - len(observers) < 2 else observers
    lines = ["tickTime=2000", "dataDir = /var/lib/zookeeper", "4lw.commands.whitelist=*"]
    for i in range(1, count + 1):
        role = ":observer" if i in observers else draw.choice(["", "", ":participant"])
        client = draw.choice(["", ";2181", ";0.0.0.0:2181"])
        lines.append(f"server.{i}{draw.choice(['=', ' = ', ':'])}zk-{i}.example:2888:3888{role}{client}")
    if draw.random() < 0.5:
        voters = [i for i in range(1, count + 1) if i not in observers]
        draw.shuffle(voters)
        cut = draw.randint(1, len(voters))
        for number, group in enumerate(filter(None, (voters[:cut], voters[cut:])), 1):
            lines.append(f"group.{number}={':'.join(map(str, group))}")
        lines += [f"weight.{i}={draw.randint(0, 3)}" for i in voters if draw.random() < 0.5]
    return noisy(lines, draw)


@given(RANDOMS)
@CALM
def test_zookeeper(draw):
    text = zookeeper_text(draw)
    agree(text, "zookeeper", second_readers.zookeeper(text))


@given(RANDOMS)
@CALM
def test_kraft(draw):
    ids = draw.sample(range(1, 5000), draw.randint(1, 7))
    if draw.random() < 0.5:
        voters = ",".join(f"{i}@host-{i}:9093" for i in ids)
        text = noisy([f"controller.quorum.voters{draw.choice(['=', ' = ', ':'])}{voters}", f"node.id={ids[0]}"], draw)
    else:
        listed = ids if draw.random() < 0.5 else [{"id": i, "directoryId": f"d{i}", "endpoints": []} for i in ids]
        text = f"ClusterId: x\nLeaderId: {ids[0]}\nCurrentVoters: {json.dumps(listed)}\nCurrentObservers: [0]\n"
    agree(text, "kafka-kraft", second_readers.kraft(text))


def etcd_text(draw):
    count = draw.randint(1, 7)
    names = [f"n{i}" for i in range(count)]
    if draw.random() < 0.3:
        learners = {name for name in names[1:] if draw.random() < 0.3}
        ids = [draw.randint(1, 2**60) * 16 + place for place in range(count)]
        members = [
            {"ID": i, "name": name if draw.random() < 0.8 else "", "peerURLs": [f"http://{name}:2380"]}
            | ({"isLearner": True} if name in learners else {})
            for i, name in zip(ids, names, strict=True)
        ]
        return json.dumps({"header": {}, "members": members}, indent=draw.choice([None, 1]))
    pairs = [f"{name}=http{draw.choice(['', 's'])}://{name}:2380" for name in names]
    cluster = ",".join(pairs) + draw.choice(["", ","])
    wrong = "# ETCD_INITIAL_CLUSTER=x=http://x:1\n"
    return draw.choice(
        [
            f"{wrong}ETCD_NAME=n0\nETCD_INITIAL_CLUSTER={cluster}\n",
            f"ETCD_NAME='n0'\n{wrong}export ETCD_INITIAL_CLUSTER=\"{cluster}\" # ETCD_INITIAL_CLUSTER=x\n",
            f"etcd --name n0 \\\n  --initial-cluster {cluster} \\\n  --initial-cluster-state new\n",
            f"[Unit]\nX=y\n[Service]\n; ExecStart=/bin/x\nExecStart=/usr/bin/etcd --initial-cluster={cluster}\n",
            f"name: n0\n# initial-cluster: x=http://x:1\ninitial-cluster: {cluster}\n",
            "name: n0\ninitial-cluster: >-\n" + "".join(f"  {pair},\n" for pair in pairs) + "data-dir: /x\n",
        ]
    )


@given(RANDOMS)
@CALM
def test_etcd(draw):
    text = etcd_text(draw)
    agree(text, "etcd", second_readers.etcd(text))


@given(RANDOMS)
@CALM
def test_clickhouse_keeper(draw):
    servers = []
    for i in draw.sample(range(1, 100), draw.randint(1, 6)):
        flag = "" if not servers else draw.choice(["", "", "<can_become_leader>false</can_become_leader>"])
        servers.append(f"<server>\n<id> {i} </id><hostname>k{i}</hostname><port>9234</port>{flag}</server>")
    wrong = "<!-- <server><id>1</id><hostname>x</hostname><port>1</port></server> -->"
    text = f"<clickhouse><keeper_server><server_id>1</server_id><raft_configuration>{wrong}{''.join(servers)}"
    text += "</raft_configuration></keeper_server></clickhouse>"
    agree(text, "clickhouse-keeper", second_readers.clickhouse(text))


@given(RANDOMS)
@CALM
def test_consul(draw):
    peers = [
        (f"server-{i}", f"id{i}", f"10.0.0.{i}:8300", not i or draw.random() < 0.8) for i in range(draw.randint(1, 7))
    ]
    if draw.random() < 0.4:
        rows = [[n, i, a, "follower", str(v).lower(), "3"] for n, i, a, v in peers]
        rows.insert(0, ["Node", "ID", "Address", "State", "Voter", "RaftProtocol"])
        widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
        text = "\n".join("".join(map(str.ljust, row, widths)).rstrip() for row in rows) + "\n"
    elif draw.random() < 0.5:
        servers = [{"ID": i, "Node": n, "Address": a, "Leader": False, "Voter": v} for n, i, a, v in peers]
        text = json.dumps({"Servers": servers, "Index": 1})
    else:
        text = json.dumps([{"id": i, "address": a, "non_voter": not v} for _, i, a, v in peers])
    agree(text, "consul", second_readers.consul(text))


@given(RANDOMS)
@CALM
def test_elasticsearch(draw):
    names = [f"es{i}" for i in range(draw.randint(1, 6))]
    kind = draw.randrange(3)
    if kind == 0:
        sides = [draw.sample(names, draw.randint(1, len(names))) for _ in range(2)]
        state = dict(zip(("last_committed_config", "last_accepted_config"), sides, strict=True))
        text = json.dumps({"metadata": {"cluster_coordination": {"term": 1, **state}}})
    elif kind == 1:
        listed = json.dumps(names) if draw.random() < 0.5 else "".join(f"\n  - {name}" for name in names)
        text = f"node.name: es0\n# cluster.initial_master_nodes: [x]\ncluster.initial_master_nodes: {listed}\n"
    else:
        least = draw.randint(1, len(names))
        text = f"discovery.zen.minimum_master_nodes: {least}\ndiscovery.zen.ping.unicast.hosts: {json.dumps(names)}\n"
    agree(text, "elasticsearch", second_readers.elasticsearch(text))


@given(RANDOMS)
@CALM
def test_redis_sentinel(draw):
    known = [f"sentinel known-sentinel m 10.0.0.{i} 26379 {i:040d}" for i in range(1, draw.randint(2, 6))]
    head = f"sentinel monitor m 10.0.1.1 6379 {draw.randint(1, 5)}"
    text = "\n".join(["port 26379", head, *known, "# sentinel known-sentinel m 10.0.0.99 1 x"]) + "\n"
    agree(text, "redis-sentinel", second_readers.sentinel(text))


# --- databases -----------------------------------------------------------------------------------------------


def mongodb_text(draw):
    delay = draw.choice(["slaveDelay", "secondaryDelaySecs", "buildIndexes"])
    members = []
    for i in range(draw.randint(1, 7)):
        member = {"_id": i, "host": f"m{i}:27017", delay: 0 if "D" in delay else True}
        kind = draw.choice(["plain", "plain", "silent", "arbiter", "passive"]) if i else "plain"
        member |= {
            "plain": {},
            "silent": {"votes": 0, "priority": 0},
            "arbiter": {"arbiterOnly": True, "priority": 0},
            "passive": {"priority": 0},
        }[kind]
        members.append(member)
    settings_ = draw.choice([{}, {"getLastErrorDefaults": {"w": draw.choice([1, 2, "majority"]), "wtimeout": 0}}])
    return json.dumps({"_id": "rs0", "members": members, "settings": settings_})


@given(RANDOMS)
@CALM
def test_mongodb(draw):
    text = mongodb_text(draw)
    agree(text, "mongodb", second_readers.mongodb(text))
    shell = "rs0:PRIMARY> rs.conf()\n" + text.replace('"_id"', "_id").replace('"host"', "host").replace('"', "'")
    agree(shell, "mongodb", second_readers.mongodb(text))


LEVELS = ["ONE", "TWO", "THREE", "ALL", "QUORUM", "LOCAL_ONE", "LOCAL_QUORUM", "EACH_QUORUM"]


@given(RANDOMS)
@CALM
def test_cassandra(draw):
    if draw.random() < 0.3:
        options = {"class": "SimpleStrategy", "replication_factor": draw.randint(1, 6)}
        levels = [level for level in LEVELS if "_" not in level]
    else:
        names = draw.sample(["dc1", "dc2", "us-east"], draw.randint(1, 3))
        options = {"class": "org.apache.cassandra.locator.NetworkTopologyStrategy"}
        options |= {name: draw.choice([1, 2, 3, "3"]) for name in names}
        levels = LEVELS
    write, read = draw.choice(levels), draw.choice(levels)
    text = (
        f"-- CREATE KEYSPACE o WITH replication = {{}};\nCREATE KEYSPACE k WITH replication = {options!r} AND x = 1;\n"
    )
    agree(text, "cassandra", second_readers.cassandra(text, write, read), write=write, read=read)


@given(RANDOMS)
@CALM
def test_kafka_topic(draw):
    size = draw.randint(1, 5)
    config = {
        "min.insync.replicas": str(draw.randint(1, 4)),
        "unclean.leader.election.enable": draw.choice(["true", "false"]),
    }
    config = {key: value for key, value in config.items() if draw.random() < 0.7}
    kind = draw.randrange(3)
    if kind == 0:
        config["replication.factor"] = str(size)
        config |= draw.choice([{}, {"acks": draw.choice(["all", "-1", "1", "0"])}])
        text = noisy([f"{key}={value}" for key, value in config.items()], draw)
    elif kind == 1:
        listed = ",".join(f"{key}={value}" for key, value in config.items())
        ids = ",".join(map(str, draw.sample(range(100), size)))
        head = draw.choice(["Topic: t\tTopicId: x\tPartitionCount: 1\t", "Topic:t\tPartitionCount:1\t"])
        colon = ": " if "TopicId" in head else ":"
        text = f"{head}Configs{colon}{listed}\n\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: {ids}\tIsr: {ids}\n"
    else:
        lines = "".join(f"    {key}: {value}\n" for key, value in config.items())
        text = "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata:\n  name: t\n"
        text += f"spec:\n  # replicas: 9\n  replicas: {size}\n" + (f"  config:\n{lines}" if lines else "")
    agree(text, "kafka-topic", second_readers.kafka_topic(text))


@given(RANDOMS)
@CALM
def test_postgresql(draw):
    names = [f"s{i}" for i in range(draw.randint(1, 5))]
    listed = draw.choice([", ", ","]).join(f'"{name}"' if draw.random() < 0.3 else name for name in names)
    head = draw.choice(["ANY", "FIRST", "any", ""])
    value = f"{head} {draw.randint(1, 4)} ({listed})".strip() if head or draw.random() < 0.7 else listed
    lines = [f"synchronous_standby_names = '{value}'", f"assay.standbys_asked = {draw.randint(1, 5)}", "port = 5432"]
    text = noisy(lines, draw)
    agree(text, "postgresql", second_readers.postgresql(text))


@given(RANDOMS)
@CALM
def test_patroni(draw):
    standbys = [f"s{i}" for i in range(1, draw.randint(2, 6))]
    told = {"ttl": 30, "loop_wait": 10, "synchronous_mode": draw.choice(["true", "false", "quorum", "'on'", "off"])}
    told["synchronous_node_count"] = draw.randint(1, 4)
    told["synchronous_mode_strict"] = draw.choice(["true", "false"])
    if draw.random() < 0.5:
        text = "".join(f"{key}: {value}\n" for key, value in told.items())
    else:
        text = "scope: x\nbootstrap:\n  dcs:\n" + "".join(f"    {key}: {value}\n" for key, value in told.items())
    agree(text, "patroni", second_readers.patroni(text, standbys), standbys=", ".join(standbys))


# --- blockchains ---------------------------------------------------------------------------------------------


@given(RANDOMS)
@CALM
def test_cometbft(draw):
    key = draw.choice(["power", "voting_power"])
    listed = [{"address": f"A{i}", key: str(draw.choice([1, 1, 2, 3, 10**12]))} for i in range(draw.randint(1, 7))]
    inner = {"chain_id": "c", "validators": listed}
    text = json.dumps(draw.choice([inner, {"result": inner}, {"result": {"genesis": inner}}]))
    agree(text, "cometbft", second_readers.cometbft(text))


def quorum_set(draw, keys, depth=0):
    """A set over some of the keys, each of them once; now and then one that is insane."""
    own = [keys.pop() for _ in range(min(draw.randint(0 if depth < 2 else 1, 3), len(keys)))]
    inner = [quorum_set(draw, keys, depth + 1) for _ in range(draw.randint(0, 2)) if keys and depth < 2]
    size = len(own) + len(inner)
    odd = draw.random()
    threshold = 0 if odd < 0.05 else size + 1 if odd < 0.1 else draw.randint(1, max(size, 1))
    own += own[:1] if draw.random() < 0.05 else []
    return {"threshold": threshold, "validators": own, "innerQuorumSets": inner}


def shuffled(draw, keys):
    keys = list(keys)
    draw.shuffle(keys)
    return keys


@given(RANDOMS)
@CALM
def test_stellar_network(draw):
    keys = [f"G{i}" for i in range(draw.randint(1, 6))]
    known = [
        {"publicKey": key, "name": key.lower(), "quorumSet": quorum_set(draw, shuffled(draw, keys))} for key in keys
    ]
    text = json.dumps([{key: value for key, value in one.items() if key != "name"} for one in known])
    agree(text, "stellar-network", second_readers.stellar_network(text))


@given(RANDOMS)
@CALM
def test_stellar_core(draw):
    keys = [f"GA{i} v{i}" for i in range(draw.randint(1, 7))]
    cut = sorted(draw.randint(0, len(keys)) for _ in range(2))
    parts = [keys[: cut[0]], keys[cut[0] : cut[1]], keys[cut[1] :]]
    names = ["QUORUM_SET", "QUORUM_SET.a", "QUORUM_SET.a.b"]
    text = "UNSAFE_QUORUM=true\n"
    for name, part in list(zip(names, parts, strict=True)):
        percent = f"THRESHOLD_PERCENT={draw.randint(1, 100)}\n" if draw.random() < 0.7 else ""
        text += f"[{name}]\n{percent}" + (f"VALIDATORS={json.dumps(part)}\n" if part else "")
        if not any(parts[parts.index(part) + 1 :]):
            break
    agree(text, "stellar-core", second_readers.stellar_core(text))


def own_expression(draw, nodes, depth=0):
    if depth > 2 or draw.random() < 0.4:
        return json.dumps(draw.choice(nodes))
    parts = [own_expression(draw, nodes, depth + 1) for _ in range(draw.randint(1, 3))]
    listed = f"[{', '.join(parts)}]"
    number, weights = draw.randint(1, len(parts)), [draw.randint(1, 3) for _ in parts]
    return draw.choice(
        [
            f"{{all = {listed}}}",
            f"{{any = {listed}}}",
            f"{{majority = {listed}}}",
            f"{{choose = {number}, of = {listed}}}",
            f"{{choose = {draw.randint(1, sum(weights))}, of = {listed}, weights = {weights}}}",
        ]
    )


@given(RANDOMS)
@CALM
def test_our_own_format(draw):
    nodes = ["a", "b", "c", "d"]
    text = f"[assay]\n[classes]\nquorum = {own_expression(draw, nodes)}\n[nodes]\n"
    text += "".join(f"{node} = {{}}\n" for node in nodes)
    agree(text, "assay", second_readers.assay(text))


# --- the examples --------------------------------------------------------------------------------------------

READERS = {
    "zookeeper": second_readers.zookeeper,
    "kafka-kraft": second_readers.kraft,
    "etcd": second_readers.etcd,
    "clickhouse-keeper": second_readers.clickhouse,
    "consul": second_readers.consul,
    "elasticsearch": second_readers.elasticsearch,
    "mongodb": second_readers.mongodb,
    "kafka-topic": second_readers.kafka_topic,
    "postgresql": second_readers.postgresql,
    "cometbft": second_readers.cometbft,
}
OTHER = ("compose", ".js", "strimzi-unsafe", "psql", "cometbft-unsafe", "kafka-topic-unsafe.txt", "dictator")


FILES = [
    (path, name)
    for path in sorted(EXAMPLES.iterdir())
    for name in READERS
    if path.is_file() and path.name.startswith(f"{name}-") and not any(one in path.name for one in OTHER)
]


@pytest.mark.parametrize(("path", "name"), FILES, ids=[path.name for path, _ in FILES])
def test_the_examples_say_the_same_to_both_readers(path, name):
    text = path.read_text()
    agree(text, name, READERS[name](text))
