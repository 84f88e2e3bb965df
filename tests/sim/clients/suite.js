// Drives the simulated tenant with Microsoft's JavaScript SDKs. Usage: node suite.js PATH-OF-TENANT-SIM
// Starts the tenant; the checks run in a process of their own, because Node reads NODE_EXTRA_CA_CERTS only when it starts.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.argv[2];

if (!existsSync(join(here, "node_modules", "@azure", "identity"))) {
  console.log(`the SDKs are not installed: npm ci --prefix ${here}`);
  process.exit(77);
}

const directory = mkdtempSync(join(tmpdir(), "tenant-sim-sdk-"));
const ready = join(directory, "ready.json");
const tenant = spawn(binary, ["--scenario", "fresh", "--ready-file", ready, "--tls-directory", join(directory, "tls"),
  "--proxy", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "inherit"] });
const ended = new Promise((resolve) => tenant.on("exit", (code) => resolve(code)));

while (!existsSync(ready)) {
  if (tenant.exitCode !== null) {
    console.log(`tenant-sim ended at once with ${tenant.exitCode}`);
    process.exit(1);
  }
  await setTimeout(20);
}
const place = JSON.parse(readFileSync(ready, "utf8"));
const environment = { ...process.env, NODE_EXTRA_CA_CERTS: place.ca_file };
for (const name of ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"])
  delete environment[name];

const run = (file, more) =>
  spawnSync(process.execPath, [join(here, file), ready, directory], { env: { ...environment, ...more }, stdio: "inherit" });

const results = [
  run("checks.js", {}),
  // The same with the stock settings of the public cloud, through the proxy.
  run("checks_stock.js", { HTTPS_PROXY: place.proxy_url }),
];
tenant.kill("SIGTERM");
const status = await ended;
rmSync(directory, { recursive: true });
if (status !== 0) console.log(`tenant-sim ended with ${status}`);
process.exit(status === 0 && results.every((result) => result.status === 0) ? 0 : 1);
