/**
 * Modules that AWS puts beside inline code, by which custom resources answer: `cfn-response` for Node.js, `cfnresponse`
 * for Python. These are Awan's own, with AWS's signatures.
 */
const node = `"use strict";
exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";
exports.send = (event, context, status, data, physicalResourceId, noEcho) =>
  new Promise((resolve) => {
    const body = JSON.stringify({
      Status: status,
      Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
      PhysicalResourceId: physicalResourceId || context.logStreamName,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      NoEcho: noEcho || false,
      Data: data,
    });
    const url = new URL(event.ResponseURL);
    const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
    const end = () => {
      resolve();
      if (context.done) context.done();
    };
    const request = require(url.protocol.slice(0, -1)).request(url, { method: "PUT", headers }, (response) => {
      response.resume();
      end();
    });
    request.on("error", (error) => {
      console.log("send(..) failed executing request(..): " + error);
      end();
    });
    request.end(body);
  });
`;

const python = `import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps(
        {
            "Status": responseStatus,
            "Reason": reason or "See the details in CloudWatch Log Stream: " + context.log_stream_name,
            "PhysicalResourceId": physicalResourceId or context.log_stream_name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "NoEcho": noEcho,
            "Data": responseData,
        }
    ).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"content-type": ""})
    try:
        urllib.request.urlopen(request).close()
    except Exception as error:
        print("send(..) failed executing request:", error)
`;

/** The files beside inline code of a runtime, when the code asks for them. */
export function responseModules(runtime: string, code: string): Readonly<Record<string, string>> {
  if (runtime.startsWith("python")) return /\bcfnresponse\b/.test(code) ? { "cfnresponse.py": python } : {};
  return code.includes("cfn-response") ? { "cfn-response.js": node } : {};
}
