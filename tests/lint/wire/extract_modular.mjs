/*
 * The newer packages: for each operation a function `_xSend` with a URL template, and for each type of a body a function
 * `xSerializer` that says which properties go out under which names. Their types are in the declarations beside them.
 */
import fs from "node:fs";
import path from "node:path";

function files(folder, name) {
	return fs.readdirSync(folder, { recursive: true }).filter((file) => path.basename(file) === name)
		.map((file) => path.join(folder, file));
}

function unwrap(ts, node) {
	while (node && (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)))
		node = node.expression;
	return node;
}

const name_of = (node) => node.name.text;

// "subscriptions/{id}{?api%2Dversion,%24filter}" -> ["subscriptions/{id}", ["api-version", "$filter"]]
function split_template(template) {
	const [route, query] = template.split("{?");

	return [decodeURIComponent(route), query ? query.replace("}", "").split(",").map(decodeURIComponent) : []];
}

class Serializers {
	constructor(ts, root) {
		this.ts = ts;
		this.types = {};
		this.functions = new Map();
		const folder = path.join(root, "dist", "esm", "models");
		const declarations = files(folder, "models.d.ts");
		const program = ts.createProgram(declarations, { noLib: false, lib: ["lib.es2022.d.ts"], types: [], skipLibCheck: true });

		this.checker = program.getTypeChecker();
		for (const declaration of declarations) {
			const source = ts.createSourceFile("m.js", fs.readFileSync(declaration.replace(/\.d\.ts$/, ".js"), "utf8"),
				ts.ScriptTarget.Latest, true);

			for (const node of source.statements)
				if (ts.isFunctionDeclaration(node) && name_of(node).endsWith("Serializer"))
					this.add(name_of(node), declaration, { body: node.body });
			for (const node of program.getSourceFile(declaration).statements)
				if (ts.isFunctionDeclaration(node) && name_of(node).endsWith("Serializer"))
					this.add(name_of(node), declaration,
						{ item: this.checker.getTypeAtLocation(node.parameters[0]) });
		}
	}

	// Two files of a package may have functions of one name; the first is taken for whoever names it, and they must agree.
	add(name, file, part) {
		const key = `${file}#${name}`;

		this.functions.set(key, { ...this.functions.get(key), ...part, file });
		if (!this.functions.has(name))
			this.functions.set(name, key);
	}

	// The type that a client's property has in its declaration.
	declared(type) {
		const { ts, checker } = this;

		type = checker.getNonNullableType(type);
		if (type.flags & ts.TypeFlags.StringLike || checker.typeToString(type) === "Date")
			return "string";
		if (type.flags & ts.TypeFlags.NumberLike)
			return "number";
		if (type.flags & ts.TypeFlags.BooleanLike)
			return "boolean";
		if (type.isUnion()) {
			const parts = [...new Set(type.types.map((part) => this.declared(part)))];
			return parts.length === 1 ? parts[0] : "any";
		}
		if (checker.isArrayType(type))
			return `[${this.declared(checker.getTypeArguments(type)[0])}]`;
		const index = type.getStringIndexType();
		return index ? `{${this.declared(index)}}` : "any";
	}

	property(item, name) {
		const symbol = item && this.checker.getPropertyOfType(item, name);

		return symbol ? this.declared(this.checker.getTypeOfSymbol(symbol)) : "any";
	}

