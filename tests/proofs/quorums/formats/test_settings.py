"""What is said besides a file: remarks in it, settings beside it, and everything our own format can say."""

import pytest
from assay.proofs.quorums.formats import FORMATS
from assay.proofs.quorums.systems import Federation
from format_oracle import codes, origins, parse, smallest, tolerance, verdict

KEYSPACE = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3};\n"


@pytest.mark.parametrize("mark", ["--", "//"])
def test_a_remark_in_the_file_gives_the_levels(mark):
    assert verdict(parse(f"{mark} assay: write=QUORUM; read=QUORUM\n{KEYSPACE}")) == "safe"


def test_a_host_called_assay_in_an_address_is_no_comment_for_assay():
    text = "ETCD_NAME=a\nETCD_INITIAL_CLUSTER=a=https://assay:2380,b=https://b:2380,c=https://c:2380\n"
    assert verdict(parse(text, "etcd")) == "safe"


def test_what_is_given_beside_the_file_overrides_its_remarks():
    text = f"-- assay: write=ONE; read=ONE\n{KEYSPACE}"
    assert verdict(parse(text)) == "split"
    assert verdict(parse(text, write="ALL")) == "safe"


def test_the_consistency_command_of_cqlsh_sets_both_levels():
    assert verdict(parse(f"{KEYSPACE}CONSISTENCY QUORUM;\nSERIAL CONSISTENCY SERIAL;\n")) == "safe"


def test_several_keyspaces_are_verified_apart_unless_one_is_chosen():
    text = KEYSPACE + KEYSPACE.replace(" k ", " other ").replace("3}", "1}")
    both = parse(text, write="ONE", read="ONE")
    assert set(both.system.classes) == {"k write", "k read", "other write", "other read"}
    assert verdict(parse(text, write="ONE", read="ONE", keyspace="other")) == "safe"


def test_a_topic_without_a_replication_factor_is_remarked_on():
    assert "replication-factor-assumed" in codes(parse("min.insync.replicas=2\n"))
    assert codes(parse("# assay: replication-factor=3\nmin.insync.replicas=2\n")) == set()


def test_every_setting_is_explained():
    for format in FORMATS:
        assert all(len(meaning) > 20 for meaning in format.settings.values()), format.name


# --- our own format ------------------------------------------------------------------------------------------

FIVE = 'nodes = ["a", "b", "c", "d", "e"]'
SQUARE = 'rows = [["a", "b"], ["c", "d"]]'

