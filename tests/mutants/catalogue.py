"""Mutants of the implementation: one plausible bug each, written from the clauses, not from the checks."""

from __future__ import annotations

from tests.mutants.mutant import SDK, Mutant

MUTANTS = (
    Mutant(
        "the resumed run starts at the last step instead of the next",
        "RESUME-7a",
        "classic",
        SDK + "steps",
        "else status.last_step + 1\n",
        "else status.last_step\n",
    ),
    Mutant(
        "the resumed run starts at step 0",
        "RESUME-7a",
        "current",
        SDK + "steps",
        "step = 0 if status is None or status.last_step is None else status.last_step + 1",
        "step = 0",
    ),
    Mutant(
        "the old config is lost at a resumption",
        "RESUME-7d",
        "classic",
        SDK + "steps",
        """{key: status.config[key] for key in status.config if key != "_wandb"}""",
        "{}",
    ),
    Mutant(
        "must is satisfied by a run that does not exist",
        "RESUME-4",
        "classic",
        SDK + "steps",
        """starting.resume == "must" and status is None""",
        """starting.resume == "must" and False""",
    ),
    Mutant(
        "never resumes",
        "RESUME-3",
        "current",
        SDK + "steps",
        """starting.resume == "never" and status is not None""",
        "False",
    ),
    Mutant(
        "allow does not ask whether the run exists",
        "RESUME-2",
        "classic",
        SDK + "steps",
        """if starting.resume != "none":""",
        """if starting.resume not in ("none", "allow"):""",
    ),
    Mutant(
        "resume unset resumes",
        "RESUME-1",
        "classic",
        SDK + "steps",
        """if starting.resume != "none":""",
        "if True:",
    ),
    Mutant(
        "an overwritten run keeps its old rows",
        "RESUME-1",
        "classic",
        SDK + "classic",
        "first_line=lambda status, info: 0 if status is None else status.history_lines,",
        "first_line=lambda status, info: info.history_lines if info else 0,",
    ),
    Mutant(
        "a run that is used again begins its history anew",
        "RESUME-1",
        "current",
        SDK + "current",
        "first_line=lambda status, info: info.history_lines if info is not None else 0,",
        "first_line=lambda status, info: 0 if status is None else status.history_lines,",
    ),
    Mutant(
        "a deleted run can be created again",
        "RESUME-8",
        "classic",
        "wandb_testkit.server.runs",
        "elif run.state is RunState.DELETED:",
        "elif False:",
    ),
    Mutant(
        "an unknown resume word is allow and nothing more",
        "RESUME-9",
        "classic",
        SDK + "classic",
        "if resume and not id_is_explicit:",
        "if False:",
    ),
    Mutant(
        "an unknown resume word beats the id argument",
        "RESUME-9",
        "classic",
        SDK + "classic",
        "if resume and not id_is_explicit:",
        "if resume:",
    ),
    Mutant(
        "an unknown resume word is taken for allow",
        "RESUME-9",
        "current",
        SDK + "current_readers",
        """optional(words("allow", "must", "never", "auto"))(value)""",
        "value",
    ),
    Mutant(
        "auto does not look into the resume file",
        "AUTO-4",
        "classic",
        SDK + "steps",
        "            run_id = remembered\n",
        "            pass\n",
    ),
    Mutant(
        "auto remembers the run only once it has started",
        "AUTO-9",
        "classic",
        SDK + "classic",
        "        write_resume_file,\n        start_offline,\n        start_online,",
        "        start_offline,\n        start_online,",
    ),
    Mutant(
        "allow writes the resume file",
        "AUTO-11",
        "classic",
        SDK + "steps",
        """    if starting.resume == "auto":
        resume_file.write(""",
        """    if starting.resume in ("auto", "allow"):
        resume_file.write(""",
    ),
    Mutant(
        "a run that ended well leaves the resume file",
        "AUTO-5",
        "classic",
        SDK + "session",
        "        if exit_code == 0 and",
        "        if False and",
    ),
    Mutant(
        "a failed run removes the resume file",
        "AUTO-6",
        "classic",
        SDK + "session",
        "        if exit_code == 0 and",
        "        if True and",
    ),
    Mutant(
        "a start without resume leaves what auto remembers",
        "AUTO-5",
        "current",
        SDK + "current_steps",
        """    if starting.resume == "none":
        resume_file.remove""",
        """    if False:
        resume_file.remove""",
    ),
    Mutant(
        "disabled mode writes the resume file",
        "DISABLED-1",
        "classic",
        SDK + "classic",
        """    dummy = Dummy(starting.session, starting.config)
""",
        """    choose_id(starting)
    write_resume_file(starting)
    dummy = Dummy(starting.session, starting.config)
""",
    ),
    Mutant(
        "the environment beats the mode argument",
        "MODE-2",
        "classic",
        SDK + "session",
        "{**self.load_environment(), **self._setup, **settings, **arguments}",
        "{**self._setup, **settings, **arguments, **self.load_environment()}",
        "full",
    ),
    Mutant(
        "offline asks for a key",
        "MODE-3",
        "classic",
        SDK + "classic_login",
        """    if starting.mode != "online":
        return
    session = starting.session
    wanted""",
        """    if starting.mode == "disabled":
        return
    session = starting.session
    wanted""",
    ),
    Mutant(
        "offline asks for a key (current)",
        "MODE-3",
        "current",
        SDK + "current_login",
        """    if starting.mode != "online":
        return
    session = starting.session
    starting.api_key""",
        """    if starting.mode == "disabled":
        return
    session = starting.session
    starting.api_key""",
    ),
    Mutant(
        "force is ignored without credentials",
        "FORCE-2",
        "classic",
        SDK + "classic_login",
        """    if force:
        raise""",
        """    if False:
        raise""",
    ),
    Mutant(
        "no credentials is an error although force is not set",
        "FORCE-1",
        "classic",
        SDK + "classic_login",
        """    if force:
        raise""",
        """    if True:
        raise""",
    ),
    Mutant(
        "the offline fallback says nothing",
        "FORCE-1",
        "classic",
        SDK + "classic_login",
        """    session.warn("offline_fallback",""",
        """    session.terminal.line(level="warning", text=""",
    ),
    Mutant(
        "anonymous must uses the account that is logged in",
        "ANON-3",
        "classic",
        SDK + "classic_login",
        """    if wanted == "must":
        answer""",
        """    if wanted == "must" and api_key is None:
        answer""",
    ),
    Mutant(
        "anonymous allow makes an account although logged in",
        "ANON-2",
        "classic",
        SDK + "classic_login",
        """    if wanted == "must":
        answer""",
        """    if wanted != "never":
        answer""",
    ),
    Mutant(
        "a refused key with allow becomes an anonymous account",
        "ANON-6",
        "classic",
        SDK + "classic_login",
        """        answer = ask_viewer(session, api_key)
    elif""",
        """        answer = ask_viewer(session, api_key)
        if not isinstance(answer, Account) and wanted == "allow":
            answer = ask_anonymous(session)
    elif""",
    ),
    Mutant(
        "anonymous has an effect again",
        "ANON-9",
        "current",
        SDK + "current_login",
        """    if starting.api_key is None:
        if""",
        """    if starting.api_key is None and starting.settings.get("anonymous") == "must":
        starting.mode = "offline"
        return
    if starting.api_key is None:
        if""",
    ),
    Mutant(
        "anonymous is ignored without a word",
        "ANON-9",
        "current",
        SDK + "current",
        """    if values.get("anonymous") is not None:""",
        "    if False:",
    ),
    Mutant(
        "the login step comes after the active run",
        "LOGIN-1",
        "current",
        SDK + "current",
        """        log_in,
        choose_id,
        check_remembered_id,
        write_resume_file,
        return_disabled,
        integrate,
        settle_active,
""",
        """        choose_id,
        check_remembered_id,
        write_resume_file,
        return_disabled,
        integrate,
        settle_active,
        log_in,
""",
    ),
    Mutant(
        "reinit unset finishes the active run",
        "REINIT-2",
        "classic",
        SDK + "classic",
        "session.shell.is_notebook() if reinit is None else reinit",
        "True if reinit is None else reinit",
    ),
    Mutant(
        "notebooks do not reinit by themselves",
        "REINIT-4",
        "classic",
        SDK + "classic",
        "session.shell.is_notebook() if reinit is None else reinit",
        "reinit",
    ),
    Mutant(
        "reinit False is overruled by a notebook",
        "REINIT-4",
        "classic",
        SDK + "classic",
        "session.shell.is_notebook() if reinit is None else reinit",
        "session.shell.is_notebook() or reinit",
    ),
    Mutant(
        "the active run is finished with an exit code that is not 0",
        "REINIT-3",
        "classic",
        SDK + "classic",
        "        run.finish(0)\n",
        "        run.finish(1)\n",
    ),
    Mutant(
        "a disabled init finishes the active run",
        "REINIT-5",
        "classic",
        SDK + "classic",
        "    return_dummy,\n        integrate,\n        return_or_finish_active,",
        "    return_or_finish_active,\n        return_dummy,\n        integrate,",
    ),
    Mutant(
        "must returns the active run",
        "REINIT-2",
        "current",
        SDK + "current_steps",
        """            if starting.resume == "must":""",
        "            if False:",
    ),
    Mutant(
        "create_new takes wandb.run",
        "REINIT-7",
        "current",
        SDK + "current_steps",
        """starting.becomes_wandb_run = reinit != "create_new\"""",
        "starting.becomes_wandb_run = True",
    ),
    Mutant(
        "create_new may use the id of the active run",
        "REINIT-7",
        "current",
        SDK + "current_steps",
        "if starting.run_id in session.taken_ids or any(run.id == starting.run_id for run in session.active):",
        "if False:",
    ),
    Mutant(
        "an old word for reinit is taken without a word",
        "REINIT-3",
        "current",
        SDK + "current_steps",
        "    if flag is not None:\n",
        "    if False:\n",
    ),
    Mutant(
        "a failed init leaves its run in wandb.run",
        "ERR-4",
        "current",
        SDK + "current_steps",
        "        session.taken_ids.add(starting.run_id)\n",
        "        session.run = None\n",
    ),
    Mutant(
        "the record of a failed must is created all the same",
        "RESUME-11",
        "classic",
        SDK + "steps",
        """        if starting.resume == "must" and status is None:
""",
        """        if starting.resume == "must" and status is None:
            transport.deliver(RunRecord(path, starts=True))
""",
    ),
    Mutant(
        "a refused request of the run looks like success",
        "ERR-3",
        "current",
        SDK + "steps",
        """    answer = transport.deliver(record)
    if answer.refusal is not None:
        raise starting.refused(answer.refusal)
    return _run(starting, transport, answer""",
        """    answer = transport.deliver(record)
    return _run(starting, transport, answer""",
    ),
    Mutant(
        "every error of the server is a plain Error",
        "ERR-3",
        "current",
        SDK + "current",
        """"COMM_REJECTED": CommError,""",
        """"COMM_REJECTED": Error,""",
    ),
)
"""Every mutant, in the order of the clauses."""
