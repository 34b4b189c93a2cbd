/** SNS subscription filter policies: reading one, with AWS's refusals, and deciding whether a message passes. */
export { matchesAttributes, matchesBody } from "./match.ts";
export {
  checkJson,
  type FilterPolicy,
  FilterPolicyProblem,
  type FilterScope,
  parseFilterPolicy,
} from "./policy.ts";
