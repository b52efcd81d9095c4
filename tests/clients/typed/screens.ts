// Two screens' documents and what is made of their answers, under `tsc --strict`.
import { graphql } from "./gql/gql";
import type { DecideOrErrorsMutation, ScreenQuery } from "./gql/graphql";

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

export const DecideOrErrors = graphql(`
  mutation DecideOrErrors($id: UUID!, $version: Int!) {
    decideApplicationOrErrors(applicationId: $id, decision: ACCEPT, expectedVersion: $version) {
      result { id state version }
      userErrors { code field message }
    }
  }
`);

interface Payload {
  userErrors: { field?: string[] | null; message: string }[];
}

/** What to say at one field of a form: the same for every mutation. */
export function saidAt(field: string, payload: Payload | null | undefined): string[] {
  return (payload?.userErrors ?? []).filter((error) => error.field?.[0] === field).map((error) => error.message);
}

export function decided(answer: DecideOrErrorsMutation): "changed meanwhile" | "refused" | "done" {
  const errors = answer.decideApplicationOrErrors?.userErrors ?? [];
  if (errors.some((error) => error.code === "PRECONDITION_FAILED")) return "changed meanwhile";
  return errors.length > 0 ? "refused" : "done";
}

export function names(answer: ScreenQuery): string[] {
  const edges = answer.programme?.applications?.edges ?? [];
  return edges.map((edge) => edge.node.person?.name ?? "somebody");
}

export function mentors(answer: ScreenQuery): number {
  return (answer.programme?.applications?.edges ?? []).filter((edge) => edge.node.role === "MENTOR").length;
}
