"""A time limit holds, also where nothing looks at the clock."""

import contextlib
import signal
import subprocess
import sys
import threading
import time

import pytest
from assay.proofs.commands.supervision import TimeIsUpError, supervised


def run_for_ever():
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def test_what_never_ends_is_ended_and_unknown():
    with pytest.raises(TimeIsUpError, match="the time limit of 2 s was hit") as caught, supervised(2, spare=-1.9):
        run_for_ever()
    assert caught.value.exit_status == 3


def test_what_ends_in_time_leaves_nothing_behind():
    handler = signal.getsignal(signal.SIGALRM)
    with supervised(60):
        pass
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_another_thread_runs_unsupervised():
    done = []

    def work():
        with supervised(0.01, spare=0):
            time.sleep(0.1)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_the_process_ends_where_the_main_thread_cannot_be_reached():
    stuck = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\nwith supervised(0.1, spare=0.1, last=0.1):"
    script = (
        f"import signal, time\nfrom assay.proofs.commands.supervision import supervised\n{stuck}\n    time.sleep(60)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert ran.returncode == 3
    assert "unknown" in ran.stderr
