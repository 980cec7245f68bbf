"""Owns the documents that the public API of the drop-in sends: our words, the fields of protocol.md 9."""

from __future__ import annotations

RUN_FIELDS = """
  id name displayName description notes tags group jobType sweepName commit state readOnly createdAt heartbeatAt
  config summaryMetrics systemMetrics historyKeys projectId
  user { id name username }
"""

VIEWER = "query Viewer { viewer { id name username email entity flags admin teams { edges { node { name } } } } }"

RUN = f"""query Run($project: String!, $entity: String!, $name: String!) {{
  project(name: $project, entityName: $entity) {{ run(name: $name) {{ {RUN_FIELDS} }} }}
}}"""

RUNS = f"""query Runs(
  $project: String!, $entity: String!, $cursor: String, $perPage: Int, $order: String, $filters: JSONString
) {{
  project(name: $project, entityName: $entity) {{
    runCount(filters: $filters)
    runs(filters: $filters, after: $cursor, first: $perPage, order: $order) {{
      edges {{ cursor node {{ {RUN_FIELDS} }} }}
      pageInfo {{ endCursor hasNextPage }}
    }}
  }}
}}"""

_OF_RUN = """query %s($project: String!, $entity: String!, $name: String!%s) {
  project(name: $project, entityName: $entity) { run(name: $name) { %s } }
}"""

RUN_STATE = _OF_RUN % ("RunState", "", "state")
HISTORY_KEYS = _OF_RUN % ("RunHistoryKeys", "", "historyKeys")
HISTORY = _OF_RUN % ("RunFullHistory", ", $samples: Int", "history(samples: $samples)")
EVENTS = _OF_RUN % ("RunFullEvents", ", $samples: Int", "events(samples: $samples)")
SAMPLED_HISTORY = _OF_RUN % ("RunSampledHistory", ", $specs: [JSONString!]!", "sampledHistory(specs: $specs)")
HISTORY_PAGE = _OF_RUN % (
    "HistoryPage",
    ", $minStep: Int64!, $maxStep: Int64!, $pageSize: Int!",
    "history(minStep: $minStep, maxStep: $maxStep, samples: $pageSize)",
)
LOG_LINES = _OF_RUN % (
    "RunLogLines",
    ", $perPage: Int, $cursor: String, $last: Int",
    """logLines(first: $perPage, after: $cursor, last: $last) {
      edges { cursor node { number timestamp level label line } }
      pageInfo { endCursor hasNextPage }
    }""",
)
FILES = _OF_RUN % (
    "RunFiles",
    ", $fileNames: [String], $pattern: String, $fileCursor: String, $fileLimit: Int",
    """fileCount
    files(names: $fileNames, pattern: $pattern, after: $fileCursor, first: $fileLimit) {
      edges { cursor node { id name url directUrl sizeBytes mimetype updatedAt md5 digest } }
      pageInfo { endCursor hasNextPage }
    }""",
)

UPSERT_RUN = """mutation UpsertBucket(
  $id: String, $name: String, $project: String, $entity: String, $displayName: String, $description: String,
  $notes: String, $tags: [String!], $config: JSONString, $groupName: String, $jobType: String, $state: String,
  $summaryMetrics: JSONString
) {
  upsertBucket(input: {
    id: $id, name: $name, modelName: $project, entityName: $entity, displayName: $displayName,
    description: $description, notes: $notes, tags: $tags, config: $config, groupName: $groupName, jobType: $jobType,
    state: $state, summaryMetrics: $summaryMetrics
  }) { bucket { id name displayName state project { name entity { name } } } inserted }
}"""

DELETE_RUN = """mutation DeleteRun($id: ID!, $deleteArtifacts: Boolean) {
  deleteRun(input: {id: $id, deleteArtifacts: $deleteArtifacts}) { success }
}"""

STOP_RUN = "mutation StopRun($id: ID!) { stopRun(input: {id: $id}) { success } }"

UPDATE_RUN_STATE = """mutation UpdateRunState($id: ID!, $state: String!) {
  updateRunState(input: {id: $id, state: $state}) { success }
}"""