	// What an expression over `item` puts on the wire.
	expression(node, item, file) {
		const { ts } = this;

		node = unwrap(ts, node);
		if (ts.isConditionalExpression(node))
			return this.expression(node.whenFalse, item, file);
		if (ts.isStringLiteral(node))
			return "string";
		if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression))
			return this.property(item, node.argumentExpression.text);
		if (!ts.isCallExpression(node))
			return "any";
		if (ts.isIdentifier(node.expression))
			return node.expression.text.endsWith("Serializer") ? this.function(node.expression.text, file) : "any";
		if (!ts.isPropertyAccessExpression(node.expression))
			return "any";
		if (name_of(node.expression) === "toISOString")
			return "string";
		if (name_of(node.expression) === "map") {
			const inner = this.returned(node.arguments[0].body);
			return ts.isIdentifier(inner) ? this.expression(node.expression.expression, item, file)
				: `[${this.expression(inner, undefined, file)}]`;
		}
		return "any";
	}

	returned(body) {
		return this.ts.isBlock(body) ? unwrap(this.ts, body.statements.find(this.ts.isReturnStatement)?.expression) : body;
	}

	object(node, item, file) {
		const { ts } = this;
		const properties = {};

		for (const part of node.properties) {
			if (ts.isPropertyAssignment(part))
				properties[part.name.text] = this.expression(part.initializer, item, file);
			else if (ts.isSpreadAssignment(part))
				properties["*"] = "any";
		}
		return properties;
	}

	// The type of what a serializer makes; its properties are entered in this.types.
	function(name, file) {
		const { ts } = this;
		const found = this.functions.get(`${file}#${name}`) ?? this.functions.get(this.functions.get(name));

		if (!found)
			throw new Error(`${name} is not to be found`);
		const type = name.replace(/^_/, "").replace(/Serializer$/, "");
		const result = this.returned(found.body);

		if (found.body.statements.some(ts.isSwitchStatement))
			return this.choice(found, name);
		if (/Record$/.test(type)) {
			let value = "any";
			found.body.forEachChild(function visit(node) {
				if (ts.isBinaryExpression(node) && ts.isElementAccessExpression(node.left))
					value = node.right;
				ts.forEachChild(node, visit);
			});
			return `{${value === "any" ? value : this.expression(value, undefined, found.file)}}`;
		}
		if (ts.isCallExpression(result))
			return this.expression(result, found.item, found.file);
		if (!ts.isObjectLiteralExpression(result))
			return this.declared(found.item);
		if (!this.types[type]) {
			this.types[type] = {};
			Object.assign(this.types[type], this.object(result, found.item, found.file));
		}
		return type;
	}

	// A serializer's result, or an object that the operation puts together itself.
	body(operation, node) {
		if (!this.ts.isObjectLiteralExpression(node))
			return this.expression(node, undefined, undefined);
		this.types[`${operation}.body`] = this.object(node, undefined, undefined);
		return `${operation}.body`;
	}

	choice(found, name) {
		const { ts } = this;
		const choices = new Set();

		for (const clause of found.body.statements.find(ts.isSwitchStatement).caseBlock.clauses) {
			const returned = clause.statements.find(ts.isReturnStatement)?.expression;
			const call = returned && unwrap(ts, returned);
			if (call && ts.isCallExpression(call) && call.expression.text !== name)
				choices.add(this.function(call.expression.text, found.file));
		}
		return [...choices].join("|") || "any";
	}
}

function operation(ts, serializers, node, group) {
	const found = { name: `${group}.${name_of(node).replace(/^_\$?|Send$/g, "")}` };

	node.body.forEachChild(function visit(child) {
		if (ts.isCallExpression(child)) {
			const callee = child.expression;
			if (ts.isIdentifier(callee) && callee.text === "expandUrlTemplate") {
				const [route, query] = split_template(child.arguments[0].text);
				const version = child.arguments[1].properties.find((p) => p.name?.text === "api%2Dversion");
				found.path = route;
				found.query = query.filter((parameter) => parameter !== "api-version");
				found.api = version ? version.getText().match(/\d{4}-\d\d-\d\d(-preview)?/g) : [];
			} else if (ts.isPropertyAccessExpression(callee) && callee.expression.getText().startsWith("context.path(")) {
				const body = child.arguments[0]?.properties?.find((p) => p.name?.text === "body");
				found.method = name_of(callee).toUpperCase();
				if (body)
					found.body = serializers.body(found.name, body.initializer);
			}
		}
		ts.forEachChild(child, visit);
	});
	return found;
}

export function extractModular(ts, root) {
	const serializers = new Serializers(ts, root);
	const operations = [];

	for (const file of files(path.join(root, "dist", "esm", "api"), "operations.js")) {
		const source = ts.createSourceFile("o.js", fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);

		for (const node of source.statements)
			if (ts.isFunctionDeclaration(node) && name_of(node).endsWith("Send"))
				operations.push(operation(ts, serializers, node, path.basename(path.dirname(file))));
	}
	return { operations, types: serializers.types };
}
