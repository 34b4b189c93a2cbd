/** An import only takes over what exists: it makes, changes and removes nothing, and what it takes must say what becomes of it. */
import type { ResourceRow } from "../keys.ts";
import { identifiers } from "../resources/identifiers.ts";
import { validationError } from "../template/value.ts";
import type { Plan } from "./plan.ts";

interface ImportInput {
  readonly ResourcesToImport?:
    | readonly {
        readonly LogicalResourceId: string | undefined;
        readonly ResourceIdentifier: Readonly<Record<string, string>> | undefined;
      }[]
    | undefined;
}

/** @throws AwsError ValidationError */
export function refuseImport(
  plan: Plan,
  rows: ReadonlyMap<string, ResourceRow>,
  imports: Readonly<Record<string, string>>,
  input: ImportInput,
): void {
  const names = Object.keys(imports);
  if (names.length === 0) throw validationError("ResourcesToImport must be specified for IMPORT change sets");
  const absent = names.filter((name) => !Object.hasOwn(plan.resources, name));
  if (absent.length > 0) {
    throw validationError(`Resources [${absent.join(", ")}] to import do not exist in the template`);
  }
  const unkept = names.filter((name) => plan.resources[name]?.deletionPolicy === undefined);
  if (unkept.length > 0) {
    throw validationError(
      `Resources [${unkept.join(", ")}] is missing DeletionPolicy attribute in ChangeSet.`,
    );
  }
  const made = Object.keys(plan.resources).filter((name) => !rows.has(name) && !names.includes(name));
  const removed = [...rows.keys()].filter((name) => !Object.hasOwn(plan.resources, name));
  if (made.length + removed.length > 0) {
    throw validationError(
      `You have modified resources [${[...made, ...removed].join(", ")}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`,
    );
  }
  for (const { LogicalResourceId: name = "", ResourceIdentifier = {} } of input.ResourcesToImport ?? []) {
    const wanted = identifiers[plan.resources[name]?.type ?? ""];
    const given = Object.keys(ResourceIdentifier);
    if (wanted !== undefined && wanted.join() !== given.join()) {
      throw validationError(
        `Invalid ResourceIdentifier for resource ${name}: expected [${wanted.join(", ")}]`,
      );
    }
  }
}
