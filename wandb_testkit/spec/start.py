"""Owns what init() leaves behind once the tables have decided: runs finished, files, accounts, records, the object.

Source: spec.md RESUME-1, RESUME-7, META-1, META-2, NAME-2, DISABLED-2, REINIT, AUTO-5, ANON-4, ERR-4.
"""

from __future__ import annotations

from wandb_testkit.observation import RunState
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.call import Call
from wandb_testkit.spec.config import arriving, plain, shown
from wandb_testkit.spec.decision import NEW_ACCOUNT, Decision
from wandb_testkit.spec.history import commit_pending
from wandb_testkit.spec.model import (
    GENERATED_NAME,
    Process,
    Record,
    RunObject,
    Unspecified,
    Values,
    World,
    anonymous_entity,
    generated_id,
)


def check_is_specified(world: World, decision: Decision) -> None:
    """Refuse what the text leaves open, before anything is changed.

    Raises:
        Unspecified: With the reason.
    """
    if decision.facts["previous"] == "finished":
        for run in world.process.active:
            why = world.why_open(run)
            if why:
                raise Unspecified(f"what becomes of a run that is finished by init(): {why}")
    if decision.facts["server"] == "continued" and decision.record is not None and decision.record.rows_are_open:
        raise Unspecified("where a run goes on that was started again and logged nothing (RESUME-1)")
    if decision.facts["server"] == "rewound" and decision.record is not None:
        if decision.record.rows_are_open:
            raise Unspecified("what is rewound of a run that was started again and logged nothing (RESUME-1)")
        steps = [row["_step"] for row in decision.record.rows]
        if steps != sorted(steps):
            raise Unspecified("what is rewound of a run whose steps do not rise (FORK-2)")


def carry_out(world: World, name: str, call: Call, decision: Decision) -> RunObject | None:
    """Do what was decided, and return the object that init() returns, None if it raises."""
    facts, process = decision.facts, world.process
    if decision.run_id.startswith(generated_id(world.generated + 1)):
        world.generated += 1
    if world.profile is CURRENT and facts["network"] in ("login", "full"):
        process.session_key = process.session_key or world.api_key
    if facts["owner"] in ("user", "anonymous"):
        _log_in(world, process, decision)
    if facts["previous"] == "finished":
        for run in list(process.active):
            finish(world, process, run, 0)
    if facts["resume_file"] == "written":
        process.machine.remembered = decision.run_id
    elif facts["resume_file"] == "removed":
        process.machine.remembered = None
    kind = facts["kind"]
    if kind == "error":
        if facts["network"] == "full" and world.profile is CURRENT:
            process.taken_ids.add(decision.run_id)
        return None
    if kind == "active":
        return process.active[-1]
    run = _dummy(world, name, call, decision) if kind == "dummy" else _start(world, name, call, decision)
    if facts["wandb_run"] == "result":
        process.wandb_run = run
    return run


def finish(world: World, process: Process, run: RunObject, exit_code: int, *, by_process_end: bool = False) -> None:
    """End a run: `run.finish(exit_code)`, or the end of its process.

    Source: FINISH-1, FINISH-2, FINISH-3, FINISH-5, AUTO-5, DISABLED-8.
    """
    profile = world.profile
    if run.is_finished:
        return
    if not run.is_dummy:
        commit_pending(run, profile)
        run.is_finished = True
        process.active.remove(run)
        if run.record is not None:
            run.record.exit_code = exit_code
            run.record.state = _end_state(run.record.state, exit_code)
        if profile is CURRENT:
            run.summary = {}  # SUMMARY-2
        if exit_code == 0 and not (by_process_end and profile is CURRENT):
            process.machine.remembered = None
    if process.wandb_run is run or (profile is CLASSIC and not run.is_dummy):
        process.wandb_run = None


def _end_state(state: RunState, exit_code: int) -> RunState:
    """FINISH-1; a run that was about to be preempted and fails was preempted (protocol.md 4.9)."""
    if exit_code == 0:
        return RunState.FINISHED
    return RunState.PREEMPTED if state is RunState.PREEMPTING else RunState.FAILED


def _log_in(world: World, process: Process, decision: Decision) -> None:
    """Make the anonymous account if there is to be one, and remember whose key it is."""
    api_key = decision.api_key
    if api_key == NEW_ACCOUNT:
        number = len(world.anonymous_accounts) + 1
        api_key = process.anonymous_key = f"anonymous-key-{number}"
        world.anonymous_accounts[api_key] = anonymous_entity(number)
        if world.api_key is None:
            world.api_key, world.key_is_anonymous = api_key, True
    if api_key is not None and world.connection(api_key) == "ok":
        process.known_keys.add(api_key)


