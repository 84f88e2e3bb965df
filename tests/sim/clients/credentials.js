// @azure/identity: each kind of credential gets a token that the tenant accepts.
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, control, directory, load, place, site, resource, state } from "./harness.js";

const {
  ClientCertificateCredential, ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential,
  WorkloadIdentityCredential,
} = load("@azure/identity");

export const options = { authorityHost: place.url, disableInstanceDiscovery: true };
export const scope = `${place.url}/.default`;
export const secret = new ClientSecretCredential(place.tenant_id, place.client_id, place.client_secret, options);

const claims = (token) => JSON.parse(Buffer.from(token.token.split(".")[1], "base64url"));

async function accepted(token) {
  const answer = await fetch(`${place.url}/subscriptions?api-version=2022-12-01`, {
    headers: { Authorization: `Bearer ${token.token}` },
  });
  return answer.status;
}

// Changes the tenant's application for the daemon, and what it knows of issuers and machines.
async function configure(change) {
  const tenant = await state();
  const application = tenant.directory.applications.find((item) => item.appId === place.client_id);
  change(tenant, application);
  await control("PUT", "state", tenant);
}

async function bySecret() {
  const token = await secret.getToken(scope);
  assert.equal(claims(token).appid ?? claims(token).azp, place.client_id);
  assert.equal(await accepted(token), 200);
}

async function byWrongSecret() {
  const wrong = new ClientSecretCredential(place.tenant_id, place.client_id, "wrong", options);
  await assert.rejects(() => wrong.getToken(scope), /AADSTS7000215/);
}

async function byUnknownTenant() {
  const wrong = new ClientSecretCredential("99999999-0000-4000-8000-000000000000", place.client_id, "x", options);
  await assert.rejects(() => wrong.getToken(scope), /AADSTS90002|endpoints_resolution_error/);
}

function makeCertificate(name) {
  const key = join(directory, `${name}.key`), certificate = join(directory, `${name}.crt`);
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days",
    "10", "-subj", `/CN=${name}`], { stdio: "ignore" });
  const path = join(directory, `${name}.pem`);
  writeFileSync(path, readFileSync(certificate, "utf8") + readFileSync(key, "utf8"));
  const der = readFileSync(certificate, "utf8").replace(/-----[^-]+-----|\s/g, "");
  return { path, der };
}

async function byCertificate() {
  const { path, der } = makeCertificate("registered");
  await configure((tenant, application) => {
    application.keyCredentials = [{
      keyId: "0b8f2c1e-6c5d-4d0e-9b57-0d6e2b9c4a11", type: "AsymmetricX509Cert", usage: "Verify", key: der,
      startDateTime: "2020-01-01T00:00:00Z", endDateTime: "2099-01-01T00:00:00Z",
    }];
  });
  const credential = new ClientCertificateCredential(place.tenant_id, place.client_id, path, options);
  assert.equal(await accepted(await credential.getToken(scope)), 200);
}

async function byForeignCertificate() {
  const { path } = makeCertificate("foreign");
  const credential = new ClientCertificateCredential(place.tenant_id, place.client_id, path, options);
  await assert.rejects(() => credential.getToken(scope), /AADSTS700027/);
}

function assertion(privateKey, subject) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const text = encode({ alg: "RS256", typ: "JWT", kid: "cluster" }) + "." + encode({
    iss: "https://cluster.example/", sub: subject, aud: ["api://AzureADTokenExchange"], iat: now, nbf: now, exp: now + 3600,
  });
  return `${text}.${createSign("sha256").update(text).sign(privateKey, "base64url")}`;
}

async function byWorkloadIdentity() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const subject = "system:serviceaccount:pki:scepmand";
  await configure((tenant, application) => {
    application.federatedIdentityCredentials = [{
      id: "5d2f9a51-7f55-4b0c-8c9c-0a4f4b1d2e77", name: "cluster", issuer: "https://cluster.example/", subject,
      audiences: ["api://AzureADTokenExchange"],
    }];
    tenant.credentials.push({
      appId: place.client_id, issuer: "https://cluster.example/", keys: [publicKey.export({ format: "jwk" })],
    });
  });
  const credential = (name, text) => {
    const tokenFilePath = join(directory, name);
    writeFileSync(tokenFilePath, text);
    return new WorkloadIdentityCredential({ ...options, tenantId: place.tenant_id, clientId: place.client_id, tokenFilePath });
  };
  assert.equal(await accepted(await credential("good.jwt", assertion(privateKey, subject)).getToken(scope)), 200);
  await assert.rejects(() => credential("bad.jwt", assertion(privateKey, "somebody")).getToken(scope), /AADSTS700213/);
}

async function byManagedIdentity() {
  process.env.IDENTITY_ENDPOINT = `${place.metadata_url}/msi/token`;
  process.env.IDENTITY_HEADER = "abc";
  const identity = (await resource(site)).identity.principalId;
  const tenant = await state();
  const principal = tenant.directory.servicePrincipals.find((item) => item.id === identity);
  await configure((changed) => {
    changed.credentials.push({ appId: principal.appId, identity: "system", identityHeader: "abc" });
  });
  const token = await new ManagedIdentityCredential().getToken("https://storage.azure.com/.default");
  assert.equal(claims(token).oid, identity);
  // The SDK reads the header only once in the life of a process.
  const answer = await fetch(`${process.env.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://graph.microsoft.com`, {
    headers: { "X-IDENTITY-HEADER": "wrong" },
  });
  assert.equal(answer.status, 401);
  delete process.env.IDENTITY_ENDPOINT;
  delete process.env.IDENTITY_HEADER;
}

async function byMetadataService() {
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = place.metadata_url;
  const token = await new ManagedIdentityCredential().getToken("https://vault.azure.net/.default");
  assert.equal(claims(token).oid, (await resource(site)).identity.principalId);
  delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
}

async function byDefault() {
  Object.assign(process.env, {
    AZURE_TENANT_ID: place.tenant_id, AZURE_CLIENT_ID: place.client_id, AZURE_CLIENT_SECRET: place.client_secret,
  });
  assert.equal(await accepted(await new DefaultAzureCredential(options).getToken(scope)), 200);
  for (const name of ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]) delete process.env[name];
}

async function wrongAudience() {
  const token = await secret.getToken("https://vault.azure.net/.default");
  assert.equal(await accepted(token), 401);
}

export async function checkCredentials() {
  for (const action of [bySecret, byWrongSecret, byUnknownTenant, byCertificate, byForeignCertificate, byWorkloadIdentity,
    byManagedIdentity, byMetadataService, byDefault, wrongAudience])
    await check(`identity: ${action.name}`, action);
}