SYSTEMS = [
    (f'system = "majority"\n{FIVE}', "safe"),
    ('system = "weighted"\nweights = {a = 3, b = 1, c = 1}', "safe"),
    ('system = "weighted"\nweights = {a = 3, b = 1, c = 2}\nneed = 3', "split"),
    (f'system = "read-write"\n{FIVE}\nread = 2\nwrite = 4', "safe"),
    (f'system = "read-write"\n{FIVE}\nread = 2\nwrite = 3', "split"),
    (f'system = "read-write"\n{FIVE}\nread = 4\nwrite = 2\nordered-writes = true', "split"),
    (f'system = "flexible-paxos"\n{FIVE}\nphase-one = 4\nphase-two = 2', "safe"),
    (f'system = "flexible-paxos"\n{FIVE}\nphase-one = 3\nphase-two = 2', "split"),
    (f'system = "fast-paxos"\n{FIVE}\nclassic = 3\nfast = 4', "safe"),
    (f'system = "fast-paxos"\n{FIVE}\nclassic = 3\nfast = 3', "split"),
    (f'system = "epaxos"\n{FIVE}', "safe"),
    (f'system = "grid"\n{SQUARE}', "safe"),
    (f'system = "maekawa"\n{SQUARE}', "safe"),
    (f'system = "crumbling-wall"\n{SQUARE}', "safe"),
    ('system = "hierarchical"\ngroups = [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]]', "safe"),
    (f'system = "tree"\n{FIVE}', "safe"),
    ('system = "projective-plane"\norder = 2', "safe"),
    (f'system = "byzantine"\n{FIVE}\nquorum = 4', "safe"),
    (f'system = "byzantine"\n{FIVE}\nquorum = 4\nfaulty = 3', "split"),
    (f'system = "dissemination"\n{FIVE}\nfaulty = 1', "safe"),
    (f'system = "masking"\n{FIVE}\nfaulty = 1', "safe"),
    (f'system = "opaque"\n{FIVE}\nfaulty = 1', "safe"),
    ('[federation]\na = {all = ["a", "b"]}\nb = {any = ["a", "b"]}', "safe"),
    ('[federation]\na = "a"\nb = {any = ["a", "b"]}', "split"),
    ('[federation]\na = {all = ["a", "b"]}\nb = {all = ["a", "b"]}', "safe"),
    ('system = "joint"\n[old]\nsystem = "majority"\nnodes = ["a", "b", "c"]\n'
     '[new]\nsystem = "majority"\nnodes = ["c", "d", "e"]', "safe"),
    ('[classes]\nq = {choose = 3, of = ["a", "b", "c"], weights = [2, 2, 1]}', "safe"),
    ('[classes]\nq = {dual = {any = ["a", "b"]}}', "safe"),
    ('[classes]\nq = {all = [{any = ["a", "b"]}, "c"]}', "safe"),
    ('[classes]\nq = {weighted = {a = 1, b = 1}, need = 1}', "split"),
    ('[classes]\nq = {federation = {a = "a", b = "b"}}', "split"),
    ('absent = ["x"]\n[classes]\nq = {majority = ["a", "x"]}', "no quorum"),
    ('[classes]\nq = {majority = ["a", "b", "c", "d"]}\n[[obligations]]\nclasses = ["q", "q"]\nfaulty = [["a"], ["b"]]',
     "safe"),
    ('[classes]\nq = {majority = ["a", "b", "c"]}\n[[obligations]]\nclasses = ["q", "q"]\nfaulty = [["a"], ["b"]]',
     "split"),
    ('[classes]\nq = {majority = ["a", "b", "c"]}\n[[obligations]]\nclasses = ["q", "q"]\nneed = 2', "split"),
    ('[classes]\nr = "a"\nw = {all = ["a", "b"]}\n[[obligations]]\nclasses = ["r", "w"]\nweights = {b = 1}', "split"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SYSTEMS, ids=range(len(SYSTEMS)))
def test_our_own_format_says_every_system(text, expected):
    configuration = parse(f"[assay]\n{text}\n", "assay")
    assert verdict(configuration) == expected
    assert all(place is not None and place.line >= 1 for place in origins(configuration))


def test_the_nodes_have_labels_and_numbers():
    text = """
        [assay]
        system = "majority"
        [nodes]
        a = {zone = "x", failure = 0.01, latency = 0.002, capacity = 100}
        b = {zone = "x"}
        c = {}
    """
    system = parse(text).system
    assert system.groups("zone") == {"x": ("a", "b")}
    assert (system.failure, system.latency, system.capacity) == ({"a": 0.01}, {"a": 0.002}, {"a": 100.0})
    assert system.nodes == ("a", "b", "c")


def test_the_classes_that_are_needed_decide_what_is_survived():
    classes = '[classes]\nfast = {all = ["a", "b", "c"]}\nslow = {majority = ["a", "b", "c"]}\n'
    duty = '[[obligations]]\nclasses = ["fast", "slow"]\n'
    assert tolerance(parse(f"[assay]\n{classes}{duty}")) == 0
    assert tolerance(parse(f'[assay]\nneeded = ["slow"]\n{classes}{duty}')) == 1


def test_a_set_is_written_once_and_used_often():
    text = '[assay]\n[sets]\np = {any = ["a", "b"]}\n[classes]\nq = {all = ["p", {majority = ["p", "c", "d"]}]}\n'
    assert frozenset("ac") in smallest(parse(text), "q")


def test_a_federation_keeps_one_set_for_each_node():
    system = parse('[assay]\n[federation]\na = "b"\nb = "a"\n').system
    assert isinstance(system.classes["quorum"], Federation)
    assert system.nodes == ("a", "b")