def _dummy(world: World, name: str, call: Call, decision: Decision) -> RunObject:
    # CONFIG-8 and CONFIG-9 are not among the clauses that DISABLED-6 gives a dummy's config.
    is_open = world.process.notebook or call.values["allow_val_change"] is not None
    return RunObject(
        name,
        decision.run_id,
        None,
        "disabled",
        entity=call.values["entity"] or "dummy",
        may_change=None if is_open else False,
        config=plain(call.config),
        locked=call.locked,
    )


def _start(world: World, name: str, call: Call, decision: Decision) -> RunObject:
    is_resumed = decision.facts["resumed"] == "yes"
    is_rewound = decision.facts["server"] == "rewound"
    mode = decision.facts["mode"]
    given: Values = {key: call.values[key] for key in ("name", "notes", "tags", "group", "job_type")}
    if is_rewound:
        given["name"] = None  # FORK-2: the old name stays
    if given["tags"] is not None:
        given["tags"] = tuple(given["tags"])
    if not is_resumed and given["job_type"] is None and world.profile is CLASSIC:
        given["job_type"] = "train"  # META-2
    record = decision.record
    if record is None:
        name_if_nobody = GENERATED_NAME if mode == "online" else None
        record = Record(decision.entity, decision.project, decision.run_id, mode, name_if_nobody)
        world.records.append(record)
    else:
        _leave_open(record, is_resumed=is_resumed)
    old_notes, old_tags = record.notes, record.tags
    for key, value in given.items():
        if value is not None:
            setattr(record, key, value)
    if is_resumed:
        record.resumed_from = record.rows[-1]["_step"] + 1 if record.rows else 0
        record.config = {**record.config, **plain(arriving(call.config, world.profile))}
    elif is_rewound:
        _rewind(record, call, world.profile)
    else:
        record.rows_are_open = bool(record.rows)
        record.replaces_rows = decision.facts["server"] == "overwritten"
        record.resumed_from = None
        record.config, record.summary, record.defined = plain(arriving(call.config, world.profile)), {}, set()
        if decision.facts.get("begins") == "as a fork":
            record.forked_from = call.moment
    starting_step = record.resumed_from or 0
    if call.moment is not None:
        starting_step = int(call.moment.step) + 1  # FORK-1, FORK-2, RESUME-13; 1.5 is cut to 1
    record.state, record.exit_code = RunState.RUNNING, None
    is_current_resumed = is_resumed and world.profile is CURRENT
    run = RunObject(
        name,
        decision.run_id,
        record,
        mode,
        entity=decision.entity,
        api_key=world.process.anonymous_key if decision.api_key == NEW_ACCOUNT else decision.api_key,
        resumed=is_resumed,
        starting_step=starting_step,
        step=starting_step,
        is_branched=call.moment is not None,
        is_shared=decision.facts.get("shared_experimental") == "yes",
        locked=call.locked,
        may_change=_may_change(world, call),
        config=plain(shown(call.config, record.config, world.profile)),
        summary=plain(record.summary),
        shown={
            "name": record.name,
            "notes": old_notes if given["notes"] is None and is_current_resumed else given["notes"],
            "tags": old_tags if given["tags"] is None and is_current_resumed else given["tags"] or (),
            "group": given["group"] or "",
            "job_type": given["job_type"] or "",
        },
    )
    record.writer = run
    world.process.active.append(run)
    return run


def _leave_open(record: Record, *, is_resumed: bool) -> None:
    """Note what the text does not say of a record that is started again."""
    if not is_resumed and record.files:
        record.open_fields.add("files")
    if not is_resumed and record.alerts:
        record.open_fields.add("alerts")
    if record.forked_from is not None:
        record.open_fields.add("forked_from")


def _rewind(record: Record, call: Call, profile: Profile) -> None:
    """Forget the rows after a step, and what summed them up (FORK-2)."""
    assert call.moment is not None  # it was a rewind that found the record
    record.rows = [row for row in record.rows if row["_step"] <= call.moment.step]
    record.config = {**record.config, **plain(arriving(call.config, profile))}
    record.summary, record.resumed_from, record.defined = {}, int(call.moment.step) + 1, set()


def _may_change(world: World, call: Call) -> bool | None:
    """Whether config values may be changed without being asked (CONFIG-8, CONFIG-9)."""
    if world.profile is CLASSIC:
        wanted = call.values["allow_val_change"]
        return world.process.notebook if wanted is None else bool(wanted)
    # Only a Jupyter kernel allows it, and a script says no more than that an IPython shell runs the process.
    return None if world.process.notebook else False
