import assert from "node:assert/strict";
import { createClient } from "graphql-sse";
import * as relay from "relay-runtime";
import { headers, inTime, programme, run, url } from "./world.mjs";

const { Environment, Network, Observable, RecordSource, Store, commitMutation, createOperationDescriptor } =
  relay.default ?? relay;
const { fetchQuery, getRequest, getSingularSelector, requestSubscription } = relay.default ?? relay;
const artifact = async (name) => (await import(`./relay/__generated__/${name}.graphql.js`)).default;

const events = createClient({ url, headers, retryAttempts: 0 });
async function ask({ text, name }, variables) {
  const accept = "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8";
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json", Accept: accept },
    body: JSON.stringify({ query: text, operationName: name, variables }),
  });
  return answer.json();
}
const follow = ({ text }, variables) => Observable.create((sink) => events.subscribe({ query: text, variables }, sink));
const environment = new Environment({ network: Network.create(ask, follow), store: new Store(new RecordSource()) });

// A thing is found again by its id, and the pages of a list become one list in the store.
const query = await artifact("screensQuery");
const id = `Programme:${programme}`;
const { node } = await fetchQuery(environment, query, { id }).toPromise();
assert.deepEqual([node.__typename, node.id], ["Programme", id]);
const operation = createOperationDescriptor(getRequest(query), { id });
environment.retain(operation);
const fragment = await artifact("screensApplications");
const more = await artifact("screensMoreQuery");

function seen() {
  const { data } = environment.lookup(operation.fragment);
  return environment.lookup(getSingularSelector(fragment, data.node.list)).data.applications;
}
assert.deepEqual(seen().edges.map((edge) => edge.node.person.name), ["Ada", "Bea"]);
while (seen().pageInfo.hasNextPage) {
  const variables = { id, count: 1, cursor: seen().pageInfo.endCursor };
  await fetchQuery(environment, more, variables).toPromise();
}
assert.deepEqual(seen().edges.map((edge) => edge.node.person.name), ["Ada", "Bea", "Cleo", "Dina"]);

// A mutation's answer changes what every screen shows of the thing.
const person = seen().edges[3].node.person.id;
const read = await fetchQuery(environment, await artifact("screensPersonQuery"), { id: person }).toPromise();
const mutation = await artifact("screensRenameMutation");
for (const [version, name] of [[read.node.version, "Dina M."], [read.node.version + 1, "Dina"]]) {
  await new Promise((onCompleted, onError) => {
    commitMutation(environment, { mutation, variables: { id: person, version, name }, onCompleted, onError });
  });
  assert.equal(seen().edges[3].node.person.name, name);
}

const subscription = await artifact("screensRunSubscription");
const state = await inTime(new Promise((resolve, onError) => {
  const onNext = (found) => resolve(found.matchRun.state);
  requestSubscription(environment, { subscription, variables: { id: run }, onNext, onError });
}));
assert.equal(state, process.env.STATE);
