"""The fixture wandb_server: code in other processes, whatever wandb it has, ends in the test's world."""

from __future__ import annotations

import pytest

CHILD = """
    import os
    import sys
    import wandb_testkit as wt

    with wt.fake(transport="loopback", server_url=os.environ["WANDB_BASE_URL"]) as fake:
        run = fake.init(project="demo", id=sys.argv[1])
        run.log({"loss": 1.0})
        run.finish()
"""


def test_a_child_process_logs_to_the_world_of_its_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(child=CHILD)
    pytester.makepyfile(
        """
        import os
        import subprocess
        import sys
        import pytest

        def train(name):
            subprocess.run([sys.executable, "child.py", name], check=True)

        @pytest.mark.parametrize("n", [1, 2])
        def test_by_argument(wandb_server, n):
            train(f"run{n}")
            assert wandb_server.run.id == f"run{n}"
            assert wandb_server.run.history["loss"] == [1.0]

        def test_by_name(request):
            world = request.getfixturevalue("wandb_server")
            train("other")
            assert [run.id for run in world.runs] == ["other"]

        def test_none():
            assert "WANDB_BASE_URL" not in os.environ
            assert "WANDB_API_KEY" not in os.environ
            assert "NETRC" not in os.environ
        """
    )

    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=4)


def test_the_drop_in_and_a_child_process_share_the_world_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(child=CHILD)
    pytester.makepyfile(
        """
        import subprocess
        import sys

        def test_both(wandb_fake, wandb_server):
            import wandb

            wandb.init(project="demo", id="parent").finish()
            subprocess.run([sys.executable, "child.py", "child"], check=True)
            assert wandb_fake is wandb_server
            assert [run.id for run in wandb_fake.runs] == ["parent", "child"]
        """
    )

    for args in ([], ["--wandb-fake"]):
        pytester.runpytest_subprocess(*args, "-W", "error").assert_outcomes(passed=1)


def test_nothing_is_left_behind(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        import os

        def test_it(wandb_server):
            assert os.path.isdir(os.environ["WANDB_CONFIG_DIR"])
            open("folders", "w").write(os.environ["WANDB_DIR"])
        """,
        run="""
        import os, threading
        import pytest

        before = set(os.environ.items())
        assert pytest.main(["-q"]) == 0
        assert not os.path.exists(open("folders").read())
        assert threading.active_count() == 1
        assert set(os.environ.items()) - before == set()
        print("clean")
        """,
    )

    pytester.runpython(pytester.path / "run.py").stdout.fnmatch_lines(["clean"])
