"""Views of what figures are counted from, for programs that draw charts from a database."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from models.tables.base import AwareDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# What holds now; each view gives the columns of `figures/tables.py` behind `crm_source`.
VIEWS = {
    "figures_stages": """
        SELECT l.crm_source, l.pipeline_id, l.name AS pipeline, l.template,
            {number:s} AS place, {text:s.key} AS stage, {text:s.name_ru} AS stage_ru,
            {text:s.name_en} AS stage_en,
            EXISTS (SELECT 1 FROM {each_of:s.requirements r}
                WHERE {text:r.severity} = 'critical') AS provable
        FROM line_facts l, {each:l.stages s}
        WHERE l.valid_until = {forever}""",
    "figures_deals": """
        WITH line AS MATERIALIZED (
            SELECT crm_source, pipeline_id, place, stage, provable FROM figures_stages
        ), deal AS (
            SELECT d.*, coalesce(d.recorded, d.reached) AS at_place,
                (SELECT min(l.place) FROM line l WHERE l.provable AND l.crm_source = d.crm_source
                    AND l.pipeline_id = d.pipeline_id
                    AND l.place > coalesce(d.verified, -1)) AS next_place,
                EXISTS (SELECT 1 FROM line_facts l WHERE l.crm_source = d.crm_source
                    AND l.pipeline_id = d.pipeline_id AND l.valid_until = {forever}) AS judged
            FROM deal_facts d
            WHERE d.valid_until = {forever}
        )
        SELECT d.crm_source, d.deal_id, d.pipeline_id, d.user_id AS manager_id, d.source, d.amount,
            d.currency, d.status, d.created_at, d.closed_at, d.first_contact_at,
            {week:d.first_contact_at} AS first_contact_week,
            d.recorded AS recorded_place, d.reached AS reached_place, d.verified AS verified_place,
            d.blocked AS blocked_place, d.unsure AS unsure_place,
            stood.stage AS stage, proof.stage AS verified_stage,
            CASE WHEN d.at_place IS NULL OR NOT d.judged THEN 'unclaimed'
                WHEN d.next_place IS NULL OR d.next_place > d.at_place THEN 'proved'
                WHEN d.blocked < d.at_place OR d.blocked = d.at_place AND (d.recorded IS NULL
                    OR d.unsure IS NULL OR d.unsure >= d.at_place) THEN 'unproved'
                WHEN d.unsure <= d.at_place OR d.gap = 'unknown' AND d.recorded IS NOT NULL
                    THEN 'unknown'
                WHEN d.status = 'open' AND d.next_place = d.at_place THEN 'proved'
                WHEN d.status = 'lost' AND d.unheard = 0 THEN 'unproved'
                ELSE 'unknown' END AS standing,
            d.gap, d.calls, d.unheard
        FROM deal d
        LEFT JOIN line stood ON stood.crm_source = d.crm_source
            AND stood.pipeline_id = d.pipeline_id AND stood.place = d.at_place
        LEFT JOIN line proof ON proof.crm_source = d.crm_source
            AND proof.pipeline_id = d.pipeline_id AND proof.place = d.verified""",
    "figures_demands": """
        SELECT l.crm_source, l.pipeline_id, {text:s.key} AS stage, {text:r.id} AS requirement,
            {text:r.severity} AS severity, {text:r.title_ru} AS title_ru,
            {text:r.title_en} AS title_en, {text:r.rule_hash} AS rule_hash
        FROM line_facts l, {each:l.stages s}, {each_of:s.requirements r}
        WHERE l.valid_until = {forever}""",
    "figures_visits": """
        SELECT d.crm_source, d.deal_id, {number:v} AS number, d.pipeline_id,
            {whole:v.place} AS place, {moment:v.since} AS since, {moment:v.until} AS until
        FROM deal_facts d, {each_in:d.detail.visits v}
        WHERE d.valid_until = {forever}""",
    "figures_requirements": """
        SELECT d.crm_source, d.deal_id, d.pipeline_id, d.user_id AS manager_id,
            {text:r.id} AS requirement, {text:r.verdict} AS verdict, {moment:r.at} AS at
        FROM deal_facts d, {each_in:d.detail.requirements r}
        WHERE d.valid_until = {forever}""",
    "figures_payments": """
        SELECT d.crm_source, d.deal_id, {number:p} AS number, d.pipeline_id,
            d.user_id AS manager_id, {moment:p.at} AS at, {real:p.amount} AS amount, d.currency
        FROM deal_facts d, {each_in:d.detail.payments p}
        WHERE d.valid_until = {forever}""",
    "figures_calls": """
        SELECT c.crm_source, c.call_id, c.at, {week:c.at} AS week, c.user_id AS manager_id,
            c.deal_id, c.pipeline_id, c.outcome, c.answered, c.heard, c.seconds
        FROM call_facts c
        WHERE c.valid_until = {forever}""",
    "figures_actions": """
        SELECT c.crm_source, c.call_id, {number:a} AS number, c.at, c.user_id AS manager_id,
            c.deal_id, {text:a.type} AS action, {text:a.status} AS status,
            {text:a.speaker} AS speaker
        FROM call_facts c, {each:c.actions a}
        WHERE c.valid_until = {forever}""",
    "figures_promises": """
        SELECT p.crm_source, p.deal_id, p.ordinal AS number, p.pipeline_id, p.call_id, p.type, p.by,
            p.user_id AS manager_id, p.made_at, {week:p.made_at} AS week, p.deadline, p.state,
            p.done_at, p.amount, p.currency, p.place
        FROM promise_facts p
        WHERE p.valid_until = {forever}""",
    "figures_people": """
        SELECT p.crm_source, p.user_id AS manager_id, p.name
        FROM person_facts p
        WHERE p.valid_until = {forever}""",
    "figures_roles": """
        SELECT p.crm_source, p.user_id AS manager_id, {plain:r} AS role
        FROM person_facts p, {each_text:p.roles r}
        WHERE p.valid_until = {forever}""",
    "figures_weeks": """
        SELECT crm_source, pipeline_id, manager_id, week, sum(deals) AS deals,
            sum(proved) AS proved, sum(unproved) AS unproved, sum(unknown) AS unknown,
            sum(unclaimed) AS unclaimed, sum(calls) AS calls, sum(answered) AS answered,
            sum(conversations) AS conversations, sum(promises) AS promises,
            sum(kept) AS promises_kept, sum(late) AS promises_late, sum(broken) AS promises_broken,
            sum(open) AS promises_open, sum(untold) AS promises_unknown
        FROM (
            SELECT crm_source, pipeline_id, manager_id, first_contact_week AS week, 1 AS deals,
                CASE standing WHEN 'proved' THEN 1 ELSE 0 END AS proved,
                CASE standing WHEN 'unproved' THEN 1 ELSE 0 END AS unproved,
                CASE standing WHEN 'unknown' THEN 1 ELSE 0 END AS unknown,
                CASE standing WHEN 'unclaimed' THEN 1 ELSE 0 END AS unclaimed,
                0 AS calls, 0 AS answered, 0 AS conversations,
                0 AS promises, 0 AS kept, 0 AS late, 0 AS broken, 0 AS open, 0 AS untold
            FROM figures_deals
            UNION ALL
            SELECT crm_source, pipeline_id, manager_id, week, 0, 0, 0, 0, 0, 1,
                CASE WHEN answered THEN 1 ELSE 0 END,
                CASE outcome WHEN 'conversation' THEN 1 ELSE 0 END, 0, 0, 0, 0, 0, 0
            FROM figures_calls
            UNION ALL
            SELECT crm_source, pipeline_id, manager_id, week, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                CASE state WHEN 'kept' THEN 1 ELSE 0 END,
                CASE state WHEN 'late' THEN 1 ELSE 0 END,
                CASE state WHEN 'broken' THEN 1 ELSE 0 END,
                CASE state WHEN 'open' THEN 1 ELSE 0 END,
                CASE state WHEN 'unknown' THEN 1 ELSE 0 END
            FROM figures_promises
        ) counted
        GROUP BY crm_source, pipeline_id, manager_id, week""",
}
_WEEK = (
    "(SELECT w.week FROM fact_weeks w WHERE w.crm_source = {0}.crm_source"
    " AND w.starts_at <= {0}.{1} ORDER BY w.starts_at DESC LIMIT 1)"
)


def upgrade() -> None:
    """Goes one step on."""
    op.create_table('fact_weeks',
        sa.Column('crm_source', sa.Text(), nullable=False),
        sa.Column('starts_at', AwareDateTime(), nullable=False),
        sa.Column('week', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('crm_source', 'starts_at', name=op.f('pk_fact_weeks'))
    )
    is_postgres = op.get_bind().dialect.name == "postgresql"
    words = _postgres if is_postgres else _sqlite
    for name, query in VIEWS.items():
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS {_worded(query, words)}".replace("%", "%%" if is_postgres else "%"))


def downgrade() -> None:
    """Goes one step back."""
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
    op.drop_table('fact_weeks')


def _worded(query: str, words: Callable[[str, str], str]) -> str:
    """A query in a database's own words: `{word:of what}`."""
    return re.sub(r"\{(\w+)(?::([^{}]*))?\}", lambda found: words(found[1], found[2] or ""), query)


