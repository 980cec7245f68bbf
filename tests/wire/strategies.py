"""Strategies for everything that can cross the line: any JSON, any text, every record and every answer."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wandb_testkit import artifact_records, records

TEXT = st.text(st.characters(), max_size=6)  # half surrogates too: a str may hold them
NUMBERS = st.floats() | st.integers(-(2**70), 2**70)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=4)
PATHS = st.builds(records.RunPath, TEXT, TEXT, TEXT)
ROWS = st.builds(
    lambda values, step: {**values, "_step": step},
    st.dictionaries(TEXT | st.sampled_from(("_timestamp", "_runtime")), JSON, max_size=3),
    st.integers(0, 2**64),
)
LINES = st.integers(0, 2**40)
TAGS = st.lists(TEXT, max_size=3).map(tuple)
SECONDS = st.floats(allow_nan=False) | st.integers(0, 2**31)
MAYBE_TEXT = st.none() | TEXT
MAYBE = st.none() | st.booleans()


@st.composite
def _histories(draw: st.DrawFn) -> records.HistoryRecord:
    rows = draw(st.lists(ROWS, max_size=4))
    times = st.lists(SECONDS, min_size=len(rows), max_size=len(rows))
    return records.HistoryRecord(draw(PATHS), draw(LINES), rows, draw(times), draw(times), draw(st.booleans()))


RECORDS: dict[type, st.SearchStrategy[Any]] = {
    records.ViewerRequest: st.builds(records.ViewerRequest),
    records.AnonymousAccountRequest: st.builds(records.AnonymousAccountRequest),
    records.RunStatusRequest: st.builds(records.RunStatusRequest, PATHS),
    records.RewindRequest: st.builds(records.RewindRequest, PATHS, st.integers() | st.just(1.5)),
    records.UnknownRequest: st.builds(records.UnknownRequest, TEXT),
    records.RunRecord: st.builds(
        records.RunRecord,
        PATHS,
        starts=MAYBE,
        resumed=MAYBE,
        display_name=MAYBE_TEXT,
        notes=MAYBE_TEXT,
        tags=st.none() | TAGS,
        group=MAYBE_TEXT,
        job_type=MAYBE_TEXT,
        config=st.none() | OBJECTS,
        started_at=st.none() | st.floats(),
        facts=st.none() | OBJECTS | st.builds(lambda host: {"host": host}, TEXT),
    ),
    records.HistoryRecord: _histories(),
    records.SummaryRecord: st.builds(records.SummaryRecord, PATHS, OBJECTS),
    records.ConfigRecord: st.builds(records.ConfigRecord, PATHS, OBJECTS),
    records.MetricRecord: st.builds(
        records.MetricRecord,
        PATHS,
        TEXT | TEXT.map("{}*".format),
        step_metric=MAYBE_TEXT,
        step_sync=MAYBE,
        hidden=MAYBE,
        summary=st.lists(st.sampled_from(("min", "max", "best", "none", "copy", "first")), max_size=3).map(tuple),
        goal=st.none() | st.sampled_from(("minimize", "maximize", "")),
    ),
    records.WatchRecord: st.builds(records.WatchRecord, PATHS, TEXT, MAYBE_TEXT, st.integers()),
    records.OutputRecord: st.builds(records.OutputRecord, PATHS, LINES, st.lists(TEXT, max_size=3)),
    records.FilesRecord: st.builds(
        records.FilesRecord, PATHS, st.dictionaries(TEXT, st.binary(max_size=8), max_size=3), st.booleans()
    ),
    records.ExitRecord: st.builds(records.ExitRecord, PATHS, st.integers(-(2**40), 2**40), SECONDS),
    records.StatsRecord: st.builds(records.StatsRecord, PATHS, LINES, st.lists(ROWS, max_size=3)),
    records.AlertRecord: st.builds(records.AlertRecord, PATHS, TEXT, TEXT, TEXT, SECONDS),
    records.PreemptingRecord: st.builds(records.PreemptingRecord, PATHS),
    records.FileRequest: st.builds(records.FileRequest, PATHS, TEXT),
    records.GraphQLRequest: st.builds(records.GraphQLRequest, TEXT, OBJECTS),
    artifact_records.ArtifactRecord: st.builds(
        artifact_records.ArtifactRecord,
        PATHS,
        TEXT,
        TEXT,
        OBJECTS,
        st.dictionaries(TEXT, st.binary(max_size=8), max_size=3),
        TEXT,
        description=MAYBE_TEXT,
        metadata=OBJECTS,
        aliases=TAGS,
        tags=TAGS,
        ttl_s=st.none() | st.integers(-2, 10),
        client_id=TEXT,
        distributed_id=MAYBE_TEXT,
        is_last=st.booleans(),
        base_id=MAYBE_TEXT,
        is_used=st.booleans(),
        history_step=st.none() | LINES,
    ),
    artifact_records.UseArtifactRecord: st.builds(artifact_records.UseArtifactRecord, PATHS, TEXT),
    artifact_records.ArtifactRequest: st.builds(artifact_records.ArtifactRequest, PATHS, TEXT, TEXT),
    artifact_records.ArtifactFileRequest: st.builds(artifact_records.ArtifactFileRequest, PATHS, TEXT, TEXT),
    artifact_records.LinkArtifactRecord: st.builds(artifact_records.LinkArtifactRecord, PATHS, TEXT, TEXT, TAGS),
    artifact_records.EditArtifactRecord: st.builds(
        artifact_records.EditArtifactRecord,
        PATHS,
        TEXT,
        TEXT,
        description=MAYBE_TEXT,
        metadata=st.none() | OBJECTS,
        aliases_added=TAGS,
        tags_deleted=TAGS,
    ),
    artifact_records.DeleteArtifactRecord: st.builds(
        artifact_records.DeleteArtifactRecord, PATHS, TEXT, st.booleans(), TEXT
    ),
}
"""Every kind of record; a test compares the keys with records.KINDS."""

RESULTS = st.builds(
    records.Result,
    file=st.none() | st.binary(max_size=20),
    data=st.none() | OBJECTS,
    account=st.none() | st.builds(records.Account, TEXT, TEXT, st.booleans(), TAGS, st.frozensets(TEXT, max_size=3)),
    status=st.none()
    | st.builds(
        records.RunStatus,
        display_name=TEXT,
        config=OBJECTS,
        summary=OBJECTS,
        tags=TAGS,
        notes=MAYBE_TEXT,
        last_step=st.none() | LINES,
        last_runtime=SECONDS,
        history_lines=LINES,
        output_lines=LINES,
        started=st.booleans(),
    ),
    run=st.none() | st.builds(records.RunInfo, PATHS, TEXT, st.booleans(), LINES),
    artifact=st.none()
    | st.builds(
        artifact_records.ArtifactInfo,
        id=TEXT,
        path=PATHS,
        name=TEXT,
        version=TEXT,
        type=TEXT,
        aliases=TAGS,
        tags=TAGS,
        description=MAYBE_TEXT,
        metadata=OBJECTS,
        digest=TEXT,
        size=LINES,
        state=TEXT,
        ttl_s=st.integers(-2, 10),
        manifest=OBJECTS,
        source=PATHS,
        source_name=TEXT,
        source_version=TEXT,
        created_at=SECONDS,
        updated_at=SECONDS,
    ),
    refusal=st.none() | st.builds(records.Refusal, st.integers(0, 599), TEXT, st.booleans()),
)
