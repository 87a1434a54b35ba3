"""YAML, Compose files, resources of Kubernetes, unit files and scripts: what they start and carry is read in place."""

import contextlib
import re
from textwrap import dedent

import pytest
import yaml
from assay.checker.errors import InputError
from assay.proofs.quorums.formats.reading import parse_source, read_configuration
from assay.proofs.quorums.formats.texts.commands import processes_of_shell, processes_of_unit
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.formats.texts.yaml_text import parse_yaml
from format_oracle import codes, parse, smallest, verdict
from hypothesis import given
from hypothesis import strategies as st

from tests.tiers import one_in

# --- YAML ----------------------------------------------------------------------------------------------------


def plain(element):
    """What an element says, as ordinary data."""
    value = element.value
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return {key: plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value


TEXTS = st.text(st.characters(codec="ascii"), max_size=12).filter(lambda text: not re.fullmatch(r"[-+.\deE]+", text))
"""What both versions of YAML take for a text: to 1.1, `0E0` is one."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc-", min_size=1, max_size=4), inner),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([True, False, None]))
def test_what_another_writer_wrote_is_read(value, flow):
    text = yaml.safe_dump(value, default_flow_style=flow)
    found = [plain(document) for document in parse_yaml(Source("file", text))]
    assert found == ([] if value is None else [value])


def test_places_are_those_of_the_file():
    text = "a:\n  - b: 1\n    c: 'x'\nd: |\n  text\n"
    (document,) = parse_yaml(Source("file", text))
    first = document.need("a").items()[0]
    assert (first.need("c").location.line, first.need("c").location.column) == (3, 8)
    assert first.need("c").path == "a[0].c"
    assert document.need("d").value == "text\n"


def test_the_words_of_yaml_1_1_are_texts():
    (document,) = parse_yaml(Source("file", "[yes, no, on, off, ~, null, true, 010, 1e3, '1', !!str 2, 12:30]"))
    assert plain(document) == ["yes", "no", "on", "off", None, None, True, 10, 1000.0, "1", "2", "12:30"]


def test_aliases_and_merged_keys_stand_for_what_they_name():
    text = "base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: *b\n"
    (document,) = parse_yaml(Source("file", text))
    assert plain(document) == {"base": {"x": 1, "y": 2}, "one": {"y": 3, "x": 1}, "two": {"x": 1, "y": 2}}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\na: 2", 2, "the key 'a' is repeated; first in line 1"),
        ("a: *b", 1, "the alias *b stands for nothing before it"),
        ("a: &b [*b]", 1, "the alias *b stands for nothing before it"),
        ("a: [1\n", 2, "this is not YAML"),
        ("a:\n\t- 1", 2, "this is not YAML"),
        ("{[1]: 2}", 1, "a key that is a list or a mapping"),
        ("&a x: 1\n*a : 2", 2, "an alias as a key"),
        ("[" * 200, 1, "nested deeper than 64 levels"),
        ("a: !!python/object/apply:os.system [x]\na: 1", 2, "the key 'a' is repeated"),
    ],
)
def test_what_is_no_yaml_of_a_configuration_is_refused(text, line, message):
    with pytest.raises(InputError) as caught:
        parse_yaml(Source("file", text))
    assert message in caught.value.message
    assert caught.value.location.line == line


@pytest.mark.timeout(20)
def test_a_small_text_that_unfolds_to_billions_is_refused():
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    with pytest.raises(InputError, match="more than 300,000 values"):
        parse_yaml(Source("file", text))


# --- shells and units ----------------------------------------------------------------------------------------


def words(text):
    return [[word.text for word in process.arguments] for process in processes_of_shell(Source("file", dedent(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a --b c", [["a", "--b", "c"]]),
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a \\\n  --b", [["a", "--b"]]),
        ("a --x=1 # --y=2\nb", [["a", "--x=1"], ["b"]]),
        ("a; b && c | d &", [["a"], ["b"], ["c"], ["d"]]),
        ("a http://x/#y", [["a", "http://x/#y"]]),
        ("export X=1\na $X ${X} '$X' $Y", [["a", "1", "1", "$X", "$Y"], []]),
        ("a 'unclosed", [["a", "", "unclosed"]]),
    ],
)
def test_words_are_those_of_the_shell(text, expected):
    assert words(text) == expected


def test_a_unit_has_its_environment_and_its_command():
    text = """
        [Service]
        Environment=A=1 "B=two words"
        ; ExecStart=/bin/never
        ExecStart=-/bin/x --a ${A} \\
          # a comment in between
          --b=$B
    """
    (process,) = processes_of_unit(Source("file", dedent(text)))
    assert [word.text for word in process.arguments] == ["/bin/x", "--a", "1", "--b=two words"]
    assert process.flag("b").location.line == 7
    assert process.environment["B"].text == "two words"


# --- etcd ----------------------------------------------------------------------------------------------------

THREE = "a=http://a:2380,b=http://b:2380,c=http://c:2380"


@pytest.mark.parametrize(
    "text",
    [
        f"ETCD_NAME=a\nETCD_INITIAL_CLUSTER={THREE}\n",
        f'export ETCD_INITIAL_CLUSTER="{THREE}"  # all of them\n',
        f"[member]\nETCD_NAME=a\n[cluster]\nETCD_INITIAL_CLUSTER='{THREE}'\n",
        f"# ETCD_INITIAL_CLUSTER=a=http://a:1\nETCD_INITIAL_CLUSTER={THREE},\n",
        f"etcd --name a --initial-cluster {THREE} --initial-cluster-state new\n",
        f"etcd --name a -initial-cluster={THREE}\n",
        f"docker run --name x -e ETCD_INITIAL_CLUSTER={THREE} quay.io/coreos/etcd etcd\n",
        f"[Service]\nEnvironment=ETCD_INITIAL_CLUSTER={THREE}\nExecStart=/bin/etcd\n",
        f"[Service]\nExecStart=/bin/etcd --name a \\\n  --initial-cluster {THREE}\n",
        "H=http\nCLUSTER=a=$H://a:2380,b=${H}://b:2380,c=http://c:2380\netcd --initial-cluster ${CLUSTER}\n",
        f"name: a\ninitial-cluster: {THREE}\n",
        "name: a\ninitial-cluster: >-\n  a=http://a:2380,\n  b=http://b:2380,\n  c=http://c:2380\n",
        f'{{"name": "a", "initial-cluster": "{THREE}"}}\n',
        f"initial-cluster: {THREE}\n# initial-cluster: a=http://a:2380\n",
    ],
)
def test_a_member_is_started_with_three(text):
    configuration = parse(text, "etcd")
    assert configuration.system.nodes == ("a", "b", "c")
    assert verdict(configuration) == "safe"


@pytest.mark.parametrize(
    "text",
    [
        "ETCD_NAME=a\n# ETCD_INITIAL_CLUSTER=a=http://a:1,b=http://b:1\n",
        "ETCD_NAME=a\nETCD_INITIAL_CLUSTER=\n",
        "etcd --name a --initial-advertise-peer-urls http://a:1 # --initial-cluster x=y\n",
        "name: a\n# initial-cluster: a=http://a:1,b=http://b:1\nlisten-peer-urls: http://a:1\n",
    ],
)
def test_a_member_that_is_started_without_a_cluster_is_one_of_its_own(text):
    configuration = parse(text)
    assert configuration.format == "etcd"
    assert configuration.system.nodes == ("a",)
    assert "standalone" in codes(configuration)


def test_ids_in_hexadecimal_and_tables_are_the_same_list():
    listed = (
        '{"members": [{"ID": "8211f1d0f64f3269", "name": "a", "peerURLs": ["http://a:1"]},'
        ' {"ID": "91bc3c398fb3c146", "name": "", "peerURLs": ["http://b:1"], "isLearner": true}]}'
    )
    table = """
        | ID               | STATUS    | NAME | PEER ADDRS | CLIENT ADDRS | IS LEARNER |
        | 8211f1d0f64f3269 | started   | a    | http://a:1 |              | false      |
        | 91bc3c398fb3c146 | unstarted |      | http://b:1 |              | true       |
    """
    simple = """
        8211f1d0f64f3269, started, a, http://a:1, http://a:2, false
        91bc3c398fb3c146, unstarted, , http://b:1, , true
    """
    number = listed.replace('"8211f1d0f64f3269"', str(0x8211F1D0F64F3269))
    found = [parse(text) for text in (listed, table, simple, number)]
    assert {configuration.system.nodes for configuration in found} == {("a",)}
    assert len({tuple(sorted(c.identities["a"].keys, key=repr)) for c in found}) == 1


# --- Compose and Kubernetes -----------------------------------------------------------------------------------


def compose(**services):
    return "services:\n" + "".join(f"  {name}:\n    image: x\n{text}" for name, text in services.items())


def test_services_of_a_compose_file_are_the_members_of_one_cluster():
    text = compose(
        e1=f"    command: etcd --name a --initial-cluster {THREE}\n",
        e2=f"    command:\n      - etcd\n      - --name=b\n      - --initial-cluster={THREE}\n",
        e3=f"    environment:\n      ETCD_NAME: c\n      ETCD_INITIAL_CLUSTER: {THREE}\n",
        web="    command: serve\n",
    )
    configuration = parse(text)
    assert configuration.system.nodes == ("a", "b", "c")
    assert configuration.files == ("file",)
    assert verdict(configuration) == "safe"
    assert verdict(parse(text.replace("name b --initial-cluster a", "name b --initial-cluster z"))) == "safe"


def test_a_service_that_lacks_the_others_splits():
    text = compose(
        **{
            f"z{i}": f"    environment:\n      ZOO_MY_ID: {i}\n"
            + ("" if i == 3 else "      ZOO_SERVERS: server.1=z1:2888:3888;2181 server.2=z2:2888:3888;2181\n")
            for i in (1, 2, 3)
        }
    )
    configuration = parse(text)
    assert configuration.format == "zookeeper"
    assert smallest(configuration) == {frozenset("12"), frozenset("3")}


def test_a_service_that_is_told_nothing_is_a_cluster_of_its_own():
    text = compose(
        e1=f"    command: etcd --name a --initial-cluster {THREE}\n",
        e2=f"    command: etcd --name b --initial-cluster {THREE}\n",
        c="    command: etcd --name c\n",
    )
    assert smallest(parse(text)) >= {frozenset("ab"), frozenset("c")}
    bare = text.replace("    image: x\n    command: etcd --name c\n", "    image: quay.io/coreos/etcd:v3.5\n")
    assert verdict(parse(bare.replace("  c:\n", "  default:\n"))) == "split"
    servers = "server.1=z1:2888:3888 server.2=z2:2888:3888 server.3=z3:2888:3888"
    zookeeper = compose(**{f"z{i}": f"    environment: [ZOO_MY_ID={i}, 'ZOO_SERVERS={servers}']\n" for i in (1, 2)})
    zookeeper += "  z3:\n    image: docker.io/library/zookeeper:3.9\n"
    assert smallest(parse(zookeeper)) >= {frozenset("12"), frozenset("3")}


@pytest.mark.parametrize(
    "more", ["env_file: x.env", "volumes: ['./etcd.conf.yml:/etc/etcd.conf.yml']", "extends: {service: base}"]
)
def test_a_service_that_is_told_elsewhere_is_not_taken_for_one_that_is_told_nothing(more):
    text = compose(
        **{name: f"    command: etcd --name {name} --initial-cluster {THREE}\n" for name in ("a", "b")},
        c=f"    {more}\n    command: etcd --name c\n",
    )
    configuration = parse(text)
    assert verdict(configuration) == "safe"
    assert codes(configuration) == {"files-missing"}


def test_a_unit_with_an_environment_file_does_not_tell_the_cluster():
    text = "[Service]\nEnvironmentFile=/etc/etcd.env\nExecStart=/usr/bin/etcd --listen-peer-urls http://a:1\n"
    with pytest.raises(InputError, match="initial-cluster may be in a file that this one names"):
        parse(text, "etcd")
    told = text.replace("--listen", f"--initial-cluster {THREE} --listen")
    assert parse(told).system.nodes == ("a", "b", "c")


def test_values_of_an_environment_file_go_to_the_end_of_the_line():
    text = f"ETCD_NAME=a\n\n# comment\nETCD_INITIAL_CLUSTER={THREE.replace(',', ', ')} # three\n"
    assert parse(text).system.nodes == ("a", "b", "c")


def test_a_node_of_elasticsearch_that_discovers_nobody_is_a_cluster_of_its_own():
    listed = "cluster.initial_master_nodes=es1,es2,es3"
    lines = {name: f"    environment: [node.name={name}, '{listed}']\n" for name in ("es1", "es2", "es3")}
    assert verdict(parse(compose(**lines))) == "safe"
    alone = {**lines, "es3": "    environment: [node.name=es3, discovery.type=single-node]\n"}
    assert smallest(parse(compose(**alone))) >= {frozenset({"es1", "es2"}), frozenset({"es3"})}
    joins = {**lines, "es3": "    environment: [node.name=es3, discovery.seed_hosts=es1]\n"}
    assert verdict(parse(compose(**joins))) == "safe"


def test_agents_of_consul_that_expect_one_each_start_two_clusters(tmp_path):
    def read(*expected):
        for number, expect in enumerate(expected, 1):
            (tmp_path / f"s{number}.hcl").write_text(f'node_name = "s{number}"\nbootstrap_expect = {expect}\n')
        return verdict(read_configuration(tmp_path))

    assert read(3, 3, 3) == "safe"
    assert read(1, 3, 3) == "safe"
    assert read(1, 1, 3) == "split"
    assert read(3, 3, 3, 3, 3) == "safe"
    assert read(2, 2, 2, 2, 2) == "split"


@pytest.mark.parametrize(
    ("variable", "listed"),
    [
        ("ZOO_SERVERS", "server.1=a:2888:3888;2181 server.2=b:2888:3888;2181 server.3=c:2888:3888;2181"),
        ("ZOO_SERVERS", "a:2888:3888,b:2888:3888,c:2888:3888"),
        ("ZOO_SERVERS", "a:2888:3888::1,b:2888:3888::2,c:2888:3888::3"),
        ("ZOOKEEPER_SERVERS", "a:2888:3888;b:2888:3888;c:2888:3888"),
    ],
)
def test_the_lists_of_zookeepers_images(variable, listed):
    configuration = parse(f"{variable}='{listed}'\n")
    assert configuration.format == "zookeeper"
    assert configuration.system.nodes == ("1", "2", "3")
    assert {labels["host"] for labels in configuration.system.labels.values()} == {"a", "b", "c"}


@pytest.mark.parametrize("prefix", ["KAFKA_", "KAFKA_CFG_"])
def test_the_variables_of_kafkas_images(prefix):
    voters = "1@a:9093,2@b:9093,3@c:9093"
    configuration = parse(f"{prefix}NODE_ID=1\n{prefix}CONTROLLER_QUORUM_VOTERS={voters}\n")
    assert (configuration.format, configuration.system.nodes) == ("kafka-kraft", ("1", "2", "3"))
    topics = parse(f"{prefix}DEFAULT_REPLICATION_FACTOR=3\n{prefix}MIN_INSYNC_REPLICAS=2\n")
    assert topics.format == "kafka-topic"
    assert topics.system.classes["write"].need == 2


CONFIG_MAP = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: zk}
    data:
      README: nothing
      zoo.cfg: |
        tickTime=2000
        server.1=a:2888:3888
        server.2=b:2888:3888
        server.3=c:2888:%s
"""


def test_a_file_in_a_config_map_has_its_lines():
    assert parse(CONFIG_MAP % "3888").system.nodes == ("1", "2", "3")
    with pytest.raises(InputError) as caught:
        parse(CONFIG_MAP % "x")
    assert caught.value.location.line == 10


def test_a_container_is_started_with_its_arguments():
    text = f"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {{name: etcd}}
        spec:
          replicas: 3
          template:
            spec:
              containers:
                - name: etcd
                  command: [sh, -c, "exec etcd --name $(POD_NAME) --initial-cluster {THREE}"]
    """
    assert parse(text).system.nodes == ("a", "b", "c")


def test_a_list_of_resources_and_node_pools():
    text = """
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: kafka.strimzi.io/v1, kind: KafkaNodePool, metadata: {name: c},
             spec: {roles: [controller], replicas: 3}}
          - {apiVersion: kafka.strimzi.io/v1, kind: KafkaNodePool, metadata: {name: b},
             spec: {roles: [broker], replicas: 5}}
    """
    configuration = parse(text)
    assert (configuration.format, configuration.system.nodes) == ("kafka-kraft", ("c-0", "c-1", "c-2"))


@pytest.mark.parametrize(
    ("values", "format", "nodes"),
    [
        ("etcd:\n  enabled: true\n  replicaCount: 3\n", "etcd", ("etcd-0", "etcd-1", "etcd-2")),
        ("zookeeper:\n  # three\n  replicaCount: 3\n", "zookeeper", ("1", "2", "3")),
        ("kafka:\n  controller:\n    replicaCount: 3\n", "kafka-kraft", ("kafka-0", "kafka-1", "kafka-2")),
        ("consul:\n  server:\n    replicas: 3\n", "consul", ("consul-0", "consul-1", "consul-2")),
    ],
)
def test_literal_values_of_charts(values, format, nodes):
    configuration = parse(values)
    assert (configuration.format, configuration.system.nodes) == (format, nodes)
    bare = dedent("\n".join(line for line in values.splitlines()[1:] if "#" not in line)) + "\n"
    assert parse(bare, format).system.nodes == nodes


def test_values_without_a_number_are_refused():
    with pytest.raises(InputError, match="the values do not say how many servers there are"):
        parse("web:\n  replicaCount: 3\n", "etcd")


def test_a_template_and_two_systems_are_refused():
    with pytest.raises(InputError, match="this is a Helm template"):
        parse("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: {{ .Values.x }}\n")
    both = compose(
        e=f"    command: etcd --initial-cluster {THREE}\n", z="    environment:\n      - ZOO_SERVERS=a:1:2,b:1:2\n"
    )
    with pytest.raises(InputError, match="this is zookeeper, and e of file is etcd"):
        parse(both)
    assert parse(both, "zookeeper").system.nodes == ("1", "2")


def test_a_check_that_initiates_a_replica_set_is_read():
    text = compose(
        m='    healthcheck:\n      test: echo \'rs.initiate({_id:"r",members:[{_id:0,host:"m:1"}]})\' | mongosh\n'
    )
    assert parse(text).system.nodes == ("m:1",)


def test_a_remark_in_a_manifest_is_heard():
    text = "# assay: acks=1\napiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nspec: {replicas: 3}\n"
    assert "acks-not-all" in codes(parse_source(Source("file", text)))


ENDLESS = {
    "braces": "apiVersion: v1\nkind: X\n" + "{{" * 50_000,
    "values": "replicaCount: 3\netcd:\n" + "   \n" * 20_000,
    "unit": "[Service]\nExecStart=" + "\\\n" * 50_000,
    "quotes": "ETCD_NAME='" * 20_000,
    "members": "{members: [ host: " * 3000,
    "calls": "rs.add(" * 30_000 + "members: [ host:",
    "statements": "ALTER KEYSPACE k WITH " * 20_000,
    "topics": "Topic: t\tPartition: 0\t" + "a: " * 50_000,
    "bars": "synchronous_standby_names |\n" * 20_000,
    "words": "etcd " + "--name x " * 50_000,
}


@pytest.mark.parametrize("text", one_in(3, ENDLESS.values()), ids=ENDLESS)
@pytest.mark.timeout(20)
def test_no_text_takes_long(text):
    with contextlib.suppress(InputError):
        parse(text)
