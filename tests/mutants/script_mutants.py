"""Mutants that only whole programs can show: rows, summaries, config, several processes, what a run says of itself."""

from __future__ import annotations

from tests.mutants.mutant import SDK, SERVER_RUNS, Mutant

SCRIPT_MUTANTS = (
    Mutant(
        "the end of a process takes the resume file away",
        "AUTO-5",
        "current",
        SDK + "session",
        "exit_code == 0 and not (self._is_ending and self.behaviour.process_end_keeps_resume_file)",
        "exit_code == 0",
        "auto",
    ),
    Mutant(
        "a run that ends well removes only a resume file that names it",
        "AUTO-5",
        "classic",
        SDK + "session",
        "            resume_file.remove(self.disk, run._wandb_dir)\n",
        """            if resume_file.read(self.disk, run._wandb_dir) == run.id:
                resume_file.remove(self.disk, run._wandb_dir)
""",
        "auto",
    ),
    Mutant(
        "nobody is told that auto remembers another run",
        "AUTO-4",
        "classic",
        SDK + "steps",
        "        elif remembered not in (None, run_id):\n",
        "        elif False:\n",
    ),
    Mutant(
        "tags of a resumption are added to the old ones",
        "RESUME-7f",
        "classic",
        SERVER_RUNS,
        "            run.tags = record.tags\n",
        "            run.tags = (*run.tags, *record.tags)\n",
    ),
    Mutant(
        "notes that are not given are wiped out",
        "META-1",
        "current",
        SERVER_RUNS,
        "        if record.notes is not None:\n",
        "        if record.starts:\n",
    ),
    Mutant(
        "a resumed run gets the default job type",
        "META-2",
        "classic",
        SDK + "steps",
        "    if status is None and starting.behaviour.job_type is not None:\n",
        "    if starting.behaviour.job_type is not None:\n",
    ),
    Mutant(
        "tags that are set later stay with the client",
        "TAGS-1",
        "classic",
        SDK + "run_facts",
        "self._edit(RunRecord(self._path, tags=tuple(value)))",
        "self._edit(RunRecord(self._path))",
    ),
    Mutant(
        "the pending row is lost at finish()",
        "LOG-4",
        "classic",
        SDK + "history",
        """            self.commit()
            self.flush()
""",
        """            self.flush()
""",
        "rows",
    ),
    Mutant(
        "the step of the open row closes it",
        "LOG-3",
        "classic",
        SDK + "history",
        "        if step > self.step:\n",
        "        if step >= self.step:\n",
        "rows",
    ),
    Mutant(
        "a step that has gone by is logged at the present one",
        "LOG-3",
        "current",
        SDK + "history",
        "        if step < self.step:\n",
        "        if False:\n",
        "rows",
    ),
    Mutant(
        "step= commits the row",
        "LOG-3",
        "current",
        SDK + "run_rows",
        "commit if commit is not None else step is None",
        "commit if commit is not None else True",
        "rows",
    ),
    Mutant(
        "the last log(commit=False) replaces the ones before",
        "LOG-2",
        "classic",
        SDK + "history",
        "            self.pending.update(data)\n",
        "            self.pending = data\n",
        "rows",
    ),
    Mutant(
        "an empty row is written",
        "LOG-4",
        "classic",
        SDK + "classic",
        "empty_is_written=False",
        "empty_is_written=True",
    ),
    Mutant(
        "an empty row is left out",
        "LOG-4",
        "current",
        SDK + "current_row",
        "empty_is_written=True",
        "empty_is_written=False",
    ),
    Mutant(
        "rows that were logged before beat what is set by hand",
        "SUMMARY-1",
        "classic",
        SDK + "summary",
        "        self._before_read()  # rows logged earlier must not overwrite what is set by hand now\n",
        "",
    ),
    Mutant(
        "a logged None stays in the summary",
        "SUMMARY-1",
        "current",
        SDK + "current",
        "is_tree=True",
        "is_tree=False",
    ),
    Mutant(
        "a resumed run begins with an empty summary",
        "RESUME-7e",
        "classic",
        SDK + "steps",
        "summary=status.summary if status is not None and resumed else {},",
        "summary={},",
    ),
    Mutant(
        "the summary of a finished run can be read on",
        "SUMMARY-2",
        "current",
        SDK + "current",
        "shows_values_after_finish=False",
        "shows_values_after_finish=True",
    ),
    Mutant(
        "min is max",
        "protocol.md 4.3",
        "classic",
        SDK + "folding",
        """    "min": _least,\n""",
        """    "min": _greatest,\n""",
        "metrics",
    ),
    Mutant(
        "config values can be changed",
        "CONFIG-7",
        "classic",
        SDK + "config",
        "            if not may_change and key in self._items",
        "            if False and key in self._items",
    ),
    Mutant(
        "init(allow_val_change=True) has no effect",
        "CONFIG-9",
        "classic",
        SDK + "classic",
        "allow_val_change_counts=True",
        "allow_val_change_counts=False",
    ),
    Mutant(
        "init(allow_val_change=True) has an effect",
        "CONFIG-9",
        "current",
        SDK + "current",
        "allow_val_change_counts=False",
        "allow_val_change_counts=True",
    ),
    Mutant(
        "config can be changed after finish()",
        "CONFIG-7",
        "current",
        SDK + "config",
        """        self._owner.must_be_active("config")
        fresh =""",
        "        fresh =",
    ),
    Mutant(
        "finish() of a finished run unsets wandb.run",
        "FINISH-3",
        "classic",
        SDK + "run",
        """            if self._is_finished:
                return
            if self._is_forked:
""",
        """            if self._is_finished:
                self._session.run = None
                return
            if self._is_forked:
""",
    ),
    Mutant(
        "finish() unsets wandb.run whichever run it is",
        "FINISH-2",
        "current",
        SDK + "current",
        "finish_unsets_any_run=False",
        "finish_unsets_any_run=True",
        "active",
    ),
    Mutant(
        "a failed run is finished",
        "FINISH-1",
        "classic",
        SERVER_RUNS,
        "RunState.PREEMPTED if run.state is RunState.PREEMPTING else RunState.FAILED",
        "RunState.FINISHED",
    ),
    Mutant(
        "the exit code of the process is lost",
        "FINISH-5",
        "classic",
        SDK + "session",
        """        self._is_ending = True
        for run in list(self.active):
            run.finish(exit_code)
""",
        """        self._is_ending = True
        for run in list(self.active):
            run.finish(0)
""",
    ),
    Mutant(
        "a resumed run shows its step at once",
        "RESUME-7c",
        "current",
        SDK + "current",
        "resumed_step_reads_zero=True",
        "resumed_step_reads_zero=False",
        "rows",
    ),
    Mutant(
        "a resumed run hides the old notes and tags",
        "RESUME-7f",
        "current",
        SDK + "current",
        "resumed_shows_notes=True",
        "resumed_shows_notes=False",
    ),
    Mutant(
        "a failed init() leaves its id free",
        "ERR-4",
        "current",
        SDK + "current_steps",
        "        session.taken_ids.add(starting.run_id)\n",
        "        pass\n",
    ),
    Mutant(
        "a dummy forgets what it is told to log",
        "DISABLED-4",
        "classic",
        SDK + "classic_dummy",
        "                alive.summary.update(data)\n",
        "                pass\n",
    ),
)
"""Every mutant, in the order of the clauses' chapters."""
