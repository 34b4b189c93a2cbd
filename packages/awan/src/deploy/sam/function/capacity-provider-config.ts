/** `CapacityProviderConfig` of a function: which capacity provider runs it, in Lambda's words. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { coerced, deviations, type Model, required } from "../model.ts";

const model: Model = {
  members: {
    Arn: required({ anyOf: ["map", "string"] }),
    PerExecutionEnvironmentMaxConcurrency: { anyOf: ["map", "integer"] },
    ExecutionEnvironmentMemoryGiBPerVCpu: { anyOf: ["map", "number"] },
  },
};

const texts = {
  missing: "field required (type=value_error.missing)",
  extra: "extra fields not permitted (type=value_error.extra)",
} as const;

export function capacityProviderConfig(id: string, value: unknown): Dict {
  const found = deviations(value, model);
  if (found.length > 0) {
    const count = `${found.length} validation error${found.length > 1 ? "s" : ""} for CapacityProviderConfig`;
    const lines = found.flatMap(({ path, kind, wanted }) => [
      path.length === 0 ? "__root__" : path.join(" -> "),
      `  ${kind === "type" ? typeText(wanted) : texts[kind]}`,
    ]);
    throw new InvalidResource(id, `Invalid CapacityProviderConfig: ${[count, ...lines].join("\n")}`);
  }
  const config = value as Dict;
  const concurrency = config["PerExecutionEnvironmentMaxConcurrency"] ?? undefined;
  const memory = config["ExecutionEnvironmentMemoryGiBPerVCpu"] ?? undefined;
  return {
    LambdaManagedInstancesCapacityProviderConfig: {
      CapacityProviderArn: config["Arn"],
      ...(concurrency === undefined
        ? {}
        : { PerExecutionEnvironmentMaxConcurrency: coerced(concurrency, "integer") }),
      ...(memory === undefined ? {} : { ExecutionEnvironmentMemoryGiBPerVCpu: coerced(memory, "number") }),
    },
  };
}

const typeText = (wanted: string | undefined): string => {
  const words: Readonly<Record<string, readonly [word: string, type: string]>> = {
    dictionary: ["dict", "dict"],
    string: ["str", "str"],
    integer: ["integer", "integer"],
    number: ["float", "float"],
  };
  const [word, type] = words[wanted ?? ""] ?? ["value", "value"];
  return wanted === "string"
    ? "str type expected (type=type_error.str)"
    : `value is not a valid ${word} (type=type_error.${type})`;
};
