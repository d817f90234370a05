"""The first schema: the protocol's tables, members, settings, reminders, experiences."""

import sqlalchemy as sa
from alembic import op

from bot.storage.table import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, and the full-text index that each engine has its own way of."""
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("wall", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=True),
        sa.Column("late_hours", sa.Integer(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_announcement_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_announcement_state", "announcement", ["state", "due_at"], unique=False)
    op.create_table(
        "announcement_delivery",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("oid", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "announcement_id", "occurrence", "room_id", name=op.f("pk_announcement_delivery")
        ),
    )
    op.create_table(
        "announcement_history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_history")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_announcement_history_announcement_id",
        "announcement_history",
        ["announcement_id"],
        unique=False,
    )
    op.create_table(
        "announcement_room",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("announcement_id", "room_id", name=op.f("pk_announcement_room")),
    )
    op.create_index(
        "ix_announcement_room_room_id", "announcement_room", ["room_id"], unique=False
    )
    op.create_table(
        "attachment",
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("source", Json(), nullable=True),
        sa.Column("instead", Json(), nullable=True),
        sa.Column("content_uri", sa.Text(), nullable=True),
        sa.Column("seal", Json(), nullable=True),
        sa.Column("is_uploaded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_attachment")),
    )
    op.create_table(
        "calendar_copy",
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("server", "uid", name=op.f("pk_calendar_copy")),
    )
    op.create_table(
        "companion",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("newcomer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companion")),
        sa.UniqueConstraint("newcomer", name=op.f("uq_companion_newcomer")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_companion_changed_at", "companion", ["changed_at"], unique=False)
    op.create_table(
        "companion_request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("search", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companion_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_companion_request_asked_at", "companion_request", ["asked_at"], unique=False
    )
    op.create_index("ix_companion_request_member", "companion_request", ["member"], unique=False)
    op.create_index("ix_companion_request_search", "companion_request", ["search"], unique=False)
    op.create_table(
        "consent",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "purpose", name=op.f("pk_consent")),
    )
    op.create_table(
        "direct_room",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_direct_room")),
    )
    op.create_index("ix_direct_room_room_id", "direct_room", ["room_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "noun", name=op.f("pk_draft")),
    )
    op.create_table(
        "due",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_due_pending",
        "due",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("uq_due_cause", "due", ["kind", "reference", "occurrence"], unique=True)
    op.create_table(
        "echo",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_echo")),
    )
    op.create_index("ix_echo_oid", "echo", ["oid"], unique=False)
    op.create_table(
        "erasure",
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.Column("keeps_words", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "erased_at", name=op.f("pk_erasure")),
    )
    op.create_table(
        "experience",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("context", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("learned", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("to_adapt", sa.Text(), nullable=True),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("world", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("given_tags", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_at", UtcDateTime(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["experience.id"],
            name=op.f("fk_experience_parent_id_experience"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_experience_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_experience_author", "experience", ["author", "id"], unique=False)
    op.create_index("ix_experience_created_at", "experience", ["created_at"], unique=False)
    op.create_index(
        "ix_experience_parent_id",
        "experience",
        ["parent_id"],
        unique=False,
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index("ix_experience_room_id", "experience", ["room_id", "id"], unique=False)
    op.create_index(
        "ix_experience_status_at",
        "experience",
        ["status_at"],
        unique=False,
        sqlite_where=sa.text("status_at IS NOT NULL"),
        postgresql_where=sa.text("status_at IS NOT NULL"),
    )
    op.create_index(
        "ix_experience_widened",
        "experience",
        ["id"],
        unique=False,
        sqlite_where=sa.text("visibility != 'room'"),
        postgresql_where=sa.text("visibility != 'room'"),
    )
    op.create_table(
        "experience_consent",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience_consent")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_experience_consent_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_experience_consent_author", "experience_consent", ["author"], unique=False)
    op.create_table(
        "experience_grave",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_experience_grave")),
    )
    op.create_table(
        "experience_showing",
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("experience_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("oid", "experience_id", name=op.f("pk_experience_showing")),
    )
    op.create_index(
        "ix_experience_showing_experience_id",
        "experience_showing",
        ["experience_id", "shown_at"],
        unique=False,
    )
    op.create_index(
        "ix_experience_showing_room_id", "experience_showing", ["room_id"], unique=False
    )
    op.create_table(
        "feed",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_feed")),
    )
    op.create_index("ix_feed_room_id", "feed", ["room_id"], unique=False)
    op.create_index("ix_feed_user_id", "feed", ["user_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=True),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("is_late", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_inbox_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_handled", "inbox", ["handled_at"], unique=False)
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'unreadable')"),
        postgresql_where=sa.text("state IN ('waiting', 'unreadable')"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("wall", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=True),
        sa.Column("other_at", UtcDateTime(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("deadline", UtcDateTime(), nullable=True),
        sa.Column("offsets", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("card_oid", sa.Text(), nullable=True),
        sa.Column("card_at", UtcDateTime(), nullable=True),
        sa.Column("card_date", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_meeting_source_event_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_meeting_over_at", "meeting", ["over_at"], unique=False)
    op.create_index("ix_meeting_room_id", "meeting", ["room_id", "over_at"], unique=False)
    op.create_table(
        "letter",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("is_community", sa.Boolean(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=False),
        sa.Column("wall", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_letter")),
    )
    op.create_table(
        "letter_copy",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "period", name=op.f("pk_letter_copy")),
    )
    op.create_index("ix_letter_copy_at", "letter_copy", ["at"], unique=False)
    op.create_table(
        "letter_issue",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("oid", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("room_id", "period", name=op.f("pk_letter_issue")),
    )
    op.create_index(
        "ix_letter_issue_state", "letter_issue", ["room_id", "state", "at"], unique=False
    )
    op.create_table(
        "letter_subscription",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("subscribed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_letter_subscription")),
    )
    op.create_table(
        "member",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("notified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_member")),
    )
    op.create_table(
        "onboarding",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("was_reminded", sa.Boolean(), nullable=False),
        sa.Column("was_put_off", sa.Boolean(), nullable=False),
        sa.Column("recap", sa.Text(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding")),
        sa.UniqueConstraint("user_id", name=op.f("uq_onboarding_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_onboarding_begun_at", "onboarding", ["begun_at"], unique=False)
    op.create_table(
        "onboarding_line",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("fr", sa.Text(), nullable=True),
        sa.Column("en", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_line")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_onboarding_line_room_id", "onboarding_line", ["room_id", "id"], unique=False
    )
    op.create_table(
        "newcomer",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("came_at", UtcDateTime(), nullable=True),
        sa.Column("has_stepped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "person", name=op.f("pk_newcomer")),
    )
    op.create_index("ix_newcomer_came_at", "newcomer", ["came_at"], unique=False)
    op.create_index("ix_newcomer_seen_at", "newcomer", ["seen_at"], unique=False)
    op.create_index("ix_newcomer_user_id", "newcomer", ["user_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("content", Json(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("fallback", Json(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("is_uncertain", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("oid", name=op.f("uq_outbox_oid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_event_id", "outbox", ["event_id"], unique=False)
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"], unique=False)
    op.create_index(
        "ix_outbox_target",
        "outbox",
        ["target"],
        unique=False,
        sqlite_where=sa.text("target IS NOT NULL"),
        postgresql_where=sa.text("target IS NOT NULL"),
    )
    op.create_table(
        "page",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("pages", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_page")),
    )
    op.create_table(
        "profile",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "field", name=op.f("pk_profile")),
    )
    op.create_index("ix_profile_field", "profile", ["field", "user_id"], unique=False)
    op.create_index("ix_profile_source_event_id", "profile", ["source_event_id"], unique=False)
    op.create_table(
        "profile_token",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "field", "token", name=op.f("pk_profile_token")),
    )
    op.create_index("ix_profile_token_token", "profile_token", ["token"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("needs_reply", sa.Boolean(), nullable=False),
        sa.Column("buttons", Json(), nullable=False),
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer_event_id", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("answer_event_id", name=op.f("uq_question_answer_event_id")),
        sa.UniqueConstraint("oid", name=op.f("uq_question_oid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_question_room_id", "question", ["room_id"], unique=False)
    op.create_index("ix_question_user_id", "question", ["user_id", "id"], unique=False)
    op.create_table(
        "quiet",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("spoken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "day", name=op.f("pk_quiet")),
    )
    op.create_table(
        "quote",
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("oid", "user_id", name=op.f("pk_quote")),
    )
    op.create_index("ix_quote_user_id", "quote", ["user_id"], unique=False)
    op.create_table(
        "reaction",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_reaction")),
    )
    op.create_index("ix_reaction_given_at", "reaction", ["given_at"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("wall", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("is_for_room", sa.Boolean(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_reminder_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reminder_owner_due_at", "reminder", ["owner", "due_at"], unique=False)
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("card_oid", sa.Text(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_request_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_request_card_oid", "request", ["card_oid"], unique=False)
    op.create_index("ix_request_room_id", "request", ["room_id", "asked_at"], unique=False)
    op.create_table(
        "room",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("joined_count", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("replaced_by", sa.Text(), nullable=True),
        sa.Column("is_trio", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room")),
    )
    op.create_table(
        "room_setting",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "key", name=op.f("pk_room_setting")),
    )
    op.create_table(
        "sync_position",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("watched", sa.Text(), nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_sync_position")),
    )
    op.create_table(
        "trio",
        sa.Column("search", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("newcomer", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("search", name=op.f("pk_trio")),
    )
    op.create_index("ix_trio_changed_at", "trio", ["changed_at"], unique=False)
    op.create_index("ix_trio_member", "trio", ["member"], unique=False)
    op.create_index("ix_trio_newcomer", "trio", ["newcomer"], unique=False)
    op.create_index("ix_trio_room_id", "trio", ["room_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("before", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_visit")),
    )
    op.create_table(
        "welcome",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "language", name=op.f("pk_welcome")),
    )
    op.create_table(
        "experience_interest",
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_experience_interest_experience_id_experience"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experience_id", "user_id", name=op.f("pk_experience_interest")),
    )
    op.create_index("ix_experience_interest_at", "experience_interest", ["at"], unique=False)
    op.create_index(
        "ix_experience_interest_user_id", "experience_interest", ["user_id"], unique=False
    )
    op.create_table(
        "experience_media",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("media", Json(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_experience_media_experience_id_experience"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience_media")),
        sa.UniqueConstraint(
            "experience_id",
            "source_event_id",
            name=op.f("uq_experience_media_experience_id_source_event_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_experience_media_source_event_id",
        "experience_media",
        ["source_event_id"],
        unique=False,
    )
    op.create_table(
        "experience_media_copy",
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_experience_media_copy")),
    )
    op.create_index(
        "ix_experience_media_copy_media_id", "experience_media_copy", ["media_id"], unique=False
    )
    op.create_table(
        "experience_tag",
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_experience_tag_experience_id_experience"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experience_id", "tag", name=op.f("pk_experience_tag")),
    )
    op.create_index(
        "ix_experience_tag_tag", "experience_tag", ["tag", "experience_id"], unique=False
    )

    op.create_table(
        "experience_vector",
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_experience_vector_experience_id_experience"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experience_id", name=op.f("pk_experience_vector")),
    )

    op.create_table(
        "experience_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("before", Json(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_experience_version_experience_id_experience"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience_version")),
    )
    op.create_index(
        "ix_experience_version", "experience_version", ["experience_id", "id"], unique=False
    )
    op.create_table(
        "attendee",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("is_subscribed", sa.Boolean(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_attendee_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "date", "user_id", name=op.f("pk_attendee")),
    )
    op.create_index(
        "ix_attendee_turn", "attendee", ["meeting_id", "date", "answer", "turn"], unique=False
    )
    op.create_index("ix_attendee_user_id", "attendee", ["user_id"], unique=False)
    op.create_table(
        "meeting_coorganiser",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_coorganiser_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name=op.f("pk_meeting_coorganiser")),
    )
    op.create_table(
        "occurrence",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("recurrence_id", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_occurrence_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "recurrence_id", name=op.f("pk_occurrence")),
    )

    op.create_table(
        "reminder_subscriber",
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["reminder.id"],
            name=op.f("fk_reminder_subscriber_reminder_id_reminder"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reminder_id", "user_id", name=op.f("pk_reminder_subscriber")),
    )
    op.create_table(
        "retour",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("oid", sa.Text(), nullable=True),
        sa.Column("edits", Json(), nullable=False),
        sa.Column("recalled_oid", sa.Text(), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_retour_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "date", name=op.f("pk_retour")),
    )
    op.create_table(
        "voice",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_voice_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "date", "user_id", name=op.f("pk_voice")),
    )
    op.create_index("ix_voice_user_id", "voice", ["user_id"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        # Tokens are made in Python and never searched as a phrase: no positions, no sizes.
        op.execute(
            "CREATE VIRTUAL TABLE experience_index USING fts5(tokens, detail=none, columnsize=0,"
            " tokenize='ascii tokenchars _')"
        )
    else:
        op.execute(
            "CREATE TABLE experience_index (id INTEGER CONSTRAINT pk_experience_index PRIMARY KEY"
            " CONSTRAINT fk_experience_index_id_experience REFERENCES experience (id)"
            " ON DELETE CASCADE, tokens tsvector NOT NULL)"
        )
        op.execute(
            "CREATE INDEX ix_experience_index_tokens ON experience_index USING gin (tokens)"
            " WITH (fastupdate = off)"
        )
