"""Records and answers as bytes: what comes out is what went in, and nothing else is taken for a record."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.strategies import RECORDS, RESULTS
from wandb_testkit.records import KINDS, HistoryRecord, OutputRecord, Result, Row, RunPath, RunRecord, SummaryRecord
from wandb_testkit.wire.http import WireError
from wandb_testkit.wire.messages import EXTRA, message_class
from wandb_testkit.wire.record_codec import decode, decode_result, encode, encode_result, messages_of

FIXED = settings(max_examples=100, derandomize=True, deadline=None)
PATH = RunPath("me", "p", "r1")


def exactly(value: Any) -> str:
    """The whole value with its types, so that NaN is NaN, and neither 1 is 1.0 nor a list a tuple."""
    return repr(value)


def test_every_kind_of_record_has_a_strategy() -> None:
    assert set(RECORDS) == set(KINDS)


@pytest.mark.parametrize("kind", list(RECORDS), ids=KINDS.get)
@FIXED
@given(data=st.data())
def test_a_record_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    record = data.draw(RECORDS[kind])

    back = decode(encode(record))

    assert type(back) is kind
    assert exactly(back) == exactly(record)


@FIXED
@given(result=RESULTS)
def test_an_answer_comes_back_as_it_was(result: Result) -> None:
    back = decode_result(encode_result(result))

    assert exactly(back).split("strangers")[0] == exactly(result).split("strangers")[0]
    assert (back.account, back.run, back.refusal) == (result.account, result.run, result.refusal)
    assert exactly(back.status) == exactly(result.status)


@FIXED
@given(data=st.binary(max_size=64))
def test_bytes_that_are_no_record_are_refused_as_such(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


@FIXED
@given(data=st.data())
def test_a_record_that_is_cut_off_is_refused(data: st.DataObject) -> None:
    whole = encode(data.draw(st.one_of(*RECORDS.values())))
    end = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(WireError):
        decode(whole[:end])


def test_two_records_are_not_one() -> None:
    one = encode(SummaryRecord(PATH, {}))

    with pytest.raises(WireError, match="should be one record, and are 2"):
        decode(one + one)


def test_nothing_is_unpickled() -> None:
    with pytest.raises(WireError):
        decode(pickle.dumps(SummaryRecord(PATH, {})))


def test_a_value_that_is_not_json_cannot_be_encoded() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        encode(SummaryRecord(PATH, {"a": {1, 2}}))


def test_a_row_is_a_message_as_the_real_client_writes_it() -> None:
    rows: list[Row] = [{"loss": 0.5, "_step": 0}, {"d": {"e": 1}, "_step": 4}]
    record = HistoryRecord(PATH, 7, rows, [10.5, 11.5], [0.5, 1.5])

    first, second = messages_of(record)

    assert [(item.key, item.value_json) for item in first.history.item] == [
        ("loss", "0.5"),
        ("_step", "0"),
        ("_timestamp", "10.5"),
        ("_runtime", "0.5"),
    ]
    assert next((item.key, item.value_json) for item in second.history.item) == ("d", '{"e":1}')
    assert (first.history.step.num, second.history.step.num) == (0, 4)
    assert first._info.stream_id == "r1"
    assert not second.HasField("extra")


def test_a_start_says_what_it_can_in_the_words_of_the_real_client() -> None:
    record = RunRecord(
        PATH, starts=True, display_name="n", tags=("a", "b"), job_type="train", config={"lr": 0.1}, started_at=12.5
    )

    (message,) = messages_of(record)

    run = message.run
    assert (run.run_id, run.entity, run.project, run.display_name) == ("r1", "me", "p", "n")
    assert (list(run.tags), run.job_type) == (["a", "b"], "train")
    assert [(item.key, item.value_json) for item in run.config.update] == [("lr", "0.1")]
    assert (run.start_time.seconds, run.start_time.nanos) == (12, 500_000_000)
    assert message.extra.json == '{"kind":"run","path":["me","p","r1"],"starts":true,"started_at":12.5}'


def test_a_console_line_is_a_message_that_ends_its_line() -> None:
    messages = list(messages_of(OutputRecord(PATH, 3, ["one", ""])))

    assert [message.output_raw.line for message in messages] == ["one\n", "\n"]


def test_readers_without_our_field_read_the_rest() -> None:
    """What a real reader does with a field that it does not know: it is kept aside, and the others are read."""
    (message,) = messages_of(SummaryRecord(PATH, {"a": 1}))
    data = message.SerializeToString()

    stranger = message_class("Record")()
    stranger.ParseFromString(data)
    stranger.ClearField("extra")

    assert EXTRA > 1000
    assert stranger.summary.update[0].value_json == "1"


@pytest.mark.parametrize(
    "extra",
    [
        "{",
        "[]",
        '{"kind": []}',
        '{"kind": "nope"}',
        '{"kind": "status"}',
        '{"kind": "status", "path": 7}',
        '{"kind": "history", "path": ["", "", ""], "first_line": 0, "count": "x"}',
    ],
)
def test_an_extra_field_that_makes_no_sense_is_refused_as_such(extra: str) -> None:
    message = message_class("Record")()
    message.extra.json = extra
    message.history.SetInParent()
    data = message.SerializeToString()

    with pytest.raises(WireError):
        decode(len(data).to_bytes(4, "little") + data)
