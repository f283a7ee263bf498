"""The methods of a fake portal about deals, contacts, companies, papers and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.crm.bitrix24_answers import PAGE, Answered, Answering, Refusal, texts
from tests.fakes.crm.bitrix24_office import CONTACT, DEAL
from tests.fakes.crm.bitrix24_tables import Row, in_new_form, in_old_form

OLD_NAMES = {
    "id": "ID",
    "title": "TITLE",
    "categoryId": "CATEGORY_ID",
    "stageId": "STAGE_ID",
    "stageSemanticId": "STAGE_SEMANTIC_ID",
    "opportunity": "OPPORTUNITY",
    "currencyId": "CURRENCY_ID",
    "companyId": "COMPANY_ID",
    "contactId": "CONTACT_ID",
    "assignedById": "ASSIGNED_BY_ID",
    "sourceId": "SOURCE_ID",
    "createdTime": "DATE_CREATE",
    "updatedTime": "DATE_MODIFY",
    "closed": "CLOSED",
    "closedate": "CLOSEDATE",
    "movedTime": "MOVED_TIME",
    "name": "NAME",
    "secondName": "SECOND_NAME",
    "lastName": "LAST_NAME",
}


class CardMethods(Answering):
    """Deals, contacts, companies and papers."""

    def _crm_item_list(self, params: Mapping[str, Any]) -> Answered:
        table = self.table(params)
        select = list(params.get("select") or ["*"])

        def form(row: Row) -> Row:
            told = {key: in_new_form(value) for key, value in row.items()}
            if select == ["*"]:
                return told
            return {key: told.get(key) for key in ["id", *select] if key != "fm"}

        found = self.listed(table, params, form, params.get("filter") or {}, "id")
        return Answered({"items": found.result}, found.next, found.total)

    def _crm_item_get(self, params: Mapping[str, Any]) -> Any:
        row = self.table(params).get(int(params["id"]))
        if row is None:
            raise Refusal("NOT_FOUND", "Элемент не найден")
        return {"item": {key: in_new_form(value) for key, value in row.items()}}

    def _crm_item_update(self, params: Mapping[str, Any]) -> Any:
        self._update(int(params["id"]), params["fields"])
        return self._crm_item_get(params)

    def _crm_item_fields(self, _params: Mapping[str, Any]) -> Any:
        return {"fields": {**_field("title", "string"), **self._custom("formLabel")}}

    def _crm_deal_fields(self, _params: Mapping[str, Any]) -> Any:
        return {**_field("TITLE", "string"), **self._custom("listLabel")}

    def _crm_deal_list(self, params: Mapping[str, Any]) -> Answered:
        return self._old_list(DEAL, params)

    def _crm_contact_list(self, params: Mapping[str, Any]) -> Answered:
        return self._old_list(CONTACT, params)

    def _crm_company_list(self, params: Mapping[str, Any]) -> Answered:
        return self._old_list(4, params)

    def _crm_deal_get(self, params: Mapping[str, Any]) -> Any:
        row = self.office.items[DEAL].get(int(params["id"]))
        if row is None:
            raise Refusal("", "Not found")
        return _old_row(row, None)

    def _crm_deal_update(self, params: Mapping[str, Any]) -> Any:
        self._update(int(params["id"]), params["fields"])
        return True

    def _crm_deal_contact_items_get(self, params: Mapping[str, Any]) -> Any:
        row = self.office.items[DEAL].get(int(params["id"]))
        if row is None:
            raise Refusal("", "Not found")
        return [
            {"CONTACT_ID": one, "SORT": 10 * at, "ROLE_ID": 0, "IS_PRIMARY": "N"}
            for at, one in enumerate(row["contactIds"], start=1)
        ]

    def _crm_documentgenerator_document_list(self, params: Mapping[str, Any]) -> Answered:
        asked = params.get("filter") or {}
        found = self.listed(self.office.documents, params, texts, asked, "id")
        return Answered({"documents": found.result}, found.next, found.total)

    def _userfieldconfig_list(self, params: Mapping[str, Any]) -> Answered:
        rows = [{"entityId": "CRM_DEAL", **row} for row in self.office.fields.values()]
        start = max(int(params.get("start", 0)), 0)
        following = start + PAGE if len(rows) > start + PAGE else None
        return Answered({"fields": rows[start : start + PAGE]}, following, len(rows))

    def _userfieldconfig_add(self, params: Mapping[str, Any]) -> Any:
        told = params["field"]
        if told["fieldName"] in self.office.fields:
            raise Refusal("", f"Поле {told['fieldName']} уже существует.")
        label = told.get("editFormLabel") or {}
        row = {
            "id": str(6000 + len(self.office.fields)),
            "fieldName": told["fieldName"],
            "userTypeId": told["userTypeId"],
            "mandatory": told.get("mandatory", "N"),
            "label": label.get("ru") if isinstance(label, Mapping) else label,
        }
        self.office.fields[told["fieldName"]] = row
        return {"field": row}

    def _crm_deal_userfield_list(self, _params: Mapping[str, Any]) -> Any:
        return [{"FIELD_NAME": name} for name in self.office.fields]

    def _crm_deal_userfield_add(self, params: Mapping[str, Any]) -> Any:
        told = params["fields"]
        field_ = {"fieldName": told["FIELD_NAME"], "userTypeId": told["USER_TYPE_ID"]}
        self._userfieldconfig_add({"field": {**field_, "editFormLabel": told["EDIT_FORM_LABEL"]}})
        return 6000 + len(self.office.fields)

    def _old_list(self, kind: int, params: Mapping[str, Any]) -> Answered:
        new_names = {old: new for new, old in OLD_NAMES.items()}
        asked = {}
        for key, value in (params.get("filter") or {}).items():
            sign = key[: len(key) - len(key.lstrip("<>=!@%"))]
            name = key[len(sign) :]
            asked[sign + new_names.get(name, name)] = value
        select = set(params.get("select") or ["*"])
        table = self.office.items[kind]
        return self.listed(table, params, lambda row: _old_row(row, select), asked, "id")

    def _update(self, own: int, fields: Mapping[str, Any]) -> None:
        row = self.office.items[DEAL].get(own)
        if row is None:
            raise Refusal("", "Not found")
        known = {key: value for key, value in fields.items() if key in self.office.fields}
        self.office.change_deal(own, **{key: value or None for key, value in known.items()})

    def _custom(self, label: str) -> Row:
        return {
            name: {
                "type": row["userTypeId"],
                "isRequired": row.get("mandatory") == "Y",
                "isDynamic": True,
                "title": name if label == "listLabel" else row.get("label") or name,
                label: row.get("label") or name,
                **({"items": row["items"]} if "items" in row else {}),
            }
            for name, row in self.office.fields.items()
        }


def _old_row(row: Row, select: set[str] | None) -> Row:
    told = {OLD_NAMES.get(key, key): in_old_form(value) for key, value in row.items()}
    for kind in ("PHONE", "EMAIL"):
        values = [one for one in row.get("fm", []) if one["typeId"] == kind]
        told[kind] = [
            {"ID": str(one["id"]), "VALUE_TYPE": "WORK", "VALUE": one["value"], "TYPE_ID": kind}
            for one in values
        ]
    multi = {"PHONE", "EMAIL", "fm", "contactIds"}
    if select is None or "*" in select:
        asked = (select or set()) & {"PHONE", "EMAIL"}
        return {key: told[key] for key in told if key not in multi or key in asked}
    return {key: told[key] for key in told if key in select}


def _field(name: str, kind: str) -> Row:
    return {name: {"type": kind, "isRequired": False, "isDynamic": False, "title": "Название"}}