DELETE_FILES = "mutation DeleteFiles($files: [ID!]!) { deleteFiles(input: {files: $files}) { success } }"

PROJECT_FIELDS = "id internalId name entityName description access views createdAt isBenchmark readOnly"

PROJECT = f"""query Project($name: String!, $entity: String!) {{
  project(name: $name, entityName: $entity) {{ {PROJECT_FIELDS} user {{ id name username email }} }}
}}"""

PROJECTS = f"""query Projects($entity: String, $cursor: String, $perPage: Int) {{
  models(entityName: $entity, after: $cursor, first: $perPage) {{
    edges {{ cursor node {{ {PROJECT_FIELDS} }} }}
    pageInfo {{ endCursor hasNextPage }}
  }}
}}"""

CREATE_PROJECT = """mutation UpsertModel($name: String!, $entity: String!) {
  upsertModel(input: {name: $name, entityName: $entity}) { project { id } }
}"""

_SWEEP_FIELDS = """id name displayName method state description config controller scheduler bestLoss createdAt
  updatedAt heartbeatAt earlyStopJobRunning runCount runCountExpected"""

SWEEP = f"""query Sweep($project: String!, $entity: String!, $name: String!) {{
  project(name: $project, entityName: $entity) {{ sweep(sweepName: $name) {{ {_SWEEP_FIELDS} }} }}
}}"""

SWEEP_RUNS = f"""query SweepRuns($project: String!, $entity: String!, $name: String!, $order: String) {{
  project(name: $project, entityName: $entity) {{
    sweep(sweepName: $name) {{ runs(order: $order) {{ edges {{ node {{ {RUN_FIELDS} }} }} }} }}
  }}
}}"""

SWEEPS = f"""query Sweeps(
  $project: String!, $entity: String!, $filters: JSONString, $cursor: String, $perPage: Int
) {{
  project(name: $project, entityName: $entity) {{
    totalSweeps
    sweeps(filters: $filters, after: $cursor, first: $perPage) {{
      edges {{ cursor node {{ {_SWEEP_FIELDS} }} }}
      pageInfo {{ endCursor hasNextPage }}
    }}
  }}
}}"""

AGENTS = """query SweepAgents($project: String!, $entity: String!, $sweep: String!) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) {
      agents { edges { node { id name host state totalRuns createdAt heartbeatAt } } }
    }
  }
}"""

AGENT_RUNS = f"""query SweepAgentRuns(
  $project: String!, $entity: String!, $sweep: String!, $agent: String!, $order: String, $cursor: String,
  $perPage: Int
) {{
  project(name: $project, entityName: $entity) {{
    sweep(sweepName: $sweep) {{
      agent(agentName: $agent) {{
        runs(order: $order, after: $cursor, first: $perPage) {{
          edges {{ cursor node {{ {RUN_FIELDS} }} }}
          pageInfo {{ endCursor hasNextPage }}
        }}
      }}
    }}
  }}
}}"""

UPSERT_SWEEP = """mutation UpsertSweep(
  $id: ID, $entity: String, $project: String, $config: String, $state: String, $controller: JSONString,
  $scheduler: JSONString, $displayName: String, $description: String, $priorRuns: JSONString
) {
  upsertSweep(input: {
    id: $id, entityName: $entity, projectName: $project, config: $config, state: $state, controller: $controller,
    scheduler: $scheduler, displayName: $displayName, description: $description, priorRunsFilters: $priorRuns
  }) { sweep { id name project { name entity { name } } } configValidationWarnings }
}"""

CREATE_AGENT = """mutation CreateAgent($host: String!, $entity: String!, $project: String!, $sweep: String!) {
  createAgent(input: {host: $host, entityName: $entity, projectName: $project, sweep: $sweep}) { agent { id } }
}"""

AGENT_HEARTBEAT = """mutation AgentHeartbeat($id: ID!, $runState: JSONString) {
  agentHeartbeat(input: {id: $id, runState: $runState}) { agent { id } commands }
}"""

