"""Owns the socket that children connect to, and the one thread that hears them.

The socket has a place in the file system that is the same as long as the process lives, so a worker that outlives a
test finds the world of the next one. The thread is stopped for each fork and started again behind it: from Python 3.12
on a fork beside a thread is a warning.
"""

from __future__ import annotations

import os
import secrets
import selectors
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

BACKLOG = 128

READ_BYTES = 2**20
"""So much is read at a time: more than a socket holds."""

STOP_S = 5.0
"""So long a fork waits for the thread, which an answer that a test holds back may keep."""

LONGEST_ADDRESS = 100
"""In bytes: the path of a unix socket may have 103 on macOS, and 107 on Linux."""

RawSocket = socket.SocketType
"""The C class: plugins that forbid the network to a test replace `socket.socket`, and this is no network."""

Heard = Callable[[], None]


def directory_of_a_socket() -> str:
    """A new name below the temporary directory; where that has a long path, as on macOS, below /tmp."""
    name = f"wandb-testkit-{os.getpid()}-{secrets.token_hex(4)}"
    usual = os.path.join(tempfile.gettempdir(), name)
    return usual if len(os.fsencode(usual)) + len("/parent") <= LONGEST_ADDRESS else os.path.join("/tmp", name)


class Listener:
    """Hears whoever connects, in one thread.

    Args:
        connected: Is told each new connection, and returns what is called whenever there is something to read on it.
        failed: Is called when one of these calls has raised; the thread ends then.

    Attributes:
        address: Where the socket is, or will be.
    """

    def __init__(self, connected: Callable[[RawSocket], Heard], failed: Callable[[], None]) -> None:
        self._connected = connected
        self._failed = failed
        self._directory = directory_of_a_socket()
        self.address = os.path.join(self._directory, "parent")
        self._socket: RawSocket | None = None
        self._thread: threading.Thread | None = None
        self._last_thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_stopping = False
        self._settling: list[threading.Event] = []
        self._mistake: BaseException | None = None

    # ------------------------------------------------------------------ everybody's side

    @property
    def is_bound(self) -> bool:
        """Whether there is a socket."""
        return self._socket is not None

    @property
    def is_serving(self) -> bool:
        """Whether the thread runs; it does not during a fork, nor before the first child has started."""
        return self._thread is not None

    @property
    def is_this_thread(self) -> bool:
        """Whether the thread is the one that asks; also when it is to stop, and somebody waits for that."""
        return threading.current_thread() is self._last_thread

    def bind(self) -> None:
        """Make the socket; who connects from now on waits for start()."""
        if self._socket is not None:
            return
        os.mkdir(self._directory, 0o700)  # nobody else may connect
        listening = RawSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(self.address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = _pair()
        self._selector.register(listening.fileno(), selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken.fileno(), selectors.EVENT_READ, self._be_woken)
        self._socket = listening

    def start(self) -> None:
        """Serve from now on."""
        if self._socket is None or self._thread is not None:
            return
        self._is_stopping = False
        self._thread = threading.Thread(target=self._serve, name="wandb_testkit-children", daemon=True)
        self._last_thread = self._thread
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end; nothing is lost, and start() goes on where it stopped."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._is_stopping = True
        if thread is None or self.is_this_thread:
            return
        self._call()
        thread.join(STOP_S)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """The thread does not run meanwhile: what it changes may be changed."""
        was_serving = self.is_serving
        self.stop()
        try:
            yield
        finally:
            if was_serving:
                self.start()

    def settle(self) -> bool:
        """Let everything that was sent arrive; False if the thread is not there to do it.

        Raises:
            RuntimeError: The thread has made a mistake, of ours, and took in no more.
        """
        settled = threading.Event()
        self._raise_mistake()
        with self._lock:
            if self._thread is None or self._is_stopping:
                return False
            if self.is_this_thread:
                return True  # it is just taking it in
            self._settling.append(settled)
        self._call()
        settled.wait()
        self._raise_mistake()
        return True

    def hang_up(self, connection: RawSocket) -> None:
        """End a connection."""
        self._selector.unregister(connection.fileno())
        connection.close()

    def close(self) -> None:
        """End, with the socket and its place."""
        self.stop()
        self._close_sockets()
        with suppress(OSError):
            os.unlink(self.address)
        with suppress(OSError):
            os.rmdir(self._directory)

    def become_forked(self) -> None:
        """This is a forked child now: the sockets are its parent's."""
        self._thread = None
        self._close_sockets()

    def _close_sockets(self) -> None:
        if self._socket is None:
            return
        self._selector.close()
        for one in (self._wake, self._woken, self._socket):
            one.close()
        self._socket = None

    def _raise_mistake(self) -> None:
        mistake, self._mistake = self._mistake, None
        if mistake is not None:
            raise RuntimeError("what listens to the children of this process failed; please report it") from mistake

    def _call(self) -> None:
        with suppress(OSError):
            self._wake.send(b"!")

    # ------------------------------------------------------------------ the thread's side

    def _serve(self) -> None:
        try:
            while self._serve_once():
                pass
        except BaseException as mistake:  # nobody may wait for a thread that is gone, nor take it for well
            with self._lock:
                self._mistake = mistake
                self._thread = None
            self._tell_settled(len(self._settling))
            self._failed()

    def _serve_once(self) -> bool:
        """Take in what is there, or else what comes next; False if the thread is to end."""
        # The call of somebody who came while others were settled has been heard below, together with the children.
        self._take(self._selector.select(0 if self._settling else None))
        with self._lock:
            settling = len(self._settling)
        if settling:
            self._take_what_was_sent()
            self._tell_settled(settling)
        with self._lock:
            return not self._is_stopping or bool(self._settling)

    def _take_what_was_sent(self) -> None:
        """Take in all that children have sent by now; one that goes on and on is not listened to for ever.

        A child is read once, for a socket holds less than READ_BYTES: one that has ended had sent it all before.
        """
        read: set[object] = set()  # not by descriptor: that of a child that is gone is the next one's
        while new := [one for one in self._selector.select(0) if one[0].data not in read]:
            self._take(new)
            read.update(key.data for key, _ in new if key.data != self._accept)

    def _take(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        for key, _ in ready:
            key.data()

    def _tell_settled(self, number: int) -> None:
        with self._lock:
            settled, self._settling = self._settling[:number], self._settling[number:]
        for one in settled:
            one.set()

    def _be_woken(self) -> None:
        with suppress(BlockingIOError):
            self._woken.recv(READ_BYTES)

    def _accept(self) -> None:
        if self._socket is None:
            return
        try:
            descriptor, _ = self._socket._accept()  # type: ignore[attr-defined] # what socket.accept() is made of
        except OSError:
            return  # gone again, or too many open files
        connection = RawSocket(fileno=descriptor)
        connection.setblocking(False)
        self._selector.register(descriptor, selectors.EVENT_READ, self._connected(connection))


def _pair() -> tuple[RawSocket, RawSocket]:
    one, other = socket.socketpair()
    pair = RawSocket(fileno=one.detach()), RawSocket(fileno=other.detach())
    for end in pair:
        end.setblocking(False)
    return pair
