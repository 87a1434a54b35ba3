"""Files and directories: limits of size, what is no file, whose file it is, and configurations that drifted."""

import io
import time

import pytest
from assay.checker.errors import InputError, UsageError
from assay.proofs.quorums.formats import FORMATS, read_configuration
from assay.proofs.quorums.systems import Federation
from format_oracle import EXAMPLES, codes, parse, smallest, verdict


def zoo(count):
    return "tickTime=2000\n" + "".join(f"server.{i}=zoo{i}:2888:3888\n" for i in range(1, count + 1))


def cluster(path, **files):
    for name, text in files.items():
        (path / f"{name}.cfg").write_text(text)
    return path


# --- what cannot be read -------------------------------------------------------------------------------------


def test_a_file_of_a_hundred_megabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "zoo.cfg"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    started = time.monotonic()
    with pytest.raises(InputError, match="the file has 104,857,600 bytes, more than the 16,777,216"):
        read_configuration(path)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("data", [b"\xff\xfeserver.1", b"server.1=\x80", b"\x00\x01\x02"])
def test_what_is_no_text_is_refused(tmp_path, data):
    (tmp_path / "zoo.cfg").write_bytes(b"tickTime=1\n" + data)
    with pytest.raises(InputError, match=r"zoo\.cfg:2: (byte 0x.. is not UTF-8|a NUL character)"):
        read_configuration(tmp_path / "zoo.cfg")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "zoo.cfg").write_bytes(b"\xef\xbb\xbf" + zoo(3).encode())
    assert verdict(read_configuration(tmp_path / "zoo.cfg")) == "safe"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_configuration(tmp_path / "none.cfg")


def test_a_device_is_no_file():
    with pytest.raises(InputError, match="this is not a regular file"):
        read_configuration("/dev/zero")


def test_an_unknown_format_and_an_unknown_setting_are_usage_errors():
    with pytest.raises(UsageError, match="there is no format 'riak'"):
        parse(zoo(3), "riak")
    with pytest.raises(UsageError, match="zookeeper has no setting 'write'"):
        parse(zoo(3), "zookeeper", write="ALL")


def test_the_name_of_a_format_is_unique():
    assert len({format.name for format in FORMATS}) == len(FORMATS) == 16


def test_a_million_characters_are_read_in_a_moment():
    hub = f"G{0:055d}"
    keys = [f"G{i:055d}" for i in range(1, 4000)]
    sets = (f'{{"threshold": 2, "validators": ["{hub}", "{key}"], "innerQuorumSets": []}}' for key in keys)
    nodes = ",\n".join(
        f'{{"publicKey": "{key}", "quorumSet": {trusted}}}' for key, trusted in zip(keys, sets, strict=True)
    )
    started = time.monotonic()
    configuration = parse(f"[{nodes}]", "stellar-network")
    assert len(configuration.system.nodes) == 3999
    assert time.monotonic() - started < 10


# --- several nodes -------------------------------------------------------------------------------------------


def test_two_old_files_after_growing_from_three_to_five_split_the_ensemble():
    configuration = read_configuration(EXAMPLES / "zookeeper-unsafe")
    assert isinstance(configuration.system.classes["quorum"], Federation)
    assert {frozenset("12"), frozenset("345")} <= smallest(configuration)
    assert verdict(configuration) == "split"
    message = next(f.message for f in configuration.findings if f.code == "files-differ")
    assert message.endswith("1, 2; 3, 4, 5")


def test_one_old_file_after_growing_from_three_to_five_is_safe(tmp_path):
    files = {f"zoo-{i}": zoo(5) for i in range(2, 6)}
    assert verdict(read_configuration(cluster(tmp_path, **files, **{"zoo-1": zoo(3)}))) == "safe"


def test_three_servers_on_their_own_are_no_ensemble():
    configuration = read_configuration(EXAMPLES / "zookeeper-standalone-unsafe")
    assert verdict(configuration) == "split"
    assert codes(configuration) == {"standalone", "files-differ"}
    assert smallest(configuration) == {frozenset("1"), frozenset("2"), frozenset("3")}


