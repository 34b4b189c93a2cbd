"""Every operation of every service through botocore against the echo server of run-botocore-fuzz.ts.

Random parameters must arrive, and the random output of the server must be parsed, unchanged. One seed per operation, so
that a failure stays when others go. Prints one JSON line per service. Usage: botocore-fuzz.py <port> <service>...
"""

import datetime
import json
import random
import socket
import sys
import urllib.request
import zlib

import botocore.session
from botocore.config import Config

PORT = sys.argv[1]
ENDPOINT = f"http://127.0.0.1:{PORT}"
NAMES = {"dynamodb-streams": "dynamodbstreams", "s3-control": "s3control", "sfn": "stepfunctions"}
TEXTS = ["plain", "a b+c%20&=?#/", "é✓😀", "<x>&\"'</x>", '{"json":true}', "0", "true"]
HEADER_TEXTS = ["plain", "a b+c%20&=?#/", "x=y;z"]
LABEL_TEXTS = ["plain", "a b+c", "arn:aws:x:y:z/w", "é"]
CLIENT_MADE = ("Checksum", "SSECustomer", "CopySourceSSE", "ContentMD5", "ContentLength", "ContentEncoding")
# Every eighth of EC2's alike operations.
SAMPLE_EVERY = {"ec2": 8}
# Deprecated operations that only botocore has; on the wire they are these.
SUCCESSORS = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}

resolve = socket.getaddrinfo


def resolve_locally(host, *rest, **options):
    """S3 Control puts the account before the host's name."""
    return resolve("127.0.0.1" if str(host).endswith("localhost") else host, *rest, **options)


socket.getaddrinfo = resolve_locally


def place_of(shape):
    location = shape.serialization.get("location")
    return {"uri": "label", "header": "header", "headers": "header", "querystring": "label"}.get(location, "body")


class Values:
    def __init__(self, name):
        self.random = random.Random(zlib.crc32(name.encode()))

    def structure(self, shape, depth):
        if getattr(shape, "is_document_type", False):
            return {"a": 1}
        if getattr(shape, "is_tagged_union", False) and shape.members:
            name = self.random.choice(list(shape.members))
            return {name: self.value(shape.members[name], depth + 1, "body")}
        fields = {}
        for name, member in shape.members.items():
            left_out = depth > 3 or self.random.random() < 0.3 or (depth > 2 and self.random.random() < 0.7)
            if left_out and name not in shape.required_members:
                continue
            if depth > 7 and member.type_name in ("structure", "list", "map"):
                continue
            fields[name] = self.value(member, depth + 1, place_of(member) if depth == 0 else "body")
        return fields

    def value(self, shape, depth, place):
        choice = self.random.choice
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            count = self.random.randint(1, 2) if place == "body" else 1
            return [self.value(shape.member, depth + 1, place) for _ in range(count)]
        if kind == "map":
            key = "hk" if place == "header" else choice(["k1", "k 2", "kéy"])
            return {key: self.value(shape.value, depth + 1, place)}
        if kind == "string":
            return choice({"header": HEADER_TEXTS, "label": LABEL_TEXTS}.get(place, TEXTS))
        if kind in ("integer", "long"):
            return choice([0, 1, 42, 2147483647])
        if kind in ("float", "double"):
            return choice([0.5, 42.25])
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "blob":
            return bytes([0, 255, 10, self.random.randint(0, 255)])
        if kind == "timestamp":
            seconds = 1700000000 + self.random.randint(0, 10**6)
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        raise TypeError(kind)


def comparable(value):
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"date": round(value.timestamp() * 1000)}
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if hasattr(value, "read"):
        return {"bytes": value.read().hex()}
    return value


