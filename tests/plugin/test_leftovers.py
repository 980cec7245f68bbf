"""What a test leaves behind is told at its end: threads, child processes, files of wandb."""

from __future__ import annotations

import pytest


def test_threads_processes_and_files_are_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os
        import subprocess
        import sys
        import threading
        import pytest

        GO_ON = threading.Event()
        CHILDREN = []

        def test_thread():
            threading.Thread(target=GO_ON.wait, name="uploader").start()

        def test_process():
            CHILDREN.append(subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                                             stdin=subprocess.PIPE))

        def test_file():
            os.makedirs("wandb/run-1")

        def test_end():
            GO_ON.set()
            CHILDREN[0].communicate()
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=4, warnings=3)
    result.stdout.fnmatch_lines(
        [
            "*:10: LeftoverWarning: the test left behind:",
            "    thread 'uploader', which keeps the process from ending: join() it",
            "*:13: LeftoverWarning: the test left behind:",
            "    process * (*python* -c import sys; sys.stdin.read()), which still runs: wait for it, or end it",
            "*:17: LeftoverWarning: the test left behind:",
            "    file */wandb/run-1: give init() a dir=, such as tmp_path, or set WANDB_DIR",
        ]
    )


def test_what_is_left_behind_can_be_a_failure(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import os\n\ndef test_file():\n    os.makedirs('wandb/run-1')\n")

    for number, args in enumerate((["-o", "wandb_strict=true"], ["-W", "error"])):
        pytester.path.joinpath("test_again.py").write_text(
            f"import os\n\ndef test_file():\n    os.makedirs('wandb/run-{number}')\n"
        )
        result = pytester.runpytest_subprocess("--wandb-fake", "test_again.py", *args)

        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["*the test left behind:*"])


def test_nothing_is_said_of_what_ends_by_itself_or_belongs_to_others(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import multiprocessing
        import os
        import subprocess
        import sys
        import threading
        from concurrent.futures import ThreadPoolExecutor
        import pytest

        GO_ON = threading.Event()

        @pytest.fixture(scope="module", autouse=True)
        def of_the_module(tmp_path_factory):
            thread = threading.Thread(target=GO_ON.wait)
            thread.start()
            child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
            os.makedirs("wandb/of-the-module")
            yield
            GO_ON.set()
            thread.join()
            child.communicate()

        @pytest.fixture
        def of_the_test():
            event = threading.Event()
            thread = threading.Thread(target=event.wait)
            thread.start()
            yield
            event.set()
            thread.join()

        def test_fixtures(of_the_test):
            pass

        def test_daemon():
            threading.Thread(target=GO_ON.wait, daemon=True).start()

        def test_pool():
            test_pool.executor = ThreadPoolExecutor(1)
            test_pool.executor.submit(print).result()

        def test_spawned():
            multiprocessing.get_context("spawn").Queue()

        def test_elsewhere(tmp_path, monkeypatch):
            monkeypatch.chdir(tmp_path)
            os.makedirs("wandb/run-1")
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-W", "error::pytest.PytestWarning", "-p", "no:randomly")

    result.assert_outcomes(passed=5)
