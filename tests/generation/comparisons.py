"""What can be compared on the model of a seed: each comparison returns what it found, or None."""

from __future__ import annotations

import contextlib
import re
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from unittest import mock

from assay.checker.engine.native.codegen.packing.codes import Codes
from assay.checker.errors import AssayError, ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode

from tests.checker.engine.native.bounded_machine import Undefined
from tests.checker.engine.native.test_bounds_of_memory import execute_everywhere
from tests.checker.engine.test_engines_agree import assert_agreement
from tests.checker.properties.random_variants import refining
from tests.checker.properties.test_native_refinement import BY_INTERPRETER, NATIVELY
from tests.checker.properties.test_native_refinement import judged_or_refused as refined
from tests.checker.properties.test_refined_fairness import refined_differently
from tests.checker.temporal import test_random_models as temporal
from tests.generation.agreement import disagreement, false_proof, reported, save, tested
from tests.generation.arranging import arranged_differently
from tests.generation.choices import Choices, Seeded
from tests.generation.composing import written_out
from tests.generation.copying import copied_differently
from tests.generation.drawn import drawn_differently, pruned_differently, unbounded_differently
from tests.generation.excluding import chosen_differently
from tests.generation.invented import from_seed
from tests.generation.logs import logged_differently
from tests.generation.parts import FEW, MANY, Sizes, raising_model, structured_model
from tests.generation.protocols import REFUSED, protocol
from tests.generation.structures import structured_differently
from tests.generation.texts import classes, mistaken
from tests.generation.upgrading import upgraded_differently
from tests.proofs.encoding.agreement import disagreements, scattered_states

__all__ = ["COMPARISONS", "Comparison"]

Comparison = Callable[[int, Path], str | None]

LIMITS = ("--max-depth", "3", "--max-states", "3000", "--time-limit", "10s")
"""The same levels for both engines, so that the counts are comparable where a model is large."""

SECONDS = 20
"""How long formulas are compared with the code of one model, and how long a command runs on a text."""

FEW_EXECUTED = 8
"""The states in which generated code is executed instruction by instruction."""

SPREADS = (7, 12, 20, 30)
"""How many bits are left free between the fields of messages, so that these take two to eight words."""

FEW_STATES = ("--max-states", "30", "--max-depth", "3", "--time-limit", "2s")


def _invented(seed: int, folder: Path) -> str:
    return save(from_seed(seed), folder, f"invented_{seed}")


def _structured(seed: int, folder: Path, sizes: Sizes) -> str:
    path = folder / f"structured_{seed}.py"
    path.write_text(structured_model(Seeded(seed), sizes))
    return f"{path}:M"


def _engines(seed: int, folder: Path) -> str | None:
    given = [setting for setting in from_seed(seed).sizes if setting.startswith("limit=")]
    raised = ("--set", "limit=3") if given and seed % 2 else ()
    return disagreement(_invented(seed, folder), *LIMITS, *raised)


def _engines_on_parts(seed: int, folder: Path) -> str | None:
    return disagreement(_structured(seed, folder, MANY), *LIMITS)


def _engines_on_what_raises(seed: int, folder: Path) -> str | None:
    path = folder / f"raising_{seed}.py"
    path.write_text(raising_model(Seeded(seed)))
    return disagreement(f"{path}:M", *LIMITS)


def _protocol(seed: int, folder: Path, *, few: bool = False) -> str:
    path = folder / f"protocol_{seed}.py"
    # What is compared state by state may have many actions; all that an explorer meets has to be compiled first.
    sizes = ((10, 14), (8, 11)) if few else ((7, 9), (6, 9))
    made = protocol(Seeded(seed), few=few, actions=sizes[0], variables=sizes[1], composed=40)
    path.write_text(made.module)
    return f"{path}:Protocol"


def _engines_on_protocols(seed: int, folder: Path) -> str | None:
    path = _protocol(seed, folder)
    source = Path(path.partition(":")[0]).read_text()
    chooses = "choose(" in source or re.search(r"self\.\w+ = anything", source) is not None
    return _refused(path) or disagreement(path, "--max-depth", "5", "--max-states", "2000", choosing=chooses)


def _refused(path: str) -> str | None:
    """Return why a protocol is refused, where nobody expects it."""
    try:
        compile_model(load(path).specification)
    except ModelError as error:
        return None if any(words in error.message for words in REFUSED) else f"refused: {error.message}"
    return None


def _formulas_on_protocols(seed: int, folder: Path) -> str | None:
    path = _protocol(seed, folder, few=True)
    return _refused(path) or _of_formulas(path, 8)


def _proofs_on_protocols(seed: int, folder: Path) -> str | None:
    """Prove each claim by itself: a false one beside it would hide a false proof."""
    choices, path = Seeded(seed), folder / f"proved_{seed}.py"
    made = protocol(choices, few=True, calm=choices.chance(80), actions=(2, 4), composed=30)
    rest = tuple(text for text in made.properties if "claim_" not in text and "step_0" not in text)
    for alone in (text for text in made.properties if text not in rest):
        path.write_text(replace(made, properties=(alone, *rest)).module)
        for sizes in (("Node=2",), ()):
            found = false_proof(f"{path}:Protocol", sizes, "--timeout", "2s")
            if found is not None:
                return f"{found}\n{path.read_text()}"
    return None


