"""Owns the GraphQL documents that the HTTP transport sends: our words, the fields of protocol.md 3 and 5.

Clients of the first generation call nearly everything `Model`, those of the third have a name for each (protocol.md
11).
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Document(NamedTuple):
    """A document and the name of its operation."""

    operation: str
    text: str


def named(text: str) -> Document:
    """The document of this text, with the name that its operation has, "" if it has none."""
    found = re.search(r"\b(?:query|mutation)\s+(\w+)", text)
    return Document(found.group(1) if found else "", text)


CLASSIC_VIEWER = Document(
    "Viewer",
    """query Viewer {
  viewer { id entity email flags teams { edges { node { name } } } }
  serverInfo { cliVersionInfo }
}""",
)

CURRENT_VIEWER = Document(
    "Viewer",
    """query Viewer {
  viewer { id entity username email flags teams { edges { node { name } } } }
}""",
)

ANONYMOUS = Document(
    "CreateAnonymousApiKey",
    """mutation CreateAnonymousApiKey {
  createAnonymousEntity(input: {}) { apiKey { name } }
}""",
)

_UPSERT = """mutation UpsertBucket(
  $id: String, $name: String, $project: String, $entity: String, $groupName: String, $description: String,
  $displayName: String, $notes: String, $commit: String, $config: JSONString, $host: String, $debug: Boolean,
  $program: String, $repo: String, $jobType: String, $state: String, $sweep: String, $tags: [String!],
  $summaryMetrics: JSONString
) {
  upsertBucket(input: {
    id: $id, name: $name, groupName: $groupName, modelName: $project, entityName: $entity, description: $description,
    displayName: $displayName, notes: $notes, config: $config, commit: $commit, host: $host, debug: $debug,
    jobProgram: $program, jobRepo: $repo, jobType: $jobType, state: $state, sweep: $sweep, tags: $tags,
    summaryMetrics: $summaryMetrics
  }) {
    bucket {
      id name displayName description config sweepName
      project { id name entity { id name } }%s
    }
    inserted
  }
}"""

CLASSIC_UPSERT = Document("UpsertBucket", _UPSERT % "")
CURRENT_UPSERT = Document("UpsertBucket", _UPSERT % "\n      historyLineCount")

_STATUS = """query %s($project: String, $entity: String, $name: String!) {
  model(name: $project, entityName: $entity) {
    id
    name
    entity { id name }
    bucket(name: $name, missingOk: true) {
      id name summaryMetrics displayName logLineCount historyLineCount eventsLineCount historyTail eventsTail config%s
    }
  }
}"""

CLASSIC_STATUS = Document("Model", _STATUS % ("Model", ""))
CURRENT_STATUS = Document(
    "RunResumeStatus", _STATUS % ("RunResumeStatus", '\n      tags notes wandbConfig(keys: ["t"])')
)

REWIND = Document(
    "RewindRun",
    """mutation RewindRun(
  $runName: String!, $entity: String, $project: String, $metricName: String!, $metricValue: Float!
) {
  rewindRun(input: {
    runName: $runName, entityName: $entity, projectName: $project, metricName: $metricName, metricValue: $metricValue
  }) {
    rewoundRun {
      id name summaryMetrics displayName logLineCount historyLineCount eventsLineCount historyTail eventsTail config
      tags notes wandbConfig(keys: ["t"])
    }
  }
}""",
)

CLASSIC_UPLOADS = Document(
    "Model",
    """query Model($name: String!, $files: [String]!, $entity: String!, $run: String!, $description: String) {
  model(name: $name, entityName: $entity) {
    bucket(name: $run, desc: $description) {
      id
      files(names: $files) {
        uploadHeaders
        edges { node { name url(upload: true) updatedAt } }
      }
    }
  }
}""",
)

CURRENT_UPLOADS = Document(
    "CreateRunFiles",
    """mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    runID
    uploadHeaders
    files { name uploadUrl }
  }
}""",
)

FILE = Document(
    "RunFiles",
    """query RunFiles($project: String!, $entity: String!, $name: String!, $fileNames: [String]!) {
  project(name: $project, entityName: $entity) {
    run(name: $name) {
      files(names: $fileNames) { edges { node { name directUrl md5 } } }
    }
  }
}""",
)

ALERT = Document(
    "NotifyScriptableRunAlert",
    """mutation NotifyScriptableRunAlert(
  $entityName: String!, $projectName: String!, $runName: String!, $title: String!, $text: String!,
  $severity: AlertSeverity = INFO, $waitDuration: Duration
) {
  notifyScriptableRunAlert(input: {
    entityName: $entityName, projectName: $projectName, runName: $runName, title: $title, text: $text,
    severity: $severity, waitDuration: $waitDuration
  }) { success }
}""",
)

FEATURES = Document(
    "ServerFeaturesQuery",
    """query ServerFeaturesQuery {
  serverInfo { features { name isEnabled } }
}""",
)
