"""A random forest on the digits: an ordinary scikit-learn script, told by its environment."""

import gzip
import json
import os

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier


def load(path):
    with gzip.open(path, "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


with open(os.environ["REPRO_PARAMS"]) as file:
    params = json.load(file)
forest = RandomForestClassifier(
    n_estimators=params["trees"],
    max_depth=params["depth"],
    random_state=int(os.environ["REPRO_SEED"]),
    n_jobs=int(os.environ["REPRO_THREADS"]),
)
forest.fit(*load("train.csv.gz"))
accuracy = forest.score(*load("test.csv.gz"))
print(f"test accuracy {accuracy:.4f}")
joblib.dump(forest, "forest.joblib")
with open("metrics.json", "w") as file:
    json.dump({"accuracy": accuracy}, file)
