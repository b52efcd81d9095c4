// A joiner is nominated, matched, completes, counts as an outcome and leaves: by openapi-fetch, with the types that are
// generated of the document. Told by the environment: API, HR and TEAM (access tokens), PROGRAMME, COHORT, and a WORD
// that tells this run from others.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./api";

const told = (name: string): string => process.env[name] ?? assert.fail(`${name} is not told`);
const caller = (token: string) =>
  createClient<paths>({ baseUrl: told("API"), headers: { Authorization: `Bearer ${told(token)}` } });
const hr = caller("HR");
const team = caller("TEAM");
const programme = { path: { programme_id: told("PROGRAMME") } };
const cohort = told("COHORT");
const word = told("WORD");

function given<T>({ data, error }: { data?: T; error?: unknown }): T {
  assert.ok(data !== undefined, JSON.stringify(error));
  return data;
}

// What the services tell each other by events is there a moment later.
async function onceThere<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 0; turn < 300; turn += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((go) => setTimeout(go, 100));
  }
  return assert.fail("it did not come");
}

const people: Record<"mentor" | "mentee", string> = { mentor: "", mentee: "" };
for (const role of ["mentor", "mentee"] as const) {
  const params = { path: { external_id: `${word}-${role}` } };
  const body = { name: `${role} ${word}`, email: `${role}-${word}@hr.example.org` };
  people[role] = given(await hr.PUT("/applications/people/by-external-id/{external_id}", { params, body })).id;
  const again = await hr.PUT("/applications/people/by-external-id/{external_id}", { params, body });
  assert.deepEqual([again.response.status, given(again).id], [200, people[role]]);
}

const nominee = { role: "mentee", name: `mentee ${word}`, email: `mentee-${word}@hr.example.org` } as const;
const nomination = await hr.POST("/applications/programmes/{programme_id}/nominations", {
  params: programme,
  body: nominee,
});
assert.equal(given(nomination).state, "endorsed");

for (const role of ["mentor", "mentee"] as const) {
  const applies = { role, cohort_id: cohort, answers: {}, person_id: people[role], proxy: { reason: "signed on paper" } };
  const application = given(
    await team.POST("/applications/programmes/{programme_id}/applications", { params: programme, body: applies }),
  );
  given(
    await team.POST("/applications/applications/{application_id}/decision", {
      params: { path: { application_id: application.id } },
      body: { decision: "accept" },
    }),
  );
}
const pair = { member_ids: [people.mentee], starts_on: "2026-01-05", lead_id: people.mentor };
const taken = await onceThere(async () => {
  const params = { path: { cohort_id: cohort } };
  const body = { relationships: [pair] };
  return (await team.POST("/matching/cohorts/{cohort_id}/standing", { params, body })).data;
});
const match = taken.matches[0]?.id ?? assert.fail("no match");
const closed = { params: { path: { match_id: match } } };
await onceThere(async () => (await team.POST("/sessions/relationships/{match_id}/close", closed)).data);
await onceThere(async () => {
  const { items } = given(await hr.GET("/applications/pairs", { params: { query: { programme_id: told("PROGRAMME") } } }));
  return items.find((one) => one.id === match && one.state === "completed");
});

const outcome = await onceThere(async () => {
  const body = {
    outcome: "retention", role: "mentee", definition: "still employed a year later", months: 12, people: 40,
    with_outcome: 37, source: `HR of ${word}`, measured_on: "2026-06-30",
  } as const;
  return (await hr.POST("/evaluation/programmes/{programme_id}/hr-outcomes", { params: programme, body })).data;
});
assert.deepEqual([outcome.participants.people, outcome.participants.with_outcome], [40, 37]);

const left = await hr.PUT("/applications/people/{person_id}/leaving", {
  params: { path: { person_id: people.mentee } },
  body: { last_day: "2026-09-30", reason: "retired" },
});
assert.equal(given(left).leaving_reason, "retired");
const refused = await team.PUT("/applications/people/by-external-id/{external_id}", {
  params: { path: { external_id: `${word}-nobody` } },
  body: { name: "x", email: "x" },
});
assert.deepEqual([refused.response.status, refused.error?.code], [422, "invalid_request"]);
