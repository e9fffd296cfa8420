"""The states inside a Parallel and an inline Map stand in an execution's history, as on AWS; and an execution that was
aborted begins no more of them."""

import copy
import json

from ministack.services import stepfunctions as sfn

HANDLERS = {
    "Pass": "_execute_pass",
    "Task": "_execute_task",
    "Choice": "_execute_choice",
    "Wait": "_execute_wait",
    "Parallel": "_execute_parallel",
    "Map": "_execute_map",
}


def run_sub_machine(states, start_at, input_data, execution, ctx):
    name, value = start_at, copy.deepcopy(input_data)
    while name and execution["status"] == "RUNNING":
        state = states.get(name)
        if not state:
            raise sfn._ExecutionError("States.Runtime", f"State '{name}' not found")
        kind = state.get("Type")
        ctx["State"] = {"Name": name, "EnteredTime": sfn.now_iso(), "RetryCount": 0}
        add(execution, kind, "Entered", name, "input", value)
        if kind == "Fail":
            raise sfn._ExecutionError(*sfn._fail_state_error(state, value, ctx))
        entered = name
        if kind == "Succeed":
            value, name = sfn._apply_output_path(state, sfn._apply_input_path(state, value, ctx), ctx), None
        elif kind in ("Task", "Parallel", "Map"):
            value, name = getattr(sfn, HANDLERS[kind])(state, value, execution, ctx)
        elif kind in HANDLERS:
            value, name = getattr(sfn, HANDLERS[kind])(state, value, ctx)
        else:
            raise sfn._ExecutionError("States.Runtime", f"Unknown state type: {kind}")
        add(execution, kind, "Exited", entered, "output", value)
    return value


def add(execution, kind, what, name, field, value):
    details = {f"state{what}EventDetails": {"name": name, field: json.dumps(value)}}
    sfn._add_event(execution, f"{kind}State{what}", details)


def register():
    names = sfn._run_sub_machine.__code__.co_varnames[: sfn._run_sub_machine.__code__.co_argcount]
    assert names == ("states", "start_at", "input_data", "execution", "ctx"), names
    assert all(hasattr(sfn, name) for name in HANDLERS.values())
    sfn._run_sub_machine = run_sub_machine
