"""Members are who their system takes them for: one name elsewhere is another member, a new name can be an old one."""

import json
from itertools import product

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.formats import read_configuration
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.identities import Identity, Mark
from assay.proofs.quorums.namesakes import assigned
from assay.proofs.quorums.safety import Condition
from hypothesis import given
from hypothesis import strategies as st


def parsed(text, as_=None):
    return parse_source(Source("file", text), as_=as_)


def zookeeper(**hosts):
    return parsed("tickTime=1\n" + "".join(f"server.{name[1:]}={host}:2888:3888\n" for name, host in hosts.items()))


def kraft(*voters):
    return parsed(f"controller.quorum.voters={','.join(voters)}\n")


def kraft_status(*voters):
    listed = ", ".join(f'{{"id": {i}, "directoryId": "{d}", "endpoints": ["C://{h}:9093"]}}' for i, d, h in voters)
    return parsed(f"ClusterId: c\nCurrentVoters: [{listed}]\n")


def etcd(*members):
    listed = [{"ID": i, "name": name, "peerURLs": [url]} for i, name, url in members]
    return parsed(json.dumps({"members": listed}))


def etcd_start(cluster, token="t"):
    return parsed(f"ETCD_INITIAL_CLUSTER={cluster}\nETCD_INITIAL_CLUSTER_TOKEN={token}\n")


def one_step(old, new):
    return analyse(old, against=new).change.condition


def test_the_same_ids_on_other_machines_are_another_ensemble():
    old, new = zookeeper(s1="a", s2="b", s3="c"), zookeeper(s1="d", s2="e", s3="f")
    report = analyse(old, against=new)
    assert report.change.condition is Condition.SPLIT
    assert report.status == 1
    assert report.change.crossing.splits[0].quorums == (
        ("old quorum", frozenset({"1@a:2888:3888", "2@b:2888:3888"})),
        ("new quorum", frozenset({"1@d:2888:3888", "2@e:2888:3888"})),
    )
    assert any(finding.code == "other-members" for finding in report.findings)


@pytest.mark.parametrize("moved", range(4))
def test_so_many_of_three_servers_may_move_in_one_step(moved):
    """With one moved, of two quorums of two either has another of the two that stayed; with two moved it need not."""
    before = {"s1": "a", "s2": "b", "s3": "c"}
    after = {name: host + "x" * (place < moved) for place, (name, host) in enumerate(before.items())}
    quorums = [{f"{i}{hosts[f's{i}']}" for i in pair} for hosts in (before, after) for pair in ((1, 2), (1, 3), (2, 3))]
    apart = any(old.isdisjoint(new) for old, new in product(quorums[:3], quorums[3:]))
    assert one_step(zookeeper(**before), zookeeper(**after)) is (Condition.SPLIT if apart else Condition.SAFE)


def test_an_address_in_other_letters_or_one_of_several_is_the_same():
    old = zookeeper(s1="Zk1.Example.", s2="b", s3="c")
    new = parsed("server.1=zk1.example:2888:3888\nserver.2=x:1:2|b:2888:3888\nserver.3=c:2888:3888\n", "zookeeper")
    assert one_step(old, new) is Condition.SAFE
    assert analyse(old, against=new).change.moving == ()


def test_where_a_server_listens_is_not_where_it_is():
    assert one_step(zookeeper(s1="0.0.0.0", s2="b", s3="c"), zookeeper(s1="a", s2="b", s3="c")) is Condition.SAFE


def test_controllers_are_known_by_id_and_address():
    old = kraft("1@a:9093", "2@b:9093", "3@c:9093")
    assert one_step(old, kraft("1@d:9093", "2@e:9093", "3@f:9093")) is Condition.SPLIT
    assert one_step(old, kraft("1@a:9093", "2@b:9093", "3@c:9093")) is Condition.SAFE


def test_a_controller_that_lost_its_disk_is_another_voter():
    old = kraft_status((1, "A", "a"), (2, "B", "b"), (3, "C", "c"))
    assert one_step(old, kraft_status((1, "A", "a"), (2, "B", "x"), (3, "C", "y"))) is Condition.SAFE
    assert one_step(old, kraft_status((1, "A", "a"), (2, "D", "b"), (3, "E", "c"))) is Condition.SPLIT
    both = kraft_status((1, "A", "a"), (2, "B", "b"), (3, "C", "c"), (3, "D", "c"))
    assert both.system.nodes == ("1", "2", "3 (C)", "3 (D)")
    assert analyse(old, against=both).change.moving == ("3 (D)",)


def test_a_status_and_a_file_are_compared_by_address_and_plain_numbers_by_these():
    file = kraft("1@a:9093", "2@b:9093", "3@c:9093")
    assert one_step(file, kraft_status((1, "A", "a"), (2, "B", "b"), (3, "C", "c"))) is Condition.SAFE
    assert one_step(file, parsed("CurrentVoters: [1,2,3]\n")) is Condition.SAFE


