// The management SDKs: what they return, and what the tenant holds afterwards.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { check, collect, control, group, load, names, place, resource, site, subscription } from "./harness.js";
import { scope, secret } from "./credentials.js";

const { WebSiteManagementClient } = load("@azure/arm-appservice");
const { StorageManagementClient } = load("@azure/arm-storage");
const { KeyVaultManagementClient } = load("@azure/arm-keyvault");
const { AuthorizationManagementClient } = load("@azure/arm-authorization");
const { ResourceGraphClient } = load("@azure/arm-resourcegraph");
const { OperationalInsightsManagementClient } = load("@azure/arm-operationalinsights");
const { MonitorClient } = load("@azure/arm-monitor");

// The generations of SDKs spell the same options in different ways.
const options = {
  endpoint: place.url, baseUri: place.url, credentialScopes: [scope], credentials: { scopes: [scope] },
  retryOptions: { maxRetries: 1 },
};
const web = new WebSiteManagementClient(secret, subscription, options);
const storage = new StorageManagementClient(secret, subscription, options);
const vaults = new KeyVaultManagementClient(secret, subscription, options);
const authorization = new AuthorizationManagementClient(secret, subscription, options);
const graph = new ResourceGraphClient(secret, options);
const logs = new OperationalInsightsManagementClient(secret, subscription, options);
const monitor = new MonitorClient(secret, subscription, options);

const settings = async (path = "") => (await resource(`${site}${path}/config/appsettings`)).properties;

async function getSite() {
  const found = await web.webApps.get(names.group, names.site);
  assert.equal(found.id, site);
  assert.equal(found.defaultHostName, `${names.site}.azurewebsites.net`);
  assert.equal(found.identity.type, "SystemAssigned");
}

async function listSites() {
  const found = await collect(web.webApps.listByResourceGroup(names.group));
  assert.deepEqual(found.map((item) => item.name).sort(), [names.site, names.master]);
}

async function absentSite() {
  await assert.rejects(() => web.webApps.get(names.group, "nothing-here"), { code: "ResourceNotFound", statusCode: 404 });
}

async function settingsWrite() {
  const before = await web.webApps.listApplicationSettings(names.group, names.site);
  assert.deepEqual(before.properties, await settings());
  const counters = await control("GET", "counters");
  await web.webApps.updateApplicationSettings(names.group, names.site, { properties: { ...before.properties, FROM_JS: "1" } });
  assert.deepEqual(await settings(), { ...before.properties, FROM_JS: "1" });
  assert.equal((await control("GET", "counters")).restarts[site], (counters.restarts[site] ?? 0) + 1);
}

async function stickyNames() {
  await web.webApps.updateSlotConfigurationNames(names.group, names.site, { appSettingNames: ["FROM_JS"] });
  const found = await web.webApps.listSlotConfigurationNames(names.group, names.site);
  assert.deepEqual(found.appSettingNames, ["FROM_JS"]);
}

async function slot() {
  const made = await web.webApps.createOrUpdateSlot(names.group, names.site, "js", {
    location: "westeurope", serverFarmId: `${group}/providers/Microsoft.Web/serverfarms/${names.plan}`,
    identity: { type: "SystemAssigned" },
  });
  assert.equal(made.name, `${names.site}/js`);
  assert.equal((await resource(`${site}/slots/js`)).identity.principalId, made.identity.principalId);
  const slots = await collect(web.webApps.listSlots(names.group, names.site));
  assert.deepEqual(slots.map((item) => item.name), [`${names.site}/js`]);
  await web.webApps.deleteSlot(names.group, names.site, "js");
  assert.equal(await resource(`${site}/slots/js`), undefined);
}

async function configuration() {
  await web.webApps.updateConfiguration(names.group, names.site, { alwaysOn: true, minTlsVersion: "1.3" });
  const found = (await resource(`${site}/config/web`)).properties;
  assert.equal(found.minTlsVersion, "1.3");
  assert.equal(found.healthCheckPath, "/probe");
}

async function createStorage() {
  const made = await storage.storageAccounts.create(names.group, "stfromjs", {
    sku: { name: "Standard_LRS" }, kind: "StorageV2", location: "westeurope", allowSharedKeyAccess: false,
  });
  assert.equal(made.primaryEndpoints.table, "https://stfromjs.table.core.windows.net/");
  const held = await resource(`${group}/providers/Microsoft.Storage/storageAccounts/stfromjs`);
  assert.equal(held.properties.allowSharedKeyAccess, false);
}

async function listStorage() {
  const found = await collect(storage.storageAccounts.list());
  assert.ok(found.some((item) => item.name === names.account));
  const keys = await storage.storageAccounts.listKeys(names.group, names.account);
  assert.equal(keys.keys.length, 2);
}

async function vaultPolicies() {
  const found = await vaults.vaults.get(names.group, names.vault);
  assert.equal(found.properties.vaultUri, `https://${names.vault}.vault.azure.net/`);
  const made = await vaults.vaults.createOrUpdate(names.group, "kv-from-js", {
    location: "westeurope", properties: {
      tenantId: place.tenant_id, sku: { family: "A", name: "standard" }, accessPolicies: [], enableRbacAuthorization: false,
    },
  });
  assert.equal(made.name, "kv-from-js");
  const { identity } = await resource(site);
  await vaults.vaults.updateAccessPolicy(names.group, "kv-from-js", "add", {
    properties: { accessPolicies: [{ tenantId: place.tenant_id, objectId: identity.principalId, permissions: { keys: ["get"] } }] },
  });
  const held = await resource(`${group}/providers/Microsoft.KeyVault/vaults/kv-from-js`);
  assert.deepEqual(held.properties.accessPolicies.map((policy) => policy.objectId), [identity.principalId]);
}

