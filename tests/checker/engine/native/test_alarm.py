"""The alarm: it goes off from time to time, later if nothing is done meanwhile, and at once if a signal arrives."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest
from assay.checker.engine.native import abi
from assay.checker.engine.native.alarm import Alarm


def wait_for(status, seconds=10.0):
    """Return how long the alarm took to go off."""
    began = time.perf_counter()
    while not status[abi.ALARM]:
        assert time.perf_counter() - began < seconds
        time.sleep(0.001)
    return time.perf_counter() - began


@pytest.fixture
def status():
    return np.zeros(abi.ALARM + 1, np.int64)


def test_it_goes_off_again_and_again(status):
    with Alarm(status, period=0.01) as alarm:
        for _ in range(3):
            wait_for(status)
            alarm.reset(advanced=True)
    status[abi.ALARM] = 0
    time.sleep(0.05)
    assert not status[abi.ALARM]


def test_it_leaves_more_time_where_nothing_was_done(status):
    with Alarm(status, period=0.01) as alarm:
        for _ in range(5):
            wait_for(status)
            alarm.reset(advanced=False)
        wait_for(status)  # may have begun to wait before
        status[abi.ALARM] = 0
        assert wait_for(status) > 0.1


def test_no_time_beyond_the_limit_is_left(status):
    with Alarm(status, period=0.01) as alarm:
        for _ in range(12):
            wait_for(status)
            alarm.reset(advanced=False, at_most=0.02)
        assert wait_for(status) < 1


def test_a_signal_sets_it_off_at_once(status):
    former = signal.getsignal(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with Alarm(status, period=600):
            os.kill(os.getpid(), signal.SIGUSR1)
            assert wait_for(status) < 5
    finally:
        signal.signal(signal.SIGUSR1, former)
    assert signal.set_wakeup_fd(-1) == -1


def test_it_works_in_another_thread(status):
    def elsewhere():
        with Alarm(status, period=0.01):
            wait_for(status)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join(20)
    assert status[abi.ALARM]