def test_files_that_agree_are_one_system(tmp_path):
    configuration = read_configuration(cluster(tmp_path, **{f"zoo-{i}": zoo(3) for i in (1, 2, 3)}))
    assert not isinstance(configuration.system.classes["quorum"], Federation)
    assert configuration.findings == ()
    assert configuration.system.classes == parse(zoo(3)).system.classes


def test_servers_without_a_file_are_taken_to_say_what_the_others_say_if_these_agree(tmp_path):
    configuration = read_configuration(cluster(tmp_path, **{f"zoo-{i}": zoo(5) for i in (1, 2)}))
    assert configuration.system.unknown == ()
    assert configuration.system.nodes == ("1", "2", "3", "4", "5")
    assert verdict(configuration) == "safe"
    assert [finding.code for finding in configuration.findings] == ["files-missing"]


def test_a_server_without_a_file_is_unknown_if_the_others_disagree(tmp_path):
    configuration = read_configuration(cluster(tmp_path, **{"zoo-1": zoo(3), "zoo-2": zoo(5)}))
    assert configuration.system.unknown == ("3", "4", "5")


def test_a_server_that_is_an_observer_in_some_files_only(tmp_path):
    demoted = zoo(3).replace("zoo3:2888:3888", "zoo3:2888:3888:observer")
    files = {"zoo-1": demoted, "zoo-2": demoted, "zoo-3": zoo(3)}
    configuration = read_configuration(cluster(tmp_path, **files))
    assert smallest(configuration) == {frozenset("12")}
    assert configuration.system.nodes == ("1", "2", "3")


def test_the_id_in_myid_says_whose_file_it_is(tmp_path):
    for name, number in (("x", 1), ("y", 2), ("z", 3)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "zoo.cfg").write_text(zoo(3))
        (tmp_path / name / "myid").write_text(f"{number}\n")
    assert read_configuration(tmp_path).system.nodes == ("1", "2", "3")
    (tmp_path / "z" / "myid").write_text("three")
    with pytest.raises(InputError, match="myid is 'three'"):
        read_configuration(tmp_path)


def test_a_static_file_beside_its_dynamic_part_is_left_out(tmp_path):
    for i in (1, 2, 3):
        folder = tmp_path / f"zk{i}"
        folder.mkdir()
        (folder / "zoo.cfg").write_text("tickTime=2000\ndynamicConfigFile=zoo.cfg.dynamic\n")
        (folder / "zoo.cfg.dynamic").write_text(zoo(3).split("\n", 1)[1])
    assert verdict(read_configuration(tmp_path)) == "safe"


def test_it_must_be_known_whose_file_it_is(tmp_path):
    with pytest.raises(InputError, match="the file does not say to which server it belongs"):
        read_configuration(cluster(tmp_path, one=zoo(3), two=zoo(3)))


def test_two_files_of_one_server_contradict(tmp_path):
    with pytest.raises(InputError, match=r"this file belongs to the server '1', as .*a-1\.cfg does"):
        read_configuration(cluster(tmp_path, **{"a-1": zoo(3), "b-1": zoo(3)}))


def test_files_of_different_formats_are_not_mixed(tmp_path):
    cluster(tmp_path, **{"zoo-1": zoo(3)})
    (tmp_path / "b.conf").write_text("sentinel monitor m 10.0.0.1 6379 2\n")
    with pytest.raises(InputError, match=r"this is zookeeper, and .*b\.conf is redis-sentinel"):
        read_configuration(tmp_path)


def test_files_of_no_concern_are_passed_over_and_named(tmp_path):
    cluster(tmp_path, **{f"zoo-{i}": zoo(3) for i in (1, 2, 3)})
    (tmp_path / "zoo-1.cfg.bak").write_text(zoo(5))
    (tmp_path / "log4j.properties").write_text("log4j.rootLogger=INFO\n")
    (tmp_path / "empty.cfg").write_text("\n")
    (tmp_path / "data.bin").write_bytes(b"\0\xff")
    configuration = read_configuration(tmp_path)
    assert verdict(configuration) == "safe"
    (finding,) = configuration.findings
    assert finding.code == "passed-over"
    assert all(name in finding.message for name in ("zoo-1.cfg.bak", "log4j.properties", "empty.cfg", "data.bin"))