def _postgres(word: str, of: str) -> str:
    if word == "forever":
        return "TIMESTAMPTZ '9999-12-31 00:00:00+00'"
    if word == "week":
        return _WEEK.format(*of.split("."))
    if word == "number":
        return f"({of}.number - 1)"
    if word == "plain":
        return f"{of}.item"
    if word.startswith("each"):
        of, alias = of.split(" ")
        parts = of.split(".")
        column = {
            "each": of,
            "each_text": of,
            "each_of": f"{parts[0]}.item -> '{parts[1]}'",
            "each_in": f"{parts[0]}.{parts[1]} -> '{parts[-1]}'",
        }[word]
        function = "json_array_elements_text" if word == "each_text" else "json_array_elements"
        return f"LATERAL {function}({column}) WITH ORDINALITY AS {alias}(item, number)"
    alias, field = of.split(".")
    kinds = {"text": "", "whole": "::integer", "real": "::double precision", "moment": "::timestamptz"}
    return f"({alias}.item ->> '{field}'){kinds[word]}"


def _sqlite(word: str, of: str) -> str:
    if word == "forever":
        return "'9999-12-31 00:00:00.000000'"
    if word == "week":
        return _WEEK.format(*of.split("."))
    if word == "number":
        return f"{of}.key"
    if word == "plain":
        return f"{of}.value"
    if word.startswith("each"):
        of, alias = of.split(" ")
        parts = of.split(".")
        column = {
            "each": of,
            "each_text": of,
            "each_of": f"{parts[0]}.value, '$.{parts[1]}'",
            "each_in": f"{parts[0]}.{parts[1]}, '$.{parts[-1]}'",
        }[word]
        return f"json_each({column}) AS {alias}"
    alias, field = of.split(".")
    value = f"json_extract({alias}.value, '$.{field}')"
    if word == "moment":  # as moments stand in other columns: UTC to the microsecond
        return f"(strftime('%Y-%m-%d %H:%M:%f', {value}) || '000')"
    return f"CAST({value} AS REAL)" if word == "real" else value
