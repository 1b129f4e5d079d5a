"""What was measured: rows with their targets, as a Markdown table and as JSON."""

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Row:
    """One line of the table; `met` is None where there is no target or no figure."""

    what: str
    credwatch: str
    compared_with: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None


@dataclass
class Report:
    """All rows, the raw figures behind them, and what could not be measured with the reason."""

    about: dict
    rows: list = field(default_factory=list)
    figures: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)

    def add(self, *arguments, **named):
        self.rows.append(Row(*arguments, **named))

    def miss(self, section, reason):
        self.missing[section] = reason
        self.rows.append(Row(section, f"not measured: {reason}"))

    def markdown(self):
        heading = ["what", "credwatch", "compared with", "ratio", "target", "met"]
        lines = ["| " + " | ".join(heading) + " |", "|---" * len(heading) + "|"]
        for row in self.rows:
            met = {True: "yes", False: "**no**", None: ""}[row.met]
            cells = [row.what, row.credwatch, row.compared_with, row.ratio, row.target, met]
            # A reason may come from a program's own words; it must not break the table.
            cells = [cell.replace("|", "/").replace("\n", " ") for cell in cells]
            lines.append("| " + " | ".join(cells) + " |")
        about = "; ".join(f"{name} {text}" if name != "machine" else text
                          for name, text in self.about.items())
        return "\n".join(lines) + f"\n\nMeasured on {about}.\n"

    def json(self):
        return json.dumps(
            {"schema": "credwatch-bench/1", "about": self.about,
             "rows": [asdict(row) for row in self.rows], "figures": self.figures,
             "missing": self.missing}, indent=2) + "\n"


def times(ratio):
    """A ratio for a person: `1.23 ×`, or `1/15.2` where that reads better."""
    return f"{ratio:.2f} ×" if ratio >= 0.2 else f"1/{1 / ratio:,.1f}"


def milli(seconds):
    return f"{seconds * 1e3:,.1f} ms"


def micro(seconds):
    """A time in microseconds, or in milliseconds from one of these on."""
    return f"{seconds * 1e6:,.1f} µs" if seconds < 1e-3 else milli(seconds)


def mega(size):
    return f"{size / 1e6:.1f} MB"
