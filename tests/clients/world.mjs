// What every client here is told: where the endpoint is, as whom it calls, and of which programme.
import assert from "node:assert/strict";

const given = (name) => {
  assert.ok(process.env[name], `${name} is not set`);
  return process.env[name];
};

export const url = given("ENDPOINT");
export const token = given("TOKEN");
export const programme = given("PROGRAMME");
export const run = given("RUN");
export const schema = given("SCHEMA");
export const origin = "https://front.example.org";
export const headers = { Authorization: `Bearer ${token}` };

/** What `act` is to have done before a minute is over. */
export async function inTime(act) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing came within a minute")), 60_000);
  });
  try {
    return await Promise.race([act, late]);
  } finally {
    clearTimeout(timer);
  }
}
