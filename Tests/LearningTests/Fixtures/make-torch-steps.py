#!/usr/bin/env python3
"""Writes torch-steps.json and the layouts resnet18.txt and resnet50.txt, by PyTorch (made with 2.15, CPU).

    REPRO_WRITE_TORCH_INPUTS=/tmp/steps swift test --filter TorchStepTests   # weights and batches; may fail
    python3 Tests/LearningTests/Fixtures/make-torch-steps.py /tmp/steps

A step is SGD with rate 0.1, momentum 0.9 and weight decay 5e-4 on the cross-entropy of one batch. Of each tensor
there are, in float64, its norm and some of its elements, and by how much float32 differs at most from float64.
"""
import json
import pathlib
import struct
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = functional.max_pool2d(self.conv1(x).relu(), 2)
        x = functional.max_pool2d(self.conv2(x).relu(), 2).flatten(1)
        return self.fc3(self.fc2(self.fc1(x).relu()).relu())


class Block(nn.Module):
    """torchvision's BasicBlock, or Bottleneck with the stride in its middle."""

    def __init__(self, inputs, width, stride, bottleneck):
        super().__init__()
        if bottleneck:
            sizes = [(width, 1, 1), (width, 3, stride), (4 * width, 1, 1)]
        else:
            sizes = [(width, 3, stride), (width, 3, 1)]
        before = inputs
        for index, (maps, kernel, step) in enumerate(sizes, 1):
            conv = nn.Conv2d(before, maps, kernel, stride=step, padding=kernel // 2, bias=False)
            setattr(self, f"conv{index}", conv)
            setattr(self, f"bn{index}", nn.BatchNorm2d(maps))
            before = maps
        self.count = len(sizes)
        self.downsample = None
        if stride != 1 or inputs != before:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, before, 1, stride=stride, bias=False), nn.BatchNorm2d(before))

    def forward(self, x):
        y = x
        for index in range(1, self.count + 1):
            y = getattr(self, f"bn{index}")(getattr(self, f"conv{index}")(y))
            if index < self.count:
                y = y.relu()
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet(nn.Module):
    def __init__(self, blocks, bottleneck, classes, small):
        super().__init__()
        self.small = small
        self.conv1 = nn.Conv2d(3, 64, 3 if small else 7, stride=1 if small else 2,
                               padding=1 if small else 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for stage, count in enumerate(blocks):
            layers = []
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                layers.append(Block(inputs, 64 << stage, stride, bottleneck))
                inputs = (64 << stage) * (4 if bottleneck else 1)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        if not self.small:
            x = functional.max_pool2d(x, 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def read_safetensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    types = {"F32": "<f4", "I64": "<i8", "I32": "<i4"}
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            array = numpy.frombuffer(data[8 + size + start:8 + size + end], types[entry["dtype"]])
            arrays[name] = torch.tensor(array.reshape(entry["shape"]).copy())
    return arrays


def step(network, weights, batch, kind):
    """The loss, and tensors by name, after one step."""
    network.load_state_dict(weights)
    network.to(kind).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    loss = functional.cross_entropy(network(batch["inputs"].to(kind)), batch["labels"].long())
    loss.backward()
    gradients = {name: p.grad.clone() for name, p in network.named_parameters()}
    optimizer.step()
    found = {f"gradient {name}": value for name, value in gradients.items()}
    for name, value in network.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            found[f"state {name}"] = value.detach()
    return loss.item(), {name: value.double().flatten() for name, value in found.items()}


def described(network, folder, name):
    weights = read_safetensors(folder / f"{name}.safetensors")
    batch = read_safetensors(folder / f"{name}-batch.safetensors")
    loss, exact = step(network, weights, batch, torch.float64)
    rounded_loss, rounded = step(network, weights, batch, torch.float32)
    tensors = {}
    for key, value in exact.items():
        places = sorted({int(i) for i in numpy.linspace(0, len(value) - 1, 6)})
        tensors[key] = {
            "norm": value.norm().item(),
            "normError": abs(rounded[key].norm() - value.norm()).item(),
            "error": (rounded[key] - value).abs().max().item(),
            "places": places,
            "values": [value[i].item() for i in places],
        }
    return {"loss": loss, "lossError": abs(rounded_loss - loss), "tensors": tensors}


def main():
    torch.set_num_threads(1)
    for name, network in [("resnet18", ResNet([2, 2, 2, 2], False, 1000, False)),
                          ("resnet50", ResNet([3, 4, 6, 3], True, 1000, False))]:
        lines = [f"{key} {list(value.shape)}\n" for key, value in network.state_dict().items()]
        (HERE / f"{name}.txt").write_text("".join(lines))
    folder = pathlib.Path(sys.argv[1])
    steps = {"lenet": described(LeNet(), folder, "lenet"),
             "resnet18": described(ResNet([2, 2, 2, 2], False, 10, True), folder, "resnet18")}
    (HERE / "torch-steps.json").write_text(json.dumps(steps, indent=0) + "\n")


main()
