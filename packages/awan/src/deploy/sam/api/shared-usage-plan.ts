/** The one usage plan that APIs with `CreateUsagePlan: SHARED` have together: its stages, and attributes merged of theirs. */
import { type Dict } from "../../template/value.ts";
import { InvalidTemplate } from "../errors.ts";
import { orOf } from "../intrinsics.ts";
import { given } from "../python/text.ts";

const conditionName = "SharedUsagePlanCondition";

export class SharedUsagePlan {
  readonly apis: string[] = [];
  readonly apiStages: Dict[] = [];
  readonly stageKeys: Dict[] = [];
  readonly #conditions = new Set<string>();
  #hasUnconditional = false;
  #deletionPolicy: unknown;
  #updateReplacePolicy: unknown;

  /** Takes in another API's attributes and gives those of the plan so far. */
  attributes(own: Dict, conditions: Dict | undefined): Dict {
    this.#deletionPolicy = stricter(this.#deletionPolicy, own["DeletionPolicy"], ["Retain"]);
    this.#updateReplacePolicy = stricter(this.#updateReplacePolicy, own["UpdateReplacePolicy"], [
      "Retain",
      "Snapshot",
    ]);
    this.#addCondition(own["Condition"], conditions);
    return {
      ...(given(this.#deletionPolicy) ? { DeletionPolicy: this.#deletionPolicy } : {}),
      ...(given(this.#updateReplacePolicy) ? { UpdateReplacePolicy: this.#updateReplacePolicy } : {}),
      ...(this.#conditions.size > 0 && !this.#hasUnconditional ? { Condition: conditionName } : {}),
    };
  }

  #addCondition(condition: unknown, conditions: Dict | undefined): void {
    if (this.#hasUnconditional) return;
    if (typeof condition === "string" && condition !== "" && !this.#conditions.has(condition)) {
      if (conditions === undefined) {
        throw new InvalidTemplate("Can't have condition without having 'Conditions' section in the template");
      }
      this.#conditions.add(condition);
      conditions[conditionName] = this.#conditions.size > 1 ? orOf([...this.#conditions]) : condition;
    } else if (condition === undefined || condition === null) {
      this.#hasUnconditional = true;
      if (conditions !== undefined) delete conditions[conditionName];
    }
  }
}

function stricter(own: unknown, next: unknown, strict: readonly string[]): unknown {
  if (!given(next)) return own;
  if (!given(own)) return next;
  if (next === strict[0] || (next === strict[1] && own === "Delete")) return next;
  return own;
}
