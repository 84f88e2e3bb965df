/*
 * What the published metadata of Microsoft Graph (CSDL) says of the types that we touch. An excerpt of it has no entity
 * container, so the entity sets are named here, after the reference (https://learn.microsoft.com/graph/api/overview). `group` and
 * `user` in the excerpt are namesakes from other namespaces; these two come from the declarations of
 * @microsoft/microsoft-graph-types, as far as their properties are scalars, or of types that the metadata describes.
 */
import fs from "node:fs";
import path from "node:path";

const SETS = {
	applications: "application", auditLogs: "auditLogRoot", devices: "device", directoryObjects: "directoryObject",
	groups: "group", oauth2PermissionGrants: "oAuth2PermissionGrant", organization: "organization",
	servicePrincipals: "servicePrincipal", users: "user",
};
const DECLARED = { group: "Group", user: "User" };

const attributes = (text) => Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));

function members(body, element) {
	return Object.fromEntries([...body.matchAll(new RegExp(`<${element} ([^>]*)>`, "g"))].map(([, text]) => {
		const { Name, Type, Nullable } = attributes(text);
		return [Name, Type + (Nullable === "false" ? " !" : "")];
	}));
}

function from_csdl(text) {
	const types = {};

	for (const [, , head, body = ""] of text.matchAll(/<(EntityType|ComplexType) ([^>]*?)(?:\/>|>([^]*?)<\/\1>)/g)) {
		const { Name, BaseType, OpenType } = attributes(head);
		const keys = [...body.matchAll(/Property="Alias" String="(\w+)"/g)].map(([, name]) => name);
		types[Name] = {
			...(BaseType && { base: BaseType.replace(/^graph\./, "") }),
			...(OpenType && { open: true }),
			...(keys.length && { keys }),
			properties: members(body, "Property"),
			navigation: members(body, "NavigationProperty"),
		};
	}
	return types;
}

// An interface as if the metadata had described it.
function from_declaration(ts, source, name, types) {
	const edm = (type) => {
		if (ts.isTypeReferenceNode(type) && type.typeName.text === "NullableOption")
			return edm(type.typeArguments[0]);
		if (ts.isArrayTypeNode(type)) {
			const element = edm(type.elementType);
			return element && `Collection(${element})`;
		}
		if (ts.isTypeReferenceNode(type)) {
			const found = type.typeName.text[0].toLowerCase() + type.typeName.text.slice(1);
			return types[found] && `graph.${found}`;
		}
		return { string: "Edm.String", boolean: "Edm.Boolean", number: "Edm.Int32" }[type.getText()];
	};
	const result = { base: "directoryObject", properties: {}, navigation: {} };

	source.forEachChild(function visit(node) {
		if (ts.isInterfaceDeclaration(node) && node.name.text === name) {
			for (const member of node.members) {
				const type = edm(member.type);
				const target = type && /graph\.(\w+)/.exec(type)?.[1];
				const is_entity = target && (function derived(t) { return t === "entity" || (types[t]?.base && derived(types[t].base)); })(target);
				if (type)
					result[is_entity ? "navigation" : "properties"][member.name.text] = type;
			}
		}
		ts.forEachChild(node, visit);
	});
	return result;
}

export function extractGraph(ts, csdl, modules) {
	const text = fs.readFileSync(csdl, "utf8");
	const folder = path.join(modules, "@microsoft", "microsoft-graph-types");
	const source = ts.createSourceFile("g.d.ts", fs.readFileSync(path.join(folder, "microsoft-graph.d.ts"), "utf8"),
		ts.ScriptTarget.Latest, true);
	const version = JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).version;
	const types = from_csdl(text);
	const line = (value) => JSON.stringify(value);

	for (const [type, name] of Object.entries(DECLARED))
		types[type] = from_declaration(ts, source, name, types);
	return `{\n  "source": ${line("https://graph.microsoft.com/v1.0/$metadata, excerpt of August 2026; " +
		`@microsoft/microsoft-graph-types ${version} for ${Object.keys(DECLARED).join(" and ")}; see extract_graph.mjs`)},\n` +
		`  "sets": ${line(SETS)},\n` +
		`  "enums": ${line([...text.matchAll(/<EnumType Name="(\w+)"/g)].map(([, name]) => name))},\n` +
		`  "actions": ${line([...text.matchAll(/<(?:Action|Function) Name="(\w+)"/g)].map(([, name]) => name))},\n` +
		"  \"types\": {\n" + Object.entries(types).map(([name, type]) => `    ${line(name)}: ${line(type)}`).join(",\n") + "\n  }\n}\n";
}
