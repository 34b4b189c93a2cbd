/** AWS::Serverless::Application: a nested stack from a template's address. */
import { isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { make, type Made, ownAttributes, type Sam, type SamResource, tagList } from "./sam.ts";

export function transformApplication(_sam: Sam, { id, raw, properties }: SamResource): Made[] {
  const { Location: location, Tags: tags } = properties;
  if (typeof location !== "string") {
    throw new InvalidResource(
      id,
      "Application with id [".concat(
        id,
        "] names an application of the Serverless Application Repository, which Awan does not have. Use a template's URL as Location.",
      ),
    );
  }
  return [
    make(
      id,
      "AWS::CloudFormation::Stack",
      {
        NotificationARNs: properties["NotificationARNs"],
        Parameters: properties["Parameters"],
        TimeoutInMinutes: properties["TimeoutInMinutes"],
        TemplateURL: location,
        Tags: tagList({ "lambda:createdBy": "SAM", ...(isDict(tags) ? tags : {}) }),
      },
      ownAttributes(raw),
    ),
  ];
}
