"""The phases of T-Revision on MNIST in PyTorch on the CPU, timed; one line of JSON.

    python torch_peer.py FOLDER THREADS PRETRAIN REWEIGHT REVISE     FOLDER has the four IDX files, gzipped

As fast as one would write it: all images in memory, batches by index, no loader, no autograd where nothing is learned;
loss and accuracy on the validation fold and accuracy on the test set after every epoch, and the weights kept, as repro does.
"""

import gzip
import io
import json
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

folder, threads, *epochs = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
torch.manual_seed(1)


def idx(name, offset):
    with gzip.open(f"{folder}/{name}-ubyte.gz") as file:
        return torch.frombuffer(bytearray(file.read()[offset:]), dtype=torch.uint8)


def images(name):
    return ((idx(name, 16).view(-1, 1, 28, 28).float() / 255) - 0.1307) / 0.3081


x, y = images("train-images-idx3"), idx("train-labels-idx1", 8).long()
test_x, test_y = images("t10k-images-idx3"), idx("t10k-labels-idx1", 8).long()
truth = torch.full((10, 10), 0.4 / 9).fill_diagonal_(0.6)
noisy = torch.multinomial(truth[y], 1).squeeze(1)
order = torch.randperm(len(x))
train, validation = order[6000:], order[:6000]
train_x, train_y, validation_x, validation_y = x[train], noisy[train], x[validation], noisy[validation]

model = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def logits(inputs):
    with torch.no_grad():
        return torch.cat([model(part) for part in inputs.split(256)])


def keep(kept):
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    kept.append(file.getvalue())


def phase(count, optimizer, loss, matrix=lambda: None, milestones=(), takes_best=True):
    """Trains; leaves the weights of the best epoch by noisy validation accuracy in the model, or of the last."""
    kept, best = [], (-1.0, 0)
    start = time.perf_counter()
    for epoch in range(count):
        for group in optimizer.param_groups if epoch in milestones else []:
            group["lr"] *= 0.1
        for rows in torch.randperm(len(train_x)).split(128):
            optimizer.zero_grad()
            value = loss(model(train_x[rows]), train_y[rows])
            value.backward()
            optimizer.step()
            value.item()
        scores = logits(validation_x)
        loss(scores, validation_y).item()
        if matrix() is not None:
            scores = F.softmax(scores, 1) @ matrix()
        accuracy = (scores.argmax(1) == validation_y).float().mean().item()
        (logits(test_x).argmax(1) == test_y).float().mean().item()
        keep(kept)
        if accuracy > best[0]:
            best = (accuracy, epoch)
    seconds = time.perf_counter() - start
    if takes_best:
        model.load_state_dict(torch.load(io.BytesIO(kept[best[1]])))
    return seconds


def estimate():
    posterior = F.softmax(logits(train_x), 1)
    rows = []
    for i in range(10):
        column = posterior[:, i]
        bound = torch.quantile(column.double(), 0.97, interpolation="higher").float()
        anchor = torch.where(column < bound, column, torch.zeros(())).argmax()
        rows.append(posterior[anchor] / posterior[anchor].sum())
    return torch.stack(rows)


def weighted(matrix, detaches):
    def loss(scores, labels):
        p = F.softmax(scores, 1)
        own = p.gather(1, labels[:, None]).squeeze(1)
        s = (p @ matrix()).gather(1, labels[:, None]).squeeze(1)
        weight = own / s
        return ((weight.detach() if detaches else weight) * F.cross_entropy(scores, labels, reduction="none")).mean()

    return loss


parameters = list(model.parameters())
seconds = {"pretrain": phase(
    epochs[0], torch.optim.SGD(parameters, lr=0.01, weight_decay=1e-4), F.cross_entropy)}
start = time.perf_counter()
found = estimate()
seconds["estimate"] = time.perf_counter() - start
seconds["reweight"] = phase(
    epochs[1], torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4),
    weighted(lambda: found, True), lambda: found, milestones=(39, 79))
delta = torch.zeros(10, 10, requires_grad=True)
seconds["revise"] = phase(
    epochs[2], torch.optim.Adam(parameters + [delta], lr=5e-7, weight_decay=1e-4),
    weighted(lambda: found + delta, False), lambda: (found + delta).detach(), takes_best=False)
print(json.dumps({
    "seconds": seconds, "error": (found - truth).abs().sum().item() / 10,
    "test": (logits(test_x).argmax(1) == test_y).float().mean().item()}))
