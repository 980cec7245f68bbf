"""Which connections tests may make while wandb is a fake, and how a refusal reads."""

from __future__ import annotations

import os

import pytest

REACHES_OUT = """
    import socket
    import pytest

    def reach(host, port=443):
        socket.create_connection((host, port), timeout=5)

    def test_it():
        reach("api.wandb.ai")
"""


def test_a_connection_to_wandb_is_refused_by_name_and_by_line(pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile(REACHES_OUT)

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*NetworkRefusedError: the connection to api.wandb.ai:443 was refused (under wandb_testkit nothing is sent "
            "to Weights & Biases): getaddrinfo() was called by reach() at "
            f"{path}:5: socket.create_connection((host, port), timeout=5)"
        ]
    )


def test_a_refusal_that_the_code_swallows_is_told_at_the_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket
        import pytest

        def ask():
            try:
                socket.create_connection(("wandb.ai", 80), timeout=5)
            except Exception:
                pass

        def test_warned():
            ask()

        @pytest.mark.wandb(strict=True)
        def test_strict():
            ask()

        def test_asks_nobody():
            pass
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=3, warnings=1, errors=1)
    result.stdout.fnmatch_lines(["*RefusedConnectionWarning: the test went on although it was about to reach*"])
    result.stdout.fnmatch_lines(["  the connection to wandb.ai:80 was refused *called by ask() at *:6: *"])


def test_other_traffic_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio
        import socket
        import pytest

        def test_here():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname()).close()

        def test_by_name():
            with socket.create_server(("localhost", 0)) as server:
                socket.create_connection(("localhost", server.getsockname()[1])).close()

        def test_asyncio():
            async def talk():
                server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                writer.close()
                server.close()
            asyncio.run(talk())

        def test_elsewhere():
            "Nobody answers on this port, but the attempt is made (192.0.2.0 is for documentation, RFC 5737)."
            with socket.socket() as sock:
                sock.settimeout(0.001)
                with pytest.raises(OSError):
                    sock.connect(("192.0.2.1", 9))

        def test_a_unix_socket(monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
                server.bind("s")
                server.listen()
                client.connect("s")
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "-W", "error::pytest.PytestWarning").assert_outcomes(passed=5)


