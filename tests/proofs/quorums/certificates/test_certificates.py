"""Certificates: what cvc5 and Z3 say of the scripts, and what a tampered proof is worth."""

from dataclasses import replace
from importlib.util import find_spec

import pytest
import z3
from assay.checker.errors import InternalError
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.certificates.chain import is_chain
from assay.proofs.quorums.certificates.crosscheck import answers
from assay.proofs.quorums.certificates.smtlib import lemma_script, statement_script
from assay.proofs.quorums.certificates.write import certify
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.decide import claims_of
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of, verify
from assay.proofs.quorums.trees import choose
from hostile_systems import system as hostile
from hypothesis import given, settings
from quorum_strategies import federated_systems, systems

needs_cvc5 = pytest.mark.skipif(find_spec("cvc5") is None, reason="cvc5 is not installed")


def resolved(system):
    return resolve(system, UnknownNodes.ABSENT)


def z3_answer(script):
    solver = z3.Solver()
    solver.from_string(script)
    return str(solver.check())


@settings(max_examples=60, deadline=None)
@given(systems() | federated_systems())
def test_z3_agrees_with_every_statement_as_it_is_printed(system):
    system = resolved(system)
    for one in verify(system).checked:
        script = statement_script(problem_of(system, one.obligation, one.faulty), "words", expected=None)
        assert z3_answer(script) == ("sat" if isinstance(one.outcome, Misses) else "unsat")


def test_federation_whose_pairs_of_trees_are_counted_all_at_once_has_a_statement_and_no_lemmas(tmp_path):
    names = [f"n{i}" for i in range(30)]
    trees = {name: choose(20, [*names[i:], *names[:i]][:28]) for i, name in enumerate(names)}
    system = resolved(library.federated(trees))
    safety = verify(system)
    assert safety.condition is Condition.SAFE
    assert safety.checked[0].outcome == Meets(Method.PAIRS)
    (certificate,) = certify(system, safety, tmp_path, Deadline())
    assert certificate.expected == "unsat"
    assert not certificate.is_contradicted


@needs_cvc5
@settings(max_examples=15, deadline=None)
@given(systems() | federated_systems())
def test_cvc5_agrees_with_every_statement_and_every_lemma(system):
    system = resolved(system)
    for one in verify(system).checked:
        problem = problem_of(system, one.obligation, one.faulty)
        expected = "sat" if isinstance(one.outcome, Misses) else "unsat"
        assert answers(statement_script(problem, "words", expected=expected), Deadline()) == (expected,)
        if isinstance(one.outcome, Meets) and one.outcome.method is Method.COUNTING:
            lemmas = one.outcome.lemmas
            assert is_chain(lemmas, claims_of(problem))
            assert answers(lemma_script(lemmas, "words"), Deadline()) == ("unsat",) * len(lemmas)


GROUPS = library.hierarchical([list("abc"), list("def"), list("ghi")])


def counted(system):
    system = resolved(system)
    (one,) = verify(system).checked
    return one.outcome.lemmas, claims_of(problem_of(system, one.obligation, frozenset()))


def test_a_proof_without_one_of_its_lemmas_is_no_proof():
    lemmas, claims = counted(GROUPS)
    assert is_chain(lemmas, claims)
    for place in range(len(lemmas)):
        assert not is_chain(lemmas[:place] + lemmas[place + 1 :], claims)


def test_a_proof_that_pairs_different_nodes_is_no_proof():
    lemmas, claims = counted(library.majority("abc"))
    crossed = tuple((i, (j + 1) % 3) for i, j in lemmas[0].exclusive)
    assert not is_chain([replace(lemmas[0], exclusive=crossed)], claims)


@needs_cvc5
def test_certificates_are_written_and_checked_again(tmp_path):
    system = resolved(GROUPS)
    found = certify(system, verify(system), tmp_path / "new", Deadline())
    assert [one.file for one in found] == ["01-statement.smt2", "01-proof.smt2"]
    assert all(one.is_confirmed and not one.is_contradicted for one in found)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {one.file for one in found}


@needs_cvc5
def test_a_wrong_verdict_would_be_contradicted(tmp_path):
    split = resolved(library.read_write("abcd", 2, 2))
    safety = verify(split)
    assert safety.condition is Condition.SPLIT
    (one,) = safety.checked
    lie = replace(safety, checked=(replace(one, outcome=Meets(Method.SEARCH)),))
    (certificate,) = certify(split, lie, tmp_path, Deadline())
    assert certificate.is_contradicted


def test_odd_names_do_not_leave_their_comments():
    system = resolved(library.majority(["a\n(assert false)", 'b"|\\', "c;", "\x00"]))
    (one,) = verify(system).checked
    script = statement_script(problem_of(system, one.obligation, frozenset()), "line\nbreak", expected=None)
    assert script.isascii()
    assert not any(line.startswith("(assert false") for line in script.splitlines())
    assert z3_answer(script) == "unsat"


def read(system):
    return Configuration("test", ("file",), system)


@needs_cvc5
def test_a_change_has_certificates_of_both_sides_and_of_what_is_between(tmp_path):
    asked = Questions(certificate=tmp_path / "proof", topics=frozenset())
    report = analyse(read(library.majority("abc")), asked, against=read(library.majority("abcd")))
    files = {one.file for one in report.certificates}
    assert {f"{side}01-{what}.smt2" for side in ("", "new-", "change-") for what in ("statement", "proof")} <= files
    assert files == {path.name for path in (tmp_path / "proof").iterdir()}
    assert all(one.is_confirmed for one in report.certificates)


@needs_cvc5
def test_a_verdict_on_two_readings_has_certificates_of_both(tmp_path):
    trees = {**dict.fromkeys("abc", choose(2, "abc")), "d": choose(3, ["a", "b", "gone"])}
    report = analyse(read(library.federated(trees)), Questions(certificate=tmp_path, topics=frozenset()))
    assert report.subject.condition is Condition.SAFE
    assert {"01-statement.smt2", "anything-01-statement.smt2"} <= {one.file for one in report.certificates}
    assert all(one.is_confirmed for one in report.certificates)


@needs_cvc5
@pytest.mark.parametrize("start", range(0, 60, 20))
def test_certificates_of_hostile_systems_are_confirmed_whatever_nodes_are_called(start, tmp_path):
    for seed in range(start, start + 20):
        system = resolved(hostile(seed))
        for one in certify(system, verify(system), tmp_path / str(seed), Deadline()):
            assert one.is_confirmed, (seed, one)


def test_a_proof_with_a_gap_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("assay.proofs.quorums.certificates.write.is_chain", lambda *_: False)
    system = resolved(library.majority("abc"))
    with pytest.raises(InternalError, match="has a gap"):
        certify(system, verify(system), tmp_path, Deadline())
