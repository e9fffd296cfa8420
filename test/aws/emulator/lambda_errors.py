"""Lambda's errorType is the error's name, as in AWS. ministack reports every error of a Node handler as
Runtime.HandlerError, and Retry and Catch of Step Functions match on the name. The worker's script hands the name over
in front of the message, between two marks, and the caller takes it out again."""

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

MARK = "\x01"
OLD = "error: String(err.message || err)"
NEW = 'error: "\\u0001" + (err.name || "Error") + "\\u0001" + String(err.message || err)'

execute_function_warm = lambda_svc._execute_function_warm


def execute_and_name_errors(func, event, request_id):
    result = execute_function_warm(func, event, request_id)
    body = result.get("body")
    if result.get("error") and isinstance(body, dict) and str(body.get("errorMessage", "")).startswith(MARK):
        _, body["errorType"], body["errorMessage"] = body["errorMessage"].split(MARK, 2)
    return result


def register():
    scripts = [name for name, value in vars(lambda_runtime).items() if isinstance(value, str) and OLD in value]
    assert scripts, "the worker script of the Node runtime has changed"
    for name in scripts:
        script = getattr(lambda_runtime, name)
        assert script.count(OLD) == 1, "the worker script of the Node runtime has changed"
        setattr(lambda_runtime, name, script.replace(OLD, NEW))
    assert execute_function_warm.__code__.co_varnames[:3] == ("func", "event", "request_id")
    lambda_svc._execute_function_warm = execute_and_name_errors
