"""What the votes are worth: the wordings alone, and with the packaged votes beside them.

python -m benchmarks.worth_of_votes

On the validation and the test sets, which neither learnt from; figures for each kind of action on
the validation sets only.
"""

from __future__ import annotations

from benchmarks.quality import talk_of
from benchmarks.score import Score, score
from benchmarks.sets import SETS, LabelledSet
from classify.hear import by_wordings, voted

MEASURED = tuple(one for one in SETS if one.split in ("validation", "test"))


def heard(one: LabelledSet, *, votes: bool) -> Score:
    """The figures of a set as the wordings hear it alone, or with the votes beside them."""
    answers, labels = {}, []
    for text, label in one.calls():
        talk = talk_of(text, one.language)
        call = by_wordings(talk)
        actions = [each.action for each in voted(talk)[1]] if votes else call.actions
        found = [
            {"type": a.type, "status": a.status, "quote": a.quote, "slots": dict(a.slots)}
            for a in actions
        ]
        answers[label["call_id"]] = {"outcome": str(call.outcome), "actions": found}
        labels.append(label)
    return score(answers, labels)


def main() -> None:
    """Prints both figures of every set."""
    for one in MEASURED:
        alone, both = heard(one, votes=False), heard(one, votes=True)
        print(f"\n== {one.name}, {one.split}: {alone.calls} dialogues")
        print(alone.core.line("core, wordings alone"))
        print(both.core.line("core, with votes"))
        print(f"   macro {alone.macro:.3f}, {both.macro:.3f}")
        for name in sorted(both.kinds) if one.split == "validation" else ():
            print(alone.kinds[name].line(f"   {name}, alone"))
            print(both.kinds[name].line(f"   {name}, votes"))


if __name__ == "__main__":
    main()
