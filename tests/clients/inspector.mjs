// The endpoint has the schema of the contracts, and the documents of these clients fit it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { diff } from "@graphql-inspector/core";
import { buildClientSchema, buildSchema, getIntrospectionQuery, printSchema } from "graphql";
import { headers, schema, url } from "./world.mjs";

const asked = await fetch(url, {
  method: "POST",
  headers: { ...headers, "Content-Type": "application/json" },
  body: JSON.stringify({ query: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }) }),
});
const { data, errors } = await asked.json();
assert.equal(errors, undefined);
const contract = buildSchema(await readFile(schema, "utf8"));
const changes = await diff(contract, buildSchema(printSchema(buildClientSchema(data))));
assert.deepEqual(changes.map((change) => change.message), []);
