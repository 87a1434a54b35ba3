"""A second solver's verdict on a script: cvc5 (the extra ``crosscheck``)."""

from __future__ import annotations

from assay.checker.errors import UsageError
from assay.proofs.quorums.deadline import Deadline

__all__ = ["answers", "is_installed"]


def is_installed() -> bool:
    """Tell whether cvc5 can be imported."""
    try:
        import cvc5  # noqa: F401
    except ImportError:
        return False
    return True


def answers(script: str, deadline: Deadline) -> tuple[str, ...]:
    """Return what cvc5 answers to each ``check-sat`` of the script: *sat*, *unsat* or *unknown*.

    A query takes a minute at most. Once the deadline has passed, the next answer is *unknown*, and it is the last.

    Raises
    ------
    UsageError
        If cvc5 is not installed.
    """
    if not is_installed():
        raise UsageError("cvc5 is not installed", help="pip install 'assay[crosscheck]'")
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("incremental", "true")
    solver.setOption("tlimit-per", str(deadline.milliseconds(most=60_000)))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, _without_hints(script), "certificate")
    found: list[str] = []
    while not (command := parser.nextCommand()).isNull():
        is_question = command.getCommandName() == "check-sat"
        if is_question and deadline.passed:
            return (*found, "unknown")
        answer = str(command.invoke(solver, parser.getSymbolManager())).split()
        if is_question:
            found.append(answer[0] if answer else "unknown")
    return tuple(found)


def _without_hints(script: str) -> str:
    """Return the script without the expected answers: cvc5 raises an error if its own answer differs."""
    return "\n".join(line for line in script.split("\n") if not line.startswith("(set-info :status"))
