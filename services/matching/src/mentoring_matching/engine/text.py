"""Free text as unit vectors. Similar wording is a modest criterion; it never decides a hard rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Anything that turns texts into float32 unit vectors (len(texts), dimensions); an empty text is the zero
    vector.
    """

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class WordLlamaEmbedder:
    """Static word vectors from the `wordllama` wheel, 64 dimensions; nothing is ever downloaded."""

    name = "wordllama-64"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return _unit(np.asarray(_wordllama().embed(list(texts)), dtype=np.float32), texts)


@lru_cache(maxsize=1)
def _wordllama() -> Any:
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordllama is not installed")
    from wordllama import WordLlama

    # the weights lie inside the wheel: its own folder is the cache
    folder = Path(spec.origin).parent
    return WordLlama.load(dim=256, trunc_dim=64, cache_dir=folder, disable_download=True)


class CharacterEmbedder:
    """TF-IDF of character trigrams, hashed to `dimensions` signed buckets (Weinberger et al. 2009, feature hashing)."""

    def __init__(self, dimensions: int = 128) -> None:
        self.dimensions = dimensions
        self.name = f"character-tfidf-{dimensions}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        counts = [_trigrams(text) for text in texts]
        seen: dict[str, int] = {}
        for grams in counts:
            for gram in grams:
                seen[gram] = seen.get(gram, 0) + 1
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, grams in enumerate(counts):
            for gram, count in sorted(grams.items()):
                code = crc32(gram.encode())
                weight = (1 + np.log(count)) * np.log((1 + len(texts)) / seen[gram])
                vectors[row, (code >> 1) % self.dimensions] += weight if code & 1 else -weight
        return _unit(vectors, texts)


def _trigrams(text: str) -> dict[str, int]:
    grams: dict[str, int] = {}
    for word in text.lower().split():
        padded = f" {word} "
        for place in range(len(padded) - 2):
            gram = padded[place : place + 3]
            grams[gram] = grams.get(gram, 0) + 1
    return grams


def _unit(vectors: Vectors, texts: Sequence[str]) -> Vectors:
    given = np.array([bool(text.strip()) for text in texts], dtype=np.bool_)
    lengths = np.linalg.norm(vectors, axis=1)
    lengths[lengths == 0] = 1
    return np.asarray(vectors / lengths[:, None] * given[:, None], dtype=np.float32)


def default_embedder() -> Embedder:
    """Word vectors where they are installed, character TF-IDF elsewhere."""
    return WordLlamaEmbedder() if find_spec("wordllama") else CharacterEmbedder()
