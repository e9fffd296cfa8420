"""Asks a server at URL by Triton's own client, with what is in DIR, and prints what it answered as JSON."""
import json
import pathlib
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
client = triton.InferenceServerClient(url)
said = json.loads((folder / "said.json").read_text())
rows = np.array(said["rows"], dtype=np.float32)


def ask(model, name, datatype, values, binary=True, outputs=None, **more):
    tensor = triton.InferInput(name, list(values.shape), datatype)
    tensor.set_data_from_numpy(values, binary_data=binary)
    wanted = outputs and [triton.InferRequestedOutput(o, binary_data=binary) for o in outputs]
    return client.infer(model, [tensor], outputs=wanted, **more)


answers = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "models": [client.is_model_ready(m) for m in ("alcohol", "segmentation", "nothing")],
    "server": client.get_server_metadata(),
    "metadata": client.get_model_metadata("cultivar"),
}
for key, binary in (("binary", True), ("json", False)):
    alcohol = ask("alcohol", "X", "FP32", rows[:, 1:], binary, ["variable"], request_id=f"as {key}")
    cultivar = ask("cultivar", "X", "FP32", rows, binary, ["label", "probabilities"], model_version="1")
    answers[key] = {
        "id": alcohol.get_response()["id"],
        "alcohol": alcohol.as_numpy("variable")[:, 0].tolist(),
        "cultivar": cultivar.as_numpy("label").tolist(),
        "probabilities": cultivar.as_numpy("probabilities").tolist(),
    }

pixels = np.frombuffer((folder / "photo.rgb").read_bytes(), dtype=np.uint8).reshape(640, 480, 3)
found = ask("segmentation", "image", "UINT8", pixels)
answers["pixels"] = {
    "shape": list(found.as_numpy("mask").shape),
    "area": int((found.as_numpy("mask") == 255).sum()),
    "area_px": found.as_numpy("area_px").tolist(),
    "box": found.as_numpy("box").tolist(),
}
photo = np.array([(folder / "photo.png").read_bytes()], dtype=object)
found = ask("segmentation-photo", "photo", "BYTES", photo, outputs=["area_px", "confidence"])
answers["photo"] = {name: found.as_numpy(name).tolist() for name in ("area_px", "confidence")}

answers["errors"] = []
for model, values in (("nothing", rows), ("cultivar", rows[:, :2])):
    try:
        ask(model, "X", "FP32", values)
    except InferenceServerException as error:
        answers["errors"].append([error.status(), error.message()])
print(json.dumps(answers))
