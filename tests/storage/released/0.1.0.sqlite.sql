CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE announcement (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	owner TEXT NOT NULL, 
	text TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	wall TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	rrule TEXT, 
	late_hours INTEGER NOT NULL, 
	source_event_id TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT uq_announcement_source_event_id UNIQUE (source_event_id)
);
CREATE TABLE announcement_delivery (
	announcement_id INTEGER NOT NULL, 
	occurrence TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	oid TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_announcement_delivery PRIMARY KEY (announcement_id, occurrence, room_id)
);
CREATE TABLE announcement_history (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	announcement_id INTEGER NOT NULL, 
	user_id TEXT NOT NULL, 
	act TEXT NOT NULL, 
	at DATETIME NOT NULL
);
CREATE TABLE announcement_room (
	announcement_id INTEGER NOT NULL, 
	room_id TEXT NOT NULL, 
	CONSTRAINT pk_announcement_room PRIMARY KEY (announcement_id, room_id)
);
CREATE TABLE attachment (
	oid TEXT NOT NULL, 
	data BLOB, 
	source TEXT, 
	"instead" TEXT, 
	content_uri TEXT, 
	seal TEXT, 
	is_uploaded BOOLEAN NOT NULL, 
	CONSTRAINT pk_attachment PRIMARY KEY (oid)
);
CREATE TABLE attendee (
	meeting_id INTEGER NOT NULL, 
	date TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	said TEXT NOT NULL, 
	answered_at DATETIME NOT NULL, 
	turn INTEGER NOT NULL, 
	is_subscribed BOOLEAN NOT NULL, 
	came BOOLEAN, 
	CONSTRAINT pk_attendee PRIMARY KEY (meeting_id, date, user_id), 
	CONSTRAINT fk_attendee_meeting_id_meeting FOREIGN KEY(meeting_id) REFERENCES meeting (id) ON DELETE CASCADE
);
CREATE TABLE calendar_copy (
	server TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	version TEXT, 
	etag TEXT, 
	CONSTRAINT pk_calendar_copy PRIMARY KEY (server, uid)
);
CREATE TABLE companion (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	newcomer TEXT NOT NULL, 
	state TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT uq_companion_newcomer UNIQUE (newcomer)
);
CREATE TABLE companion_request (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	search INTEGER NOT NULL, 
	member TEXT NOT NULL, 
	reply TEXT NOT NULL, 
	asked_at DATETIME NOT NULL
);
CREATE TABLE consent (
	user_id TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	given_at DATETIME NOT NULL, 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_consent PRIMARY KEY (user_id, purpose)
);
CREATE TABLE direct_room (
	user_id TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	alias TEXT, 
	room_id TEXT, 
	state TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_direct_room PRIMARY KEY (user_id)
);
CREATE TABLE draft (
	user_id TEXT NOT NULL, 
	noun TEXT NOT NULL, 
	content TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (user_id, noun)
);
CREATE TABLE due (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	occurrence TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	fired_at DATETIME
);
CREATE TABLE echo (
	event_id TEXT NOT NULL, 
	oid TEXT NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_echo PRIMARY KEY (event_id)
);
CREATE TABLE erasure (
	pseudonym TEXT NOT NULL, 
	erased_at DATETIME NOT NULL, 
	keeps_words BOOLEAN NOT NULL, 
	CONSTRAINT pk_erasure PRIMARY KEY (pseudonym, erased_at)
);
CREATE TABLE experience (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	source_event_id TEXT NOT NULL, 
	title TEXT, 
	context TEXT, 
	problem TEXT, 
	solution TEXT, 
	note TEXT, 
	how TEXT, 
	result TEXT, 
	learned TEXT, 
	conditions TEXT, 
	to_adapt TEXT, 
	means TEXT, 
	contact TEXT, 
	world TEXT, 
	place TEXT, 
	given_tags TEXT NOT NULL, 
	visibility TEXT NOT NULL, 
	parent_id INTEGER, 
	status TEXT, 
	status_at DATETIME, 
	status_reason TEXT, 
	created_at DATETIME NOT NULL, 
	edited_at DATETIME, 
	CONSTRAINT fk_experience_parent_id_experience FOREIGN KEY(parent_id) REFERENCES experience (id) ON DELETE SET NULL, 
	CONSTRAINT uq_experience_source_event_id UNIQUE (source_event_id)
);
CREATE TABLE experience_consent (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room_id TEXT NOT NULL, 
	source_event_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	asked_by TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	experience_id INTEGER, 
	CONSTRAINT uq_experience_consent_source_event_id UNIQUE (source_event_id)
);
CREATE TABLE experience_grave (
	digest TEXT NOT NULL, 
	CONSTRAINT pk_experience_grave PRIMARY KEY (digest)
);
CREATE VIRTUAL TABLE experience_index USING fts5(tokens, detail=none, columnsize=0, tokenize='ascii tokenchars _');
CREATE TABLE experience_interest (
	experience_id INTEGER NOT NULL, 
	user_id TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_experience_interest PRIMARY KEY (experience_id, user_id), 
	CONSTRAINT fk_experience_interest_experience_id_experience FOREIGN KEY(experience_id) REFERENCES experience (id) ON DELETE CASCADE
);
CREATE TABLE experience_media (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	experience_id INTEGER NOT NULL, 
	source_event_id TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	sender TEXT NOT NULL, 
	media TEXT NOT NULL, 
	added_at DATETIME NOT NULL, 
	CONSTRAINT fk_experience_media_experience_id_experience FOREIGN KEY(experience_id) REFERENCES experience (id) ON DELETE CASCADE, 
	CONSTRAINT uq_experience_media_experience_id_source_event_id UNIQUE (experience_id, source_event_id)
);
CREATE TABLE experience_media_copy (
	oid TEXT NOT NULL, 
	media_id INTEGER NOT NULL, 
	CONSTRAINT pk_experience_media_copy PRIMARY KEY (oid)
);
CREATE TABLE experience_showing (
	oid TEXT NOT NULL, 
	experience_id INTEGER NOT NULL, 
	room_id TEXT NOT NULL, 
	conversation TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	language TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	author_name TEXT NOT NULL, 
	event_id TEXT, 
	shown_at DATETIME NOT NULL, 
	CONSTRAINT pk_experience_showing PRIMARY KEY (oid, experience_id)
);
CREATE TABLE experience_tag (
	experience_id INTEGER NOT NULL, 
	tag TEXT NOT NULL, 
	CONSTRAINT pk_experience_tag PRIMARY KEY (experience_id, tag), 
	CONSTRAINT fk_experience_tag_experience_id_experience FOREIGN KEY(experience_id) REFERENCES experience (id) ON DELETE CASCADE
);
CREATE TABLE experience_vector (
	experience_id INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	vector BLOB NOT NULL, 
	CONSTRAINT pk_experience_vector PRIMARY KEY (experience_id), 
	CONSTRAINT fk_experience_vector_experience_id_experience FOREIGN KEY(experience_id) REFERENCES experience (id) ON DELETE CASCADE
);
CREATE TABLE experience_version (
	id INTEGER NOT NULL, 
	experience_id INTEGER NOT NULL, 
	"before" TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_experience_version PRIMARY KEY (id), 
	CONSTRAINT fk_experience_version_experience_id_experience FOREIGN KEY(experience_id) REFERENCES experience (id) ON DELETE CASCADE
);
CREATE TABLE feed (
	digest TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	room_id TEXT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_feed PRIMARY KEY (digest)
);
CREATE TABLE inbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	event_id TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	sender TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	payload TEXT, 
	session_id TEXT, 
	received_at DATETIME NOT NULL, 
	is_late INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	outcome TEXT, 
	command TEXT, 
	answered_by TEXT, 
	starts INTEGER NOT NULL, 
	failures INTEGER NOT NULL, 
	handled_at DATETIME, 
	CONSTRAINT uq_inbox_event_id UNIQUE (event_id)
);
CREATE TABLE lease (
	name TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_lease PRIMARY KEY (name)
);
CREATE TABLE letter (
	room_id TEXT NOT NULL, 
	is_community BOOLEAN NOT NULL, 
	rrule TEXT NOT NULL, 
	wall TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	approval TEXT NOT NULL, 
	introduction TEXT, 
	changed_by TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_letter PRIMARY KEY (room_id)
);
CREATE TABLE letter_copy (
	user_id TEXT NOT NULL, 
	period TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	verdict TEXT, 
	CONSTRAINT pk_letter_copy PRIMARY KEY (user_id, period)
);
CREATE TABLE letter_issue (
	room_id TEXT NOT NULL, 
	period TEXT NOT NULL, 
	state TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	oid TEXT, 
	CONSTRAINT pk_letter_issue PRIMARY KEY (room_id, period)
);
CREATE TABLE letter_subscription (
	user_id TEXT NOT NULL, 
	every TEXT NOT NULL, 
	language TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	subscribed_at DATETIME NOT NULL, 
	CONSTRAINT pk_letter_subscription PRIMARY KEY (user_id)
);
CREATE TABLE meeting (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid TEXT NOT NULL, 
	sequence INTEGER NOT NULL, 
	room_id TEXT NOT NULL, 
	organiser TEXT NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT, 
	place TEXT, 
	link TEXT, 
	programme TEXT, 
	wall TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	starts_at DATETIME NOT NULL, 
	over_at DATETIME, 
	duration_minutes INTEGER, 
	is_all_day BOOLEAN NOT NULL, 
	rrule TEXT, 
	other_at DATETIME, 
	capacity INTEGER, 
	deadline DATETIME, 
	offsets TEXT, 
	language TEXT NOT NULL, 
	state TEXT NOT NULL, 
	source_event_id TEXT NOT NULL, 
	card_oid TEXT, 
	card_at DATETIME, 
	card_date TEXT, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT uq_meeting_source_event_id UNIQUE (source_event_id), 
	CONSTRAINT uq_meeting_uid UNIQUE (uid)
);
CREATE TABLE meeting_coorganiser (
	meeting_id INTEGER NOT NULL, 
	user_id TEXT NOT NULL, 
	CONSTRAINT pk_meeting_coorganiser PRIMARY KEY (meeting_id, user_id), 
	CONSTRAINT fk_meeting_coorganiser_meeting_id_meeting FOREIGN KEY(meeting_id) REFERENCES meeting (id) ON DELETE CASCADE
);
CREATE TABLE member (
	user_id TEXT NOT NULL, 
	language TEXT, 
	timezone TEXT, 
	paused_until DATETIME, 
	notified TEXT, 
	CONSTRAINT pk_member PRIMARY KEY (user_id)
);
CREATE TABLE newcomer (
	room_id TEXT NOT NULL, 
	person TEXT NOT NULL, 
	user_id TEXT, 
	state TEXT NOT NULL, 
	seen_at DATETIME NOT NULL, 
	came_at DATETIME, 
	has_stepped BOOLEAN NOT NULL, 
	CONSTRAINT pk_newcomer PRIMARY KEY (room_id, person)
);
CREATE TABLE occurrence (
	meeting_id INTEGER NOT NULL, 
	recurrence_id DATETIME NOT NULL, 
	starts_at DATETIME, 
	duration_minutes INTEGER, 
	CONSTRAINT pk_occurrence PRIMARY KEY (meeting_id, recurrence_id), 
	CONSTRAINT fk_occurrence_meeting_id_meeting FOREIGN KEY(meeting_id) REFERENCES meeting (id) ON DELETE CASCADE
);
CREATE TABLE onboarding (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	user_id TEXT NOT NULL, 
	room_id TEXT, 
	draft TEXT NOT NULL, 
	state TEXT NOT NULL, 
	was_reminded BOOLEAN NOT NULL, 
	was_put_off BOOLEAN NOT NULL, 
	recap TEXT, 
	begun_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT uq_onboarding_user_id UNIQUE (user_id)
);
CREATE TABLE onboarding_line (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	fr TEXT, 
	en TEXT, 
	changed_by TEXT NOT NULL, 
	changed_at DATETIME NOT NULL
);
CREATE TABLE outbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	oid TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	conversation TEXT NOT NULL, 
	event_type TEXT NOT NULL, 
	content TEXT, 
	target TEXT, 
	card TEXT, 
	fallback TEXT, 
	created_at DATETIME NOT NULL, 
	is_uncertain BOOLEAN NOT NULL, 
	state TEXT NOT NULL, 
	event_id TEXT, 
	sent_at DATETIME, 
	reason TEXT, 
	CONSTRAINT uq_outbox_oid UNIQUE (oid)
);
CREATE TABLE page (
	conversation TEXT NOT NULL, 
	pages TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_page PRIMARY KEY (conversation)
);
CREATE TABLE profile (
	user_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT, 
	is_hidden BOOLEAN NOT NULL, 
	source_event_id TEXT, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_profile PRIMARY KEY (user_id, field)
);
CREATE TABLE profile_token (
	user_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	token TEXT NOT NULL, 
	CONSTRAINT pk_profile_token PRIMARY KEY (user_id, field, token)
);
CREATE TABLE question (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	user_id TEXT NOT NULL, 
	noun TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	needs_reply BOOLEAN NOT NULL, 
	buttons TEXT NOT NULL, 
	oid TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	since DATETIME, 
	state TEXT NOT NULL, 
	answer_event_id TEXT, 
	answered_at DATETIME, 
	CONSTRAINT uq_question_answer_event_id UNIQUE (answer_event_id), 
	CONSTRAINT uq_question_oid UNIQUE (oid)
);
CREATE TABLE quiet (
	room_id TEXT NOT NULL, 
	day TEXT NOT NULL, 
	spoken INTEGER NOT NULL, 
	CONSTRAINT pk_quiet PRIMARY KEY (room_id, day)
);
CREATE TABLE quote (
	oid TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	event_id TEXT, 
	CONSTRAINT pk_quote PRIMARY KEY (oid, user_id)
);
CREATE TABLE reaction (
	event_id TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	target TEXT NOT NULL, 
	card TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	given_at DATETIME NOT NULL, 
	CONSTRAINT pk_reaction PRIMARY KEY (event_id)
);
CREATE TABLE reminder (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	owner TEXT NOT NULL, 
	room_id TEXT NOT NULL, 
	conversation TEXT NOT NULL, 
	text TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	wall TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	rrule TEXT, 
	language TEXT NOT NULL, 
	reply_to TEXT, 
	is_for_room BOOLEAN NOT NULL, 
	source_event_id TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT uq_reminder_source_event_id UNIQUE (source_event_id)
);
CREATE TABLE reminder_subscriber (
	reminder_id INTEGER NOT NULL, 
	user_id TEXT NOT NULL, 
	CONSTRAINT pk_reminder_subscriber PRIMARY KEY (reminder_id, user_id), 
	CONSTRAINT fk_reminder_subscriber_reminder_id_reminder FOREIGN KEY(reminder_id) REFERENCES reminder (id) ON DELETE CASCADE
);
CREATE TABLE request (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room_id TEXT NOT NULL, 
	asker TEXT NOT NULL, 
	words TEXT NOT NULL, 
	source_event_id TEXT NOT NULL, 
	card_oid TEXT, 
	asked_at DATETIME NOT NULL, 
	answered_at DATETIME, 
	settled_at DATETIME, 
	CONSTRAINT uq_request_source_event_id UNIQUE (source_event_id)
);
CREATE TABLE retour (
	meeting_id INTEGER NOT NULL, 
	date TEXT NOT NULL, 
	present INTEGER, 
	oid TEXT, 
	edits TEXT NOT NULL, 
	recalled_oid TEXT, 
	posted_at DATETIME, 
	CONSTRAINT pk_retour PRIMARY KEY (meeting_id, date), 
	CONSTRAINT fk_retour_meeting_id_meeting FOREIGN KEY(meeting_id) REFERENCES meeting (id) ON DELETE CASCADE
);
CREATE TABLE room (
	room_id TEXT NOT NULL, 
	is_encrypted BOOLEAN NOT NULL, 
	joined_count INTEGER NOT NULL, 
	joined_at DATETIME, 
	replaced_by TEXT, 
	is_trio BOOLEAN NOT NULL, 
	CONSTRAINT pk_room PRIMARY KEY (room_id)
);
CREATE TABLE room_setting (
	room_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_room_setting PRIMARY KEY (room_id, "key")
);
CREATE TABLE sync_position (
	device_id TEXT NOT NULL, 
	token TEXT, 
	watched TEXT, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_sync_position PRIMARY KEY (device_id)
);
CREATE TABLE trio (
	search INTEGER NOT NULL, 
	newcomer TEXT NOT NULL, 
	member TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	alias TEXT, 
	room_id TEXT, 
	state TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_trio PRIMARY KEY (search)
);
CREATE TABLE visit (
	user_id TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	"before" DATETIME, 
	CONSTRAINT pk_visit PRIMARY KEY (user_id)
);
CREATE TABLE voice (
	meeting_id INTEGER NOT NULL, 
	date TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	text TEXT, 
	name TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_voice PRIMARY KEY (meeting_id, date, user_id), 
	CONSTRAINT fk_voice_meeting_id_meeting FOREIGN KEY(meeting_id) REFERENCES meeting (id) ON DELETE CASCADE
);
CREATE TABLE welcome (
	room_id TEXT NOT NULL, 
	language TEXT NOT NULL, 
	text TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_welcome PRIMARY KEY (room_id, language)
);
CREATE INDEX ix_announcement_history_announcement_id ON announcement_history (announcement_id);
CREATE INDEX ix_announcement_room_room_id ON announcement_room (room_id);
CREATE INDEX ix_announcement_state ON announcement (state, due_at);
CREATE INDEX ix_attendee_turn ON attendee (meeting_id, date, answer, turn);
CREATE INDEX ix_attendee_user_id ON attendee (user_id);
CREATE INDEX ix_companion_changed_at ON companion (changed_at);
CREATE INDEX ix_companion_request_asked_at ON companion_request (asked_at);
CREATE INDEX ix_companion_request_member ON companion_request (member);
CREATE INDEX ix_companion_request_search ON companion_request (search);
CREATE INDEX ix_direct_room_room_id ON direct_room (room_id);
CREATE INDEX ix_due_pending ON due (due_at) WHERE state = 'pending';
CREATE INDEX ix_echo_oid ON echo (oid);
CREATE INDEX ix_experience_author ON experience (author, id);
CREATE INDEX ix_experience_consent_author ON experience_consent (author);
CREATE INDEX ix_experience_created_at ON experience (created_at);
CREATE INDEX ix_experience_interest_at ON experience_interest (at);
CREATE INDEX ix_experience_interest_user_id ON experience_interest (user_id);
CREATE INDEX ix_experience_media_copy_media_id ON experience_media_copy (media_id);
CREATE INDEX ix_experience_media_source_event_id ON experience_media (source_event_id);
CREATE INDEX ix_experience_parent_id ON experience (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ix_experience_room_id ON experience (room_id, id);
CREATE INDEX ix_experience_showing_experience_id ON experience_showing (experience_id, shown_at);
CREATE INDEX ix_experience_showing_room_id ON experience_showing (room_id);
CREATE INDEX ix_experience_status_at ON experience (status_at) WHERE status_at IS NOT NULL;
CREATE INDEX ix_experience_tag_tag ON experience_tag (tag, experience_id);
CREATE INDEX ix_experience_version ON experience_version (experience_id, id);
CREATE INDEX ix_experience_widened ON experience (id) WHERE visibility != 'room';
CREATE INDEX ix_feed_room_id ON feed (room_id);
CREATE INDEX ix_feed_user_id ON feed (user_id);
CREATE INDEX ix_inbox_handled ON inbox (handled_at);
CREATE INDEX ix_inbox_open ON inbox (seq) WHERE state IN ('waiting', 'unreadable');
CREATE INDEX ix_letter_copy_at ON letter_copy (at);
CREATE INDEX ix_letter_issue_state ON letter_issue (room_id, state, at);
CREATE INDEX ix_meeting_over_at ON meeting (over_at);
CREATE INDEX ix_meeting_room_id ON meeting (room_id, over_at);
CREATE INDEX ix_newcomer_came_at ON newcomer (came_at);
CREATE INDEX ix_newcomer_seen_at ON newcomer (seen_at);
CREATE INDEX ix_newcomer_user_id ON newcomer (user_id);
CREATE INDEX ix_onboarding_begun_at ON onboarding (begun_at);
CREATE INDEX ix_onboarding_line_room_id ON onboarding_line (room_id, id);
CREATE INDEX ix_outbox_event_id ON outbox (event_id);
CREATE INDEX ix_outbox_pending ON outbox (seq) WHERE state = 'pending';
CREATE INDEX ix_outbox_sent_at ON outbox (sent_at);
CREATE INDEX ix_outbox_target ON outbox (target) WHERE target IS NOT NULL;
CREATE INDEX ix_profile_field ON profile (field, user_id);
CREATE INDEX ix_profile_source_event_id ON profile (source_event_id);
CREATE INDEX ix_profile_token_token ON profile_token (token);
CREATE INDEX ix_question_room_id ON question (room_id);
CREATE INDEX ix_question_user_id ON question (user_id, id);
CREATE INDEX ix_quote_user_id ON quote (user_id);
CREATE INDEX ix_reaction_given_at ON reaction (given_at);
CREATE INDEX ix_reminder_owner_due_at ON reminder (owner, due_at);
CREATE INDEX ix_request_card_oid ON request (card_oid);
CREATE INDEX ix_request_room_id ON request (room_id, asked_at);
CREATE INDEX ix_trio_changed_at ON trio (changed_at);
CREATE INDEX ix_trio_member ON trio (member);
CREATE INDEX ix_trio_newcomer ON trio (newcomer);
CREATE INDEX ix_trio_room_id ON trio (room_id);
CREATE INDEX ix_voice_user_id ON voice (user_id);
CREATE UNIQUE INDEX uq_due_cause ON due (kind, reference, occurrence);
INSERT INTO "alembic_version" VALUES ('0001');
INSERT INTO "announcement" VALUES (0, 'x', 'x', '2026-03-24 13:00:00.000000', 'x', 'x', 'x', 0, 'x', '2026-03-24 13:00:00.000000', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "announcement_delivery" VALUES (0, 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "announcement_history" VALUES (0, 0, 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "announcement_room" VALUES (0, 'x');
INSERT INTO "attachment" VALUES ('x', 'x', 'x', 'x', 'x', 'x', 'x');
INSERT INTO "attendee" VALUES (0, 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 0, 'x', 'x');
INSERT INTO "calendar_copy" VALUES ('x', 'x', 'x', 'x');
INSERT INTO "companion" VALUES (0, 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "companion_request" VALUES (0, 0, 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "consent" VALUES ('x', 'x', 0, '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000');
INSERT INTO "direct_room" VALUES ('x', 0, 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "draft" VALUES ('x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "due" VALUES (0, 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "echo" VALUES ('x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "erasure" VALUES ('x', '2026-03-24 13:00:00.000000', 'x');
INSERT INTO "experience" VALUES (0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 0, 'x', '2026-03-24 13:00:00.000000', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000');
INSERT INTO "experience_consent" VALUES (0, 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 0);
INSERT INTO "experience_grave" VALUES ('x');
INSERT INTO "experience_interest" VALUES (0, 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "experience_media" VALUES (0, 0, 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "experience_media_copy" VALUES ('x', 0);
INSERT INTO "experience_showing" VALUES ('x', 0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "experience_tag" VALUES (0, 'x');
INSERT INTO "experience_vector" VALUES (0, 'x', 'x');
INSERT INTO "experience_version" VALUES (0, 0, 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "feed" VALUES ('x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "inbox" VALUES (0, 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 0, 'x', 'x', 'x', 'x', 0, 0, '2026-03-24 13:00:00.000000');
INSERT INTO "lease" VALUES ('x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "letter" VALUES ('x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "letter_copy" VALUES ('x', 'x', '2026-03-24 13:00:00.000000', 'x');
INSERT INTO "letter_issue" VALUES ('x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x');
INSERT INTO "letter_subscription" VALUES ('x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "meeting" VALUES (0, 'x', 0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000', 0, 'x', 'x', '2026-03-24 13:00:00.000000', 0, '2026-03-24 13:00:00.000000', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000');
INSERT INTO "meeting_coorganiser" VALUES (0, 'x');
INSERT INTO "member" VALUES ('x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x');
INSERT INTO "member" VALUES ('@jo:example.org', 'en', NULL, NULL, NULL);
INSERT INTO "newcomer" VALUES ('x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000', 'x');
INSERT INTO "occurrence" VALUES (0, '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000', 0);
INSERT INTO "onboarding" VALUES (0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000');
INSERT INTO "onboarding_line" VALUES (0, 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "outbox" VALUES (0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x');
INSERT INTO "page" VALUES ('x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "profile" VALUES ('x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "profile_token" VALUES ('x', 'x', 'x');
INSERT INTO "question" VALUES (0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "quiet" VALUES ('x', 'x', 0);
INSERT INTO "quote" VALUES ('x', 'x', 'x', 'x');
INSERT INTO "reaction" VALUES ('x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "reminder" VALUES (0, 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x', 'x', 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "reminder_subscriber" VALUES (0, 'x');
INSERT INTO "request" VALUES (0, 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000');
INSERT INTO "retour" VALUES (0, 'x', 0, 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "room" VALUES ('x', 'x', 0, '2026-03-24 13:00:00.000000', 'x', 'x');
INSERT INTO "room_setting" VALUES ('x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "sync_position" VALUES ('x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "trio" VALUES (0, 'x', 'x', 0, 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "visit" VALUES ('x', '2026-03-24 13:00:00.000000', '2026-03-24 13:00:00.000000');
INSERT INTO "voice" VALUES (0, 'x', 'x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
INSERT INTO "welcome" VALUES ('x', 'x', 'x', 'x', '2026-03-24 13:00:00.000000');
