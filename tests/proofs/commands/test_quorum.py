"""``assay quorum`` from the command line: exit statuses, forms, and one clear line for bad usage."""

import json

import pytest

THREE = "server.1=a:2888:3888\nserver.2=b:2888:3888\nserver.3=c:2888:3888\n"
FIVE = THREE + "server.4=d:2888:3888\nserver.5=e:2888:3888\n"


@pytest.fixture
def ensemble(tmp_path):
    for name, text in (("three.cfg", THREE), ("five.cfg", FIVE)):
        (tmp_path / name).write_text(text)
    for place in range(1, 6):
        node = tmp_path / "drift" / f"node{place}"
        node.mkdir(parents=True)
        (node / "zoo.cfg").write_text(THREE if place < 3 else FIVE)
        (node / "myid").write_text(f"{place}\n")
    return tmp_path


@pytest.fixture
def run(assay):
    """Run ``assay quorum``; return its exit status and what it wrote to each stream."""

    def run(*arguments):
        ran = assay("quorum", *map(str, arguments))
        return ran.status, ran.out, ran.err

    return run


def test_a_safe_ensemble_passes(ensemble, run):
    status, out, _ = run(ensemble / "three.cfg", "--fail-under", "f=1")
    assert status == 0
    assert "verdict: safe" in out


def test_two_old_files_among_five_split_the_ensemble_by_name(ensemble, run):
    status, out, _ = run(ensemble / "drift", "--format", "json")
    assert status == 1
    (split,) = [duty["split"] for duty in json.loads(out)["obligations"]]
    assert [quorum["nodes"] for quorum in split["quorums"]] == [["1", "2"], ["3", "4", "5"]]


def test_a_change_by_two_voters_is_not_safe_in_one_step(ensemble, run):
    status, out, _ = run(ensemble / "three.cfg", "--against", ensemble / "five.cfg")
    assert status == 1
    assert "step 1: add 4" in out


def test_an_unmet_demand_fails(ensemble, run):
    assert run(ensemble / "three.cfg", "--fail-under", "f=2")[0] == 1


@pytest.mark.parametrize("form", ["text", "json", "svg", "html"])
def test_every_form_is_written_to_a_file(ensemble, run, form):
    target = ensemble / f"out.{form}"
    status, out, _ = run(ensemble / "three.cfg", "--format", form, "--output", target)
    assert (status, out) == (0, "")
    assert target.read_text()


def test_the_trees_are_shown_with_the_lines_they_came_from(ensemble, run):
    assert "three.cfg:2" in run(ensemble / "three.cfg", "--trees")[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fail-under", "f"], "expected f=1,zone=1"),
        (["--fail-under", "f=-1"], "expected a whole number"),
        (["--fail-under", "rack=1"], "no node has the label 'rack'"),
        (["--failure", "2"], "between 0 and 1"),
        (["--failure", "1/0"], "division by zero"),
        (["--failure", "x"], "expected a number such as"),
        (["--read-fraction", "0.5"], "about the classes read and write"),
        (["--as", "nothing"], "nothing"),
        (["--time-limit", "soon"], "expected a time"),
        (["--against", "missing.cfg"], "missing.cfg"),
        (["--unknown-nodes", "perhaps"], "absent"),
        (["--certificate", "/dev/null/x"], "cannot write certificates"),
    ],
)
def test_bad_usage_is_one_line_and_status_two(ensemble, run, options, message):
    status, out, error = run(ensemble / "three.cfg", *options)
    assert status == 2
    assert out == ""
    assert error.startswith("error: ")
    assert message in error
    assert len(error.splitlines()) <= 2


def test_the_way_that_is_offered_is_that_of_the_system(ensemble, run):
    etcd = [f"m{n}=http://h{n}:2380" for n in range(1, 6)]
    for name, members in (("old.env", etcd[:3]), ("new.env", etcd)):
        (ensemble / name).write_text(f"ETCD_INITIAL_CLUSTER={','.join(members)}\n")
    _, out, _ = run(ensemble / "old.env", "--against", ensemble / "new.env")
    assert "etcd adds, promotes or removes one voting member at a time" in out
    assert "etcd refuses this in one step: 2 voters change, {m4, m5}" in out
    assert "step 2: add m5" in out
    assert "joint" not in out
    _, out, _ = run(ensemble / "three.cfg", "--against", ensemble / "five.cfg")
    assert "joint configuration" in out
    assert "reconfig asks for a quorum of the old ensemble and of the new one" in out
    assert "no such thing" not in out
