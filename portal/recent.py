"""A bounded memory for what is dear to make again."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The values used most recently by their keys, at most so many; and how often one was found, or not."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def get(self, key: K) -> V | None:
        """The value of a key, which counts as using it; None when there is none, or none any more."""
        value = self._values.get(key)
        if value is None:
            self.misses += 1
            return None
        self.hits += 1
        self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> V:
        """Keep a value, at the expense of the one that was not used for longest; it is given back."""
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)
        return value

    def pop(self, key: K) -> None:
        """Forget a key."""
        self._values.pop(key, None)

    def __len__(self) -> int:
        return len(self._values)
