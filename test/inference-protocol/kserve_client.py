"""Asks a server at URL by KServe's own client, with what is in DIR, and prints what it answered as JSON."""
import asyncio
import json
import pathlib
import sys

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
rows = np.array(json.loads((folder / "said.json").read_text())["rows"], dtype=np.float32)


async def main():
    client = InferenceRESTClient(RESTConfig(protocol="v2", timeout=60))
    answers = {
        "live": await client.is_server_live(url),
        "ready": await client.is_server_ready(url),
        "model": await client.is_model_ready(url, "alcohol"),
    }
    for key, binary in (("binary", True), ("json", False)):
        tensor = InferInput("X", [len(rows), 12], "FP32")
        tensor.set_data_from_numpy(np.ascontiguousarray(rows[:, 1:]), binary_data=binary)
        request = InferRequest(model_name="alcohol", infer_inputs=[tensor])
        answer = await client.infer(url, request, model_name="alcohol")
        answers[key] = answer.outputs[0].as_numpy()[:, 0].tolist()
    print(json.dumps(answers))


asyncio.run(main())
