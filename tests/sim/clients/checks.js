// All checks against a cloud of its own address.
import assert from "node:assert/strict";
import { check, control, finish } from "./harness.js";
import { checkCredentials } from "./credentials.js";
import { checkResourceManager } from "./arm.js";
import { checkGraph } from "./graph.js";

await checkCredentials();
await checkResourceManager();
await checkGraph();
await check("every request has a route", async () => {
  const unknown = (await control("GET", "journal")).filter((line) => line.unknown_route);
  assert.deepEqual(unknown.map((line) => `${line.method} ${line.url}`), []);
});
finish("sdk");