async function roleAssignments() {
  const at = `${group}/providers/Microsoft.Storage/storageAccounts/${names.account}`;
  const [role] = await collect(authorization.roleDefinitions.list(at, { filter: "roleName eq 'Reader'" }));
  const { identity } = await resource(site);
  const name = randomUUID();
  const made = await authorization.roleAssignments.create(at, name, {
    principalId: identity.principalId, roleDefinitionId: role.id, principalType: "ServicePrincipal",
  });
  assert.equal((await resource(made.id)).properties.principalId, identity.principalId);
  const mine = await collect(authorization.roleAssignments.listForSubscription({
    filter: `principalId eq '${identity.principalId}'`,
  }));
  assert.ok(mine.some((item) => item.name === name));
  await assert.rejects(() => authorization.roleAssignments.create(at, randomUUID(), {
    principalId: identity.principalId, roleDefinitionId: role.id, principalType: "ServicePrincipal",
  }), { code: "RoleAssignmentExists", statusCode: 409 });
  await authorization.roleAssignments.deleteById(made.id);
  assert.equal(await resource(made.id), undefined);
}

async function query() {
  const found = await graph.resources({
    query: `Resources | where type =~ 'Microsoft.Web/sites' and properties.defaultHostName startswith '${names.site}'
            | project id, name, subscriptionId, resourceGroup | order by name asc`,
    subscriptions: [subscription], options: { resultFormat: "objectArray" },
  });
  assert.equal(found.totalRecords, 2);
  assert.deepEqual(found.data.map((row) => row.name), [names.site, names.master]);
  await assert.rejects(() => graph.resources({ query: "Resources | where (", subscriptions: [subscription] }),
    { code: "BadRequest", statusCode: 400 });
}

async function pages() {
  const request = { query: "Resources | project id | order by id asc", subscriptions: [subscription] };
  const all = await graph.resources({ ...request, options: { resultFormat: "objectArray" } });
  const seen = [];
  let skipToken;
  do {
    const page = await graph.resources({ ...request, options: { top: 2, skipToken, resultFormat: "objectArray" } });
    seen.push(...page.data.map((row) => row.id));
    skipToken = page.skipToken;
  } while (skipToken);
  assert.deepEqual(seen, all.data.map((row) => row.id));
}

async function tables() {
  const found = await logs.workspaces.get(names.group, names.workspace);
  assert.equal(found.name, names.workspace);
  const columns = [{ name: "TimeGenerated", type: "datetime" }, { name: "Level", type: "string" }];
  await logs.tables.beginCreateOrUpdateAndWait(names.group, names.workspace, "FromJs_CL", {
    schema: { name: "FromJs_CL", columns },
  }, { updateIntervalInMs: 10 });
  const held = await resource(`${found.id}/tables/FromJs_CL`);
  assert.deepEqual(held.properties.schema.columns.map((column) => column.name), ["TimeGenerated", "Level"]);
  assert.equal((await logs.tables.get(names.group, names.workspace, "FromJs_CL")).name, "FromJs_CL");
}

async function collectionRules() {
  const workspace = await logs.workspaces.get(names.group, names.workspace);
  const made = await monitor.dataCollectionRules.create(names.group, "dcr-from-js", {
    body: {
      location: "westeurope",
      dataSources: { performanceCounters: [{ name: "cpu", streams: ["Microsoft-Perf"], samplingFrequencyInSeconds: 60, counterSpecifiers: ["\\\\Processor(_Total)\\\\% Processor Time"] }] },
      destinations: { logAnalytics: [{ name: "here", workspaceResourceId: workspace.id }] },
      dataFlows: [{ streams: ["Microsoft-Perf"], destinations: ["here"] }],
    },
  });
  assert.match(made.immutableId, /^dcr-/);
  const held = await resource(`${group}/providers/Microsoft.Insights/dataCollectionRules/dcr-from-js`);
  assert.equal(held.properties.immutableId, made.immutableId);
  assert.ok((await collect(monitor.dataCollectionRules.listByResourceGroup(names.group)))
    .some((rule) => rule.name === "dcr-from-js"));
}

async function activityLog() {
  const since = new Date(Date.now() - 3600e3).toISOString();
  const events = await collect(monitor.activityLogs.list(`eventTimestamp ge '${since}' and resourceGroupName eq '${names.group}'`));
  assert.ok(events.some((event) => event.operationName.value === "Microsoft.Storage/storageAccounts/write"),
    JSON.stringify(events.map((event) => event.operationName.value)));
}

async function retried() {
  await control("POST", "faults", { method: "GET", path: `*/sites/${names.site}`, times: 1, status: 503, headers: { "Retry-After": "0" } });
  assert.equal((await web.webApps.get(names.group, names.site)).name, names.site);
  const [rule] = (await control("GET", "faults")).value;
  assert.equal(rule.acted, 1);
  assert.equal(rule.matched, 2);
  await control("DELETE", "faults");
}

export async function checkResourceManager() {
  for (const action of [getSite, listSites, absentSite, settingsWrite, stickyNames, slot, configuration, createStorage,
    listStorage, vaultPolicies, roleAssignments, query, pages, tables, collectionRules, activityLog, retried])
    await check(`arm: ${action.name}`, action);
}
