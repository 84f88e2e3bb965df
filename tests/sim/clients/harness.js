// The simulated tenant as the checks see it, and the count of what they found.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Debian's Node 18 has it, but not as a global, which the SDKs want.
globalThis.crypto ??= webcrypto;

export const place = JSON.parse(readFileSync(process.argv[2], "utf8"));
export const directory = process.argv[3];
export const subscription = place.subscription_ids[0];
export const group = `/subscriptions/${subscription}/resourceGroups/rg-scepman`;
export const names = {
  group: "rg-scepman", site: "app-scepman-contoso", master: "app-scepman-contoso-cm", plan: "asp-scepman-contoso",
  vault: "kv-scepman-contoso", account: "stscepmancontoso", workspace: "log-scepman-contoso",
};
export const site = `${group}/providers/Microsoft.Web/sites/${names.site}`;
// Some of the SDKs are CommonJS, some are modules.
export const load = createRequire(import.meta.url);

export async function control(method, name, body) {
  const answer = await fetch(`${place.url}/_sim/${name}`, {
    method, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, text);
  if (name === "journal") return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return text ? JSON.parse(text) : undefined;
}

export const state = () => control("GET", "state");

export async function resource(id) {
  return (await state()).resources.find((item) => item.id.toLowerCase() === id.toLowerCase());
}

export async function objects(kind, members) {
  return (await state()).directory[kind].filter((object) =>
    Object.entries(members).every(([name, value]) => object[name] === value));
}

export async function collect(iterator) {
  const items = [];
  for await (const item of iterator) items.push(item);
  return items;
}

let passed = 0, failed = 0;

export async function check(title, action) {
  try {
    await action();
    passed++;
    console.log(`ok   ${title}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${title}: ${error.stack ?? error} ${JSON.stringify(error.details ?? "")}`.slice(0, 3000));
  }
}

export function finish(name) {
  console.log(`${name}: ${passed} passed, ${failed} failed, 0 skipped`);
  process.exit(failed ? 1 : 0);
}
