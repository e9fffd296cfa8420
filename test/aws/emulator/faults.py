"""A log of all requests, and faults on demand. `packages/aws/src/testing/emulator.ts` is the other end.

GET    /_sluice/emulator   {"dir", "pid"}
GET    /_sluice/requests   JSON lines: time, service, action, resource, app (the user agent's app id), status
POST   /_sluice/faults     a fault, see `matches` and `inject`
DELETE /_sluice/faults     no more faults; of a resource, where one is named
POST   /_sluice/agents     {"instance", "up"}: an SSM agent that goes away while its instance runs, and comes back
"""

import json
import os
import re
import time
from urllib.parse import unquote

import instances
from ministack import app

faults = []
LOG = open(f"{os.environ['EMULATOR_DIR']}/requests.jsonl", "w+", encoding="utf-8")
RESOURCES = ("Bucket", "TableName", "InstanceId", "InstanceIds", "InstanceId.1", "stateMachineArn", "executionArn", "FunctionName",
             "Name", "CommandId", "SecretId", "StackName", "TopicArn")


def describe(method, path, headers, body, query):
    """Service, action and resource: of S3 the operation and bucket/key."""
    params = app._routing_params(method, path, headers, body, query)
    service = app.detect_service(method, path, headers, params)
    action = app._ct_event_name(service, method, path, headers, params)
    if service == "s3":
        depth = len([part for part in path.split("/") if part])
        if "delete" in params:
            action = "DeleteObjects"
        elif "uploadId" in params:
            action = {"PUT": "UploadPart", "POST": "CompleteMultipartUpload"}.get(method, "AbortMultipartUpload")
        elif "x-amz-copy-source" in headers:
            action = "CopyObject"
        elif depth == 1 and method == "GET" and not params.keys() & {"list-type", "prefix"} and params:
            action = f"GetBucket:{next(iter(params))}"
        return service, action, unquote(path).strip("/")
    operation = re.search(r"/operation/(\w+)$", path)  # Smithy RPC
    if operation:
        action = operation[1]
    values = params
    if "json" in headers.get("content-type", "") and len(body) < 1_000_000:
        try:
            values = json.loads(body or b"{}")
        except ValueError:
            values = {}
    found = next((values[name] for name in RESOURCES if isinstance(values, dict) and values.get(name)), None)
    return service, action, found[0] if isinstance(found, list) else found or unquote(path)


def app_of(headers):
    found = re.search(r"\bapp/(\S+)", f"{headers.get('x-amz-user-agent', '')} {headers.get('user-agent', '')}")
    return found[1] if found else None


def matches(fault, service, action, resource, name):
    """A fault names a service and, as it likes, an action, a piece of the resource, and who calls (the app id)."""
    return (
        fault["service"] == service
        and fault.get("action") in (None, action)
        and (fault.get("resource") or "") in str(resource)
        and fault.get("app") in (None, name)
        and fault["count"] > 0
    )


def answer(service, fault, request_id):
    code, message = fault.get("code", "ThrottlingException"), fault.get("message", "injected by a test")
    status = fault.get("status", 400)
    if service in ("ec2", "s3", "sts", "iam", "cloudformation", "sns"):
        inner = f"<Code>{code}</Code><Message>{message}</Message>"
        text = {
            "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>",
            "s3": f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>",
        }.get(service, f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>")
        return status, {"Content-Type": "application/xml"}, text.encode()
    body = {"__type": code, "message": message, "Message": message}
    return status, {"Content-Type": "application/json", "x-amzn-errortype": code}, json.dumps(body).encode()


dispatch = app._dispatch_service_request


async def observed(method, path, headers, body, query, request_id):
    if path.startswith("/_sluice/"):
        return control(method, path, body)
    service, action, resource = describe(method, path, headers, body, query)
    name = app_of(headers)
    fault = next((f for f in faults if matches(f, service, action, resource, name)), None)
    entry = {"time": time.time(), "service": service, "action": action, "resource": resource, "app": name}
    if fault:
        fault["count"] -= 1
        entry["fault"] = fault.get("code", "ThrottlingException")
    if fault and not fault.get("after"):
        response = answer(service, fault, request_id)
    else:
        response = await dispatch(method, path, headers, body, query, request_id)
        if fault:  # it has happened, and the caller does not hear of it
            response = answer(service, fault, request_id)
    print(json.dumps({**entry, "status": response[0]}), file=LOG, flush=True)
    return response


def control(method, path, body):
    def as_json(value):
        return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()

    if path == "/_sluice/emulator":
        return as_json({"dir": os.environ["EMULATOR_DIR"], "pid": os.getpid()})
    if path in ("/_sluice/requests", "/_sluice/access"):
        with open(f"{os.environ['EMULATOR_DIR']}/{path.rsplit('/', 1)[-1]}.jsonl", "rb") as log:
            return 200, {"Content-Type": "application/x-ndjson"}, log.read()
    if path == "/_sluice/faults" and method == "POST":
        faults.append({"count": 1, **json.loads(body)})
        return as_json(faults)
    if path == "/_sluice/agents" and method == "POST":
        asked = json.loads(body)
        instances.set_agent(asked["instance"], asked["up"])
        return as_json(asked)
    if path == "/_sluice/faults" and method == "DELETE":
        piece = json.loads(body or b"{}").get("resource")
        faults[:] = [fault for fault in faults if piece and fault.get("resource") != piece]
        return as_json(faults)
    return 404, {"Content-Type": "text/plain"}, b"no such control"


def register():
    names = dispatch.__code__.co_varnames[: dispatch.__code__.co_argcount]
    assert names == ("method", "path", "headers", "body", "query_params", "request_id"), names
    app._dispatch_service_request = observed