def test_a_suite_can_keep_everything_on_this_machine(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket
        import pytest
        import wandb_testkit as wt
        from wandb_testkit.errors import NetworkRefusedError

        def test_names_and_numbers():
            for host in ("example.org", "192.0.2.1"):
                with pytest.raises(NetworkRefusedError, match=f"{host}:80.*wandb_network = none"):
                    socket.create_connection((host, 80))
            with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(NetworkRefusedError):
                sock.sendto(b"", ("192.0.2.1", 9))

        def test_this_machine(wandb_fake):
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname()).close()
            with wt.fake(transport="loopback") as fake:
                fake.init(project="demo").finish()
            assert len(fake.runs) == 1
        """
    )
    pytester.makeini("[pytest]\nwandb_network = none\n")

    for args in (["--wandb-fake"], []):
        outcomes = {"passed": 2} if args else {"passed": 1, "failed": 1}  # without the option one test has a world
        pytester.runpytest_subprocess(*args).assert_outcomes(**outcomes)


def test_a_suite_can_let_everything_through(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket

        def test_it():
            assert "connect" not in vars(socket.socket)
            assert socket.getaddrinfo.__module__ == "socket"
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "-o", "wandb_network=all").assert_outcomes(passed=1)


def test_a_rule_that_does_not_exist_is_answered_with_those_there_are(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--wandb-fake", "-o", "wandb_network=off")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: wandb_network = off: there is no such value; there is wandb, none, all"])


def test_a_server_of_the_suites_own_is_one_of_wandbs_hosts(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(REACHES_OUT.replace("api.wandb.ai", "wandb.example.com"))
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.example.com/")

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the connection to wandb.example.com:443 was refused*"])


def test_the_guard_goes_with_the_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket

        def is_guarded():
            return "connect" in vars(socket.socket) and socket.getaddrinfo.__module__ != "socket"

        def test_asks(wandb_fake):
            assert is_guarded()

        def test_does_not_ask():
            assert not is_guarded()
        """
    )

    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_a_request_through_a_proxy_is_refused_by_the_name_that_it_is_for(pytester: pytest.Pytester) -> None:
    """The connection goes to the proxy, and what is sent to it names W&B; other hosts are passed on."""
    path = pytester.makepyfile(
        """
        import contextlib
        import socketserver
        import threading

        import pytest
        import requests


        class Proxy(socketserver.StreamRequestHandler):
            def handle(self):
                self.server.asked.append(self.rfile.readline().decode())
                self.wfile.write(b"HTTP/1.1 204 No Content\\r\\nConnection: close\\r\\n\\r\\n")


        @pytest.fixture
        def proxy(monkeypatch):
            with socketserver.TCPServer(("127.0.0.1", 0), Proxy) as server:
                server.asked = []
                thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
                thread.start()
                for name in ("HTTP_PROXY", "HTTPS_PROXY"):
                    monkeypatch.setenv(name, "http://127.0.0.1:%d" % server.server_address[1])
                monkeypatch.delenv("NO_PROXY", raising=False)
                yield server
                server.shutdown()
                thread.join()


        def ask(url):
            requests.get(url, timeout=10)

        def test_tunnel(proxy):
            ask("https://api.wandb.ai/graphql")

        def test_plain(proxy):
            ask("http://user:word@api.wandb.ai/graphql")

        def test_others(proxy):
            ask("http://example.com/?of=wandb.ai")
            assert proxy.asked == ["GET http://example.com/?of=wandb.ai HTTP/1.1\\r\\n"]
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:randomly", "-W", "ignore::ResourceWarning")

    result.assert_outcomes(passed=1, failed=2)
    line = path.read_text().splitlines().index("    requests.get(url, timeout=10)") + 1
    for port in (":443", ""):
        result.stdout.fnmatch_lines(
            f"*NetworkRefusedError: the connection to api.wandb.ai{port} through the proxy at 127.0.0.1:* was refused "
            f"(under wandb_testkit nothing is sent to Weights & Biases): send*() was called by ask() at {path}:{line}: "
            "requests.get(url, timeout=10)"
        )


def test_under_none_a_proxy_on_this_machine_lets_nothing_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket
        import pytest

        @pytest.mark.parametrize("host", ["example.com", "[2001:db8::1]", "localhost"])
        def test_it(host):
            with socket.create_server(("127.0.0.1", 0)) as proxy:
                with socket.create_connection(proxy.getsockname()) as connection:
                    connection.sendall(f"CONNECT {host}:443 HTTP/1.1\\r\\n\\r\\n".encode())
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-o", "wandb_network=none", "-p", "no:randomly")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*connection to example.com:443 through the proxy at 127.0.0.1:* was refused*"])
    result.stdout.fnmatch_lines(["*connection to 2001:db8::1:443 through the proxy at 127.0.0.1:* was refused*"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children need a socket with a place on the disk")
def test_what_a_child_is_refused_is_told_to_its_test(pytester: pytest.Pytester) -> None:
    """A forked one, and one that has imported wandb; other tests hear nothing of it."""
    pytester.makepyfile(
        asking="""
        import socket

        def ask(host):
            try:
                socket.create_connection((host, 443), timeout=5)
            except Exception as error:
                return type(error).__name__
        """,
        test_it="""
        import multiprocessing
        import subprocess
        import sys
        import pytest
        import asking

        def in_child(host):
            assert asking.ask(host) == "NetworkRefusedError"

        def test_forked():
            process = multiprocessing.get_context("fork").Process(target=in_child, args=("forked.wandb.ai",))
            process.start()
            process.join()
            assert process.exitcode == 0

        def test_fresh():
            code = "import wandb, asking; print(asking.ask('fresh.wandb.ai'))"
            told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            assert told.stdout == "NetworkRefusedError\\n"

        def test_asks_nobody():
            pass
        """,
    )

    result = pytester.runpytest_subprocess(
        "--wandb-fake", "-p", "no:randomly", "-W", "ignore:This process:DeprecationWarning"
    )

    result.assert_outcomes(passed=3, warnings=2)
    for host in ("forked", "fresh"):
        result.stdout.fnmatch_lines(
            f"*in process *, which the test has started: the connection to {host}.wandb.ai:443 was refused * called by "
            "ask() at *asking.py:5: *"
        )
