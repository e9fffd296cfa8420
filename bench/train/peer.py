"""The same network and step in PyTorch: what `npm run bench:train` compares ours with.

  peer.py step '{"width":…,"height":…,"patch":…,"base":…,"levels":…,"batchSize":…}' STEPS
      prints the milliseconds of each step as JSON
  peer.py reference FOLDER MINUTES
      trains as the reference project does, on photos that bench:train has decoded; a JSON line per epoch
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)


class Block(nn.Sequential):
    def __init__(self, inputs, middle, outputs):
        def half(i, o):
            return [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]

        super().__init__(*half(inputs, middle), *half(middle, outputs))


class UNet(nn.Module):
    """Ronneberger et al. 2015 with bilinear upsampling; channels as packages/trainer/src/network/weights.ts has them."""

    def __init__(self, patch, base, levels):
        super().__init__()

        def channels(level):
            return base * 2 ** min(level, levels - 1)

        self.patch = patch
        self.encoders = nn.ModuleList(
            Block(3 * patch * patch if level == 0 else channels(level - 1), channels(level), channels(level))
            for level in range(levels + 1)
        )
        self.decoders = nn.ModuleList(
            Block(2 * channels(level), channels(level), channels(level) // 2 if level else channels(0))
            for level in reversed(range(levels))
        )
        self.head = nn.Conv2d(channels(0), patch * patch, 1)

    def forward(self, x):
        x = F.pixel_unshuffle(x, self.patch) if self.patch > 1 else x
        skips = []
        for level, encoder in enumerate(self.encoders):
            x = encoder(x if level == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        x = skips.pop()
        for decoder in self.decoders:
            up = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = decoder(torch.cat([skips.pop(), up], 1))
        x = self.head(x)
        return F.pixel_shuffle(x, self.patch) if self.patch > 1 else x


def loss_with_dice(logits, target):
    p = torch.sigmoid(logits)
    both, total = (p * target).sum((1, 2, 3)), p.sum((1, 2, 3)) + target.sum((1, 2, 3))
    return F.binary_cross_entropy_with_logits(logits, target) + 1 - ((2 * both + 1) / (total + 1)).mean()


def time_steps(plan, steps):
    net = UNet(plan["patch"], plan["base"], plan["levels"]).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=1e-4)
    size = (plan["batchSize"], 3, plan["height"], plan["width"])
    x = torch.rand(size).to(memory_format=torch.channels_last)
    target = (torch.rand(size[0], 1, *size[2:]) > 0.9).float()
    times = []
    for _ in range(steps):
        started = time.perf_counter()
        loss = loss_with_dice(net(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        times.append((time.perf_counter() - started) * 1000)
    print(json.dumps(times))


def load(folder, split, size):
    photos = np.fromfile(f"{folder}/{split}.photos", np.uint8).reshape(-1, size, size, 3)
    masks = np.fromfile(f"{folder}/{split}.masks", np.uint8).reshape(-1, 1, size, size)
    return torch.from_numpy(photos), torch.from_numpy(masks)


def augmented(x, t):
    """Flips 0.5 and 0.3, rotation of up to 10 degrees at 0.5, brightness at 0.3: one draw for each photo."""
    for i in range(len(x)):
        if torch.rand(()) < 0.5:
            x[i], t[i] = x[i].flip(-1), t[i].flip(-1)
        if torch.rand(()) < 0.3:
            x[i], t[i] = x[i].flip(-2), t[i].flip(-2)
        if torch.rand(()) < 0.5:
            a = torch.deg2rad(torch.empty(()).uniform_(-10, 10))
            turn = torch.tensor([[torch.cos(a), -torch.sin(a), 0], [torch.sin(a), torch.cos(a), 0]])[None]
            grid = F.affine_grid(turn, [1, 1, *x.shape[2:]], align_corners=False)
            x[i] = F.grid_sample(x[i : i + 1], grid, align_corners=False)[0]
            t[i] = (F.grid_sample(t[i : i + 1], grid, align_corners=False)[0] > 0.5).float()
        if torch.rand(()) < 0.3:
            x[i] = (x[i] + torch.empty(()).uniform_(-0.2, 0.2)).clamp(0, 1)
    return x, t


@torch.no_grad()
def validation_dice(net, photos, masks):
    net.eval()
    scores = []
    for i in range(0, len(photos), 4):
        x = photos[i : i + 4].permute(0, 3, 1, 2).float().div(255)
        found, truth = net(x) >= 0, masks[i : i + 4] >= 128
        both, total = (found & truth).sum((1, 2, 3)), found.sum((1, 2, 3)) + truth.sum((1, 2, 3))
        scores += [1.0 if n == 0 else float(2 * b / n) for b, n in zip(both, total)]
    net.train()
    return float(np.mean(scores))


def reference(folder, minutes, size=512):
    torch.manual_seed(1)
    photos, masks = load(folder, "train", size)
    held_photos, held_masks = load(folder, "validation", size)
    net = UNet(1, 16, 4).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), 1e-4, weight_decay=1e-4)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", factor=0.5, patience=3, min_lr=1e-6)
    started = time.perf_counter()
    for epoch in range(1, 51):
        for indices in torch.randperm(len(photos)).split(4):
            x = photos[indices].permute(0, 3, 1, 2).float().div(255)
            x, target = augmented(x, (masks[indices] >= 128).float())
            loss = F.binary_cross_entropy_with_logits(net(x.to(memory_format=torch.channels_last)), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if time.perf_counter() - started > 60 * minutes:
                break
        dice = validation_dice(net, held_photos, held_masks)
        plateau.step(dice)
        seconds = time.perf_counter() - started
        print(json.dumps({"epoch": epoch, "seconds": seconds, "dice": dice}), flush=True)
        if seconds > 60 * minutes:
            break


if __name__ == "__main__":
    if sys.argv[1] == "step":
        time_steps(json.loads(sys.argv[2]), int(sys.argv[3]))
    else:
        reference(sys.argv[2], float(sys.argv[3]))