USERS = """query SearchUsers($query: String) {
  users(query: $query) {
    edges { node {
      id name username email admin flags deletedAt
      apiKeys { edges { node { id name description } } }
      teams { edges { node { name } } }
    } }
  }
}"""

CREATE_USER = """mutation CreateUser($email: String!, $admin: Boolean) {
  createUser(input: {email: $email, admin: $admin}) {
    user { id name username email admin teams { edges { node { name } } } apiKeys { edges { node { id name } } } }
  }
}"""

GENERATE_API_KEY = """mutation GenerateApiKey($description: String) {
  generateApiKey(input: {description: $description}) { apiKey { id name } }
}"""

DELETE_API_KEY = "mutation DeleteApiKey($id: String!) { deleteApiKey(input: {id: $id}) { success } }"

TEAM = """query Entity($name: String!) {
  entity(name: $name) {
    id name available photoUrl readOnly readOnlyAdmin isTeam privateOnly storageBytes codeSavingEnabled defaultAccess
    isPaid
    members { id admin pending email username name photoUrl accountType apiKey role }
  }
}"""

CREATE_TEAM = """mutation CreateTeam($teamName: String!, $teamAdminUserName: String) {
  createTeam(input: {teamName: $teamName, teamAdminUserName: $teamAdminUserName}) { entity { id name } }
}"""

CREATE_INVITE = """mutation CreateInvite($entity: String!, $email: String, $username: String, $admin: Boolean) {
  createInvite(input: {entityName: $entity, email: $email, username: $username, admin: $admin}) { invite { id } }
}"""

DELETE_INVITE = """mutation DeleteInvite($id: String, $entity: String) {
  deleteInvite(input: {id: $id, entityName: $entity}) { success }
}"""

CREATE_SERVICE_ACCOUNT = """mutation CreateServiceAccount($entity: String!, $description: String!) {
  createServiceAccount(input: {entityName: $entity, description: $description}) { user { id } }
}"""

_PAGE = "pageInfo { endCursor hasNextPage } totalCount"

_IDS = f"(first: $perPage, after: $cursor) {{ edges {{ cursor node {{ id }} }} {_PAGE} }}"

RUN_ARTIFACTS = {
    "logged": _OF_RUN % ("RunOutputArtifacts", ", $perPage: Int, $cursor: String", f"outputArtifacts{_IDS}"),
    "used": _OF_RUN % ("RunInputArtifacts", ", $perPage: Int, $cursor: String", f"inputArtifacts{_IDS}"),
}
"""What a run logged, and what it used."""

_COLLECTION = """__typename id name description createdAt updatedAt
  tags { edges { node { name } } } aliases { edges { node { alias } } }"""

ARTIFACT_TYPES = """query ProjectArtifactTypes($entity: String!, $project: String!, $perPage: Int, $cursor: String) {
  project(name: $project, entityName: $entity) {
    artifactTypes(first: $perPage, after: $cursor) {
      edges { cursor node { id name description createdAt } }
      pageInfo { endCursor hasNextPage }
    }
  }
}"""

_OF_TYPE = """query %s($entity: String!, $project: String!, $type: String!%s) {
  project(name: $project, entityName: $entity) { artifactType(name: $type) { %s } }
}"""

ARTIFACT_TYPE = _OF_TYPE % ("ProjectArtifactType", "", "id name description createdAt")

ARTIFACT_COLLECTIONS = _OF_TYPE % (
    "ArtifactCollections",
    ", $order: String, $perPage: Int, $cursor: String",
    f"""artifactCollections(order: $order, first: $perPage, after: $cursor) {{
      edges {{ cursor node {{ {_COLLECTION} }} }} {_PAGE}
    }}""",
)

PROJECT_COLLECTIONS = f"""query ProjectArtifactCollections(
  $entity: String!, $project: String!, $filters: JSONString, $order: String, $perPage: Int, $cursor: String
) {{
  project(name: $project, entityName: $entity) {{
    artifactCollections(filters: $filters, order: $order, first: $perPage, after: $cursor) {{
      edges {{ cursor node {{ {_COLLECTION} defaultArtifactType {{ name }} }} }} {_PAGE}
    }}
  }}
}}"""

