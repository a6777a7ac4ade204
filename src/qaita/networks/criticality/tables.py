"""The words of an EPANET file: options, patterns, curves, and how links stand at the start."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Words = Sequence[str]


class NotSolvable(Exception):
    """The engine cannot solve this network; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Tables:
    """The parts of a file, each a list of lines of words."""

    parts: Mapping[str, Sequence[Words]]

    def part(self, name: str) -> Sequence[Words]:
        """Return the lines of a part, none when the file lacks it."""
        return self.parts.get(name, ())

    def option(self, *name: str, otherwise: str) -> str:
        """Return the value of an option of one word or more."""
        for words in self.part("OPTIONS"):
            if [word.upper() for word in words[: len(name)]] == list(name) and len(words) > len(
                name
            ):
                return words[len(name)].upper()
        return otherwise

    def number(self, *name: str, otherwise: float) -> float:
        """Return an option that is a number."""
        return float(self.option(*name, otherwise=str(otherwise)))

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """Return the points of every curve."""
        found: dict[str, list[tuple[float, float]]] = {}
        for words in self.part("CURVES"):
            found.setdefault(words[0], []).append((float(words[1]), float(words[2])))
        return found

    def factors(self, *, at_start: bool) -> dict[str, float]:
        """Return each pattern's factor: its first, or its mean."""
        values: dict[str, list[float]] = {}
        for words in self.part("PATTERNS"):
            values.setdefault(words[0], []).extend(float(word) for word in words[1:])
        return {k: v[0] if at_start else sum(v) / len(v) for k, v in values.items() if v}

    def demands(self, *, at_start: bool) -> dict[str, float]:
        """Return each junction's demand in the file's unit; [DEMANDS] goes before [JUNCTIONS]."""
        factors = self.factors(at_start=at_start)
        usual = factors.get(self.option("PATTERN", otherwise="1"), 1.0)
        found = {w[0]: self._drawn(w[2:], factors, usual) for w in self.part("JUNCTIONS")}
        rows = self.part("DEMANDS")
        found.update({words[0]: 0.0 for words in rows})
        for words in rows:
            found[words[0]] += self._drawn(words[1:], factors, usual)
        if any(value < 0 for value in found.values()):
            raise NotSolvable("inflow")
        return found

    def _drawn(self, words: Words, factors: Mapping[str, float], usual: float) -> float:
        if not words:
            return 0.0
        factor = factors.get(words[1], usual) if len(words) > 1 else usual
        return float(words[0]) * factor * self.number("DEMAND", "MULTIPLIER", otherwise=1.0)

    def standing(self) -> dict[str, str]:
        """Return how links stand at the start: [STATUS], then controls that act at once."""
        found = {words[0]: words[1].upper() for words in self.part("STATUS") if len(words) > 1}
        found.update(self._controlled())
        return found

    def _controlled(self) -> Iterator[tuple[str, str]]:
        levels = {w[0]: float(w[2]) for w in self.part("TANKS") if len(w) > 2}
        for words in self.part("CONTROLS"):
            told = [word.upper() for word in words]
            if len(told) < 6 or told[0] not in {"LINK", "PIPE", "PUMP", "VALVE"}:
                continue
            if told[3:5] == ["AT", "TIME"] and told[5] in {"0", "0:00", "0:00:00", "0.0"}:
                yield words[1], told[2]
            elif told[3] == "IF" and len(told) > 7 and words[5] in levels:
                level, wanted = levels[words[5]], float(words[7])
                if level > wanted if told[6] == "ABOVE" else level < wanted:
                    yield words[1], told[2]
