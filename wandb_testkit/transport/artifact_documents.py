"""Owns the GraphQL documents about artifacts that the HTTP transport sends: our words, the fields of protocol.md 8."""

from __future__ import annotations

from wandb_testkit.transport.documents import Document

_COLLECTION = "name project { name entity { name } }"

_FIELDS = f"""id digest description metadata state size versionIndex createdAt updatedAt historyStep ttlDurationSeconds
    ttlIsInherited tags {{ name }} artifactType {{ name }} artifactSequence {{ {_COLLECTION} }}
    aliases {{ alias artifactCollectionName }}
    createdBy {{ __typename ... on Run {{ name }} }}
    currentManifest {{ file {{ directUrl }} }}"""

_MEMBERSHIP = f"""versionIndex createdAt aliases {{ alias }} artifactCollection {{ __typename {_COLLECTION} }}
    artifact {{ {_FIELDS} }}"""

CREATE = Document(
    "CreateArtifact",
    f"""mutation CreateArtifact($input: CreateArtifactInput!) {{
  createArtifact(input: $input) {{ artifact {{ {_FIELDS} }} }}
}}""",
)

CREATE_FILES = Document(
    "CreateArtifactFiles",
    """mutation CreateArtifactFiles($storageLayout: ArtifactStorageLayout!, $files: [CreateArtifactFileSpecInput!]!) {
  createArtifactFiles(input: {artifactFiles: $files, storageLayout: $storageLayout}) {
    files { edges { node { name uploadUrl uploadHeaders } } }
  }
}""",
)

CREATE_MANIFEST = Document(
    "CreateArtifactManifest",
    """mutation CreateArtifactManifest($input: CreateArtifactManifestInput!) {
  createArtifactManifest(input: $input) {
    artifactManifest { id file { uploadUrl uploadHeaders } }
  }
}""",
)

COMMIT = Document(
    "CommitArtifact",
    f"""mutation CommitArtifact($artifactID: ID!) {{
  commitArtifact(input: {{artifactID: $artifactID}}) {{ artifact {{ {_FIELDS} }} }}
}}""",
)

USE = Document(
    "UseArtifact",
    """mutation UseArtifact($input: UseArtifactInput!) {
  useArtifact(input: $input) { artifact { id } }
}""",
)

BY_NAME = Document(
    "ArtifactMembershipByName",
    f"""query ArtifactMembershipByName($entity: String!, $project: String!, $name: String!) {{
  project(name: $project, entityName: $entity) {{
    artifactCollectionMembership(name: $name) {{ {_MEMBERSHIP} }}
  }}
}}""",
)

BY_ID = Document("ArtifactByID", f"query ArtifactByID($id: ID!) {{ artifact(id: $id) {{ {_FIELDS} }} }}")

FILE = Document(
    "ArtifactFile",
    """query ArtifactFile($id: ID!, $names: [String!]!) {
  artifact(id: $id) { files(names: $names) { edges { node { name directUrl } } } }
}""",
)

LINK = Document(
    "LinkArtifact",
    f"""mutation LinkArtifact($input: LinkArtifactInput!) {{
  linkArtifact(input: $input) {{ versionIndex artifactMembership {{ {_MEMBERSHIP} }} }}
}}""",
)

UPDATE = Document(
    "UpdateArtifact",
    "mutation UpdateArtifact($input: UpdateArtifactInput!) { updateArtifact(input: $input) { artifact { id } } }",
)

ADD_ALIASES = Document(
    "AddAliases",
    "mutation AddAliases($input: AddAliasesInput!) { addAliases(input: $input) { success } }",
)

DELETE_ALIASES = Document(
    "DeleteAliases",
    "mutation DeleteAliases($input: DeleteAliasesInput!) { deleteAliases(input: $input) { success } }",
)

DELETE = Document(
    "DeleteArtifact",
    "mutation DeleteArtifact($input: DeleteArtifactInput!) { deleteArtifact(input: $input) { artifact { id } } }",
)

COLLECTION = Document(
    "ArtifactCollectionByName",
    """query ArtifactCollectionByName($entity: String!, $project: String!, $name: String!) {
  project(name: $project, entityName: $entity) { artifactCollection(name: $name) { id } }
}""",
)

UNLINK = Document(
    "UnlinkArtifact",
    "mutation UnlinkArtifact($input: UnlinkArtifactInput!) { unlinkArtifact(input: $input) { success } }",
)