def _composed(seed: int, folder: Path) -> str | None:
    """Check a protocol of parts and the same in one class by the interpreter, to a depth and not to a number."""
    path, made = folder / f"composed_{seed}.py", protocol(Seeded(seed), variables=(2, 4), composed=100)
    path.write_text(made.module)
    flat = folder / f"flat_{seed}.py"
    flat.write_text(f"{made.module}\n\n{written_out(path, 'Protocol')}")
    refused = [_refused(f"{path}:Protocol"), _refused(f"{flat}:Flat")]
    if refused != [None, None]:
        return f"{refused}\n{flat.read_text()}"
    seen = [tested(name, "reference", "--max-depth", "4") for name in (f"{path}:Protocol", f"{flat}:Flat")]
    return None if seen[0] == seen[1] else f"composed {seen[0]}\nin one class {seen[1]}\n{flat.read_text()}"


def _steps(seed: int, folder: Path) -> str | None:
    return _by_successors(_invented(seed, folder))


def _steps_on_parts(seed: int, folder: Path) -> str | None:
    return _by_successors(_structured(seed, folder, MANY))


def _by_successors(path: str) -> str | None:
    try:
        instance = instantiate(load(path).specification, {})
        with instance.active(), ended_after(SECONDS, TimeoutError):
            assert_agreement(instance, may_hand_over=True)
    except (AssayError, TimeoutError):  # no model of the language, or none that both take on
        return None
    except AssertionError:
        return traceback.format_exc()
    return None


def _with_wide_values(compare: Comparison) -> Comparison:
    """Return a comparison of models whose messages take several words."""

    def compared(seed: int, folder: Path) -> str | None:
        with mock.patch.object(Codes, "spread", SPREADS[seed % len(SPREADS)]):
            return compare(seed, folder)

    return compared


def _memory(seed: int, folder: Path) -> str | None:
    return _leaving_memory(_invented(seed, folder))


def _memory_on_parts(seed: int, folder: Path) -> str | None:
    return _leaving_memory(_structured(seed, folder, MANY))


def _leaving_memory(path: str) -> str | None:
    try:
        instance = instantiate(load(path).specification, {})
        with instance.active(), ended_after(SECONDS, TimeoutError):
            execute_everywhere(instance, FEW_EXECUTED)
    except (AssayError, TimeoutError):
        return None
    except Undefined:
        return traceback.format_exc()
    return None


def _proofs(seed: int, folder: Path) -> str | None:
    path, sizes = _invented(seed, folder), from_seed(seed).sizes
    found = (false_proof(path, fixed, "--timeout", "2s") for fixed in (sizes, ()))
    return next((text for text in found if text is not None), None)


def _proofs_on_parts(seed: int, folder: Path) -> str | None:
    return false_proof(_structured(seed, folder, FEW), ("Node=1",), "--timeout", "2s")


def _formulas(seed: int, folder: Path) -> str | None:
    return _of_formulas(_invented(seed, folder), 8)


def _formulas_on_parts(seed: int, folder: Path) -> str | None:
    return _of_formulas(_structured(seed, folder, FEW), 3)


def _of_formulas(path: str, count: int) -> str | None:
    """Compare formulas with the code for a while: what there is to compare grows with the choices of an action."""
    with contextlib.suppress(TimeoutError), ended_after(SECONDS, TimeoutError):
        return _differing(path, count)
    return None


def _copies(seed: int, folder: Path) -> str | None:
    """Compare what is made of copies for a while: what a formula says of a state takes its time, for a few of them."""
    with contextlib.suppress(TimeoutError), ended_after(SECONDS, TimeoutError):
        return copied_differently(seed, folder)
    return None


