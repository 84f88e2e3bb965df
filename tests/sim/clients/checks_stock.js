// The SDKs without any option that says where the cloud is: they reach the tenant through the proxy in HTTPS_PROXY.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { check, finish, load, names, place, subscription } from "./harness.js";

const { ClientSecretCredential } = load("@azure/identity");
const { WebSiteManagementClient } = load("@azure/arm-appservice");

const credential = new ClientSecretCredential(place.tenant_id, place.client_id, place.client_secret);

await check("stock cloud: app settings", async () => {
  const web = new WebSiteManagementClient(credential, subscription);
  const found = await web.webApps.listApplicationSettings(names.group, names.site);
  assert.ok(found.properties["AppConfig:KeyVaultConfig:KeyVaultURL"]);
});
await check("stock cloud: a token for Microsoft Graph", async () => {
  const token = await credential.getToken("https://graph.microsoft.com/.default");
  assert.ok(token.expiresOnTimestamp > Date.now());
});
await check("stock cloud: the proxy lets nobody out", () => {
  const { stderr } = spawnSync("curl", ["-sS", "-m", "10", "-x", process.env.HTTPS_PROXY, "https://example.com/"],
    { encoding: "utf8" });
  assert.match(stderr, /403/);
});
finish("sdk through the proxy");
