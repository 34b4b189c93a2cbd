"""A Python instance. Started generic, as a spare: which function it becomes is told by its first frame; then one event
at a time until the pipe (file descriptor 3) closes. `compute/frames.ts` lists the frames."""

import io
import json
import logging
import os
import struct
import sys
import threading
import time
import traceback

READY, INIT_ERROR, RESULT, FAILURE, LOG = 1, 2, 3, 4, 5
PIPE = 3
write_lock = threading.Lock()


def read_exactly(count):
    parts = []
    while count > 0:
        part = os.read(PIPE, min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame():
    length, kind = struct.unpack("<IB", read_exactly(5))
    return kind, read_exactly(length)


def write_frame(kind, *parts):
    view = memoryview(b"".join([struct.pack("<IB", sum(map(len, parts)), kind), *parts]))
    with write_lock:
        while view:
            view = view[os.write(PIPE, view):]


def resident_kb():
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * (os.sysconf("SC_PAGE_SIZE") // 1024)
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def emit(text):
    write_frame(LOG, text.encode("utf-8", "replace"))


class LineStream(io.TextIOBase):
    """stdout and stderr: a log message a line."""

    def __init__(self):
        self.rest = ""

    def writable(self):
        return True

    def isatty(self):
        return False

    @property
    def encoding(self):
        return "utf-8"

    def write(self, text):
        lines = (self.rest + text).split("\n")
        self.rest = lines.pop()
        for line in lines:
            emit(line + "\n")
        return len(text)

    def end(self):
        if self.rest:
            emit(self.rest)
        self.rest = ""


class Named(Exception):
    """What the runtime itself finds wrong, under AWS's name for it."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


class Identity:
    def __init__(self, fields):
        self.cognito_identity_id = fields.get("cognitoIdentityId")
        self.cognito_identity_pool_id = fields.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, fields):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, fields.get(name))


class ClientContext:
    def __init__(self, fields):
        self.client = Client(fields.get("client") or {})
        self.custom = fields.get("custom")
        self.env = fields.get("env")


class LambdaContext:
    def __init__(self, init, event):
        self.aws_request_id = event["requestId"]
        self.invoked_function_arn = event["invokedArn"]
        self.function_name = init["functionName"]
        self.function_version = init["functionVersion"]
        self.memory_limit_in_mb = str(init["memorySizeMb"])
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.client_context = ClientContext(json.loads(event["clientContext"])) if "clientContext" in event else None
        self.identity = Identity(json.loads(event.get("identity", "{}")))
        self._deadline = time.monotonic() + event["timeoutMs"] / 1000

    def get_remaining_time_in_millis(self):
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


request_id = None
log_as_json = False


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = request_id or ""
        return True


class PipeHandler(logging.Handler):
    def emit(self, record):
        try:
            text = self.format(record)
            emit(text if text.endswith("\n") else text + "\n")
        except Exception:
            self.handleError(record)


# What every record has: anything else was given as `extra` and is told too.
OWN_FIELDS = {*vars(logging.makeLogRecord({})), "message", "asctime", "aws_request_id"}


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if request_id:
            line["requestId"] = request_id
        if record.exc_info and record.exc_info[0] is not None:
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["stackTrace"] = traceback.format_tb(record.exc_info[2])
        for name, value in vars(record).items():
            if name not in OWN_FIELDS and name not in line:
                line[name] = value
        return json.dumps(line, ensure_ascii=False, default=str)


def install_logging(as_json, level):
    handler = PipeHandler()
    if as_json:
        handler.setFormatter(JsonFormatter())
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    handler.addFilter(RequestIdFilter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    names = {"TRACE": "DEBUG", "FATAL": "CRITICAL", "WARN": "WARNING"}
    root.setLevel(names.get(level, level) if as_json else "WARNING")


def guard_against_aws():
    """No call of a function may reach the real AWS by accident: its host names do not resolve in here."""
    import socket

    real = socket.getaddrinfo

    def guarded(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else (host or "")
        if name.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".on.aws")):
            raise socket.gaierror(
                socket.EAI_NONAME,
                f"Awan keeps functions from the real AWS: {name} does not resolve here. "
                f"Use AWS_ENDPOINT_URL ({os.environ.get('AWS_ENDPOINT_URL')}), as boto3 does by itself.",
            )
        return real(host, *args, **kwargs)

    socket.getaddrinfo = guarded


def load_handler(handler):
    import importlib

    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        raise Named(
            "Runtime.MalformedHandlerName",
            f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)",
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        hint = ""
        if getattr(error, "name", None) in ("boto3", "botocore"):
            hint = f" (AWS's Python runtimes contain boto3; run: {sys.executable} -m pip install boto3)"
        raise Named("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}{hint}")
    except SyntaxError as error:
        raise Named("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}")
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Named("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")


def describe(error):
    if isinstance(error, Named):
        return {"errorMessage": str(error), "errorType": error.name, "requestId": request_id or "", "stackTrace": []}
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if os.path.abspath(frame.filename) != os.path.abspath(__file__)
    ]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id or "",
        "stackTrace": traceback.format_list(frames),
    }


def tell(described):
    if log_as_json:
        line = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "log_level": "ERROR", **described}
        emit(json.dumps(line, ensure_ascii=False) + "\n")
        return
    lines = [f"[ERROR] {described['errorType']}: {described['errorMessage']}"]
    if described["stackTrace"]:
        lines += ["Traceback (most recent call last):", *[line.rstrip("\n") for line in described["stackTrace"]]]
    emit("\r".join(lines) + "\n")


class Encoder(json.JSONEncoder):
    def default(self, value):
        if type(value).__name__ == "Decimal":
            return float(value)
        return super().default(value)


def start():
    _, body = read_frame()
    init = json.loads(body)
    os.environ.clear()
    os.environ.update(init["environment"])
    if hasattr(time, "tzset"):
        time.tzset()
    opt = os.environ.get("PYTHONPATH", "").split(":")
    version = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    paths = [init["root"]]
    for path in opt[1:]:
        paths += [path, os.path.join(path, version)]
    sys.path[:] = paths + [path for path in sys.path if path and path != os.path.dirname(os.path.abspath(__file__))]
    sys.stdout, sys.stderr = LineStream(), LineStream()
    sys.argv = [""]
    global log_as_json
    log_as_json = init["logFormat"] == "JSON"
    install_logging(init["logFormat"] == "JSON", init["logLevel"])
    guard_against_aws()
    try:
        os.chdir(init["root"])
        handler = load_handler(init["handler"])
    except SystemExit as error:
        leave(error)
    except BaseException as error:
        described = describe(error)
        sys.stdout.end()
        tell(described)
        write_frame(INIT_ERROR, json.dumps({"rss": resident_kb(), "error": described}).encode())
        os._exit(1)
    write_frame(READY, json.dumps({"rss": resident_kb()}).encode())
    return init, handler


def leave(error):
    sys.stdout.end()
    os._exit(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)


def answer(init, handler, body):
    global request_id
    (length,) = struct.unpack_from("<I", body)
    event = json.loads(body[4 : 4 + length])
    request_id = event["requestId"]
    os.environ["_X_AMZN_TRACE_ID"] = event["traceHeader"]
    try:
        result = handler(json.loads(body[4 + length :]), LambdaContext(init, event))
        try:
            encoded = json.dumps(result, ensure_ascii=False, cls=Encoder).encode("utf-8")
        except (TypeError, ValueError) as error:
            raise Named("Runtime.MarshalError", f"Unable to marshal response: {error}")
    except SystemExit as error:
        leave(error)
    except BaseException as error:
        described = describe(error)
        sys.stdout.end()
        sys.stderr.end()
        tell(described)
        write_frame(FAILURE, json.dumps({"rss": resident_kb(), "error": described, "fatal": False}).encode())
        return
    sys.stdout.end()
    sys.stderr.end()
    write_frame(RESULT, struct.pack("<I", resident_kb()), encoded)


def main():
    init, handler = start()
    while True:
        _, body = read_frame()
        answer(init, handler, body)


main()
