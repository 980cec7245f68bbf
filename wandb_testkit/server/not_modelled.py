"""Owns the names of what W&B's server has and the fake has not, so that who asks is told what it is that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable

SUBJECTS = {
    "automations": (
        *("triggers", "triggersInProject", "createFilterTrigger", "updateFilterTrigger", "deleteTrigger"),
        *("integrations", "slackIntegrations", "webhookIntegrations", "createGenericWebhookIntegration"),
    ),
    "reports": ("allViews", "view", "upsertView", "deleteView", "cloneView"),
    "run queues and jobs (W&B Launch)": (
        *("runQueue", "runQueues", "createRunQueue", "deleteRunQueues", "upsertRunQueue", "updateRunQueue"),
        *("pushToRunQueue", "pushToRunQueueByName", "popFromRunQueue", "ackRunQueueItem", "failRunQueueItem"),
        *("deleteFromRunQueue", "createLaunchAgent", "launchAgent", "launchAgents", "launchAgentHeartbeat"),
        *("createDefaultResourceConfig", "defaultResourceConfig", "updateRunQueueItemWarning", "enqueueSweepRun"),
    ),
    "registries": ("upsertRegistryProject", "createProjectMembers", "updateProjectMember", "deleteProjectMembers"),
}
"""What is not part of the fake -> the fields by which clients ask for it."""

_SUBJECT_OF = {name: subject for subject, names in SUBJECTS.items() for name in names}

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)'")


def told(messages: Iterable[str]) -> str:
    """What is wrong with a document, and what it asks for where that is known."""
    messages = list(messages)
    fields = {name for message in messages for name in _UNKNOWN_FIELD.findall(message)}
    subjects = sorted({_SUBJECT_OF[name] for name in fields & _SUBJECT_OF.keys()})
    said = "; ".join(messages)
    return f"{' and '.join(subjects)} are not part of the fake: {said}" if subjects else said
