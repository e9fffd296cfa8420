"""What this field usually serves with: FastAPI, uvicorn, Pillow and PyTorch, one U-Net at 512 px. See peer.ts."""

import base64
import importlib.util
import io
import os
import sys
from pathlib import Path

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, HTTPException, UploadFile
from PIL import Image, UnidentifiedImageError

spec = importlib.util.spec_from_file_location("networks", Path(__file__).parents[1] / "train" / "peer.py")
networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(networks)

SIZE = 512
torch.set_num_threads(int(os.environ["PEER_THREADS"]))
torch.manual_seed(1)
net = networks.UNet(patch=1, base=16, levels=4).eval().to(memory_format=torch.channels_last)
app = FastAPI()


@app.get("/ready")
def ready():
    return {"ready": True}


@torch.inference_mode()
def answer(file):
    try:
        photo = Image.open(file).convert("RGB")
    except UnidentifiedImageError as error:
        raise HTTPException(422, "no photo") from error
    pixels = np.array(photo.resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float().div(255)
    probabilities = torch.sigmoid(net(x.to(memory_format=torch.channels_last)))[0, 0]
    inside = probabilities >= 0.5
    mask = Image.fromarray(inside.to(torch.uint8).mul(255).numpy()).resize(photo.size, Image.Resampling.NEAREST)
    png = io.BytesIO()
    mask.save(png, "PNG")
    return {
        "mask": base64.b64encode(png.getvalue()).decode(),
        "width": photo.width,
        "height": photo.height,
        "area_px": int(np.count_nonzero(mask)),
        "confidence": float(probabilities[inside].mean()) if inside.any() else 0.0,
    }


# A plain endpoint runs on starlette's threads, an async one on the event loop, which it keeps busy.
if os.environ["PEER_ENDPOINT"] == "async":

    @app.post("/predict")
    async def predict(image: UploadFile):
        return answer(io.BytesIO(await image.read()))

else:

    @app.post("/predict")
    def predict(image: UploadFile):
        return answer(image.file)


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