def test_directories_are_searched_below_that_of_each_node(tmp_path):
    for i, name in enumerate("abc", 1):
        conf, data = tmp_path / "hosts" / name / "etc" / "zookeeper", tmp_path / "hosts" / name / "var" / "lib"
        conf.mkdir(parents=True)
        data.mkdir(parents=True)
        (conf / "zoo.cfg").write_text(zoo(3))
        (data / "myid").write_text(str(i))
    configuration = read_configuration(tmp_path)
    assert configuration.system.nodes == ("1", "2", "3")
    assert verdict(configuration) == "safe"


def test_a_link_to_a_directory_is_not_followed(tmp_path):
    cluster(tmp_path, **{f"zoo-{i}": zoo(3) for i in (1, 2, 3)})
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert verdict(read_configuration(tmp_path)) == "safe"


def test_standard_input_is_read_for_a_dash(monkeypatch):
    class Input:
        buffer = io.BytesIO(zoo(3).encode())

    monkeypatch.setattr("sys.stdin", Input())
    configuration = read_configuration("-")
    assert configuration.files == ("standard input",)
    assert verdict(configuration) == "safe"


def test_an_empty_directory_is_refused(tmp_path):
    (tmp_path / ".hidden").write_text("x")
    with pytest.raises(InputError, match="the directory has no files"):
        read_configuration(tmp_path)


def test_genesis_files_that_differ_are_refused_and_equal_ones_are_one(tmp_path):
    text = '{"chain_id": "c", "validators": [{"address": "A", "power": "%s"}]}'
    (tmp_path / "a.json").write_text(text % 1)
    (tmp_path / "b.json").write_text(text % 1)
    assert verdict(read_configuration(tmp_path)) == "safe"
    (tmp_path / "b.json").write_text(text % 2)
    with pytest.raises(InputError, match="this differs from"):
        read_configuration(tmp_path)


def test_an_etcd_member_must_be_in_its_own_cluster(tmp_path):
    text = 'ETCD_NAME=%s\nETCD_INITIAL_CLUSTER="a=http://a:1,b=http://b:1"\n'
    (tmp_path / "a.env").write_text(text % "a")
    (tmp_path / "b.env").write_text(text % "c")
    with pytest.raises(InputError, match="this is the file of 'c', which is not one of the voting members"):
        read_configuration(tmp_path)


def test_sentinels_that_know_each_other_by_run_id_are_counted_once(tmp_path):
    for i in (1, 2, 3):
        others = "".join(f"sentinel known-sentinel m 10.0.0.{j} 26379 {j:040d}\n" for j in (1, 2, 3) if j != i)
        text = f"sentinel myid {i:040d}\nsentinel monitor m 10.0.0.9 6379 2\n{others}"
        (tmp_path / f"s{i}.conf").write_text(text)
    configuration = read_configuration(tmp_path)
    assert configuration.system.nodes == ("s1", "s2", "s3")
    assert verdict(configuration) == "safe"


def test_fresh_sentinel_files_know_as_many_sentinels_as_there_are_files(tmp_path):
    for i in (1, 2, 3):
        (tmp_path / f"s{i}.conf").write_text("sentinel monitor m 10.0.0.9 6379 2\n")
    configuration = read_configuration(tmp_path)
    assert {len(quorum) for quorum in smallest(configuration, "failover of m")} == {2}


def test_stellar_core_nodes_each_with_their_own_set(tmp_path):
    text = (
        'UNSAFE_QUORUM=true\nNODE_NAMES=["GA a", "GB b", "GC c", "GD d"]\n'
        "[QUORUM_SET]\nTHRESHOLD_PERCENT=100\nVALIDATORS=[%s]\n"
    )
    for name, trusted in (("a", '"$self", "$b"'), ("b", '"$a", "GB"'), ("c", '"$c", "GD"'), ("d", '"$c", "$self"')):
        (tmp_path / f"{name}.cfg").write_text(text % trusted)
    configuration = read_configuration(tmp_path)
    assert smallest(configuration) == {frozenset("ab"), frozenset("cd")}
    assert verdict(configuration) == "split"
