"""Renames a CRM's own field names to those of docs/formats.md, section 2."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from crm.records import CompanyRecord, DealRecord

_WITH_CUSTOM_FIELDS: Mapping[str, type[BaseModel]] = {
    "deals": DealRecord,
    "companies": CompanyRecord,
}


def rename_fields(document: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """The document with every key that `names` knows under our name.

    A renamed key of a deal or company that is none of its own fields goes into its
    `fields`: CRMs write custom fields beside the built-in ones. Where our name stands
    there already, it wins.
    """
    if not names:
        return dict(document)
    renamed = _rename_keys(document, names)
    for table, record_type in _WITH_CUSTOM_FIELDS.items():
        rows = renamed.get(table)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict):
                _gather_custom_fields(row, set(names.values()), record_type)
    return renamed


def _rename_keys(record: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    theirs = {names[key]: _rename(value, names) for key, value in record.items() if key in names}
    ours = {key: _rename(value, names) for key, value in record.items() if key not in names}
    return {**theirs, **ours}


def _rename(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, Mapping):
        return _rename_keys(value, names)
    if isinstance(value, list):
        return [_rename(item, names) for item in value]
    return value


def _gather_custom_fields(
    row: dict[str, object], our_names: set[str], record_type: type[BaseModel]
) -> None:
    custom = {name: row[name] for name in our_names - set(record_type.model_fields) if name in row}
    fields = row.get("fields", {})
    if custom and isinstance(fields, Mapping):
        row["fields"] = {**custom, **fields}
