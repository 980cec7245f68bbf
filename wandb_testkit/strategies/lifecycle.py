"""Owns RunLifecycle: a state machine that grows a script and judges an implementation by the oracle.

from wandb_testkit.strategies import RunLifecycle
from my_backend import MyTarget
TestLifecycle = RunLifecycle.for_target(MyTarget(), profile="current").TestCase
"""

from __future__ import annotations

from contextlib import ExitStack

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from wandb_testkit.actions import Action
from wandb_testkit.observation import Observation
from wandb_testkit.ports import OpenScript, OpenTarget, Target
from wandb_testkit.profiles import CLASSIC, Profile, to_profile
from wandb_testkit.spec.complaint import disagreement
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.predict import Prediction
from wandb_testkit.strategies.scripts import actions_after


class RunLifecycle(RuleBasedStateMachine):
    """A program that grows action by action, and is compared with the oracle's prediction.

    Use for_target(): the machine itself has no target.
    """

    target: Target
    profile: Profile
    valid: bool

    @classmethod
    def for_target(cls, target: Target, profile: Profile | str = CLASSIC, *, valid: bool = True) -> type[RunLifecycle]:
        """The machine for a target; its `TestCase` is collected by pytest and unittest.

        Args:
            target: Runs scripts; an OpenTarget, one that has `open()` too, is asked after each action.
            valid: As for scripts().
        """
        known = to_profile(profile)
        name = f"RunLifecycle of {target.name}, {known}"
        return type(name, (cls,), {"target": target, "profile": known, "valid": valid})

    def __init__(self) -> None:
        super().__init__()
        self.script: list[Action] = []
        self.prediction = Prediction(self.profile)
        self.stack = ExitStack()
        self.playing: OpenScript | None = None
        if isinstance(self.target, OpenTarget):
            self.playing = self.stack.enter_context(self.target.open(self.profile))

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """One more action."""
        drawn = data.draw(actions_after(self.prediction, valid=self.valid), label=f"action {len(self.script)}")
        action = self.admitted(drawn)
        if action is None:
            return
        try:
            self.prediction.take(action)
        except Unspecified:
            return
        self.script.append(action)
        if self.playing is not None:
            self.playing.take(action)
            self.judge(self.playing.observation())

    def teardown(self) -> None:
        """Judge the whole script, unless that was done on the way, and end what is open."""
        with self.stack:
            if self.playing is None:
                self.judge(self.target.run(tuple(self.script), self.profile))

    def admitted(self, action: Action) -> Action | None:
        """What of an action is carried out, None for nothing of it; all, unless a machine of one's own says less."""
        return action

    def judge(self, observed: Observation) -> None:
        """Hold what the target shows of the script so far against the prediction.

        Raises:
            AssertionError: It shows something else; the message has the program, and what differs.
        """
        told = disagreement(tuple(self.script), self.profile, observed, target=self.target.name)
        if told:
            raise AssertionError(told)
