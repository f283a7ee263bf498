"""The methods of a fake portal about activities, tasks, comments and calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.fakes.crm.bitrix24_answers import Answered, Answering, Refusal, paged, texts
from tests.fakes.crm.bitrix24_office import DEAL
from tests.fakes.crm.bitrix24_tables import Row, in_old_form, lower_bound, matches

_TASK_NAMES = {
    "ID": "id",
    "TITLE": "title",
    "DESCRIPTION": "description",
    "STATUS": "status",
    "RESPONSIBLE_ID": "responsibleId",
    "CREATED_DATE": "createdDate",
    "CHANGED_DATE": "changedDate",
    "CLOSED_DATE": "closedDate",
    "DEADLINE": "deadline",
    "UF_CRM_TASK": "ufCrmTask",
}


class ActivityMethods(Answering):
    """Activities, tasks, comments and calls."""

    def _crm_activity_list(self, params: Mapping[str, Any]) -> Answered:
        asked = dict(params.get("filter") or {})
        bindings = asked.pop("BINDINGS", None)
        select = params.get("select") or ["*"]

        def rows() -> Iterable[Row]:
            for row in self.office.activities.after(lower_bound(asked, "ID")):
                if not matches(row, asked):
                    continue
                # Each binding that fits brings the row once more.
                yield from [row] * (_fits(row, bindings) if bindings is not None else 1)

        def form(row: Row) -> Row:
            told = {key: in_old_form(value) for key, value in row.items() if key != "BINDINGS"}
            return {key: told[key] for key in told if select == ["*"] or key in select}

        return paged(rows(), params, form)

    def _crm_activity_binding_list(self, params: Mapping[str, Any]) -> Any:
        row = self.office.activities.get(int(params["activityId"]))
        if row is None:
            raise Refusal("NOT_FOUND", "Элемент не найден")
        return [{"entityTypeId": kind, "entityId": own} for kind, own in row["BINDINGS"]]

    def _crm_activity_todo_add(self, params: Mapping[str, Any]) -> Any:
        owner = (int(params["ownerTypeId"]), int(params["ownerId"]))
        if self.office.items[owner[0]].get(owner[1]) is None:
            raise Refusal("OWNER_NOT_FOUND", "Owner was not found")
        due = datetime.fromisoformat(params["deadline"])
        own = self.office.new_activity(
            owner,
            SUBJECT=params.get("title", ""),
            DESCRIPTION=params.get("description", ""),
            RESPONSIBLE_ID=int(params.get("responsibleId", 1)),
            DEADLINE=due,
            END_TIME=due,
        )
        return {"id": own}

    def _crm_activity_delete(self, params: Mapping[str, Any]) -> Any:
        if self.office.activities.get(int(params["id"])) is None:
            raise Refusal("NOT_FOUND", "Activity is not found")
        self.office.activities.remove(int(params["id"]))
        return True

    def _tasks_task_list(self, params: Mapping[str, Any]) -> Answered:
        select = set(params.get("select") or _TASK_NAMES)

        def form(row: Row) -> Row:
            return {
                name: in_old_form(row.get(key))
                for key, name in _TASK_NAMES.items()
                if key in select
            }

        found = self.listed(self.office.tasks, params, form, params.get("filter") or {})
        return Answered({"tasks": found.result}, found.next, found.total)

    def _crm_timeline_comment_add(self, params: Mapping[str, Any]) -> Any:
        fields = params["fields"]
        deal = int(fields["ENTITY_ID"])
        if fields["ENTITY_TYPE"] != "deal" or self.office.items[DEAL].get(deal) is None:
            raise Refusal("", "Not found")
        text = str(fields["COMMENT"])
        row = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": text, "FILES": {}}
        return self.office.comments.add({**row, "CREATED": self.office.clock}, "ID")

    def _crm_timeline_comment_list(self, params: Mapping[str, Any]) -> Answered:
        asked = params["filter"]
        rows = [row for row in self.office.comments.after(0) if matches(row, asked)]
        if (params.get("order") or {}).get("ID", "ASC").upper() == "DESC":
            rows.reverse()
        return paged(rows, params, texts)

    def _crm_timeline_comment_delete(self, params: Mapping[str, Any]) -> Any:
        if self.office.comments.get(int(params["id"])) is None:
            raise Refusal("", "Not found")
        self.office.comments.remove(int(params["id"]))
        return None

    def _voximplant_statistic_get(self, params: Mapping[str, Any]) -> Answered:
        return self.listed(self.office.calls, params, texts, params.get("FILTER") or {})

    def _telephony_call_attachtranscription(self, params: Mapping[str, Any]) -> Any:
        for row in self.office.calls.after(0):
            if row["CALL_ID"] == params["CALL_ID"]:
                own = len(self.office.transcripts) + 1
                self.office.transcripts[row["CRM_ACTIVITY_ID"]] = list(params["MESSAGES"])
                self.office.calls.change(row["ID"], TRANSCRIPT_ID=own)
                return {"TRANSCRIPT_ID": own}
        raise Refusal("ERROR_CORE", f"Call {params['CALL_ID']} is not found. Is it finished?")

    def _crm_activity_call_gettranscript(self, params: Mapping[str, Any]) -> Any:
        lines = self.office.transcripts.get(int(params["activityId"]))
        if lines is None:
            raise Refusal("NOT_FOUND", "Transcript is not found")
        return {"transcription": "\n".join(line["MESSAGE"] for line in lines)}


def _fits(row: Row, bindings: Any) -> int:
    pairs = bindings if isinstance(bindings, list) else list(bindings.values())
    wanted = {(int(one["OWNER_TYPE_ID"]), int(one["OWNER_ID"])) for one in pairs}
    return len(wanted & set(row["BINDINGS"]))