@contextlib.contextmanager
def ended_after(seconds: int, error: type[BaseException] = KeyboardInterrupt) -> Iterator[None]:
    """Raise an error in the block after so many seconds of processor time.

    Commands take an interrupt for Ctrl-C, and report what they know.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise error

    # By processor time: on a busy machine, what is left of a minute would compare nothing, and find nothing.
    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _differing(path: str, count: int) -> str | None:
    try:
        specification = load(path).specification
        instance = instantiate(specification, {})
        problem = encode(specification, instance=instance)
        with instance.active():
            states = scattered_states(instance, count, 3)
    except AssayError:  # no model of the language, or one without an initial state
        return None
    with instance.active():
        return next(disagreements(problem, instance, states), None)


def _texts(seed: int, folder: Path) -> str | None:
    choices = Seeded(seed)
    source = choices.pick([_written(choices), _written(choices), from_seed(seed).source, structured_model(choices)])
    path, text = folder / f"text_{seed}.py", mistaken(source, choices)
    path.write_text(text)
    name = choices.pick(classes(text) or ["Model"])
    for command in (("check", "--engine", "reference", *FEW_STATES), ("prove", "--timeout", "50ms", "--workers", "1")):
        with ended_after(SECONDS):
            report = reported(command[0], f"{path}:{name}", *command[1:])
        if report.status == 70 or "Traceback" in report.error:
            return f"{command[0]}: {report.error}\n{text}"
        if report.status == 2:
            return None
    return None


def _written(choices: Choices) -> str:
    """Return a model that people wrote, of the library or of the tests of constructs."""
    root = Path(__file__).parents[2]
    files = sorted([*root.glob("models/**/*.py"), *root.glob("tests/checker/language/constructs/*.py")])
    small = [path for path in files if 1000 < path.stat().st_size < 14_000]
    return choices.pick(small).read_text()


def _temporal(seed: int, folder: Path) -> str | None:
    try:
        temporal.compared(range(seed, seed + 1), folder)
    except AssertionError as error:
        return f"different: {error}"
    return None


def _tables(seed: int, folder: Path) -> str | None:
    try:
        with ended_after(SECONDS, TimeoutError):
            temporal.decided_as_by_tableau(seed, folder, natively=True)
    except AssertionError as error:
        return f"different: {error}"
    except TimeoutError:  # a table has a dozen states
        return f"no end within {SECONDS} seconds"
    return None


def _refinement(seed: int, folder: Path) -> str | None:
    try:
        pair = refining(seed, folder)
        slow = refined(pair.model, BY_INTERPRETER)
    except (AssayError, AssertionError):  # more states than are explored here, for one
        return None
    fast = refined(pair.model, NATIVELY)
    if fast != slow:
        return f"by the interpreter {slow}\nnatively {fast}"
    if isinstance(fast, str):
        return None
    wrong = pair.holds and any(verdict is Verdict.VIOLATED for _, verdict, *_ in fast)
    return f"a model does not implement itself: {fast}" if wrong else None


def _show(seed: int, _: Path) -> str | None:
    model = from_seed(seed)
    print(model.source, f"\n# apart:\n{model.apart}" if model.apart else "")
    return None


def _show_parts(seed: int, _: Path) -> str | None:
    print(structured_model(Seeded(seed)))
    return None


COMPARISONS: dict[str, tuple[Comparison, str]] = {
    "engines": (_engines, "the two explorers"),
    "engines-protocols": (_engines_on_protocols, "the two explorers on small protocols, which mostly go on"),
    "steps": (_steps, "the same, successor by successor: counts may agree where states do not"),
    "engines-raising": (_engines_on_what_raises, "the two explorers on claims of which a part may raise"),
    "engines-parts": (_engines_on_parts, "the two explorers on models with containers inside of their values"),
    "steps-parts": (_steps_on_parts, "the same, on models with containers inside of their values"),
    "composed": (_composed, "protocols that are composed of parts with the same in one class"),
    "engines-wide": (_with_wide_values(_engines_on_parts), "engines-parts, with values of several words"),
    "steps-wide": (_with_wide_values(_steps_on_parts), "steps-parts, with values of several words"),
    "draws": (drawn_differently, "arguments drawn from the state with all that there are, in both explorers"),
    "unbounded": (unbounded_differently, "numbers without bounds, drawn from the state, with a range that holds them"),
    "pruned": (pruned_differently, "containers that guards leave with all that there are, by the interpreter"),
    "chosen": (chosen_differently, "containers that guards which may raise leave with all that there are, in both"),
    "copies": (_copies, "changes of copies, also in helpers, by CPython with formulas and machine code"),
    "arranged": (arranged_differently, "sequences that guards leave natively with all that the interpreter tries"),
    "memory": (_memory, "generated code with the memory that it may read, instruction by instruction"),
    "memory-parts": (_memory_on_parts, "the same, on models with containers inside of their values"),
    "memory-wide": (_with_wide_values(_memory_on_parts), "memory-parts, with values of several words"),
    "proofs": (_proofs, "what is proved with what an instance shows"),
    "proofs-parts": (_proofs_on_parts, "the same, on models with containers inside of their values"),
    "formulas": (_formulas, "formulas with the code, state by state, without a solver"),
    "formulas-parts": (_formulas_on_parts, "the same, on models with containers inside of their values"),
    "proofs-protocols": (_proofs_on_protocols, "what is proved of small protocols with what an instance shows"),
    "formulas-protocols": (_formulas_on_protocols, "formulas with the code, on small protocols"),
    "structures": (structured_differently, "the structures that axioms allow with all that there are"),
    "temporal": (_temporal, "liveness by both explorers, and of small models by a tableau"),
    "tables": (_tables, "the same, on tables of steps, under constraints, too"),
    "refinement": (_refinement, "refinements judged in machine code and by the interpreter"),
    "refined": (refined_differently, "refinements of models of a few states with a tableau"),
    "upgrades": (upgraded_differently, "upgrades of small protocols with a walk over their mixture"),
    "logs": (logged_differently, "logs of small protocols, as they are and edited, with a matcher of runs"),
    "texts": (_texts, "check and prove refuse in order what is nearly a model"),
    "show": (_show, "print the model of a seed"),
    "show-parts": (_show_parts, "print the model of a seed, with containers inside of its values"),
}
