/** Finds a handler as AWS's Node.js runtime does: `dir/file.export.nested`, CommonJS or ES module, layers included. */
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");
const { named } = require("./errors.cjs");

exports.loadHandler = async function loadHandler(root, handler) {
  if (handler.includes("..")) {
    throw named(
      "Runtime.MalformedHandlerName",
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const parts = /^([^.]*)\.(.*)$/.exec(path.basename(handler));
  if (parts === null) throw named("Runtime.MalformedHandlerName", "Bad handler");
  const [, moduleName, exportName] = parts;
  const loaded = await loadModule(path.resolve(root, path.dirname(handler)), moduleName, root);
  let found = loaded;
  for (const name of exportName.split("."))
    found = found === undefined || found === null ? undefined : found[name];
  if (found === undefined && loaded.default) {
    found = loaded.default;
    for (const name of exportName.split("."))
      found = found === undefined || found === null ? undefined : found[name];
  }
  if (!found) throw named("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  if (typeof found !== "function") throw named("Runtime.HandlerNotFound", `${handler} is not a function`);
  return found;
};

async function loadModule(directory, name, root) {
  try {
    const base = path.resolve(directory, name);
    const require = createRequire(path.join(root, "awan-entry.cjs"));
    if (isFile(base) || isFile(`${base}.js`)) {
      const file = isFile(base) ? base : `${base}.js`;
      return isModulePackage(file) ? await import(pathToFileURL(file).href) : require(file);
    }
    if (isFile(`${base}.mjs`)) return await import(pathToFileURL(`${base}.mjs`).href);
    if (isFile(`${base}.cjs`)) return require(`${base}.cjs`);
    if (isFile(`${base}.mts`) || isFile(`${base}.ts`)) {
      return await import(pathToFileURL(isFile(`${base}.mts`) ? `${base}.mts` : `${base}.ts`).href);
    }
    return require(require.resolve(`./${name}`, { paths: [directory, root] }));
  } catch (error) {
    throw translate(error, name);
  }
}

function translate(error, name) {
  if (error instanceof SyntaxError) {
    const syntax = named("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
    syntax.stack = error.stack;
    return syntax;
  }
  if (error && (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND")) {
    const missing = /Cannot find (?:module|package) '((?:@aws-sdk|@smithy)\/[^/']+)/.exec(error.message);
    const message = error.message.startsWith("Cannot find module './")
      ? `Cannot find module '${name}'`
      : error.message;
    const hint =
      missing === null
        ? ""
        : `\nAWS's Node.js runtimes contain the AWS SDK; Awan uses the one installed here. Run: npm install --save-dev ${missing[1]}`;
    return named("Runtime.ImportModuleError", `Error: ${message}${hint}`);
  }
  return error;
}

const isFile = (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** Whether the nearest package.json makes `.js` an ES module. */
function isModulePackage(file) {
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const manifest = path.join(directory, "package.json");
    if (isFile(manifest)) {
      try {
        return JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module";
      } catch {
        return false;
      }
    }
    if (path.dirname(directory) === directory) return false;
  }
}
