"""Initial tables.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes one step on."""
    op.create_table(
        "cdr_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("linked_id", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_number", sa.Text(), nullable=False),
        sa.Column("destination_number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("destination_channel", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("talk_s", sa.Double(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=True),
        sa.Column("recording", sa.Text(), nullable=True),
        sa.Column("userfield", sa.Text(), nullable=True),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cdr_rows")),
        sa.UniqueConstraint("source", "digest", name=op.f("uq_cdr_rows_source_digest")),
    )
    with op.batch_alter_table("cdr_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cdr_rows_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cdr_rows_started_at"), ["started_at"], unique=False)

    op.create_table(
        "crms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("crm", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crms")),
        sa.UniqueConstraint("source", name=op.f("uq_crms_source")),
    )
    op.create_table(
        "recordings",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("codec", sa.Text(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_recordings")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("crm_source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transcriber", sa.Text(), nullable=True),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_table(
        "activities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_activities_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_activities")),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activities_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activities_id"), ["id"], unique=False)

    op.create_table(
        "companies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_companies_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_companies")),
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companies_id"), ["id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("emails", sa.JSON(), nullable=False),
        sa.Column("decision_maker", sa.Boolean(), nullable=False),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_contacts_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_id"), ["id"], unique=False)

    op.create_table(
        "deal_verdicts",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pipeline_id", sa.Text(), nullable=False),
        sa.Column("recorded_stage", sa.Text(), nullable=True),
        sa.Column("verified_stage", sa.Text(), nullable=True),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run"], ["runs.id"], name=op.f("fk_deal_verdicts_run_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run", "deal_id", name=op.f("pk_deal_verdicts")),
    )
    op.create_table(
        "deals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pipeline_id", sa.Text(), nullable=False),
        sa.Column("stage_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("contact_ids", sa.JSON(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("responsible_id", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_deals_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_deals")),
    )
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deals_id"), ["id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_deals_responsible_id"), ["responsible_id"], unique=False
        )

    op.create_table(
        "flags",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run"], ["runs.id"], name=op.f("fk_flags_run_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_flags")),
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flags_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flags_kind"), ["kind"], unique=False)

    op.create_table(
        "pipelines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_pipelines_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_pipelines")),
    )
    with op.batch_alter_table("pipelines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pipelines_id"), ["id"], unique=False)

    op.create_table(
        "stage_changes",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_id", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_stage_changes_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_stage_changes")),
    )
    with op.batch_alter_table("stage_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_changes_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "transcripts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("transcriber", sa.Text(), nullable=False),
        sa.Column("asked_language", sa.Text(), nullable=False),
        sa.Column("agent_channel", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("speech_s", sa.Double(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["recordings.sha256"], name=op.f("fk_transcripts_sha256_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        sa.UniqueConstraint(
            "sha256",
            "transcriber",
            "asked_language",
            "agent_channel",
            name=op.f("uq_transcripts_sha256_transcriber_asked_language_agent_channel"),
        ),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("crm", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crm"], ["crms.id"], name=op.f("fk_users_crm_crms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crm", "position", name=op.f("pk_users")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_id"), ["id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("metadata_from", sa.Text(), nullable=False),
        sa.Column("client_number", sa.Text(), nullable=True),
        sa.Column("our_number", sa.Text(), nullable=True),
        sa.Column("extension", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("agent_name", sa.Text(), nullable=True),
        sa.Column("agent_channel", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=True),
        sa.Column("talk_s", sa.Double(), nullable=True),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.Column("linked_id", sa.Text(), nullable=True),
        sa.Column("started_at_exact", sa.Boolean(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sha256"], ["recordings.sha256"], name=op.f("fk_calls_sha256_recordings")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_calls_transcript_id_transcripts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint(
            "source", "call_id", "recording", name=op.f("uq_calls_source_call_id_recording")
        ),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calls_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_client_number"), ["client_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_started_at"), ["started_at"], unique=False)

    op.create_table(
        "promises",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run", "deal_id"],
            ["deal_verdicts.run", "deal_verdicts.deal_id"],
            name=op.f("fk_promises_run_deal_id_deal_verdicts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run", "deal_id", "position", name=op.f("pk_promises")),
    )
    op.create_table(
        "requirement_verdicts",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("requirement_id", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("rule_hash", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run", "deal_id"],
            ["deal_verdicts.run", "deal_verdicts.deal_id"],
            name=op.f("fk_requirement_verdicts_run_deal_id_deal_verdicts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run", "deal_id", "position", name=op.f("pk_requirement_verdicts")),
    )
    op.create_table(
        "actions",
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("start", sa.Double(), nullable=True),
        sa.Column("end", sa.Double(), nullable=True),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call"], ["calls.id"], name=op.f("fk_actions_call_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call", "position", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_type"), ["type"], unique=False)

    op.create_table(
        "deal_matches",
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call"], ["calls.id"], name=op.f("fk_deal_matches_call_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_deal_matches")),
    )
    with op.batch_alter_table("deal_matches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_matches_deal_id"), ["deal_id"], unique=False)



def downgrade() -> None:
    """Goes one step back."""
    with op.batch_alter_table("deal_matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_matches_deal_id"))

    op.drop_table("deal_matches")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actions_type"))

    op.drop_table("actions")
    op.drop_table("requirement_verdicts")
    op.drop_table("promises")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calls_started_at"))
        batch_op.drop_index(batch_op.f("ix_calls_sha256"))
        batch_op.drop_index(batch_op.f("ix_calls_client_number"))
        batch_op.drop_index(batch_op.f("ix_calls_call_id"))

    op.drop_table("calls")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_id"))

    op.drop_table("users")
    op.drop_table("transcripts")
    with op.batch_alter_table("stage_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_changes_deal_id"))

    op.drop_table("stage_changes")
    with op.batch_alter_table("pipelines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pipelines_id"))

    op.drop_table("pipelines")
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flags_kind"))
        batch_op.drop_index(batch_op.f("ix_flags_deal_id"))

    op.drop_table("flags")
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deals_responsible_id"))
        batch_op.drop_index(batch_op.f("ix_deals_id"))

    op.drop_table("deals")
    op.drop_table("deal_verdicts")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_id"))

    op.drop_table("contacts")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_companies_id"))

    op.drop_table("companies")
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activities_id"))
        batch_op.drop_index(batch_op.f("ix_activities_deal_id"))

    op.drop_table("activities")
    op.drop_table("runs")
    op.drop_table("recordings")
    op.drop_table("crms")
    with op.batch_alter_table("cdr_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cdr_rows_started_at"))
        batch_op.drop_index(batch_op.f("ix_cdr_rows_call_id"))

    op.drop_table("cdr_rows")
