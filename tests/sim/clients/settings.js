// Microsoft's own credential from the settings in the environment. Usage: node settings.js CLASS SCOPE
// Prints the id of the application that the token is for.
import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";

// Debian's Node 18 has it, but not as a global, which the SDKs want.
globalThis.crypto ??= webcrypto;

const [, , name, scope] = process.argv;
const Credential = createRequire(import.meta.url)("@azure/identity")[name];
// Instance discovery would ask Microsoft whether the simulated tenant's address is Microsoft's.
const token = await new Credential({ disableInstanceDiscovery: true }).getToken(scope);
const claims = JSON.parse(Buffer.from(token.token.split(".")[1], "base64url"));
console.log(claims.appid ?? claims.azp);