def difference(wanted, found, path=""):
    """The first thing wanted that was not found; more may have been found."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, item in wanted.items():
            if key not in found:
                return None if item in ({}, [], None) else f"{path}.{key} is missing"
            inner = difference(item, found[key], f"{path}.{key}")
            if inner:
                return inner
        return None
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"{path} has {len(found)} items, not {len(wanted)}"
        inner = (difference(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(wanted, found)))
        return next((each for each in inner if each), None)
    numbers = (int, float)
    if wanted == found or (isinstance(wanted, numbers) and isinstance(found, numbers) and float(wanted) == float(found)):
        return None
    if path in (".MaxItems", ".MaxResults") and str(wanted) == str(found):
        return None
    return f"{path}: {str(wanted)[:70]!r} became {str(found)[:70]!r}"


def known(shape, value):
    """Without the members this botocore does not know yet."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        return {key: known(shape.members[key], item) for key, item in value.items() if key in shape.members}
    if shape.type_name == "list" and isinstance(value, list):
        return [known(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict) and "bytes" not in value:
        return {key: known(shape.value, item) for key, item in value.items()}
    return value


def without_empty(value):
    """Forms have no way to say an empty structure or list."""
    if isinstance(value, dict):
        items = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in ({}, [])}
    if isinstance(value, list):
        items = [without_empty(item) for item in value]
        return [item for item in items if item not in ({}, [])]
    return value


def adjust(service, operation, params):
    """Parameters that botocore computes or gives a meaning of its own to."""
    if service in ("events", "sesv2"):
        params.pop("EndpointId", None)
    if service == "s3-control":
        params.pop("OutpostId", None)
        if "AccountId" in operation.input_shape.members:
            params["AccountId"] = "123456789012"
        if "Bucket" in params:
            params["Bucket"] = "bucket"
    if service in ("route53", "cloudfront"):
        for name in params:
            # botocore cuts ids at their last slash, and takes the integer MaxItems for a string.
            if name.endswith("Id") and isinstance(params[name], str):
                params[name] = "plain"
            if name in ("MaxItems", "MaxResults") and isinstance(params[name], str):
                params[name] = "42"
    if service != "s3":
        return
    if "Bucket" in params:
        params["Bucket"] = "bucket"
    if "RequestRoute" in params:
        params["RequestRoute"] = "route"
    if "Key" in params:
        params["Key"] = "dir/a b+é"
    for name in list(params):
        if name.startswith(CLIENT_MADE) and name not in operation.input_shape.required_members:
            del params[name]
    if "CopySource" in params:
        params["CopySource"] = "bucket/key"


def last_seen():
    return json.load(urllib.request.urlopen(f"{ENDPOINT}/_last"))


def attempt(client, service, operation):
    shape = operation.input_shape
    params = Values(f"{service}.{operation.name}").value(shape, 0, "body") if shape else {}
    if shape:
        adjust(service, operation, params)
    sent = comparable(params)
    try:
        answer = client._make_api_call(operation.name, params)
    except Exception as error:
        return f"{type(error).__name__} {str(error)[:150]} (understood as {last_seen().get('operation')})"
    answer.pop("ResponseMetadata", None)
    answer = comparable(answer)
    seen = last_seen()
    if operation.name in SUCCESSORS and seen.get("operation") == SUCCESSORS[operation.name]:
        return None
    if seen.get("operation") != operation.name or seen.get("service") != service:
        return f"understood as {seen.get('service')}:{seen.get('operation')}"
    if seen["protocol"] in ("query", "ec2"):
        sent, seen["input"] = without_empty(sent), without_empty(seen["input"])
    request = difference(sent, seen["input"])
    if request:
        return f"input {request}"
    if operation.output_shape is None:
        return None
    reply = difference(known(operation.output_shape, seen["output"]), answer)
    return reply and f"output {reply}"


def client_of(session, service):
    config = Config(
        retries={"max_attempts": 0},
        parameter_validation=False,
        inject_host_prefix=False,
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    # A name, because S3 Control puts the account before it.
    host = f"http://localhost:{PORT}" if service == "s3-control" else ENDPOINT
    return session.create_client(
        NAMES.get(service, service), region_name="us-east-1", endpoint_url=host, config=config
    )


def main():
    session = botocore.session.Session()
    session.set_credentials("a", "b")
    for service in sys.argv[2:]:
        client = client_of(session, service)
        model = client.meta.service_model
        failures, total = [], 0
        for index, name in enumerate(model.operation_names):
            operation = model.operation_model(name)
            if operation.has_event_stream_input or operation.has_event_stream_output:
                continue
            if index % SAMPLE_EVERY.get(service, 1) != 0:
                continue
            total += 1
            failure = attempt(client, service, operation)
            if failure:
                failures.append(f"{name}: {failure}")
        print(json.dumps({"service": service, "operations": total, "failures": failures}), flush=True)


main()
