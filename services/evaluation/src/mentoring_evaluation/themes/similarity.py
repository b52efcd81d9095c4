"""Likeness of short texts: cosine of TF-IDF weights of character n-grams.

Characters and not words, because people write "mentor", "mentors" and "mentroing". N-grams of 3 to 5 characters stay
inside a word and see its edges; term frequencies are dampened (1 + ln tf), inverse document frequencies smoothed
(1 + ln((1 + N) / (1 + df))), rows scaled to length 1 (Manning, Raghavan and Schütze 2008, chapter 6).
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import scipy  # its parts are imported when they are used: a CPU second
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_SHORTEST, _LONGEST = 3, 5


def similarities(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """Cosine of every query with every text, shape (queries, texts), each from 0 to 1; 0 where a text has no word."""
    if not queries or not texts:
        return np.zeros((len(queries), len(texts)))
    weights = _weights([*queries, *texts])
    product = weights[: len(queries)] @ weights[len(queries) :].T
    return np.clip(product.toarray(), 0.0, 1.0)


def nearest(examples: Sequence[str], texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For every text the likeness of the example it is most like, and that example's position. ValueError for none."""
    if not examples:
        raise ValueError("nothing to compare with")
    table = similarities(examples, texts)
    return table.max(axis=0), table.argmax(axis=0).astype(np.int64)


def ngrams(text: str) -> Iterator[str]:
    """The 3- to 5-grams of every word, the word's edges marked by a space."""
    for word in _WORD.findall(text.casefold()):
        edged = f" {word} "
        for size in range(_SHORTEST, min(_LONGEST, len(edged)) + 1):
            for start in range(len(edged) - size + 1):
                yield edged[start : start + size]


def _weights(texts: Sequence[str]) -> "scipy.sparse.csr_array[np.float64]":
    """One row of unit length for every text, one column for every n-gram that occurs."""
    counted = [Counter(ngrams(text)) for text in texts]
    document_frequency: Counter[str] = Counter(gram for grams in counted for gram in grams)
    column = {gram: index for index, gram in enumerate(document_frequency)}
    rarity = [1 + math.log((1 + len(texts)) / (1 + number)) for number in document_frequency.values()]
    data: list[float] = []
    indices: list[int] = []
    starts = [0]
    for grams in counted:
        row = [(1 + math.log(number)) * rarity[column[gram]] for gram, number in grams.items()]
        length = math.sqrt(sum(weight * weight for weight in row)) or 1.0
        data += [weight / length for weight in row]
        indices += [column[gram] for gram in grams]
        starts.append(len(data))
    return scipy.sparse.csr_array((np.array(data), indices, starts), shape=(len(texts), len(column)))
