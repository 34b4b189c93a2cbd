/** Who may call a REST API's methods: authorizers and API keys, by default and per method, as `security` of its document. */
import { type Dict, isDict } from "../../template/value.ts";
import { invalidDocument, InvalidTemplate } from "../errors.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import {
  at,
  dictionary,
  dictionaryOf,
  entriesOf,
  keysOf,
  nameIn,
  put,
  update,
} from "../python/dictionary.ts";
import { deepEqual } from "../../template/value.ts";
import { given, shown } from "../python/text.ts";
import { securityOf } from "./document.ts";
import type { RestAuthorizer } from "./rest-authorizer.ts";
import type { SwaggerDocument } from "./swagger-document.ts";

const text = byteString;

export function addAuthorizers(
  document: SwaggerDocument,
  authorizers: ReadonlyMap<string, RestAuthorizer>,
): void {
  requireDefinitions(document);
  for (const [name, authorizer] of authorizers) {
    put(document.securityDefinitions, name, authorizer.toSwagger());
  }
}

function requireDefinitions(document: SwaggerDocument): void {
  if (!isDict(document.securityDefinitions))
    throw new InvalidTemplate("securityDefinitions must be a dictionary.");
}

/** The definition that IAM signs requests, unless the document has one. */
function addIam(document: SwaggerDocument): void {
  if (nameIn(document.securityDefinitions, "AWS_IAM") !== undefined) return;
  const definition = dictionary();
  put(definition, text("x-amazon-apigateway-authtype"), text("awsSigv4"));
  put(definition, text("type"), text("apiKey"));
  put(definition, text("name"), text("Authorization"));
  put(definition, text("in"), text("header"));
  update(document.securityDefinitions, dictionaryOf({ [text("AWS_IAM")]: definition }));
}

export function addApiKeyDefinition(document: SwaggerDocument): void {
  requireDefinitions(document);
  if (nameIn(document.securityDefinitions, "api_key") !== undefined) return;
  const definition = dictionary();
  put(definition, text("type"), text("apiKey"));
  put(definition, text("name"), text("x-api-key"));
  put(definition, text("in"), text("header"));
  update(document.securityDefinitions, dictionaryOf({ [text("api_key")]: definition }));
}

function setSecurity(document: SwaggerDocument, definition: Dict, security: readonly unknown[]): void {
  if (security.length === 0) return;
  put(definition, text("security"), security);
  const [first] = security;
  if (isDict(first) && nameIn(first, "AWS_IAM") !== undefined) addIam(document);
}

interface Split {
  readonly others: Dict[];
  readonly own: Dict[];
}

/** What a method's security says about `names` and what about anything else. */
function split(definition: Dict, names: readonly string[], place: { path: string; method: string }): Split {
  const parts: Split = { others: [], own: [] };
  for (const each of securityOf(definition, place.path, place.method)) {
    if (!isDict(each)) {
      throw invalidDocument(
        `${shown(each)} in Security for path ${place.path} method ${place.method} is not a valid dictionary.`,
      );
    }
    const isOwn = keysOf(each).some((key) => names.includes(withoutMark(key)));
    (isOwn ? parts.own : parts.others).push(each);
  }
  return parts;
}

/** The default authorizer for each method of a path that has none of its own and did not say NONE. */
export function setDefaultAuthorizer(
  document: SwaggerDocument,
  path: string,
  {
    name,
    authorizers,
    preflight,
  }: { name: string; authorizers: ReadonlyMap<string, RestAuthorizer>; preflight: unknown },
): void {
  const names = ["AWS_IAM", ...[...authorizers.keys()].map(withoutMark)];
  for (const { name: method, definition } of methods(document, path)) {
    if (!given(preflight) && method === "options") continue;
    const { others, own } = split(definition, names, { path, method });
    const none = others.findIndex((each) => nameIn(each, "NONE") !== undefined);
    if (none >= 0) others.splice(none, 1);
    const byDefault = dictionaryOf({ [name]: scopesOf(authorizers, name) });
    const security = none >= 0 ? others : [...others, ...(own.length > 0 ? own : [byDefault])];
    setSecurity(document, definition, security);
  }
}

const scopesOf = (authorizers: ReadonlyMap<string, RestAuthorizer>, name: string): unknown =>
  [...authorizers].find(([each]) => withoutMark(each) === withoutMark(name))?.[1].scopes ?? [];

const methods = (document: SwaggerDocument, path: string): { name: string; definition: Dict }[] =>
  document.methodsOf(path, ["summary", "description", "parameters"]);

export function setDefaultApiKey(document: SwaggerDocument, path: string, preflight: unknown): void {
  for (const { name: method, definition } of methods(document, path)) {
    const existing = securityOf(definition, path, method);
    const { others, own } = split(definition, ["api_key", "api_key_false"], { path, method });
    const refused = own.some((each) => nameIn(each, "api_key_false") !== undefined);
    const key = refused ? [] : [dictionaryOf({ [text("api_key")]: [] })];
    const security = method === "options" && !given(preflight) ? others : [...others, ...key];
    if (!sameSecurity(security, existing)) put(definition, text("security"), security);
  }
}

const bare = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(bare)
    : isDict(value)
      ? Object.fromEntries(entriesOf(value).map(([key, member]) => [withoutMark(key), bare(member)]))
      : typeof value === "string"
        ? withoutMark(value)
        : value;

export const sameSecurity = (a: unknown, b: unknown): boolean => deepEqual(bare(a), bare(b));

/** The authorizer and API key that an event asks for. */
export function setMethodAuth(
  document: SwaggerDocument,
  path: string,
  method: string,
  { auth, authorizers }: { auth: Dict; authorizers: unknown },
): void {
  const authorizer = auth["Authorizer"];
  if (given(authorizer)) {
    setMethodAuthorizer(document, path, method, {
      name: authorizer as string,
      authorizers,
      scopes: auth["AuthorizationScopes"],
    });
  }
  const key = auth["ApiKeyRequired"];
  if (key === undefined || key === null) return;
  for (const definition of document.definitionsAt(path, method)) {
    if (given(key)) addApiKeyDefinition(document);
    const entry = dictionaryOf({ [text(given(key) ? "api_key" : "api_key_false")]: [] });
    put(definition, text("security"), [...securityOf(definition, path, method), entry]);
  }
}

function setMethodAuthorizer(
  document: SwaggerDocument,
  path: string,
  method: string,
  { name, authorizers, scopes }: { name: string; authorizers: unknown; scopes: unknown },
): void {
  for (const definition of document.definitionsAt(path, method)) {
    const entry = dictionaryOf({ [name]: [] });
    const security = [...securityOf(definition, path, method), entry];
    if (withoutMark(name) !== "NONE" && given(authorizers)) {
      const authorizer =
        at(authorizers as Dict, name) ?? (nameIn(authorizers as Dict, name) === undefined ? {} : null);
      if (!isDict(authorizer)) {
        throw invalidDocument(`Type of authorizer '${withoutMark(name)}' must be a dictionary`);
      }
      const wanted = scopes ?? authorizer["AuthorizationScopes"];
      if (at(authorizers as Dict, name) !== undefined && wanted !== undefined && wanted !== null)
        put(entry, name, wanted);
    }
    setSecurity(document, definition, security);
  }
}
