// Two screens' documents and what is made of their answers, under `tsc --strict`.
import { graphql } from "./gql/gql";
import type { ScreenQuery } from "./gql/graphql";

export const Screen = graphql(`
  query Screen($id: UUID!, $after: String) {
    programme(id: $id) {
      id
      title
      applications(first: 20, after: $after) {
        edges { cursor node { id role state person { id name } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const Decide = graphql(`
  mutation Decide($id: UUID!, $version: Int!) {
    decideApplication(applicationId: $id, decision: ACCEPT, expectedVersion: $version) { id state version }
  }
`);

export function names(answer: ScreenQuery): string[] {
  const edges = answer.programme?.applications?.edges ?? [];
  return edges.map((edge) => edge.node.person?.name ?? "somebody");
}

export function mentors(answer: ScreenQuery): number {
  return (answer.programme?.applications?.edges ?? []).filter((edge) => edge.node.role === "MENTOR").length;
}