def test_an_etcd_member_is_its_id_and_a_new_cluster_its_urls():
    old = etcd((1, "a", "http://a:1"), (2, "b", "http://b:1"), (3, "c", "http://c:1"))
    renamed = etcd((1, "x", "http://a:1"), (2, "y", "http://b:9"), (3, "z", "http://c:1"))
    assert one_step(old, renamed) is Condition.SAFE
    assert analyse(old, against=renamed).change.moving == ()
    reborn = etcd((4, "a", "http://a:1"), (5, "b", "http://b:1"), (6, "c", "http://c:1"))
    assert one_step(old, reborn) is Condition.SPLIT
    start = "a=http://a:1,b=http://b:1,c=http://c:1"
    assert one_step(old, etcd_start(start)) is Condition.SAFE
    assert one_step(etcd_start(start), etcd_start(start.replace(":1", ":2"))) is Condition.SPLIT
    assert one_step(etcd_start(start), etcd_start(start, token="other")) is Condition.SPLIT


def test_validators_are_known_by_address_not_by_moniker():
    def chain(*pairs):
        listed = [{"address": address, "name": name, "power": "1"} for name, address in pairs]
        return parsed(json.dumps({"chain_id": "c", "validators": listed}))

    old = chain(("a", "A1"), ("b", "B1"), ("c", "C1"), ("d", "D1"))
    others = chain(("a", "A2"), ("b", "B2"), ("c", "C2"), ("d", "D2"))
    assert analyse(old, against=old).change.crossing.condition is Condition.SAFE
    assert analyse(old, against=others).change.crossing.condition is Condition.SPLIT
    swapped = chain(("b", "A1"), ("a", "B1"), ("d", "C1"), ("c", "D1"))
    assert analyse(old, against=swapped).change.crossing.condition is Condition.SAFE


def test_stellar_nodes_are_known_by_key():
    def network(*keys):
        trusted = {"threshold": 2, "validators": list(keys), "innerQuorumSets": []}
        listed = [{"publicKey": key, "name": f"n{i}", "quorumSet": trusted} for i, key in enumerate(keys)]
        return parsed(json.dumps(listed))

    assert one_step(network("A", "B", "C"), network("C", "A", "B")) is Condition.SAFE
    assert one_step(network("A", "B", "C"), network("D", "E", "F")) is Condition.SPLIT


# --- directories ---------------------------------------------------------------------------------------------


def ensemble(path, *files):
    for number, hosts in enumerate(files, 1):
        lines = "".join(f"server.{i}={host}:2888:3888\n" for i, host in enumerate(hosts, 1))
        (path / f"zoo-{number}.cfg").write_text("tickTime=1\n" + lines)
    return read_configuration(path)


def test_files_that_give_one_id_to_two_machines_do_not_agree(tmp_path):
    configuration = ensemble(tmp_path, "abc", "abc", "abx")
    finding = next(f for f in configuration.findings if f.code == "members-differ")
    assert finding.message.startswith("3 is c:2888:3888 in ")
    assert finding.message.endswith("zoo-1.cfg, and x:2888:3888 here")
    assert set(configuration.system.nodes) == {"1", "2", "3@x:2888:3888"}
    assert configuration.system.unknown == ("3@c:2888:3888",)


def test_two_halves_that_call_their_servers_alike_split(tmp_path):
    """Each of 1 and 2 waits for one of the other two of its own; 3 and 4 read other machines."""
    configuration = ensemble(tmp_path, "abcd"[:3], "abcd"[:3], "xyc", "xycd"[:4])
    assert {"3", "4"} <= set(configuration.system.nodes)
    assert any(f.code == "members-differ" for f in configuration.findings)
    assert analyse(configuration).subject.condition is not Condition.SAFE


def test_an_own_line_that_listens_everywhere_is_no_other_address(tmp_path):
    configuration = ensemble(tmp_path, ["0.0.0.0", "b", "c"], ["a", "0.0.0.0", "c"], ["a", "b", "0.0.0.0"])
    assert configuration.findings == ()
    assert configuration.system.nodes == ("1", "2", "3")
    assert analyse(configuration).subject.condition is Condition.SAFE


def test_two_files_of_one_etcd_member_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.env").write_text(f"ETCD_NAME={name}\nETCD_INITIAL_CLUSTER={name}=http://h:1\n")
    with pytest.raises(InputError, match=r"b\.env:1: this file belongs to the server 'a', as .*a\.env does"):
        read_configuration(tmp_path)


# --- who is who ----------------------------------------------------------------------------------------------

IDENTITIES = st.none() | st.builds(
    lambda kind, value: Identity((Mark(kind, frozenset([value]), str(value)),)),
    st.sampled_from(["address", "id"]),
    st.integers(0, 2),
)
SIDES = st.lists(st.dictionaries(st.sampled_from(["a", "b", "a@0", "a@1"]), IDENTITIES, max_size=4), max_size=3)


@given(SIDES)
def test_names_stay_unique_on_each_side(sides):
    for side, called in zip(sides, assigned(sides), strict=True):
        assert set(called) == set(side)
        assert len(set(called.values())) == len(side)


@given(SIDES)
def test_what_differs_in_a_mark_of_one_kind_is_never_called_alike(sides):
    found = assigned(sides)
    for (one, names), (other, others) in product(zip(sides, found, strict=True), repeat=2):
        for a, b in product(one, other):
            mine, theirs = one[a], other[b]
            if mine is not None and theirs is not None and mine.is_same(theirs) is False and a == b:
                assert names[a] != others[b]
