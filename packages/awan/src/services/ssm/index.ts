/** Systems Manager: Parameter Store. Everything else of the service answers 501. */
import type { Service } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import * as change from "./operations/change.ts";
import { putParameter } from "./operations/put-parameter.ts";
import * as read from "./operations/read.ts";
import { find } from "./parameter.ts";
import type { SsmPort } from "./port.ts";
import { expireParameter } from "./write.ts";

export const operations = {
  AddTagsToResource: change.addTagsToResource,
  DeleteParameter: change.deleteParameter,
  DeleteParameters: change.deleteParameters,
  DescribeParameters: read.describeParameters,
  GetParameter: read.getParameter,
  GetParameterHistory: read.getParameterHistory,
  GetParameters: read.getParameters,
  GetParametersByPath: read.getParametersByPath,
  LabelParameterVersion: change.labelParameterVersion,
  ListTagsForResource: change.listTagsForResource,
  PutParameter: putParameter,
  RemoveTagsFromResource: change.removeTagsFromResource,
  UnlabelParameterVersion: change.unlabelParameterVersion,
} satisfies Operations<Client>;

const port: SsmPort = {
  parameter: (call, name) => {
    try {
      const { row, version } = find(call, name);
      return { value: row.value, version, type: row.type };
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  },
};

export const service: Service = {
  name: "ssm",
  operations,
  duties: { expire: expireParameter },
  port,
  needs: ["secretsmanager"],
};
