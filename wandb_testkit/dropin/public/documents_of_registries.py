"""Owns the questions that the public API asks about registries."""

from __future__ import annotations

_REGISTRY = """id internalId name description createdAt updatedAt access allowAllArtifactTypesInRegistry
        entity { name organization { name } }
        artifactTypes(includeAll: true) { edges { node { name } } }"""

_PAGE = "pageInfo { endCursor hasNextPage }"

ORGANIZATION = """query Organization($organization: String!) {
  organization(name: $organization) { name orgEntity { name } }
}"""

ORGANIZATIONS_OF_ENTITY = """query OrganizationsOfEntity($entity: String!) {
  entity(name: $entity) { organization { name } user { organizations { name } } }
}"""

REGISTRY = f"""query Registry($entity: String!, $name: String!) {{
  entity(name: $entity) {{ project(name: $name) {{ {_REGISTRY} }} }}
}}"""

REGISTRIES = f"""query Registries(
  $organization: String!, $filters: JSONString, $order: String, $perPage: Int, $cursor: String
) {{
  organization(name: $organization) {{
    orgEntity {{
      projects(filters: $filters, order: $order, first: $perPage, after: $cursor) {{
        {_PAGE} edges {{ cursor node {{ {_REGISTRY} }} }}
      }}
    }}
  }}
}}"""

COLLECTIONS = f"""query RegistryCollections(
  $organization: String!, $registryFilter: JSONString, $collectionFilter: JSONString, $order: String,
  $perPage: Int, $cursor: String
) {{
  organization(name: $organization) {{
    orgEntity {{
      artifactCollections(
        projectFilters: $registryFilter, filters: $collectionFilter, collectionTypes: [PORTFOLIO], order: $order,
        first: $perPage, after: $cursor
      ) {{
        totalCount {_PAGE}
        edges {{
          cursor
          node {{
            __typename id name description createdAt updatedAt
            project {{ name entity {{ name }} }}
            defaultArtifactType {{ name }}
            tags {{ edges {{ node {{ name }} }} }}
            aliases {{ edges {{ node {{ alias }} }} }}
          }}
        }}
      }}
    }}
  }}
}}"""

VERSIONS = f"""query RegistryVersions(
  $organization: String!, $registryFilter: JSONString, $collectionFilter: JSONString, $artifactFilter: JSONString,
  $perPage: Int, $cursor: String
) {{
  organization(name: $organization) {{
    orgEntity {{
      artifactMemberships(
        projectFilters: $registryFilter, collectionFilters: $collectionFilter, filters: $artifactFilter,
        first: $perPage, after: $cursor
      ) {{
        {_PAGE}
        edges {{
          cursor
          node {{ versionIndex artifactCollection {{ name project {{ name entity {{ name }} }} }} }}
        }}
      }}
    }}
  }}
}}"""
