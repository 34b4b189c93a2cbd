/** Routing against the order AWS documents, and a slow oracle that tries every route. */
import { fc, test } from "@fast-check/vitest";
import { expect, test as plain } from "vitest";
import { createRouter } from "./router.ts";

const chosen = (routes: readonly string[], method: string, path: string): string | undefined =>
  createRouter(routes.map((route) => [route, route] as const)).match(method, path)?.target;

const documented = [
  "GET /pets/dog/1",
  "GET /pets/dog/{id}",
  "GET /pets/{proxy+}",
  "ANY /{proxy+}",
  "$default",
];

plain.each([
  ["GET", "/pets/dog/1", "GET /pets/dog/1"],
  ["GET", "/pets/dog/2", "GET /pets/dog/{id}"],
  ["GET", "/pets/cat/1", "GET /pets/{proxy+}"],
  ["POST", "/test/5", "ANY /{proxy+}"],
  ["POST", "/pets/dog/1", "ANY /{proxy+}"],
  ["GET", "/", "$default"],
])("%s %s → %s", (method, path, expected) => expect(chosen(documented, method, path)).toBe(expected));

plain("a full match goes before a greedy one, a named method before ANY", () => {
  expect(chosen(["GET /a/{proxy+}", "GET /{x}/b"], "GET", "/a/b")).toBe("GET /{x}/b");
  expect(chosen(["ANY /a", "GET /a"], "GET", "/a")).toBe("GET /a");
  expect(chosen(["ANY /a", "GET /a"], "PUT", "/a")).toBe("ANY /a");
  expect(chosen(["GET /a"], "PUT", "/a")).toBeUndefined();
  expect(chosen(["GET /a/{proxy+}"], "GET", "/a")).toBeUndefined();
  expect(chosen(["GET /a/{proxy+}"], "GET", "/a/")).toBeUndefined();
});

plain("variables", () => {
  const router = createRouter([["GET /{a}/x/{b+}", 1]]);
  expect(router.match("GET", "/1/x/2/3")?.pathParameters).toEqual({ a: "1", b: "2/3" });
});

/** Matches one route by walking its segments. */
function fits(route: string, method: string, path: string): "full" | "greedy" | undefined {
  const [verb, pattern = ""] = route.split(" ");
  if (verb !== "ANY" && verb !== method) return undefined;
  const wanted = pattern.slice(1).split("/");
  const given = path.slice(1).split("/");
  for (const [index, segment] of wanted.entries()) {
    if (segment === "{p+}") return given.slice(index).join("/") === "" ? undefined : "greedy";
    if (index >= given.length) return undefined;
    if (segment === "{v}" ? given[index] === "" : segment !== given[index]) return undefined;
  }
  return wanted.length === given.length ? "full" : undefined;
}

const segment = fc.constantFrom("a", "b", "{v}");
const route = fc
  .tuple(fc.constantFrom("GET", "ANY"), fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([verb, segments, greedy]) => `${verb} /${[...segments, ...(greedy ? ["{p+}"] : [])].join("/")}`);
const path = fc
  .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);

test.prop([fc.uniqueArray(route, { maxLength: 8 }), path])(
  "the router finds a match of the best kind",
  (routes, at) => {
    const kinds = new Map(routes.map((each) => [each, fits(each, "GET", at)]));
    const best = [...kinds.values()].includes("full")
      ? "full"
      : [...kinds.values()].includes("greedy")
        ? "greedy"
        : undefined;
    const found = chosen(routes, "GET", at);
    expect(found === undefined ? undefined : kinds.get(found)).toBe(best);
  },
);