ARTIFACT_COLLECTION = _OF_TYPE % (
    "ArtifactCollection",
    ", $collection: String!",
    f"artifactCollection(name: $collection) {{ {_COLLECTION} }}",
)

ARTIFACTS = _OF_TYPE % (
    "ArtifactVersions",
    ", $collection: String!, $order: String, $perPage: Int, $cursor: String",
    f"""artifactCollection(name: $collection) {{
      artifacts(order: $order, first: $perPage, after: $cursor) {{ edges {{ cursor version node {{ id }} }} {_PAGE} }}
    }}""",
)

_RUN_PLACE = "name project { name entity { name } }"

ARTIFACT_USED_BY = f"""query ArtifactUsedBy($id: ID!, $cursor: String) {{
  artifact(id: $id) {{ usedBy(after: $cursor) {{
    edges {{ node {{ {_RUN_PLACE} }} }} pageInfo {{ endCursor hasNextPage }}
  }} }}
}}"""

ARTIFACT_CREATED_BY = f"""query ArtifactCreatedBy($id: ID!) {{
  artifact(id: $id) {{ createdBy {{ __typename ... on Run {{ {_RUN_PLACE} }} }} }}
}}"""

ARTIFACT_LINKS = f"""query ArtifactLinks($id: ID!) {{
  artifact(id: $id) {{ artifactMemberships {{ edges {{ node {{
    versionIndex artifactCollection {{ __typename {_RUN_PLACE} }}
  }} }} }} }}
}}"""

ARTIFACT_FILES = """query ArtifactMembershipFiles(
  $entity: String!, $project: String!, $collection: String!, $alias: String!, $fileNames: [String!], $cursor: String,
  $perPage: Int
) {
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) {
      artifactMembership(aliasName: $alias) {
        files(names: $fileNames, after: $cursor, first: $perPage) {
          totalCount
          edges { cursor node { id name url directUrl sizeBytes mimetype updatedAt md5 digest } }
          pageInfo { endCursor hasNextPage }
        }
      }
    }
  }
}"""

UPDATE_SEQUENCE = """mutation UpdateArtifactSequence($id: ID!, $name: String, $description: String) {
  updateArtifactSequence(input: {artifactSequenceID: $id, name: $name, description: $description}) {
    artifactCollection { id }
  }
}"""

UPDATE_PORTFOLIO = """mutation UpdateArtifactPortfolio($id: ID!, $name: String, $description: String) {
  updateArtifactPortfolio(input: {artifactPortfolioID: $id, name: $name, description: $description}) {
    artifactCollection { id }
  }
}"""

MOVE_SEQUENCE = """mutation MoveArtifactSequence($id: ID!, $type: String!) {
  moveArtifactSequence(input: {artifactSequenceID: $id, destinationArtifactTypeName: $type}) {
    artifactCollection { id }
  }
}"""

DELETE_SEQUENCE = """mutation DeleteArtifactSequence($id: ID!) {
  deleteArtifactSequence(input: {artifactSequenceID: $id}) { artifactCollection { id } }
}"""

DELETE_PORTFOLIO = """mutation DeleteArtifactPortfolio($id: ID!) {
  deleteArtifactPortfolio(input: {artifactPortfolioID: $id}) { artifactCollection { id } }
}"""

_TAG_COLLECTION = """mutation %s($entity: String!, $project: String!, $name: String!, $tags: [TagInput!]!) {
  %s(input: {entityName: $entity, projectName: $project, artifactCollectionName: $name, tags: $tags}) { %s }
}"""

ADD_COLLECTION_TAGS = _TAG_COLLECTION % (
    "AddArtifactCollectionTags",
    "createArtifactCollectionTagAssignments",
    "tags { name }",
)
DELETE_COLLECTION_TAGS = _TAG_COLLECTION % (
    "DeleteArtifactCollectionTags",
    "deleteArtifactCollectionTagAssignments",
    "success",
)

CREATE_ARTIFACT = """mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id } }
}"""
