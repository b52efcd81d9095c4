// The documents of a screen; the compiler makes artifacts of them, which `relay.mjs` runs.
import { graphql } from "relay-runtime";

graphql`
  query screensQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ...screensApplications @alias(as: "list")
    }
  }
`;

graphql`
  fragment screensApplications on Programme
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "screensMoreQuery") {
    title
    applications(first: $count, after: $cursor) @connection(key: "screens_applications") {
      edges {
        node {
          id
          state
          person {
            id
            name
          }
        }
      }
    }
  }
`;

graphql`
  mutation screensRenameMutation($id: UUID!, $version: Int!, $name: String!) {
    changePerson(personId: $id, expectedVersion: $version, name: $name) {
      id
      name
      version
    }
  }
`;

graphql`
  query screensPersonQuery($id: ID!) {
    node(id: $id) {
      ... on Person {
        name
        version
      }
    }
  }
`;

graphql`
  subscription screensRunSubscription($id: UUID!) {
    matchRun(id: $id) {
      id
      state
    }
  }
`;
