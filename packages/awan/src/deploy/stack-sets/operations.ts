/** The operations on stack sets. */
import type { Operations } from "../../model/operations.ts";
import type { Client } from "../operations/client.ts";
import * as instances from "./instances.ts";
import * as sets from "./sets.ts";

export const stackSetOperations = {
  CreateStackInstances: instances.createStackInstances,
  CreateStackSet: sets.createStackSet,
  DeleteStackInstances: instances.deleteStackInstances,
  DeleteStackSet: sets.deleteStackSet,
  DescribeStackInstance: instances.describeStackInstance,
  DescribeStackSet: sets.describeStackSet,
  DescribeStackSetOperation: instances.describeStackSetOperation,
  ListStackInstances: instances.listStackInstances,
  ListStackSetOperationResults: instances.listStackSetOperationResults,
  ListStackSetOperations: instances.listStackSetOperations,
  ListStackSets: sets.listStackSets,
  StopStackSetOperation: instances.stopStackSetOperation,
  UpdateStackInstances: instances.updateStackInstances,
  UpdateStackSet: sets.updateStackSet,
} satisfies Operations<Client>;
