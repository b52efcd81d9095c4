// The GraphQL endpoint, with the token and the language of whoever is signed in.
import { Client, cacheExchange, fetchExchange } from "urql";
import type { Session } from "./session";
import { language } from "./words";

export function clientOf(session: Session): Client {
  return new Client({
    url: new URL("../v1/graphql", location.href.split(/[?#]/)[0]).href,
    exchanges: [cacheExchange, fetchExchange],
    fetchSubscriptions: true, // as server-sent events
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetch: async (address, options) => {
      const headers = new Headers(options?.headers);
      headers.set("Authorization", `Bearer ${await session.token()}`);
      headers.set("Accept-Language", language());
      const answer = await fetch(address, { ...options, headers });
      if (answer.status === 401) await session.signIn();
      return answer;
    },
  });
}
