// @microsoft/microsoft-graph-client: applications, service principals, assignments, batches.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { check, load, objects, place, resource, site } from "./harness.js";
import { scope, secret } from "./credentials.js";

const { BatchRequestContent, BatchResponseContent, Client } = load("@microsoft/microsoft-graph-client");

const GRAPH = "00000003-0000-0000-c000-000000000000";
export const client = Client.initWithMiddleware({
  baseUrl: `${place.url}/`, customHosts: new Set(["localhost"]),
  authProvider: { getAccessToken: async () => (await secret.getToken(scope)).token },
});

const role = {
  id: randomUUID(), allowedMemberTypes: ["Application"], description: "d", displayName: "Requesters", isEnabled: true,
  value: "CSR.Request",
};
let application, principal;

async function createApplication() {
  application = await client.api("/applications").post({
    displayName: "from-js", signInAudience: "AzureADMyOrg", appRoles: [role], web: { redirectUris: ["https://js.example/cb"] },
  });
  const [held] = await objects("applications", { displayName: "from-js" });
  assert.equal(held.appId, application.appId);
  assert.deepEqual(held.appRoles.map((item) => item.value), ["CSR.Request"]);
}

async function filterApplications() {
  const found = await client.api("/applications").filter("displayName eq 'from-js'").select("id,appId").get();
  assert.deepEqual(found.value, [{ id: application.id, appId: application.appId }]);
}

async function patchApplication() {
  await client.api(`/applications/${application.id}`).patch({ identifierUris: [`api://${application.appId}`] });
  assert.deepEqual((await objects("applications", { id: application.id }))[0].identifierUris, [`api://${application.appId}`]);
}

async function enabledRoleStays() {
  await assert.rejects(() => client.api(`/applications/${application.id}`).patch({ appRoles: [] }),
    (error) => error.statusCode === 400 && /CannotDeleteOrUpdateEnabledEntitlement/.test(error.code + error.body));
  assert.equal((await objects("applications", { id: application.id }))[0].appRoles.length, 1);
}

async function createPrincipal() {
  principal = await client.api("/servicePrincipals").post({ appId: application.appId });
  assert.equal((await objects("servicePrincipals", { appId: application.appId })).length, 1);
  await assert.rejects(() => client.api("/servicePrincipals").post({ appId: application.appId }),
    { statusCode: 409, code: "Request_MultipleObjectsWithSameKeyValue" });
}

async function byAlternateKey() {
  const found = await client.api(`/servicePrincipals(appId='${application.appId}')`).get();
  assert.equal(found.id, principal.id);
}

async function upsert() {
  const unique = () => client.api("/applications(uniqueName='js-unique')").header("Prefer", "create-if-missing")
    .patch({ displayName: "js-unique" });
  await unique();
  await unique();
  assert.equal((await objects("applications", { uniqueName: "js-unique" })).length, 1);
}

async function assignRole() {
  const { identity } = await resource(site);
  const assignment = { principalId: identity.principalId, resourceId: principal.id, appRoleId: role.id };
  await client.api(`/servicePrincipals/${identity.principalId}/appRoleAssignments`).post(assignment);
  assert.equal((await objects("appRoleAssignments", assignment)).length, 1);
  const assigned = await client.api(`/servicePrincipals/${principal.id}/appRoleAssignedTo`).get();
  assert.deepEqual(assigned.value.map((item) => item.principalId), [identity.principalId]);
  await assert.rejects(() => client.api(`/servicePrincipals/${identity.principalId}/appRoleAssignments`).post(assignment),
    { statusCode: 400 });
}

async function batch() {
  const content = new BatchRequestContent([
    { id: "1", request: new Request(`${place.url}/applications/${application.id}?$select=displayName`) },
    { id: "2", dependsOn: ["1"], request: new Request(`${place.url}/organization`) },
    { id: "3", dependsOn: ["2"], request: new Request(`${place.url}/servicePrincipals/${randomUUID()}`) },
    { id: "4", dependsOn: ["3"], request: new Request(`${place.url}/organization`) },
  ]);
  const answers = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
  assert.equal((await answers.getResponseById("1").json()).displayName, "from-js");
  assert.equal((await answers.getResponseById("2").json()).value[0].id, place.tenant_id);
  assert.equal(answers.getResponseById("3").status, 404);
  assert.equal(answers.getResponseById("4").status, 424);
}

async function grant() {
  const [graph] = await objects("servicePrincipals", { appId: GRAPH });
  const body = { clientId: principal.id, consentType: "AllPrincipals", resourceId: graph.id, scope: "User.Read" };
  await client.api("/oauth2PermissionGrants").post(body);
  assert.equal((await objects("oauth2PermissionGrants", { clientId: principal.id })).length, 1);
}

async function pages() {
  const all = (await client.api("/servicePrincipals").get()).value;
  const seen = [];
  let page = await client.api("/servicePrincipals").top(2).get();
  for (;;) {
    seen.push(...page.value);
    if (!page["@odata.nextLink"]) break;
    page = await client.api(page["@odata.nextLink"]).get();
  }
  assert.deepEqual(seen.map((item) => item.id).sort(), all.map((item) => item.id).sort());
}

async function deleted() {
  await client.api(`/applications/${application.id}`).delete();
  assert.deepEqual(await objects("applications", { id: application.id }), []);
  const found = await client.api(`/directory/deletedItems/${application.id}`).get();
  assert.equal(found.displayName, "from-js");
}

async function wrongProperty() {
  await assert.rejects(() => client.api("/applications").post({ displayName: "x", notAProperty: 1 }), { statusCode: 400 });
}

export async function checkGraph() {
  for (const action of [createApplication, filterApplications, patchApplication, enabledRoleStays, createPrincipal,
    byAlternateKey, upsert, assignRole, batch, grant, pages, deleted, wrongProperty])
    await check(`graph: ${action.name}`, action);
}
