"""Fits two forests on scikit-learn's own wine data and exports them: DIR/*.onnx, with what they answer in DIR/said.json."""
import json
import pathlib
import sys

from skl2onnx import to_onnx
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

out = pathlib.Path(sys.argv[1])
wine = load_wine()
names = [name.replace("/", "_") for name in wine.feature_names]
X = wine.data.astype("float32")
fitted, unseen = X[::2], X[1::2]

# How much alcohol is in a wine, by all else that was measured.
regressor = RandomForestRegressor(60, random_state=1).fit(fitted[:, 1:], fitted[:, 0])
# Which of three cultivars it is made of.
classifier = RandomForestClassifier(40, random_state=2).fit(fitted, wine.target[::2])

(out / "alcohol.onnx").write_bytes(to_onnx(regressor, X[:1, 1:]).SerializeToString())
options = {id(classifier): {"zipmap": False}}
(out / "cultivar.onnx").write_bytes(to_onnx(classifier, X[:1], options=options).SerializeToString())
said = {
    "names": names,
    "rows": unseen.tolist(),
    "alcohol": regressor.predict(unseen[:, 1:]).tolist(),
    "cultivar": classifier.predict(unseen).tolist(),
    "probabilities": classifier.predict_proba(unseen).tolist(),
}
(out / "said.json").write_text(json.dumps(said))
