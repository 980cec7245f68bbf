"""The file of a transaction log: what is framed is found again, and what is damaged is told."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wandb_testkit.wire.transaction_log import (
    BLOCK_BYTES,
    HEADER,
    Damage,
    NotALogError,
    Payload,
    check_header,
    framed,
    payloads,
)

FIXED = settings(max_examples=100, derandomize=True, deadline=None)
HEAD = 7
SIZES = st.integers(0, 40) | st.integers(BLOCK_BYTES - 3 * HEAD, BLOCK_BYTES + HEAD) | st.just(3 * BLOCK_BYTES)


def log_of(sizes: list[int]) -> tuple[bytes, list[bytes]]:
    contents = [bytes([number % 251 + 1]) * size for number, size in enumerate(sizes)]
    log = bytearray()
    for content in contents:
        log += framed(content, len(log))
    return bytes(log), contents


def read(log: bytes) -> tuple[list[bytes], Damage | None]:
    found = list(payloads(log))
    damage = next((one for one in found if isinstance(one, Damage)), None)
    return [payload.data for payload in found if isinstance(payload, Payload)], damage


@FIXED
@given(st.lists(SIZES, max_size=6))
@example([BLOCK_BYTES - len(HEADER) - HEAD])  # fills its block
@example([BLOCK_BYTES - len(HEADER) - 2 * HEAD, 1])  # leaves room for the head of a fragment and nothing else
@example([BLOCK_BYTES - len(HEADER) - 2 * HEAD + 1, 1])  # leaves less, which is padded
def test_payloads_are_found_again(sizes: list[int]) -> None:
    log, contents = log_of(sizes)

    assert read(log) == (contents, None)
    assert not sizes or log.startswith(HEADER)


@FIXED
@given(st.lists(SIZES, min_size=1, max_size=4), st.data())
def test_a_log_that_is_cut_off_is_read_as_far_as_it_goes(sizes: list[int], data: st.DataObject) -> None:
    log, contents = log_of(sizes)
    end = data.draw(st.integers(0, len(log)))

    found, damage = read(log[:end])

    assert found == contents[: len(found)]
    assert damage is None or (damage.is_truncated and damage.offset <= end)
    whole = [payload.offset for payload in payloads(log) if isinstance(payload, Payload)]
    assert damage is None or damage.offset in (0, *whole)


def test_a_log_can_be_read_from_the_end_of_a_payload_on() -> None:
    log, contents = log_of([5, BLOCK_BYTES, 9])
    first = len(framed(contents[0], 0))

    assert [payload.data for payload in payloads(log[first:], first) if isinstance(payload, Payload)] == contents[1:]


def test_a_wrong_check_sum_ends_the_reading() -> None:
    log, contents = log_of([5, 6, 7])
    second = len(framed(contents[0], 0))
    spoilt = bytearray(log)
    spoilt[second + HEAD] ^= 1

    assert read(bytes(spoilt)) == ([contents[0]], Damage(second, "the check sum of a fragment is wrong", False))


def test_a_fragment_of_a_kind_that_is_not_due_ends_the_reading() -> None:
    log, _ = log_of([5])
    spoilt = bytearray(log)
    spoilt[len(HEADER) + 6] = 4

    assert read(bytes(spoilt)) == ([], Damage(len(HEADER), "a fragment is of kind 4, and 1 or 2 is due", False))


def test_a_fragment_that_is_longer_than_its_block_ends_the_reading() -> None:
    log, _ = log_of([BLOCK_BYTES * 2])
    spoilt = bytearray(log)
    spoilt[len(HEADER) + 4 : len(HEADER) + 6] = b"\xff\xff"

    _, damage = read(bytes(spoilt))

    assert damage == Damage(len(HEADER), "a fragment of 65535 bytes does not fit into its block", False)


def test_rubbish_in_the_padding_of_a_block_ends_the_reading() -> None:
    log, contents = log_of([BLOCK_BYTES - len(HEADER) - HEAD - 3, 1])
    spoilt = bytearray(log)
    spoilt[BLOCK_BYTES - 1] = 1

    found, damage = read(bytes(spoilt))

    assert found == contents[:1]
    assert damage == Damage(BLOCK_BYTES - 3, f"the rest of the block at byte {BLOCK_BYTES - 3} is not empty", False)


def test_the_header_and_the_check_sums_are_those_of_the_real_client() -> None:
    log = framed(b"abc", 0)

    assert log[:7] == b":W&B\xe1\xbe\x00"
    assert int.from_bytes(log[7:11], "little") == zlib.crc32(b"\x01abc")
    assert log[11:] == b"\x03\x00\x01abc"


@pytest.mark.parametrize("data", [b"", b":W", HEADER])
def test_a_log_that_just_began_is_one(data: bytes) -> None:
    check_header(data)

    assert read(data)[0] == []


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"PK\x03\x04 and so on", "it begins with b'PK"), (HEADER[:-1] + b"\x01", "of version 1; version 0 can be read")],
)
def test_another_file_is_no_log(data: bytes, told: str) -> None:
    with pytest.raises(NotALogError, match=told):
        check_header(data)
