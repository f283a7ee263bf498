"""How right a whole run is: calls, deals, stages and flags against what is known of them.

python -m benchmarks.verdicts RESULT.json TRUTH.json [-v]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.score import report, score

Json = Mapping[str, Any]
Place = tuple[str, str]


def deals_found(result: Json, truth: Json) -> list[tuple[str, str | None, str | None]]:
    """(recording, wanted deal, found deal) of every call whose deal is known."""
    found = {call["recording"]: call for call in result["calls"]}
    return [
        (
            call["recording"],
            _deal_id(call["deal"]),
            _deal_id(found.get(call["recording"], {}).get("deal")),
        )
        for call in truth["calls"]
    ]


def stages_found(result: Json, truth: Json, field: str) -> list[tuple[str, str, str | None]]:
    """(deal, wanted, found) of one field for every deal that is assessed."""
    found = {deal["id"]: deal for deal in result["deals"]}
    return [
        (deal["id"], deal[field], found.get(deal["id"], {}).get(field))
        for deal in truth["deals"]
        if field in deal
    ]


def flag_places(flags: Iterable[Json]) -> set[Place]:
    """(kind, deal or call) of flags, the way two lists of them are compared."""
    return {(flag["kind"], str(flag["deal_id"] or f"call {flag['call_id']}")) for flag in flags}


def verdict_lines(result: Json, truth: Json) -> list[str]:
    """The figures of a run, one line each, with what is wrong named."""
    lines = [_share("deal of a call", deals_found(result, truth))]
    lines += [
        _share(field.replace("_", " "), stages_found(result, truth, field))
        for field in ("recorded_stage", "verified_stage", "gap")
    ]
    got = flag_places(result["flags"])
    must, never = flag_places(truth["flags"]), flag_places(truth["flags_forbidden"])
    known = must | never | flag_places(truth["flags_possible"])
    lines.append(
        f"flags that must be raised   {len(must & got)} of {len(must)}{_named(must - got)}"
    )
    lines.append(
        f"flags that must not be      {len(never & got)} of {len(never)}{_named(never & got)}"
    )
    lines.append(f"flags beyond the lists      {len(got - known)}{_named(got - known)}")
    return lines


def _deal_id(deal: Any) -> str | None:
    return deal.get("id") if isinstance(deal, Mapping) else deal


def _share(name: str, rows: Sequence[tuple[str, str | None, str | None]]) -> str:
    wrong = [f"{where}: {found}, not {want}" for where, want, found in rows if want != found]
    return f"{name:27s} {len(rows) - len(wrong)} of {len(rows)}{_named(wrong)}"


def _named(items: Iterable[object]) -> str:
    listed = "; ".join(sorted(str(item) for item in items))
    return f"   ({listed})" if listed else ""


def main() -> None:
    """Prints actions, outcomes, deals, stages and flags of a run against the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args()
    result = json.loads(chosen.result.read_text(encoding="utf-8"))
    truth = json.loads(chosen.truth.read_text(encoding="utf-8"))
    heard = {call["recording"]: call for call in result["calls"]}
    labels = [{**call, "call_id": call["recording"]} for call in truth["calls"]]
    print(report(score(heard, labels), verbose=chosen.verbose))
    print("\n".join(["", *verdict_lines(result, truth)]))


if __name__ == "__main__":
    main()
