/*
 * Writes operations.json and graph.json, the data that check.py compares our requests with.
 *
 *   node extract.mjs CSDL      CSDL: Microsoft Graph's published metadata, or an excerpt of it
 *
 * It installs the packages of package.json in a temporary folder and reads what they say of the wire. For each package the
 * version is the newest whose client sends the api-version that we send. No code of the packages is kept, only facts:
 *
 *   operations  name, package, method, path template, api-versions, query parameters, and the type of the body
 *   types       for each package: what a body may contain, by type and property, as the client would serialize it.
 *               Properties that the client never sends (read-only ones) are not there.
 *
 * A type is "string", "number", "boolean", "any", the name of a type, "[T]" for an array, or "{T}" for a dictionary. A property
 * "*" stands for every name that is not listed. "A|B" is a choice, made by a discriminator that we do not judge.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { extractGraph } from "./extract_graph.mjs";
import { extractModular } from "./extract_modular.mjs";
import { extractSpecs } from "./extract_specs.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));

// What is kept of each package: more than we use, so that a new request of ours is not unknown because of this list.
const SITE = "providers/Microsoft\\.Web/sites(/\\{name\\}(/slots(/\\{slot\\})?)?)?";
const WANTED = {
	"@azure/arm-appservice": [
		`${SITE}$`,
		`${SITE}/config(/(appsettings|slotConfigNames|web|metadata|connectionstrings|authsettingsV2|logs)(/list)?)?$`,
		`${SITE}/(hostNameBindings|restart|start|stop|publishxml|slotsswap|slotsdiffs)`,
		"providers/Microsoft\\.Web/(serverfarms(/\\{name\\})?|webAppStacks|checknameavailability)$",
	],
	"@azure/arm-authorization": ["Microsoft\\.Authorization/role(Assignments|Definitions)(/|$)"],
	"@azure/arm-keyvault": ["Microsoft\\.KeyVault/vaults(/\\{vaultName\\}(/accessPolicies/\\{operationKind\\})?)?$", "checkNameAvailability$"],
	"@azure/arm-monitor": ["/dataCollectionRules(/|$)", "/eventtypes/management/values$"],
	"@azure/arm-operationalinsights": ["/workspaces(/\\{workspaceName\\}(/tables(/.*)?|/sharedKeys)?)?$"],
	"@azure/arm-resourcegraph": ["/resources$"],
	"@azure/arm-storage": ["/storageAccounts(/\\{accountName\\}(/listKeys)?)?$", "checkNameAvailability$"],
};

function install() {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wire-"));

	fs.copyFileSync(path.join(here, "package.json"), path.join(folder, "package.json"));
	execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
	return folder;
}

function reachable(types, roots) {
	const kept = {};
	const visit = (type) => {
		for (const name of type.match(/[A-Za-z_$][\w.$]*/g) ?? []) {
			if (!types[name] || kept[name])
				continue;
			kept[name] = types[name];
			Object.values(types[name]).forEach(visit);
		}
	};

	roots.forEach(visit);
	return Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// One operation or type in a line: that can be reviewed, and its differences can be read.
function render({ source, packages, operations, types }) {
	const line = (value) => JSON.stringify(value);
	const types_of = ([name, known]) => `    ${line(name)}: {\n` +
		Object.entries(known).map(([type, properties]) => `      ${line(type)}: ${line(properties)}`).join(",\n") + "\n    }";

	return `{\n  "source": ${line(source)},\n  "packages": ${line(packages)},\n  "operations": [\n` +
		operations.map((operation) => `    ${line(operation)}`).join(",\n") + "\n  ],\n  \"types\": {\n" +
		Object.entries(types).map(types_of).join(",\n") + "\n  }\n}\n";
}

function main() {
	const folder = install();
	const require = createRequire(path.join(folder, "package.json"));
	const ts = require("typescript");
	const result = { source: "npm; see extract.mjs", packages: {}, operations: [], types: {} };
	const csdl = process.argv[2];

	if (!csdl)
		throw new Error("usage: node extract.mjs CSDL");
	for (const [name, patterns] of Object.entries(WANTED)) {
		const root = path.join(folder, "node_modules", name);
		const is_modular = fs.existsSync(path.join(root, "dist", "esm", "api"));
		const { operations, types } = (is_modular ? extractModular : extractSpecs)(ts, root);
		const wanted = operations.filter((operation) => patterns.some((pattern) => new RegExp(pattern).test(operation.path)));

		if (wanted.length === 0)
			throw new Error(`${name}: nothing was found`);
		result.packages[name] = JSON.parse(fs.readFileSync(path.join(root, "package.json"))).version;
		result.operations.push(...wanted.map((operation) => ({ package: name, ...operation })));
		result.types[name] = reachable(types, wanted.flatMap((operation) => operation.body ?? []));
		console.log(`${name}: ${wanted.length} of ${operations.length} operations, ${Object.keys(result.types[name]).length} types`);
	}
	fs.writeFileSync(path.join(here, "operations.json"), render(result));
	fs.writeFileSync(path.join(here, "graph.json"), extractGraph(ts, csdl, path.join(folder, "node_modules")));
	fs.rmSync(folder, { recursive: true });
}

main();
