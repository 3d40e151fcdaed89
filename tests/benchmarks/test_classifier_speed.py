"""Passages and articles a second on one core, and memory, beside a bare TfidfVectorizer and LinearSVC."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Runs in its own process, so that memory is that of the work alone. Articles are made of training sentences.
WORK = """
import json, os, resource, sys, time
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
from classifiers.training_data import load_training
texts = load_training()
sentences = [sentence.text for text in texts for sentence in text.sentences]
LENGTH = 18
articles = [" ".join(sentences[start : start + LENGTH]) for start in range(0, len(sentences) - LENGTH, 6)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.argv[1] == "model":
    from pathlib import Path
    from classifiers.codebook import load_codebook
    from classifiers.model_files import load
    from classifiers.predicting import InputText, predict
    model = load(Path(sys.argv[2]), load_codebook()).model
    inputs = [InputText(id=number, text=text, language="fr") for number, text in enumerate(articles)]
    list(predict(model, inputs[:20]))
    start = time.process_time()
    passages = sum(len(output["passages"]) for output in predict(model, inputs))
else:
    import re
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC
    names = sorted({code.narrative for text in texts for one in text.sentences for code in one.codes})
    labels = np.array([
        [any(code.narrative == name for code in one.codes) for name in names]
        for text in texts for one in text.sentences
    ])
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    bare = OneVsRestClassifier(LinearSVC()).fit(vectorizer.fit_transform(sentences), labels)
    split = re.compile(r"(?<=[.!?])\\s+")
    start = time.process_time()
    passages = 0
    for first in range(0, len(articles), 64):
        batch = [one for text in articles[first : first + 64] for one in split.split(text)]
        passages += len(bare.predict(vectorizer.transform(batch)))
seconds = time.process_time() - start
print(json.dumps({
    "articles": len(articles), "passages": passages, "seconds": seconds,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def measured(*arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", WORK, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


@pytest.mark.soak
def test_speed_and_memory_beside_a_bare_model(tmp_path: Path) -> None:
    from classifiers.codebook import load_codebook
    from classifiers.model_files import write
    from classifiers.training import train
    from classifiers.training_data import load_training

    path = write(train(load_codebook(), load_training()), tmp_path)
    rows = {"this model": measured("model", str(path)), "bare TF-IDF + LinearSVC": measured("bare")}
    lines = [f"{'one core, CPU seconds':26} {'passages/s':>11} {'articles/s':>11} {'peak MB':>8}"]
    for name, row in rows.items():
        speeds = (row["passages"] / row["seconds"], row["articles"] / row["seconds"])
        lines.append(f"{name:26} {speeds[0]:>11,.0f} {speeds[1]:>11,.1f} {row['peak_mb']:>8.0f}")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    ours = rows["this model"]
    assert ours["passages"] / ours["seconds"] > 100
    assert ours["peak_mb"] < 1_500
