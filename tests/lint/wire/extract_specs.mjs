/*
 * The older packages: an `OperationSpec` for each operation, which names its parameters (models/parameters.js) and the mapper of
 * its body (models/mappers.js). These are literals; they are read, not run.
 */
import fs from "node:fs";
import path from "node:path";

// The constants of a file whose values are literals; what is not a literal is left out, a name is { $name }.
function constants(ts, file) {
	const found = {};
	const value = (node) => {
		if (ts.isStringLiteralLike(node))
			return node.text;
		if (ts.isNumericLiteral(node))
			return Number(node.text);
		if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword)
			return node.kind === ts.SyntaxKind.TrueKeyword;
		if (ts.isArrayLiteralExpression(node))
			return node.elements.map(value);
		if (ts.isPropertyAccessExpression(node) || ts.isIdentifier(node))
			return { $name: node.getText().replace(/^(coreClient|Mappers|Parameters|MappersModule)\./, "") };
		if (ts.isCallExpression(node) && node.expression.getText() === "Object.assign")
			return Object.assign({}, ...node.arguments.map(value).map((part) => part.$name ? { [`...${part.$name}`]: part } : part));
		if (!ts.isObjectLiteralExpression(node))
			return undefined;
		const result = {};
		for (const part of node.properties) {
			if (ts.isSpreadAssignment(part))
				result[`...${part.expression.getText()}`] = value(part.expression);
			else if (ts.isPropertyAssignment(part))
				result[part.name.text] = value(part.initializer);
		}
		return result;
	};

	for (const node of ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true).statements)
		if (ts.isVariableStatement(node))
			for (const { name, initializer } of node.declarationList.declarations)
				if (initializer)
					found[name.text] = value(initializer);
	return found;
}

class Mappers {
	constructor(mappers) {
		this.mappers = mappers;
		this.types = {};
	}

	properties(name) {
		const found = {};

		for (const [key, property] of Object.entries(this.mappers[name].type.modelProperties)) {
			if (key.startsWith("..."))
				Object.assign(found, this.properties(key.slice(3).split(".")[0]));
			else
				found[key] = property;
		}
		return found;
	}

	type({ name, className, element, value }) {
		switch (name) {
		case "Composite":
			return this.composite(className);
		case "Sequence":
			return `[${this.type(element.type)}]`;
		case "Dictionary":
			return `{${this.type(value.type)}}`;
		case "Number":
			return "number";
		case "Boolean":
			return "boolean";
		case "Object":
		case "any":
			return "any";
		default: // String, Enum, Uuid, DateTime, TimeSpan, ByteArray: strings on the wire
			return "string";
		}
	}

	// "properties.principalId" is a property of the object "properties": such an object becomes a type of its own.
	composite(name) {
		if (this.types[name])
			return name;
		this.types[name] = {};
		for (const property of Object.values(this.properties(name))) {
			if (property.readOnly)
				continue;
			const parts = property.serializedName.replace(/\\\\?\./g, "\0").split(".").map((part) => part.replace(/\0/g, "."));
			let owner = name;
			while (parts.length > 1) {
				const next = `${owner}.${parts[0]}`;
				this.types[owner][parts.shift()] = next;
				this.types[next] ??= {};
				owner = next;
			}
			this.types[owner][parts[0]] = this.type(property.type);
		}
		if (this.mappers[name].type.additionalProperties)
			this.types[name]["*"] = "any";
		return name;
	}

	body(parameter) {
		const name = parameter.mapper.$name; // imported as "XMapper"

		return this.type(name ? this.mappers[name.replace(/Mapper$/, "")].type : parameter.mapper.type);
	}
}

export function extractSpecs(ts, root) {
	const base = [["dist", "esm"], ["dist-esm", "src"]].map((parts) => path.join(root, ...parts)).find(fs.existsSync);
	const parameters = constants(ts, path.join(base, "models", "parameters.js"));
	const mappers = new Mappers(constants(ts, path.join(base, "models", "mappers.js")));
	const operations = [];

	for (const file of fs.readdirSync(path.join(base, "operations")).filter((name) => name.endsWith(".js"))) {
		for (const [name, spec] of Object.entries(constants(ts, path.join(base, "operations", file)))) {
			if (!name.endsWith("OperationSpec") || spec.path === "{nextLink}")
				continue;
			const query = (spec.queryParameters ?? []).map(({ $name }) => parameters[$name].mapper);
			operations.push({
				name: `${path.basename(file, ".js")}.${name.replace(/OperationSpec$/, "")}`,
				path: spec.path.replace(/^\/\{scope\}/, "/{+scope}"), // the one that is a path by itself
				query: query.map((mapper) => mapper.serializedName).filter((parameter) => parameter !== "api-version"),
				api: query.filter((mapper) => mapper.serializedName === "api-version").map((mapper) => mapper.defaultValue),
				method: spec.httpMethod,
				...(spec.requestBody && { body: mappers.body(parameters[spec.requestBody.$name]) }),
			});
		}
	}
	return { operations, types: mappers.types };
}
