/**
 * CloudFormation turns "128" into 128 and 1 into "1" wherever a type's schema asks for it; providers hand properties
 * on to operations. So operations invoked through this call get their scalars in the type the operation's table says.
 */
import type { Call } from "../../host/call.ts";
import { loadModel, serviceIndex } from "../../model/service-model.ts";
import type { Shape } from "../../model/shape.ts";
import { isDict } from "../template/value.ts";

export function coercing(call: Call): Call {
  return new Proxy(call, {
    get(target, name) {
      if (name === "invoke") {
        return (service: string, operation: string, input: object) =>
          target.invoke(service, operation, coerceInput(service, operation, input));
      }
      if (name === "start") {
        return (service: string, operation: string, input: object) =>
          target.start(service, operation, coerceInput(service, operation, input));
      }
      if (name === "in") return (scope: Parameters<Call["in"]>[0]) => coercing(target.in(scope));
      if (name === "as") return (principal: Parameters<Call["as"]>[0]) => coercing(target.as(principal));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** The input with scalars in the types the operation's table says. */
export function coerceInput(service: string, operation: string, input: object): object {
  if (!serviceIndex().some((entry) => entry.name === service)) return input;
  const shape = loadModel(service).operation(operation)?.input;
  return shape === undefined ? input : (coerce(input, shape) as object);
}

function coerce(value: unknown, shape: Shape): unknown {
  switch (shape.kind) {
    case "number":
      return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
        ? Number(value)
        : value;
    case "string":
      return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    case "boolean":
      return value === "true" ? true : value === "false" ? false : value;
    case "list":
      return Array.isArray(value) ? value.map((item) => coerce(item, shape.item.shape)) : value;
    case "map":
      return isDict(value) ? mapMembers(value, () => shape.value.shape) : value;
    case "structure":
    case "union":
      return isDict(value) && !(value instanceof Uint8Array)
        ? mapMembers(value, (name) => shape.member(name)?.shape)
        : value;
    default:
      return value;
  }
}

const mapMembers = (value: Record<string, unknown>, shapeOf: (name: string) => Shape | undefined): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const shape = shapeOf(name);
      return [name, shape === undefined ? member : coerce(member, shape)];
    }),
  );
