// The GraphQL endpoint, with the token and the language of whoever is signed in.
import { createClient } from "graphql-sse";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";
import type { Session } from "./session";
import { language } from "./words";

export function clientOf(session: Session): Client {
  const url = new URL("../v1/graphql", location.href.split(/[?#]/)[0]).href;
  const headers = async () => ({
    Authorization: `Bearer ${await session.token()}`,
    "Accept-Language": language(),
  });
  const events = createClient({ url, headers }); // subscriptions: server-sent events
  return new Client({
    url,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: events.subscribe({ query: query ?? "", variables }, sink as never),
          }),
        }),
      }),
    ],
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetch: async (address, options) => {
      const all = { ...Object.fromEntries(new Headers(options?.headers)), ...(await headers()) };
      const answer = await fetch(address, { ...options, headers: all });
      if (answer.status === 401) await session.signIn();
      return answer;
    },
  });
}

/** Fetch a file with the token, and have the browser keep it. */
export async function save(session: Session, address: string, name: string): Promise<boolean> {
  const answer = await fetch(address, { headers: { Authorization: `Bearer ${await session.token()}` } });
  if (!answer.ok) return false;
  const href = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
  return true;
}
