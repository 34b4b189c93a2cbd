/** The OPTIONS method that answers a browser's preflight request, as a REST API's mock integration. */
import { type Dict } from "../../template/value.ts";
import { InvalidTemplate } from "../errors.ts";
import { byteString, byteStrings } from "../python/byte-string.ts";
import { dictionary, dictionaryOf, put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";

const text = byteString;
const headerKey = (name: string): string => text(`method.response.header.${name}`);

/** @throws InvalidTemplate when no origin is allowed. */
export function corsMethod(cors: Dict): Dict {
  if (!given(cors["AllowOrigin"]))
    throw new InvalidTemplate("Invalid input. Value for AllowedOrigins is required");
  const parameters = dictionaryOf({ [headerKey("Access-Control-Allow-Origin")]: cors["AllowOrigin"] });
  const headers = dictionaryOf({ [text("Access-Control-Allow-Origin")]: byteStrings({ type: "string" }) });
  const add = (name: string, value: unknown, type: string): void => {
    put(parameters, headerKey(name), value);
    put(headers, text(name), byteStrings({ type }));
  };
  if (given(cors["AllowHeaders"])) add("Access-Control-Allow-Headers", cors["AllowHeaders"], "string");
  if (given(cors["AllowMethods"])) add("Access-Control-Allow-Methods", cors["AllowMethods"], "string");
  const maxAge = cors["MaxAge"];
  if (maxAge !== undefined && maxAge !== null) add("Access-Control-Max-Age", maxAge, "integer");
  if (cors["AllowCredentials"] === true) add("Access-Control-Allow-Credentials", text("'true'"), "string");
  return method(parameters, headers);
}

function method(parameters: Dict, headers: Dict): Dict {
  const made = dictionary();
  put(made, text("summary"), text("CORS support"));
  put(made, text("consumes"), [text("application/json")]);
  put(made, text("produces"), [text("application/json")]);
  const integration = dictionary();
  put(made, text("x-amazon-apigateway-integration"), integration);
  put(integration, text("type"), text("mock"));
  put(
    integration,
    text("requestTemplates"),
    byteStrings({ "application/json": '{\n  "statusCode" : 200\n}\n' }),
  );
  const answers = dictionary();
  put(integration, text("responses"), answers);
  const answer = dictionary();
  put(answers, text("default"), answer);
  put(answer, text("statusCode"), text("200"));
  put(answer, text("responseParameters"), parameters);
  put(answer, text("responseTemplates"), byteStrings({ "application/json": "{}\n" }));
  const responses = dictionary();
  put(made, text("responses"), responses);
  const response = dictionary();
  put(responses, text("200"), response);
  put(response, text("description"), text("Default response for CORS method"));
  put(response, text("headers"), headers);
  return made;
}
