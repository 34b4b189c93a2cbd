/** The address under which API Gateway calls a function or alias. */
import { type Dict } from "../../template/value.ts";
import { byteString } from "../python/byte-string.ts";
import { dictionaryOf } from "../python/dictionary.ts";
import type { Target } from "./event.ts";

export function integrationUri(
  { resource }: Target,
  { partition, streams = false }: { partition: string; streams?: boolean },
): Dict {
  const version = streams ? "2021-11-15" : "2015-03-31";
  const path = streams ? "response-streaming-invocations" : "invocations";
  const isAlias = resource.type === "AWS::Lambda::Alias";
  const name = isAlias ? resource.id : `${resource.id}.Arn`;
  const text = `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/${version}/functions/\${${name}}/${path}`;
  // A function's id comes from the template, an alias's is made by the transform.
  return dictionaryOf({ [byteString("Fn::Sub")]: isAlias ? byteString(text) : text });
}
