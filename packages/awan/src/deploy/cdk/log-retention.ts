/** `LogRetention`: makes a log group if there is none, and sets how long it keeps its events. */
import { textOf } from "../template/value.ts";
import { type Helper, unless } from "./helper.ts";

export const logRetention: Helper = async (event) => {
  const { shell, properties, requestType } = event;
  const logGroupName = textOf(properties["LogGroupName"]);
  const region = properties["LogGroupRegion"] ?? event.scope.region;
  const scope = { accountId: event.scope.accountId, region: textOf(region) };
  if (requestType === "Delete") {
    if (properties["RemovalPolicy"] === "destroy")
      await unless(
        /^ResourceNotFoundException$/,
        shell.invoke("logs", "DeleteLogGroup", { logGroupName }, scope),
      );
  } else {
    await unless(
      /^ResourceAlreadyExistsException$/,
      shell.invoke("logs", "CreateLogGroup", { logGroupName }, scope),
    );
    const retentionInDays = Number(properties["RetentionInDays"] ?? 0);
    if (retentionInDays > 0)
      await shell.invoke("logs", "PutRetentionPolicy", { logGroupName, retentionInDays }, scope);
    else await shell.invoke("logs", "DeleteRetentionPolicy", { logGroupName }, scope);
  }
  return { physicalId: logGroupName, attributes: { LogGroupName: logGroupName } };
};
